"""The graph as LangGraph Studio sees it: `langgraph dev` without a network, driven through the SDK's client."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from langgraph_sdk import get_client

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("studio")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = folder / "langgraph.json"
    config.write_text((ROOT / "langgraph.json").read_text("utf-8"), "utf-8")
    command = [str(Path(sys.executable).parent / "langgraph"), "dev", "--config", str(config), "--port", str(port)]
    log = (folder / "log").open("w")
    process = subprocess.Popen(
        [*command, "--no-browser", "--no-reload"],
        cwd=folder,
        env={**os.environ, "MINIDALLE3_HOME": str(folder / "home")},
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/ok", process, folder / "log")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=30)
        log.close()


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Until the server answers; its own words are shown when it dies."""
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text("utf-8")
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(log.read_text("utf-8"))


async def test_a_turn_runs_and_its_state_is_plain_json(server: str) -> None:
    async with get_client(url=server) as client:
        thread = await client.threads.create()
        state = await client.runs.wait(
            thread["thread_id"],
            "agent",
            input={"messages": [{"role": "user", "content": "Can you generate a cute dog?"}]},
            context={"seed": 1, "steps": 2},
        )
        assert "__error__" not in state, state
        assert state["pictures"]["#1"]["description"] == "a cute dog"
        history = await client.threads.get_history(thread["thread_id"])
    assert {name for step in history for name in step["next"]} >= {"listen", "respond", "route", "draw", "deliver"}


async def test_the_forms_and_the_drawing_of_the_graph_are_there(server: str) -> None:
    async with get_client(url=server) as client:
        [assistant] = await client.assistants.search()
        schemas = await client.assistants.get_schemas(assistant["assistant_id"])
        assert set(schemas["input_schema"]["properties"]) == {"messages"}
        assert {"seed", "steps", "guidance", "level"} == set(schemas["context_schema"]["properties"])
        graph = await client.assistants.get_graph(assistant["assistant_id"])
    assert {"listen", "respond", "route", "control", "refine", "draw", "deliver"} < {n["id"] for n in graph["nodes"]}
