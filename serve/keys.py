"""`python -m minidalle3.serve.keys`: make, list and remove the keys of callers."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from minidalle3.graph.memory import DatabaseError
from minidalle3.graph.settings import Settings
from minidalle3.serve.doors import Doors


def main(argv: Sequence[str] | None = None) -> int:
    """1 when there is no such key."""
    parser = argparse.ArgumentParser("python -m minidalle3.serve.keys", description="Keys of the server's callers.")
    parser.add_argument("--home", type=Path, help="where conversations and pictures live")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    commands.add_parser("add", help="make a key; it is shown this once").add_argument("name", help="whose key it is")
    commands.add_parser("list", help="tell who has a key")
    commands.add_parser("remove", help="let a key open nothing more").add_argument("id", help="as `list` shows it")
    arguments = parser.parse_args(argv)
    try:
        return asyncio.run(run(arguments, Settings(home=arguments.home) if arguments.home else Settings()))
    except DatabaseError as error:
        parser.error(str(error))


async def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Carry out one command."""
    doors = await Doors.open(settings)
    try:
        if arguments.command == "add":
            print(await doors.add(arguments.name))
        elif arguments.command == "list":
            for caller in await doors.callers():
                print(f"{caller.id}  {caller.name}")
        elif not await doors.remove(arguments.id):
            print(f"There is no key {arguments.id}.", file=sys.stderr)
            return 1
    finally:
        await doors.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
