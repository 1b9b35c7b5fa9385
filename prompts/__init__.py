"""The prompts, as text files."""

from functools import cache
from importlib.resources import files


@cache
def load(name: str) -> str:
    """The prompt in `NAME.md`."""
    return (files(__package__) / f"{name}.md").read_text("utf-8")
