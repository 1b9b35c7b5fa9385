"""The commands that look back: threads, the version tree, recipes. None of them needs the LLM."""

from __future__ import annotations

import asyncio
import json
import sys
from argparse import Namespace
from datetime import datetime

from minidalle3.graph.settings import Settings
from minidalle3.ui.bridge import Bridge
from minidalle3.ui.talk import drawn_tree, follow, open_house
from minidalle3.ui.terminal import Screen, safe, waiting


class CommandError(Exception):
    """What was asked for is not there; the message says what to do."""


def without_llm(settings: Settings) -> Settings:
    """So that old threads can be read without a key or a server."""
    return settings.model_copy(update={"llm": "offline"})


def threads(settings: Settings, arguments: Namespace) -> None:
    """The conversations there are, the one used last first."""
    with open_house(without_llm(settings)) as house:
        for info in house.threads():
            print(f"{datetime.fromtimestamp(info['updated']):%Y-%m-%d %H:%M}  {info['thread']}  {safe(info['title'])}")


def tree(settings: Settings, arguments: Namespace) -> None:
    """The version tree of a thread."""
    with open_house(without_llm(settings)) as house:
        print(drawn_tree(house, known(house, arguments.thread)))


def move(settings: Settings, arguments: Namespace) -> None:
    """One step along the version tree. Raises `CommandError` when there is nowhere to go."""
    with open_house(without_llm(settings)) as house:
        thread = known(house, arguments.thread)
        turn = house.start(thread, command={"name": arguments.name, "target": arguments.id})
        screen = Screen(house.gallery, None)
        reply = follow(house, turn, screen)["reply"]
        if all(part["type"] == "note" for part in reply):
            raise CommandError(" ".join(part["text"] for part in reply if part["type"] == "note"))
        Screen(house.gallery, sys.stdout).finish(reply, house.history(thread)["pictures"])


def compare(settings: Settings, arguments: Namespace) -> None:
    """What differs between two pictures: their recipes field by field, and their pixels."""
    from minidalle3.gallery.compare import comparison
    from minidalle3.gallery.tree import visible

    with open_house(without_llm(settings)) as house:
        pictures = house.history(known(house, arguments.thread))["pictures"]
        first, second = (visible(pictures, id) for id in arguments.ids)
        title, *lines = comparison(first, second, house.gallery)
    print("\n  ".join(map(safe, [title, *lines])))


def inspect(settings: Settings, arguments: Namespace) -> None:
    """The recipe in a PNG, as JSON."""
    from minidalle3.gallery.provenance import extract

    recipe = extract(arguments.file.read_bytes())
    if recipe is None:
        raise CommandError(f"{arguments.file}: no recipe in it. It was not drawn here, or its metadata was stripped.")
    print(json.dumps(recipe, indent=2, ensure_ascii=False))


def replay(settings: Settings, arguments: Namespace) -> int:
    """Draw a PNG's recipe again; 1 when it came out another picture."""
    data = arguments.file.read_bytes()
    with waiting("Drawing it again"):
        from minidalle3.nodes.services import make
        from minidalle3.tools.replay import replay as again

        services = make(without_llm(settings))
        try:
            result = asyncio.run(again(data, services.owner, services.gallery, services.editor))
        finally:
            services.close()
    print(f"{'The same picture' if result.passed else 'A different picture'}: {result.note}.")
    return 0 if result.passed else 1


def collect(settings: Settings, arguments: Namespace) -> None:
    """Remove the pictures that no thread names any more."""
    with open_house(without_llm(settings)) as house, waiting("Tidying up"):
        freed = house.gallery.collect(house.digests())
    print(f"Removed {freed.pictures} pictures and {freed.traces} traces: {freed.bytes / 2**20:.1f} MiB.")


def known(house: Bridge, thread: str) -> str:
    """The conversation's name; raises `CommandError` unless there is one."""
    if all(info["thread"] != thread for info in house.threads()):
        raise CommandError(f"There is no conversation {thread!r}. `minidalle3 threads` lists those there are.")
    return thread
