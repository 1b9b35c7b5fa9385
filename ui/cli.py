"""The command `minidalle3`. Nothing heavy is imported before a command needs it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from minidalle3.graph.settings import Settings

Add: TypeAlias = Callable[[str, str, str], argparse.ArgumentParser]
DESCRIPTION = (
    "Talk pictures into being: a conversation in which pictures appear, and stay consistent while you talk on."
)
EPILOG = """\
examples:
  minidalle3 ui                                              the page, for a browser
  minidalle3 chat                                            a conversation here
  minidalle3 say "Draw a cute dog" --thread dogs             one message
  minidalle3 say "Make it run near the river" --thread dogs
  minidalle3 undo --thread dogs

Models are set with MINIDALLE3_LLM and MINIDALLE3_T2I (or a .env file); `minidalle3 doctor` tells what would run.
exit status: 0 done, 1 the answer is no (replay, doctor), 2 an error, 130 interrupted"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; an error is one line on stderr."""
    arguments = parser().parse_args(argv)
    room, name = arguments.run.split(":")
    try:
        status: int | None = getattr(import_module(f"minidalle3.ui.{room}"), name)(settings(arguments), arguments)
        return status or 0
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return 130
    except expected() as error:
        print(f"minidalle3: {one_line(error)}", file=sys.stderr)
        return 2


def expected() -> tuple[type[Exception], ...]:
    """The errors whose message is meant for a person."""
    from minidalle3.engines.contract import EngineError
    from minidalle3.llms.errors import LLMError
    from minidalle3.ui.commands import CommandError

    return (CommandError, EngineError, LLMError, ValueError, OSError)


def one_line(error: Exception) -> str:
    """The message alone, whatever the library made of it."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return " ".join(str(error).split())


def settings(arguments: argparse.Namespace) -> Settings:
    """From the environment, with what the command line overrides. Raises `ValueError` naming the setting."""
    from pydantic import ValidationError

    from minidalle3.graph.settings import Settings

    try:
        return Settings(**{name: vars(arguments)[name] for name in ("home", "llm", "t2i") if name in arguments})
    except ValidationError as error:
        first = error.errors()[0]
        raise ValueError(f"The setting MINIDALLE3_{str(first['loc'][0]).upper()}: {first['msg']}.") from error


def parser() -> argparse.ArgumentParser:
    """Every command with its help; `run` names the function that carries it out."""
    common = argparse.ArgumentParser(add_help=False)
    group, hide = common.add_argument_group("settings"), argparse.SUPPRESS
    group.add_argument("--home", type=Path, default=hide, metavar="DIR", help="where conversations and pictures live")
    group.add_argument("--llm", default=hide, metavar="MODEL", help="who talks: offline, or provider:model")
    group.add_argument("--t2i", default=hide, metavar="MODEL", help="who draws: sketchbook, a hub id or a folder")
    raw = argparse.RawDescriptionHelpFormatter
    top = argparse.ArgumentParser("minidalle3", None, DESCRIPTION, EPILOG, parents=[common], formatter_class=raw)
    top.add_argument("--version", action="version", version=f"minidalle3 {version('minidalle3')}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def add(name: str, run: str, help: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, parents=[common], help=help, description=f"{help[0].upper()}{help[1:]}.")
        command.set_defaults(run=run)
        return command

    add_talking(add)
    add_looking_back(add)
    add_running(add)
    return top


def add_talking(add: Add) -> None:
    """Turns."""
    command = add("chat", "talk:chat", "talk here, in the terminal")
    command.add_argument("--thread", help="the conversation to go on with (default: a new one)")
    command = in_thread(add("say", "talk:say", "send one message and show the reply"))
    command.add_argument("text", help="your message")
    command.add_argument("--photo", type=Path, action="append", default=[], metavar="FILE", help="send a picture along")
    command.add_argument("--json", action="store_true", help="print the reply as one JSON object")
    command.add_argument("--seed", type=int, help="draw from this seed")
    command.add_argument("--steps", type=int, help="denoising steps")
    command.add_argument("--guidance", type=float, help="how strictly to follow the prompt")
    command.add_argument("--level", choices=("none", "small", "large"), help="how much an edit may change")
    command.add_argument("--size", metavar="WxH", help="width and height of new pictures, as in 1024x768")
    command.add_argument("--count", type=int, choices=range(1, 9), metavar="N", help="how many new pictures to draw")


def add_looking_back(add: Add) -> None:
    """Conversations, the version tree, recipes."""
    add("threads", "commands:threads", "list the conversations, the one used last first")
    in_thread(add("tree", "commands:tree", "show a conversation's pictures as the tree they form"))
    for name, help in (
        ("undo", "go back to the picture that the current one was made from"),
        ("redo", "go forward again to the picture left last"),
        ("goto", "go to a picture: the next change starts from it"),
        ("delete", "hide a picture and all that was made from it"),
    ):
        command = in_thread(add(name, "commands:move", help))
        command.set_defaults(name=name, id=None)
        if name in ("goto", "delete"):
            command.add_argument("id", metavar="ID", help="the picture's number: 3 (or '#3')")
    command = in_thread(add("compare", "commands:compare", "tell how two pictures differ"))
    command.add_argument("ids", nargs=2, metavar="ID", help="a picture's number: 3 (or '#3')")
    command = add("inspect", "commands:inspect", "print the recipe inside a PNG")
    command.add_argument("file", type=Path, metavar="FILE")
    command = add("replay", "commands:replay", "draw a PNG's recipe again and compare")
    command.add_argument("file", type=Path, metavar="FILE")
    command = in_thread(add("export", "files:export", "write a conversation to one file"))
    command.add_argument("file", type=Path, metavar="FILE", help=".html: a web page; .zip: to be imported again")
    command = add("import", "files:take_in", "take in an exported conversation, or a picture with its recipe")
    command.add_argument("file", type=Path, metavar="FILE", help="a .zip from `export`, or a PNG that was drawn here")
    command.add_argument("--thread", help="the conversation's name (default: a new one); a zip needs a new one")
    command = add("gallery", "commands:collect", "look after the store of pictures")
    command.add_argument("action", choices=("gc",), help="gc: remove the pictures that no conversation names")


def add_running(add: Add) -> None:
    """The page and the doctor."""
    command = add("ui", "launch:launch", "serve the page for a browser")
    command.add_argument("--host", default="localhost", help="address to listen on (default: this machine only)")
    command.add_argument("--port", type=int, default=8501, help="port to listen on (default: 8501)")
    add("doctor", "doctor:doctor", "tell what is installed, which models would run, and how to get what is missing")


def in_thread(command: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """The command belongs to one conversation."""
    command.add_argument("--thread", required=True, help="the conversation's name")
    return command


if __name__ == "__main__":
    sys.exit(main())
