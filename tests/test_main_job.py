"""The main job, as a person does it: real processes, the offline assistant, the sketchbook, and a kill in between."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.openai_server import OpenAIServer

COMMAND = [sys.executable, "-m", "minidalle3.ui.cli"]


def minidalle3(home: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "MINIDALLE3_HOME": str(home), **settings}
    return subprocess.run([*COMMAND, *words], env=environment, capture_output=True, text=True, check=False)


def say(home: Path, words: str, *more: str, **settings: str) -> dict[str, object]:
    result = minidalle3(home, "say", words, "--thread", "a", "--json", *more, **settings)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def pictures(answer: dict[str, object]) -> list[dict[str, object]]:
    return [part for part in answer["reply"] if part["type"] == "picture"]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def dog(home: Path) -> dict[str, object]:
    return pictures(say(home, "Can you generate a cute dog?"))[0]


def test_a_picture_is_drawn_and_carries_its_recipe(home: Path, dog: dict[str, object]) -> None:
    assert (dog["id"], dog["kind"], dog["parent"], dog["level"]) == ("#1", "image", None, "none")
    assert (dog["words"], dog["description"]) == ("Can you generate a cute dog?", "a cute dog")
    inspected = json.loads(minidalle3(home, "inspect", str(dog["path"])).stdout)
    assert inspected["prompt"] == dog["prompt"]
    assert inspected["engine"] == "sketchbook"


def test_it_can_be_drawn_again_to_the_last_pixel(home: Path, dog: dict[str, object]) -> None:
    assert "identical" in minidalle3(home, "replay", str(dog["path"])).stdout


def test_a_killed_turn_loses_nothing_that_was_finished(home: Path, dog: dict[str, object]) -> None:
    before = minidalle3(home, "tree", "--thread", "a").stdout
    slow = ("say", "Make it run near the river", "--thread", "a", "--steps", "150")
    process = subprocess.Popen(
        [*COMMAND, *slow], env={**os.environ, "MINIDALLE3_HOME": str(home)}, stdout=subprocess.DEVNULL
    )
    journal = home / "threads.sqlite-wal"
    started, deadline = time.time(), time.monotonic() + 60
    while not (journal.exists() and journal.stat().st_mtime > started) and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(1)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL, "it was still drawing"
    assert minidalle3(home, "tree", "--thread", "a").stdout == before
    again = say(home, "Make it run near the river")
    [running] = pictures(again)
    assert (running["id"], running["parent"], running["kind"]) == ("#2", "#1", "edit")
    assert running["description"] == "a cute dog running near the river"
    assert running["seed"] == dog["seed"]
    assert "IP-Adapter" in str(running["reason"])
    assert again["current"] == "#2"


def test_any_llm_that_writes_the_two_tags_will_do(tmp_path: Path, openai_server: OpenAIServer) -> None:
    openai_server.replies = [
        "Sure, here is a cute dog for you: <image> a cute dog </image>",
        "Sure, here it is: <edit> a cute dog running near the river </edit>",
    ]
    reached = {"MINIDALLE3_LLM": "openai:x", "MINIDALLE3_LLM_BASE_URL": openai_server.url}
    [first] = pictures(say(tmp_path, "Can you generate a cute dog?", "--steps", "2", **reached))
    [second] = pictures(say(tmp_path, "Good! Can you make it run near the river?", "--steps", "2", **reached))
    assert (first["id"], second["id"], second["parent"]) == ("#1", "#2", "#1")
    assert second["description"] == "a cute dog running near the river"
    asked = openai_server.requests[-1]["messages"]
    assert asked[0]["role"] == "system"
    assert '<image id="#1">a cute dog</image>' in asked[2]["content"]
