"""A sheet of edits before and after: a row for each, its source, and what each tool makes of it."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont
from tqdm import tqdm

from minidalle3.eval.editing import Studio
from minidalle3.eval.edits import Edit

SIDE, GAP, SAID, HEAD = 160, 14, 196, 40
"""Pixels: of a picture, between two, of the column with what is said, and of the line with the columns' names."""
PAPER, INK, PALE, CHOSEN = "#ffffff", "#1f2328", "#6e7781", "#1a7f37"
TITLES = {
    "plain": "from words alone", "prompt_to_prompt": "Prompt-to-Prompt", "masactrl": "MasaCtrl",
    "ip_adapter": "IP-Adapter",
}  # fmt: skip
WIDE = 24
"""Letters of a line of what is said."""


async def sheet(studio: Studio, chosen: Sequence[Edit]) -> Image.Image:
    """In the frame stands the picture by which the house would answer, drawn as its nodes choose."""
    tools = await studio.tools()
    width, height = (1 + len(tools)) * (SIDE + GAP), SIDE + GAP
    paper = Image.new("RGB", (SAID + width + GAP, HEAD + height * len(chosen)), PAPER)
    pen = ImageDraw.Draw(paper)
    columns = {name: SAID + (SIDE + GAP) * at for at, name in enumerate(("before", *tools))}
    for name, x in columns.items():
        pen.text((x + SIDE / 2, HEAD / 2), TITLES.get(name, name), INK, ImageFont.load_default(15), "mm")
    await studio.prepare(chosen)
    for row, edit in enumerate(tqdm(chosen, desc="edits")):
        y = HEAD + height * row
        source = await studio.source(edit)
        made, tool = await studio.chosen(edit, {"#1": source})
        images = {name: await studio.alone(name, edit, source) for name in tools}
        images |= {"before": studio.image(source["digest"]), column(tool): studio.image(made["digest"])}
        for name, image in images.items():
            paper.paste(image.resize((SIDE, SIDE), Image.Resampling.LANCZOS), (columns[name], y))
        x = columns[column(tool)]
        pen.rectangle((x - 5, y - 5, x + SIDE + 4, y + SIDE + 4), outline=CHOSEN, width=4)
        said(pen, edit, y)
    return paper


def column(tool: str) -> str:
    """Where the picture of a tool stands."""
    return "plain" if tool == "text_to_image" else tool


def said(pen: ImageDraw.ImageDraw, edit: Edit, y: int) -> None:
    """The type of the edit, what the person says, and what the source is."""
    pen.text((GAP, y + 8), edit.type, INK, ImageFont.load_default(19))
    lines = textwrap.wrap(f"“{edit.said}”", WIDE)
    pen.multiline_text((GAP, y + 42), "\n".join(lines), INK, ImageFont.load_default(14), spacing=5)
    kind = "a photo" if edit.rendered else "drawn by the model"
    pen.text((GAP, y + 50 + 20 * len(lines)), kind, PALE, ImageFont.load_default(12))
