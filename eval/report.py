"""How every benchmark ends: a table on the screen and its figures in `eval/results/NAME.json`."""

from __future__ import annotations

import argparse
import json
import platform
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

RESULTS = Path(__file__).parent / "results"


def arguments(what: str) -> argparse.Namespace:
    """The one option that all benchmarks share."""
    parser = argparse.ArgumentParser(description=what)
    parser.add_argument("--quick", action="store_true", help="a smaller run, within a minute")
    return parser.parse_args()


def report(name: str, figures: Mapping[str, float], quick: bool) -> None:
    """Print the figures; a quick run leaves the published file alone and writes NAME.quick.json."""
    for key, value in figures.items():
        print(f"{key:<24}{value:>12.4g}")
    RESULTS.mkdir(exist_ok=True)
    made_with = {"python": platform.python_version(), **{p: version(p) for p in ("langgraph", "torch", "diffusers")}}
    content = json.dumps({"figures": figures, "quick": quick, "made_with": made_with}, indent=2)
    path = RESULTS / f"{name}{'.quick' if quick else ''}.json"
    path.write_text(content + "\n", encoding="utf-8")
