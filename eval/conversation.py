"""What is done with a message: whether the right thing, and with the right picture.

`python -m minidalle3.eval.conversation [--quick]`, for the LLM of `MINIDALLE3_LLM`; a quick run takes every fourth
message. Each labelled message is put into its conversation, heard, answered by the LLM, and read by the nodes listen,
respond and route of the graph, up to the point where drawing would begin. Of held-out messages only totals are shown.

- `routing`: share of messages for which the instruction of the paper's §3.2 that was carried out is the labelled one.
- `false_draws`: share of the messages labelled `question` or `nothing` that are answered with a picture.
- `references`: share of messages for which exactly the right pictures are built on, or the person is asked.
- `paper_turns`: share of the turns of the paper's own dialogues that show the parts the paper shows, its LLMs' failures
  repaired; what the LLM says there is scripted (`eval/paper.py`).
"""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from langgraph.runtime import Runtime
from tqdm import tqdm

from minidalle3.eval import paper
from minidalle3.eval.labelled import Labelled, Part, labelled
from minidalle3.eval.report import arguments, report
from minidalle3.gallery.referring import stems
from minidalle3.graph.context import Context
from minidalle3.graph.settings import Settings
from minidalle3.graph.state import ChatState, Request
from minidalle3.nodes.listen import listen
from minidalle3.nodes.respond import respond
from minidalle3.nodes.route import route
from minidalle3.nodes.services import Services, make

DRAWN = ("generation", "referring", "editing", "refinement")
INSTRUCTIONS = (*DRAWN[:2], "selecting", *DRAWN[2:], "question", "nothing")
PARTS: dict[str, Part] = {"": "held_out", "_fresh": "fresh", "_fresh2": "fresh2", "_tuning": "tuning"}
"""Ends of the figures' names."""
KINDS = {"vary": "referring", "edit": "editing", "refine": "refinement", "select": "selecting"}


@dataclass(frozen=True)
class Outcome:
    """What was done with a message."""

    asked: Labelled
    requests: list[Request]
    question: bool
    """Whether the house asked which picture was meant."""


async def answer(message: Labelled, services: Services) -> Outcome:
    """One turn up to where drawing begins, with its one repair if route asks for it."""
    runtime = Runtime(context=Context(), stream_writer=lambda _: None)
    state: ChatState = {**message.state}
    if isinstance(state["messages"][-1].content, str):
        heard = await listen(state, runtime, services)
        if "messages" in heard:  # a command, obeyed
            return Outcome(message, heard.get("requests", []), bool(heard.get("pending")))
    while True:
        state = {**state, **(await respond(state, runtime, services))}
        command = await route(state, runtime, services)
        state = {**state, **(command.update or {})}
        if command.goto != "respond":
            return Outcome(message, state.get("requests", []), bool(state.get("pending")))


def instruction(outcome: Outcome) -> str:
    """The instruction that was carried out; a reply in words counts as either of the two that want words.

    An LLM shows something of what was drawn ("her house") by `<edit>`, as the paper's own prompt does, or by an
    `<image>` that names it: for a message labelled `referring` these are right.
    """
    drawing = [request for request in outcome.requests if request["kind"] != "select"]
    label = outcome.asked.label
    if not outcome.requests:
        return label if label in ("question", "nothing") else "nothing"
    if not drawing:
        return "selecting"
    first = drawing[-1]
    if label == "referring" and (first["kind"] == "edit" or refers(first, outcome.asked.state)):
        return "referring"
    return KINDS.get(first["kind"], "generation")


def refers(request: Request, state: ChatState) -> bool:
    """Whether a new picture's description names something of an earlier one's."""
    before = [stems(record["description"]) for record in state.get("pictures", {}).values()]
    return any(words & stems(request["description"]) for words in before)


def right_pictures(outcome: Outcome) -> bool:
    """Whether a message was carried out on the labelled pictures, `none`, or answered with a question (`ask`)."""
    sources = [r["ids"][0] if r["kind"] == "select" else r["source"] for r in outcome.requests]
    label = outcome.asked.label
    if label == "ask":
        return outcome.question and not any(sources)
    built_on = {source for source in sources if source}
    last = {sources[-1]} if sources else set()
    return not built_on if label == "none" else set(label.split()) in (built_on, last)


async def run(messages: Sequence[Labelled], services: Services, what: str) -> list[Outcome]:
    """All messages, one after the other."""
    return [await answer(message, services) for message in tqdm(messages, desc=what)]


def confusion(outcomes: Sequence[Outcome]) -> None:
    """Print what was done (columns) with what was asked (rows)."""
    counts = Counter((outcome.asked.label, instruction(outcome)) for outcome in outcomes)
    print(f"{'':<12}" + "".join(f"{name[:10]:>12}" for name in INSTRUCTIONS))
    for row in INSTRUCTIONS:
        print(f"{row:<12}" + "".join(f"{counts[row, column] or '.':>12}" for column in INSTRUCTIONS))


def share(good: Sequence[bool]) -> float:
    """Of how many it holds."""
    return sum(good) / len(good) if good else 0.0


def figures(routed: Sequence[Outcome], referred: Sequence[Outcome]) -> dict[str, float]:
    """The three shares, of each part of the messages; the fresh parts have no references."""
    result: dict[str, float] = {}
    for name, part in PARTS.items():
        some = [outcome for outcome in routed if outcome.asked.part == part]
        plain = [outcome for outcome in some if outcome.asked.label in ("question", "nothing")]
        others = [outcome for outcome in referred if outcome.asked.part == part]
        result[f"routing{name}"] = share([instruction(outcome) == outcome.asked.label for outcome in some])
        result[f"false_draws{name}"] = share([instruction(outcome) in DRAWN for outcome in plain])
        result[f"turns{name}"] = len(some)
        if others:
            result[f"references{name}"] = share([right_pictures(outcome) for outcome in others])
            result[f"dialogues{name}"] = len(others)
    return result


def show_failures(routed: Sequence[Outcome], referred: Sequence[Outcome]) -> None:
    """What went wrong where rules may be written by it; held-out messages are never shown."""
    wrong = [o for o in routed if o.asked.part == "tuning" and instruction(o) != o.asked.label]
    wrong += [o for o in referred if o.asked.part == "tuning" and not right_pictures(o)]
    for outcome in wrong:
        done = [(r["kind"], r["source"], r["description"]) for r in outcome.requests]
        print(f"{outcome.asked.label:<12}{outcome.asked.words}\n{'':<12}{'asked back' if outcome.question else done}")


async def measure(quick: bool) -> dict[str, float]:
    """Both sets with the LLM of the settings; nothing is drawn, so no weights are loaded."""
    with tempfile.TemporaryDirectory() as home:
        services = make(Settings(home=Path(home)))
        step = 4 if quick else 1
        routed = await run(labelled("routing")[::step], services, "routing")
        referred = await run(labelled("references")[::step], services, "references")
        services.close()
        played = await paper.played(Path(home))
    show_failures(routed, referred)
    paper.show_failures(played)
    confusion(routed)
    of_the_paper = {"paper_turns": share([turn.right for turn in played]), "turns_of_the_paper": len(played)}
    return figures(routed, referred) | of_the_paper


def main() -> None:
    """Tables on the screen, figures in `eval/results/conversation.json`."""
    quick = arguments("Routing of messages and the pictures they mean, for any LLM.").quick
    report("conversation", asyncio.run(measure(quick)), quick)


if __name__ == "__main__":
    main()
