"""Two conversations at the same time, over one house and one LLM: nothing of one is ever seen in the other."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

from support.house import done, say
from support.swatch import Swatch

from minidalle3.engines.owner import Owner
from minidalle3.eval.scripted import ScriptedServer, running
from minidalle3.graph.settings import Settings
from minidalle3.graph.state import Command, Event
from minidalle3.graph.turns import Turns
from minidalle3.llms.load import load
from minidalle3.nodes.services import Services

NAMES = ("alpha", "beta")


def parrot(body: dict[str, Any]) -> str:
    """Replies with what the person wrote behind the colon: the script is in the conversation itself."""
    return str(body["messages"][-1]["content"]).partition(": ")[2]


def move(name: str, target: str | None = None) -> Command:
    return {"name": name, "target": target}  # type: ignore[typeddict-item]


async def converse(turns: Turns, name: str, others: int) -> list[Event]:
    """The two conversations differ in their pictures, moves, and in who is asked a question."""
    events = await say(turns, f"draw: <image n='{others}'>a {name} dog</image>", name)
    events += await say(turns, f"change: <edit>a {name} dog running</edit>", name)
    events += await say(turns, "undo", name, command=move("undo" if name == "alpha" else "goto", "2"))
    missing = "<edit of='#9'>a ghost</edit>" if name == "alpha" else "Nothing to do."
    return events + await say(turns, f"{name} again: {missing}", name)


async def test_turns_at_the_same_time_never_cross(tmp_path: Path) -> None:
    with running(lambda: ScriptedServer(parrot)) as server:
        settings = Settings(home=tmp_path, llm="openai:parrot", llm_base_url=server.url)
        turns = await Turns.open(settings, Services.of(settings, load(settings), Owner(Swatch)))
        told = await asyncio.gather(*(converse(turns, name, 1 + at) for at, name in enumerate(NAMES)))
        alpha, beta = [await turns.history(name) for name in NAMES]
        await turns.close()
        asked = [str(request["messages"][1:]) for request in server.requests]
    for name, other, events, history in zip(NAMES, reversed(NAMES), told, (alpha, beta), strict=True):
        assert other not in str(events)
        assert other not in str(history)
        assert len(history["turns"]) == 4
        assert {record["description"].partition(",")[0] for record in history["pictures"].values()} == {
            f"a {name} dog", f"a {name} dog running",
        }  # fmt: skip
    assert all(len(set(re.findall("alpha|beta", messages))) <= 1 for messages in asked)
    assert list(alpha["pictures"]) == ["#1", "#2"]
    assert list(beta["pictures"]) == ["#1", "#2", "#3"]
    assert (alpha["current"], beta["current"]) == ("#1", "#2")
    assert "#9" in (alpha["pending"] or "")
    assert beta["pending"] is None
    digests = [{record["digest"] for record in history["pictures"].values()} for history in (alpha, beta)]
    assert not digests[0] & digests[1]
    assert [done([e])["pending"] for e in told[1] if e["type"] == "done"] == [None] * 4
