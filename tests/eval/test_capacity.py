"""The arithmetic of many machines starts from the measured figures."""

import json
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_decision_quotes_what_was_measured() -> None:
    measured = json.loads((ROOT / "eval/results/capacity.json").read_text("utf-8"))["figures"]
    note = (ROOT / "docs/decisions/012-many-machines.md").read_text("utf-8")
    quoted = dict(re.findall(r"^\| `(\w+)` \| ([\d.]+) \|", note, re.MULTILINE))
    assert quoted == {name: f"{value:.3g}" for name, value in measured.items() if name != "turns"}
