"""MMLU through the harness itself, on a small question file, against a scripted server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from minidalle3.eval.scripted import ScriptedServer, running

QUESTIONS = [
    {"question": f"{a} + 2 = ?", "choices": ["0", str(a + 2), "77", "-1"], "answer": 1, "subject": "philosophy"}
    for a in range(8)
]
README = """---
configs:
- config_name: philosophy
  data_files:
  - split: test
    path: test.jsonl
  - split: dev
    path: dev.jsonl
---
"""
RUN = """
import sys; from pathlib import Path; import json
from minidalle3.eval.mmlu import measure
from minidalle3.graph.settings import Settings
from minidalle3.llms.load import load
llm = load(Settings(llm='openai:m', llm_base_url=sys.argv[1]))
print(json.dumps(measure(llm, ['philosophy'], Path(sys.argv[2]), None, 2)))
"""


def answer(body: dict[str, Any]) -> str:
    """Right without the chat prompt; with it, wrong for half of the questions, and one code answer has a tag."""
    first, last = str(body["messages"][0]["content"]), str(body["messages"][-1]["content"])
    if "Python function that reverses" in last:
        return "<image>a snake</image>"
    if "Answer:" not in last:
        return "```\n<image>code</image>\n```"
    return "A" if "Mini-DALLE3" in first and int(last[0]) % 2 else "B\nbecause"


def test_a_prompt_that_harms_is_seen(tmp_path: Path) -> None:
    for name in ("test", "dev"):
        lines = "\n".join(json.dumps(question) for question in QUESTIONS)
        (tmp_path / f"{name}.jsonl").write_text(lines, "utf-8")
    (tmp_path / "README.md").write_text(README, "utf-8")
    env = {**os.environ, "HF_HOME": str(tmp_path / "hub"), "HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"}
    with running(lambda: ScriptedServer(answer)) as server:
        command = [sys.executable, "-c", RUN, server.url, str(tmp_path)]
        ran = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stderr
        roles = [message["role"] for message in server.requests[0]["messages"]]
    assert roles.count("assistant") == 2, "two questions were shown with their answers"
    assert json.loads(ran.stdout.splitlines()[-1]) == {
        "plain": 100, "prompted": 50, "difference": -50,
        "plain_philosophy": 100, "prompted_philosophy": 50, "difference_philosophy": -50,
        "tags_in_code": 1,
    }  # fmt: skip
