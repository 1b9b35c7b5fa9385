"""Whatever an LLM writes, a person is shown only words, pictures that exist, and notes.

`python -m minidalle3.eval.fuzz [--quick]`: generated replies (10,000, quick: 500) to generated messages, through the
front door with an engine that draws anything; keys `replies`, and of how many turns each was true, which must be none:

- `failures`: an error reached the person;
- `markup`: a tag did, in the reply or while it streamed, outside of what Markdown renders as code;
- `phantoms`: the reply has a picture that is not in the tree or the gallery, or speaks of one that it does not have;
- `silent`: the reply was empty.
"""

from __future__ import annotations

import asyncio
import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from markdown_it import MarkdownIt
from pydantic import PrivateAttr
from tqdm import tqdm

from minidalle3.engines.owner import Owner
from minidalle3.eval.report import arguments, report
from minidalle3.eval.swatch import Swatch
from minidalle3.gallery.store import PictureError
from minidalle3.graph.context import Context
from minidalle3.graph.past import History
from minidalle3.graph.settings import Settings
from minidalle3.graph.state import Event
from minidalle3.graph.turns import Turns
from minidalle3.nodes.promises import breaks_promise
from minidalle3.nodes.services import Services

FAULTS = ("failures", "markup", "phantoms", "silent")
SEED = 7
DIALOGUE = 6
"""Turns of a thread."""
SAID = (
    "draw a cute dog", "a cat and a dog please", "make it red", "the second one", "more like this", "undo",
    "show me four versions", "make the first one bigger", "where is the dog?", "what is the capital of France?",
    "thanks!", "write a Python function", "compare 1 and 2", "delete #1", "go back to #2", "画一只狗", "把它变成红色",
    "第二张", "refine it for a story book", "what is the prompt for it?", "them all in blue", "make #99 green", "🙂",
)  # fmt: skip
DESCRIPTIONS = (
    "a dog", "a cute cat by a river", "a red dog", "a house, watercolour", "一只狗", "a sign that says <b>hi</b>", "x",
    "a dog\nin two lines", 'a "quoted" cat', "", " ", "a dog " * 90, "#1", "the same but blue", "5 < 6 & 7 > 3",
)  # fmt: skip
PROSE = (
    "Sure, here it is: ", "Here is a picture of a dog:", "I'm sorry, I cannot draw.", "One. ", "\n\n", "**Bold** text.",
    "当然，这是给你画的图：", "```python\nprint('<image>no</image>')\n```\n", "`<edit>code</edit>` is how. ", "<think>",
    "</think>", "User: and now a fox", "1 < 2 and 3 > 2. ", "\nAssistant: ", "<br>", "&lt;image&gt; ", "#3 is nice. ",
    "![a dog](https://example.org/dog.png) ", "a < b", "Here is a description of the house: it is red.", "\u200b", "🐶",
)  # fmt: skip
TAGS = (
    "<image>{d}</image>", "<edit>{d}</edit>", '<edit of="#{n}">{d}</edit>', '<image n="{n}">{d}</image>', "<image>{d}",
    '<vary of="#{n}" n="{n}"/>', '<refine of="#{n}"/>', "<select>#{n}</select>", "<IMAGE >{d}</ image>", "<image/>",
    "<edit>{d}</image>", "＜image＞{d}＜/image＞", "[image]{d}[/image]", "<image {d}>", "</image>{d}", "<select/>",
    '{{"image": "{d}"}}', '{{"name": "edit", "arguments": {{"of": "#{n}", "description": "{d}"}}}}', "<vary/>", "<imag",
    "<image><image>{d}", "<edit of={n}>{d}</edit>", '<image id="#{n}">{d}</image>', "《image》{d}《/image》",
    "<img alt='{d}'>",
)  # fmt: skip
MARKUP = re.compile(
    r"[<＜][ \t]*/?[ \t]*(?:image|edit|vary|refine|select)\b[^<>]*(?:[>＞]|$)|</?think\b", re.IGNORECASE
)
MARKDOWN = MarkdownIt("commonmark")
ERRORS = re.compile(r"\b[A-Z]\w*(?:Error|Exception)\b|Something went wrong|could not be saved|The LLM failed")


def reply(random: Random) -> str:
    """What an LLM might write on a bad day."""
    pieces = [
        random.choice(TAGS).format(d=random.choice(DESCRIPTIONS), n=random.choice((1, 1, 2, 3, 9, 99)))
        if random.random() < 0.45
        else random.choice(PROSE)
        for _ in range(random.randint(0, 5))
    ]
    text = "".join(pieces)
    return damaged(text, random) if random.random() < 0.3 else text


def damaged(text: str, random: Random) -> str:
    """With a few characters lost, doubled, or put elsewhere."""
    letters = list(text)
    for _ in range(random.randint(1, 4)):
        if letters:
            at = random.randrange(len(letters))
            letter = letters.pop(at)
            letters[at:at] = random.choice(([], [letter, letter], ["<"], [">"], ["/"], ["\n"]))
            letters.insert(random.randint(0, len(letters)), random.choice((letter, "", "")))
    return "".join(letters)


class Scribbler(BaseChatModel):
    """A chat model whose replies chance decides, streamed in pieces of any length."""

    seed: int
    _random: Random = PrivateAttr()
    _said: list[str] = PrivateAttr(default_factory=list)

    def model_post_init(self, context: object) -> None:
        super().model_post_init(context)
        self._random = Random(self.seed)

    @property
    def _llm_type(self) -> str:
        return "scribbler"

    @property
    def said(self) -> list[str]:
        """Its replies so far."""
        return self._said

    def _next(self) -> str:
        self._said.append(reply(self._random))
        return self._said[-1]

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: object,
    ) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=AIMessage(self._next()))])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: object,
    ) -> Iterator[ChatGenerationChunk]:
        text = self._next()
        while text:
            length = self._random.choice((1, 2, 5, 40))
            yield ChatGenerationChunk(message=AIMessageChunk(content=text[:length]))
            text = text[length:]
        yield ChatGenerationChunk(message=AIMessageChunk(content="", chunk_position="last"))


@dataclass(frozen=True)
class Fault:
    """What a person should never have seen."""

    kind: str
    words: str
    replies: tuple[str, ...]
    seen: str


def faults(words: str, events: list[Event], history: History, turns: Turns, spoke: bool) -> Iterator[tuple[str, str]]:
    """Each fault of a turn, and where it shows; what the house says where no LLM `spoke` quotes what pictures show."""
    done = events[-1]
    if done["type"] != "done" or not done["reply"]:
        yield "silent", str(done)
        return
    texts = [part["text"] for part in done["reply"] if part["type"] == "text"]
    notes = [part["text"] for part in done["reply"] if part["type"] == "note"]
    ids = [part["id"] for part in done["reply"] if part["type"] == "picture"]
    yield from (("failures", note) for note in notes if ERRORS.search(note))
    yield from (("markup", found[0]) for text in (*texts, *streamed(events)) if (found := MARKUP.search(prose(text))))
    for id in ids:
        try:
            turns.gallery.read(history["pictures"][id]["digest"])
        except (KeyError, PictureError) as error:
            yield "phantoms", f"{id}: {error}"
    if spoke and not ids and not notes and breaks_promise("\n".join(texts), words):
        yield "phantoms", "\n".join(texts)


def prose(text: str) -> str:
    """A text without its code, as Markdown's own parser tells them apart; what is no Markdown stays as it is."""
    tokens = [child for token in MARKDOWN.parse(text) for child in token.children or [token]]
    code = ("fence", "code_inline", "code_block")
    return "".join(
        "\n" if token.type.endswith("break") else token.content for token in tokens if token.type not in code
    )


def streamed(events: list[Event]) -> list[str]:
    """The pieces of prose as they came, since the last reset."""
    texts: dict[int, str] = {}
    for event in events:
        if event["type"] == "reset":
            texts.clear()
        elif event["type"] == "text":
            texts[event["part"]] = texts.get(event["part"], "") + event["delta"]
    return [text.strip() for text in texts.values()]


async def fuzz(home: Path, replies: int, seed: int = SEED) -> list[Fault]:
    """What was found wrong in the turns that so many replies make; the same for a seed."""
    random, llm, found = Random(seed), Scribbler(seed=seed), []
    settings = Settings(home=home)
    turns = await Turns.open(settings, Services.of(settings, llm, Owner(lambda: Swatch(steps=1))))
    bar, number = tqdm(total=replies, desc="replies", disable=None), 0
    while len(llm.said) < replies:
        thread, before, words = str(number // DIALOGUE), len(llm.said), random.choice(SAID)
        started = await turns.start(thread, words, context=Context(seed=1))
        events = [event async for event in turns.events(started)]
        history = await turns.history(thread)
        said = tuple(llm.said[before:])
        found += [Fault(kind, words, said, seen) for kind, seen in faults(words, events, history, turns, bool(said))]
        number += 1
        bar.update(len(llm.said) - before)
    bar.close()
    await turns.close()
    return found


def main() -> None:
    """Each kind of fault is shown with what led to it, the first few times."""
    quick = arguments("Generated replies of an LLM, and what a person sees of them.").quick
    replies = 500 if quick else 10_000
    with tempfile.TemporaryDirectory() as home:
        found = asyncio.run(fuzz(Path(home), replies))
    for kind in FAULTS:
        for fault in [fault for fault in found if fault.kind == kind][:3]:
            print(f"{kind}: {fault.words!r}\n  said {fault.replies!r}\n  seen {fault.seen!r}")
    counts = Counter(fault.kind for fault in found)
    report("fuzz", {"replies": replies, **{kind: counts[kind] for kind in FAULTS}}, quick)


if __name__ == "__main__":
    main()
