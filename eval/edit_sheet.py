"""A sheet of edits before and after, by each tool alone and by the one that the house chooses."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from PIL import Image, ImageDraw
from tqdm import tqdm

from minidalle3.eval.editing import Studio
from minidalle3.eval.edits import Edit

CELL, SAID, LINE = 136, 150, 14
"""Pixels of a picture with its margin, of the column with what is said, and of a line of text."""


async def sheet(studio: Studio, chosen: Sequence[Edit]) -> Image.Image:
    """A row for each edit: what is said, the source, and what each tool makes of it."""
    tools = await studio.tools()
    titles = ("before", *tools, "chosen")
    picture = Image.new("RGB", (SAID + CELL * len(titles), LINE + CELL * len(chosen)), "white")
    pen = ImageDraw.Draw(picture)
    for column, title in enumerate(titles):
        pen.text((SAID + CELL * column, 1), title, fill="black")
    for row, edit in enumerate(tqdm(chosen, desc="edits")):
        source = await studio.source(edit)
        made, tool = await studio.chosen(edit, {"#1": source})
        images = [
            studio.image(source["digest"]),
            *[await studio.alone(one, edit, source) for one in tools],
            studio.image(made["digest"]),
        ]
        for column, image in enumerate(images):
            picture.paste(image, (SAID + CELL * column, LINE + CELL * row))
        kind = f"{edit.type}, {'a photo' if edit.rendered else 'a drawing'}"
        said = (kind, *textwrap.wrap(f"“{edit.said}”", 22), f"chosen: {tool}")
        for line, text in enumerate(said):
            pen.text((4, LINE * (line + 1) + CELL * row), text, fill="black")
    return picture
