"""The dialogues of the paper's Figures 1, 4, 7 and 8, played through a scripted LLM over HTTP.

`eval/data/conversation/paper.txt` has them in our own words: `=` begins a dialogue, `you:` is a message, each `llm:` a
reply to it (the second one to the house's one repair), `shows:` the parts that the person must see, in their order. A
line that begins with a blank goes on with the one before.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from minidalle3.engines.owner import Owner
from minidalle3.eval.scripted import ScriptedServer, running
from minidalle3.eval.swatch import Swatch
from minidalle3.gallery.store import Gallery, PictureError
from minidalle3.graph.settings import Settings
from minidalle3.graph.state import DoneEvent, Part, PictureRecord
from minidalle3.graph.turns import Turns
from minidalle3.llms.load import load as load_llm
from minidalle3.nodes.services import Services
from minidalle3.prompts import load

FILE = Path(__file__).parent / "data" / "conversation" / "paper.txt"
LINE = re.compile(r"^(=|you:|llm:|shows:) ?", re.MULTILINE)
CHAT = load("chat").splitlines()[0]


@dataclass
class PaperTurn:
    """A message, the LLM's replies to it, and the parts that must come of them."""

    dialogue: str
    words: str
    replies: list[str] = field(default_factory=list)
    shows: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Played:
    """What came of a turn."""

    turn: PaperTurn
    shown: list[str]
    unsaid: int
    """Replies that the LLM was not asked for."""

    @property
    def right(self) -> bool:
        return self.shown == self.turn.shows and not self.unsaid


class Script:
    """The LLM's next replies, as a `ScriptedServer` answers; whatever else it is asked, it says nothing."""

    def __init__(self) -> None:
        self.replies: deque[str] = deque()

    def __call__(self, body: dict[str, Any]) -> str:
        chat = str(body["messages"][0]["content"]).startswith(CHAT)
        return self.replies.popleft() if chat and self.replies else ""


def dialogues() -> list[PaperTurn]:
    """All turns in the order of the file."""
    lines = [line for line in FILE.read_text("utf-8").splitlines() if not line.startswith("#")]
    _, *pieces = LINE.split("\n".join(lines))
    turns: list[PaperTurn] = []
    title = ""
    for mark, content in zip(pieces[::2], pieces[1::2], strict=True):
        said = "\n".join(line.removeprefix(" ") for line in content.strip().splitlines())
        if mark == "=":
            title = said
        elif mark == "you:":
            turns.append(PaperTurn(title, said))
        elif mark == "llm:":
            turns[-1].replies.append(said)
        else:
            turns[-1].shows = said.split(", ")
    return turns


async def play(turn: PaperTurn, script: Script, house: Turns) -> Played:
    """One turn through the front door, in the thread of its dialogue."""
    script.replies = deque(turn.replies)
    before = (await house.history(turn.dialogue))["pictures"]
    done: DoneEvent | None = None
    async for event in house.events(await house.start(turn.dialogue, turn.words)):
        done = event if event["type"] == "done" else done
    assert done
    after = (await house.history(turn.dialogue))["pictures"]
    shown = [name(part, before, after, house.gallery) for part in done["reply"]]
    return Played(turn, shown, len(script.replies))


def name(part: Part, before: Mapping[str, PictureRecord], after: Mapping[str, PictureRecord], gallery: Gallery) -> str:
    """A part of the reply as the file writes it."""
    if part["type"] != "picture":
        return part["type"]
    id = part["id"]
    try:
        gallery.read(after[id]["digest"])
    except (KeyError, PictureError):
        return f"{id} missing"
    if id in before:
        return f"{id} chosen"
    record = after[id]
    return f"{id} {record['kind']}{' of ' + record['parent'] if record['parent'] else ''}"


async def played(home: Path) -> list[Played]:
    """All dialogues, with an engine that draws whatever it is asked for, as the paper's did."""
    script = Script()
    with running(lambda: ScriptedServer(script)) as server:
        settings = Settings(home=home, llm="openai:scripted", llm_base_url=server.url)
        house = await Turns.open(settings, Services.of(settings, load_llm(settings), Owner(Swatch)))
        try:
            return [await play(turn, script, house) for turn in dialogues()]
        finally:
            await house.close()


def show_failures(turns: Sequence[Played]) -> None:
    """What else than the paper's parts was shown."""
    for turn in turns:
        if not turn.right:
            unsaid = f" ({turn.unsaid} replies not asked for)" if turn.unsaid else ""
            print(f"{turn.turn.dialogue}: {turn.turn.words}\n  {turn.turn.shows}\n  {turn.shown}{unsaid}")
