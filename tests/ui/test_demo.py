"""The demo's page."""

from __future__ import annotations

import base64
import io
import re
from html.parser import HTMLParser

from PIL import Image
from support.lying import lies

from minidalle3.gallery.provenance import extract
from minidalle3.ui.bridge import Bridge
from minidalle3.ui.conversation import conversation
from minidalle3.ui.demo import FIGURES, main

VOID = {"meta", "img", "br"}


class Balanced(HTMLParser):
    """Every element closed in its order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag, attrs) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag) -> None:
        assert self.open.pop() == tag


def test_the_demo_writes_the_whole_conversation_into_one_file(engine, tmp_path, capsys) -> None:
    main(["--out", str(tmp_path / "out")], Bridge)
    [file] = (tmp_path / "out").iterdir()
    assert str(file) in capsys.readouterr().out
    html = file.read_text("utf-8")
    parser = Balanced()
    parser.feed(html)
    assert parser.open == []
    said = re.findall(r'<div class="person">\s*<div>(.*?)</div>', html)
    assert len(said) == sum(len(lines) for parts in FIGURES.values() for lines in parts.values())
    assert len(re.findall('<div class="assistant">', html)) == len(said)
    sources = re.findall(r'<img src="data:image/png;base64,([^"]+)"', html)
    assert len(sources) >= 20
    data = base64.b64decode(sources[0])
    assert Image.open(io.BytesIO(data)).size == (64, 64)
    assert extract(data)["engine"] == "swatch"
    assert "<b>#1</b>" in html
    assert not re.search(r'(src|href)="(?!data:)', html), "nothing is fetched from elsewhere"


def test_what_people_and_models_say_is_never_markup(house) -> None:
    list(house.events(house.start("t", "Draw a dog <script>alert(1)</script>")))
    history = house.history("t")
    html = conversation(history["turns"], history["pictures"], house.gallery)
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_a_lost_picture_leaves_a_note(house) -> None:
    list(house.events(house.start("t", "Draw a cute dog")))
    history = house.history("t")
    lies(house.gallery, history["pictures"]["#1"]["digest"]).unlink()
    assert "is missing from the gallery" in conversation(history["turns"], history["pictures"], house.gallery)
