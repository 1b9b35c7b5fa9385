"""A conversation as one HTML page that needs nothing else: pictures and style are inside."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Mapping, Sequence
from html import escape
from importlib.resources import files

from PIL import Image

from minidalle3.gallery.store import Gallery, PictureError
from minidalle3.graph.past import PastTurn
from minidalle3.graph.state import Part, PictureRecord
from minidalle3.ui.bridge import Bridge
from minidalle3.ui.views import WIDTH, picture_view, provenance, remark

CODE = re.compile(r"`([^`\n]+)`")


def document(house: Bridge, thread: str) -> str:
    """A thread as one file to keep or to send."""
    history = house.history(thread)
    title = next((info["title"] for info in house.threads() if info["thread"] == thread), "")
    foot = "Drawn with Mini-DALLE3. Every picture that it drew has its recipe inside."
    return page(title or "Mini-DALLE3", "", foot, conversation(history["turns"], history["pictures"], house.gallery))


def page(title: str, lead: str, foot: str, body: str) -> str:
    """The document around `body`, which is HTML already."""
    css = (files("minidalle3.ui") / "conversation.css").read_text("utf-8")
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<style>
{css}</style>
</head>
<body>
<main>
<header>
<h1>{escape(title)}</h1>
{f"<p>{escape(lead)}</p>" if lead else ""}
</header>
{body}
<footer>{escape(foot)}</footer>
</main>
</body>
</html>
"""


def conversation(turns: Sequence[PastTurn], pictures: Mapping[str, PictureRecord], gallery: Gallery) -> str:
    """The turns as HTML."""
    return "\n".join(turn_html(turn, pictures, gallery) for turn in turns)


def turn_html(turn: PastTurn, pictures: Mapping[str, PictureRecord], gallery: Gallery) -> str:
    """The person's bubble on the right, the assistant's on the left."""
    said = [f"<div>{escape(turn['words'])}</div>"] if turn["words"] else []
    said += [image_html(pictures[id], gallery) for id in turn["photos"] if id in pictures]
    answered = [part_html(part, pictures, gallery) for part in turn["reply"]]
    bubbles = [("person", said), ("assistant", answered)]
    shown = [f'<div class="{who}">\n' + "\n".join(parts) + "\n</div>" for who, parts in bubbles if parts]
    return '<section class="turn">\n' + "\n".join(shown) + "\n</section>"


def part_html(part: Part, pictures: Mapping[str, PictureRecord], gallery: Gallery) -> str:
    """One part of a reply."""
    if part["type"] == "text":
        prose = CODE.sub(r"<code>\1</code>", escape(part["text"]))
        return f"<p>{prose}</p>"
    if part["type"] == "note":
        return f'<p class="note">{escape(part["text"])}</p>'
    record = pictures[part["id"]]
    view = picture_view(record, gallery)
    caption = f"<b>{escape(view['id'])}</b> {escape(view['description'])}<br>{escape(provenance(view))}"
    reason = f"<br>{escape(why)}" if (why := remark(view)) else ""
    return f"<figure>\n{image_html(record, gallery)}\n<figcaption>{caption}{reason}</figcaption>\n</figure>"


def image_html(record: PictureRecord, gallery: Gallery) -> str:
    """The PNG itself, recipe and all; a lost file leaves its description."""
    try:
        data = gallery.read(record["digest"])
    except PictureError as error:
        return f'<p class="note">{escape(record["id"])}: {escape(str(error))}</p>'
    width, height = Image.open(io.BytesIO(data)).size
    source = f"data:image/png;base64,{base64.b64encode(data).decode()}"
    return f'<img src="{source}" width="{WIDTH}" alt="{escape(record["description"])}" title="{width}×{height}">'
