"""The commands `export` and `import`: a conversation as one file, and back."""

from __future__ import annotations

import sys
from argparse import Namespace

from minidalle3.graph.settings import Settings
from minidalle3.graph.state import Part
from minidalle3.ui.commands import CommandError, known, without_llm
from minidalle3.ui.talk import follow, new_thread, open_house
from minidalle3.ui.terminal import Screen, safe


def export(settings: Settings, arguments: Namespace) -> None:
    """As a web page or as a zip, whichever the file's name says. Raises `CommandError` for other names."""
    kind = arguments.file.suffix.lower()
    if kind not in (".html", ".zip"):
        raise CommandError(f"{arguments.file}: name a .html file for a web page, or a .zip file to import again.")
    with open_house(without_llm(settings)) as house:
        thread = known(house, arguments.thread)
        if kind == ".zip":
            data = house.export(thread)
        else:
            from minidalle3.ui.conversation import document

            data = document(house, thread).encode()
    arguments.file.write_bytes(data)
    print(f"{arguments.file}: {len(data) / 2**20:.1f} MiB")


def take_in(settings: Settings, arguments: Namespace) -> None:
    """A zip becomes a new conversation; a PNG goes into one, new or not. Raises `CommandError` or `ValueError`."""
    from minidalle3.gallery.provenance import extract
    from minidalle3.gallery.tree import number

    data, thread = arguments.file.read_bytes(), arguments.thread or new_thread()
    png = data.startswith(b"\x89PNG")
    if png and extract(data) is None:
        raise CommandError(f"{arguments.file}: no recipe in it. Send it as a photo: minidalle3 say … --photo FILE")
    with open_house(without_llm(settings)) as house:
        if png:
            follow(house, house.start(thread, photos=[data]), Screen(house.gallery, None))
        else:
            house.take_in(thread, data)
        pictures = house.history(thread)["pictures"]
        print(f"Conversation {thread}")
        newest: list[Part] = [{"type": "picture", "id": max(pictures, key=number)}] if pictures else []
        Screen(house.gallery, sys.stdout).finish(newest, pictures)
    print(safe(f'Go on: minidalle3 say "…" --thread {thread}'))
