"""The graph as LangGraph Studio sees it: `langgraph dev` without a network, driven through the SDK's client."""

from __future__ import annotations

import io
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from langgraph_sdk import get_client
from PIL import Image

from minidalle3.gallery.provenance import extract

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
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text("utf-8")
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(log.read_text("utf-8"))


async def test_a_turn_runs_its_state_is_plain_json_and_its_picture_has_an_address(server: str) -> None:
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
    async with httpx.AsyncClient(base_url=server) as http:
        shown = await http.get(f"/pictures/{state['pictures']['#1']['digest']}.png")
        assert shown.headers["content-type"] == "image/png"
        assert Image.open(io.BytesIO(shown.content)).size == (128, 128)
        for digest in ("0" * 64, "..%2F..%2Fthreads", "x"):
            assert (await http.get(f"/pictures/{digest}.png")).status_code == 404


async def test_the_forms_and_the_drawing_of_the_graph_are_there(server: str) -> None:
    async with get_client(url=server) as client:
        [assistant] = await client.assistants.search()
        schemas = await client.assistants.get_schemas(assistant["assistant_id"])
        assert set(schemas["input_schema"]["properties"]) == {"messages"}
        assert set(schemas["output_schema"]["properties"]) == {"messages", "pictures", "current", "pending"}
        assert {"current", "requests"} < set(schemas["state_schema"]["properties"])
        choices = schemas["context_schema"]["properties"]
        assert {"seed", "steps", "guidance", "level", "size", "count", "previews"} == set(choices)
        assert all(choice["title"] and choice["description"] for choice in choices.values())
        assert choices["steps"]["anyOf"][0] == {"type": "integer", "minimum": 1, "maximum": 150}
        assert choices["level"]["anyOf"][0]["enum"] == ["none", "small", "large"]
        requests = schemas["state_schema"]["properties"]["requests"]["items"]["$ref"].rpartition("/")[2]
        assert {"kind", "description", "source", "prompts"} < set(
            schemas["state_schema"]["$defs"][requests]["properties"]
        )
        graph = await client.assistants.get_graph(assistant["assistant_id"])
    assert {"listen", "respond", "route", "control", "refine", "draw", "deliver"} < {n["id"] for n in graph["nodes"]}


async def test_a_person_steps_edits_resumes_and_forks(server: str) -> None:
    async with get_client(url=server) as client:
        id = (await client.threads.create())["thread_id"]
        run: dict[str, Any] = {"assistant_id": "agent", "context": {"seed": 1, "steps": 1}}
        words = {"messages": [{"role": "user", "content": "Draw a cute dog"}]}
        await client.runs.wait(id, **run, input=words, interrupt_before=["draw"])
        state = await client.threads.get_state(id)
        assert state["next"] == ["draw"]
        [request] = state["values"]["requests"]
        request["prompts"] = [{**request["prompts"][0], "prompt": "a cat", "seed": 5}]
        await client.threads.update_state(id, {"requests": [request]}, as_node="refine")
        drawn = await client.runs.wait(id, **run, input=None)
        assert await recipe(server, drawn["pictures"]["#1"]) == ("a cat", 5), "as it was edited"
        assert (await client.threads.get_state(id))["next"] == []

        before = next(step for step in await client.threads.get_history(id) if step["next"] == ["draw"])
        forked = await client.threads.update_state(
            id, {"requests": [{**request, "prompts": [{**request["prompts"][0], "seed": 6}]}]},
            as_node="refine", checkpoint=before["checkpoint"],
        )  # fmt: skip
        again = await client.runs.wait(id, **run, input=None, checkpoint=forked["checkpoint"])
        assert await recipe(server, again["pictures"]["#1"]) == ("a cat", 6), "from the fork"

        await client.threads.update_state(id, {"current": None}, as_node="deliver")
        assert (await client.threads.get_state(id))["values"]["current"] is None

        second = {"messages": [{"role": "user", "content": "Draw a cute cat"}]}
        assert (await client.runs.wait(id, **run, input=second))["current"] == "#2"
        await client.threads.update_state(id, {"current": "#1"}, as_node="deliver")
        more = {"messages": [{"role": "user", "content": "another one"}]}
        assert (await client.runs.wait(id, **run, input=more))["pictures"]["#3"]["parent"] == "#1", "as it was set"


async def test_a_cancelled_run_stops_drawing(server: str) -> None:
    async with get_client(url=server) as client:
        id = (await client.threads.create())["thread_id"]
        words = {"messages": [{"role": "user", "content": "Draw eight cute dogs"}]}
        started = time.monotonic()
        seen, run_id = [], ""
        async for part in client.runs.stream(
            id, "agent", input=words, context={"seed": 2, "steps": 150}, stream_mode="custom"
        ):
            run_id = run_id or (part.data.get("run_id", "") if isinstance(part.data, dict) else "")
            if part.event == "custom" and part.data["type"] == "progress":
                seen.append((time.monotonic(), part.data["step"]))
                if part.data["step"] == 2:
                    break
        await client.runs.cancel(id, run_id, wait=True)
        a_step = (seen[-1][0] - started) / 2
        other = (await client.threads.create())["thread_id"]
        asked = {"messages": [{"role": "user", "content": "Draw a cute cat"}]}
        began = time.monotonic()
        state = await client.runs.wait(other, "agent", input=asked, context={"seed": 2, "steps": 1})
        assert state["pictures"]["#1"]
        assert time.monotonic() - began < 100 * a_step, "the owner did not draw the other 148 steps first"
        assert "#1" not in ((await client.threads.get_state(id))["values"] or {}).get("pictures", {})


async def recipe(server: str, record: dict[str, Any]) -> tuple[str, int | None]:
    """Prompt and seed in the file that the server gives for a picture."""
    async with httpx.AsyncClient(base_url=server) as http:
        told = extract((await http.get(f"/pictures/{record['digest']}.png")).content)
    assert told is not None
    return told["prompt"], told["seed"]
