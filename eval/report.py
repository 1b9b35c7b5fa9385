"""How every benchmark ends: a table on the screen and its figures in `eval/results/NAME.json`."""

from __future__ import annotations

import argparse
import json
import platform
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from typing import Any

RESULTS = Path(__file__).parent / "results"


def parser(what: str) -> argparse.ArgumentParser:
    """With the one option that all benchmarks share."""
    made = argparse.ArgumentParser(description=what)
    made.add_argument("--quick", action="store_true", help="a smaller run, within a minute")
    return made


def arguments(what: str) -> argparse.Namespace:
    return parser(what).parse_args()


def report(
    name: str,
    figures: Mapping[str, float | None],
    quick: bool,
    notes: Mapping[str, str] = MappingProxyType({}),
    more: Mapping[str, Any] = MappingProxyType({}),
) -> None:
    """Print the figures; a quick run leaves the published file alone and writes NAME.quick.json.

    A figure may be None when a note says why; notes stand beside the figures of their names. `more` (JSON) goes into
    the file alone.
    """
    for key, value in figures.items():
        print(f"{key:<24}{'-' if value is None else f'{value:.4g}':>12}  {notes.get(key, '')}".rstrip())
    RESULTS.mkdir(exist_ok=True)
    made_with = {"python": platform.python_version(), **{p: version(p) for p in ("langgraph", "torch", "diffusers")}}
    said = {"notes": dict(notes)} if notes else {}
    content = json.dumps({"figures": figures, **said, **more, "quick": quick, "made_with": made_with}, indent=2)
    path = RESULTS / f"{name}{'.quick' if quick else ''}.json"
    path.write_text(content + "\n", encoding="utf-8")
