"""The README tells the truth: the graph it shows is the graph, and its figures are the benchmarks'."""

import json
from pathlib import Path

from minidalle3.graph.agent import graph

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def between(start: str, end: str) -> str:
    return README.split(start, 1)[1].split(end, 1)[0]


def test_the_picture_of_the_graph_is_generated_from_it() -> None:
    shown = between("<!-- graph: python -m minidalle3.graph.agent -->", "<!-- /graph -->")
    assert shown.strip() == f"```mermaid\n{graph.get_graph().draw_mermaid().strip()}\n```"


def test_the_size_of_the_memory_is_the_measured_one() -> None:
    measured = json.loads((ROOT / "eval/results/memory.json").read_text("utf-8"))["figures"]["mib"]
    assert between("<!-- memory -->", "<!-- /memory -->") == f"{measured:.1f} MiB"


def test_every_file_it_names_is_there() -> None:
    for name in (
        "docs/conversation.png",
        "docs/decisions",
        "docs/edits.png",
        "docs/deploying.md",
        "docs/scaling.md",
        "sketchbook/MODEL_CARD.md",
        "CONTRIBUTING.md",
    ):
        assert name in README
        assert (ROOT / name).exists()
