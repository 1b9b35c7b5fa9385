"""`say` and `chat`: turns on a terminal."""

from __future__ import annotations

import json
import secrets
import sys
from argparse import Namespace
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from minidalle3.gallery.photos import PhotoError, decode_photo
from minidalle3.graph.context import Context
from minidalle3.graph.settings import Settings
from minidalle3.graph.state import Command, CommandName, DoneEvent
from minidalle3.ui.bridge import Bridge
from minidalle3.ui.notice import bigger, models
from minidalle3.ui.terminal import Screen, patiently, waiting
from minidalle3.ui.views import reply_view

HELP = """\
Just talk: "Draw a cute dog", then "make it run near the river".
  /photo FILE   send a picture with your next message
  /undo  /redo  one picture back, and forward again
  /goto 3       go on from picture #3
  /delete 3     hide picture #3 and all that was made from it
  /tree         the pictures so far, and where you are
  /quit         leave (so does Ctrl-D); the conversation is kept
Ctrl-C stops what is being drawn."""


MOVES: dict[str, CommandName] = {"/undo": "undo", "/redo": "redo", "/goto": "goto", "/delete": "delete"}


def open_house(settings: Settings) -> Bridge:
    """The front door, with a clock for the seconds that it takes."""
    with waiting("Opening"):
        return Bridge(settings)


def new_thread() -> str:
    """A name that sorts by time and that nobody else takes."""
    return f"{datetime.now():%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"


def say(settings: Settings, arguments: Namespace) -> None:
    """One turn; an interrupt stops it, and what was drawn by then is kept."""
    photos = [photo.read_bytes() for photo in arguments.photo]
    choices = Context(
        arguments.seed, arguments.steps, arguments.guidance, arguments.level, arguments.size, arguments.count
    )
    with open_house(settings) as house:
        turn = house.start(arguments.thread, arguments.text, photos, choices)
        screen = Screen(house.gallery, None if arguments.json else sys.stdout)
        done = follow(house, turn, screen)
        pictures = house.history(arguments.thread)["pictures"]
        screen.finish(done["reply"], pictures)
        if arguments.json:
            answer = {
                "thread": arguments.thread,
                "reply": reply_view(done["reply"], pictures, house.gallery),
                "current": done["current"],
                "pending": done["pending"],
                "usage": done["usage"],
            }
            print(json.dumps(answer, ensure_ascii=False))


def follow(house: Bridge, turn: str, screen: Screen, interrupted: Callable[[], None] | None = None) -> DoneEvent:
    """Show a turn until it is done; `interrupted` takes the first Ctrl-C, any other one goes on to the caller."""
    seen = 0
    while True:
        try:
            for event in patiently(house.events(turn, seen), lambda: screen.waiting_for):
                seen += 1
                screen.show(event)
                if event["type"] == "done":
                    return event
        except KeyboardInterrupt:
            screen.close()
            if interrupted is None:
                raise
            interrupted()
            interrupted = None


def chat(settings: Settings, arguments: Namespace) -> None:
    """A conversation until the person leaves."""
    thread = arguments.thread or new_thread()
    with suppress(ImportError):
        import readline  # noqa: F401  (line editing for `input`, where the platform has it)
    with open_house(settings) as house:
        hints = (hint.replace("`", "") for hint in bigger(settings))
        print(f"Conversation {thread}. {models(settings)}", *hints, "Type /help for help.", sep="\n")
        Conversation(house, thread).run()


class Conversation:
    """One thread at the prompt."""

    def __init__(self, house: Bridge, thread: str) -> None:
        self._house = house
        self._thread = thread
        self._photos: list[bytes] = []

    def run(self) -> None:
        """Read lines until `/quit` or the end of the input."""
        while True:
            try:
                line = input("\nyou> " if sys.stdin.isatty() else "").strip()
                if line == "/quit":
                    return
                if line:
                    self.take(line)
            except EOFError:
                return
            except KeyboardInterrupt:
                print("\n(/quit leaves)")
            except (ValueError, OSError) as error:
                print(f"({error})")

    def take(self, line: str) -> None:
        """A command, or words for the assistant. Raises what a photo or a message can be refused with."""
        command, _, rest = line.partition(" ")
        if move := MOVES.get(command):
            self.turn(command={"name": move, "target": rest.strip() or None})
        elif command == "/tree":
            print(drawn_tree(self._house, self._thread))
        elif command == "/photo":
            photo = Path(rest.strip()).expanduser().read_bytes()
            decode_photo(photo)
            self._photos.append(photo)
            print("(It goes with your next message.)")
        elif command.startswith("/"):
            print(HELP)
        else:
            self.turn(line)

    def turn(self, text: str = "", command: Command | None = None) -> None:
        """One turn; Ctrl-C stops it and stays. Photos wait for words that are taken, but not if they are refused."""
        try:
            turn = self._house.start(self._thread, text, self._photos if text else [], command=command)
        except PhotoError:
            self._photos = []
            raise
        if text:
            self._photos = []
        screen = Screen(self._house.gallery, sys.stdout)
        done = follow(self._house, turn, screen, lambda: self._house.stop(turn))
        screen.finish(done["reply"], self._house.history(self._thread)["pictures"])


def drawn_tree(house: Bridge, thread: str) -> str:
    """The version tree of a thread in lines."""
    from minidalle3.gallery.tree import render

    history = house.history(thread)
    return render(history["pictures"], history["current"]) or "(no pictures yet)"
