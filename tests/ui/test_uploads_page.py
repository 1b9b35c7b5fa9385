"""Photos on the page: taken in upright and clean, or refused in a sentence, with the words not lost."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest
from support.tabs import opened, say, settled

ORIENTATION = 0x0112


def photo(kind: str = "JPEG", size: tuple[int, int] = (60, 40)) -> bytes:
    """One that was taken with the camera on its side, at a place that is nobody's business."""
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif.get_ifd(0x8825)[1] = "N"
    file = io.BytesIO()
    Image.effect_noise(size, 80).convert("RGB").save(file, kind, exif=exif)
    return file.getvalue()


def bomb(side: int = 10_000) -> bytes:
    """A hundred megapixels in a hundred bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"0")) + chunk(b"IEND", b"")


def send(tab: AppTest, words: str, name: str, data: bytes) -> AppTest:
    tab.chat_input[0].set_value(words).upload(name, data, "image/png").run()
    assert not tab.exception
    return tab


def test_a_photo_stands_upright_without_its_metadata_and_can_be_edited(house) -> None:
    tab = settled(send(opened(house), "This is my dog", "me.jpg", photo()))
    digest = house.history("t")["pictures"]["#1"]["digest"]
    image = house.gallery.image(digest)
    assert image.size == (40, 60)
    assert not image.info and not image.getexif()
    say(tab, "Make it a watercolor")
    assert house.history("t")["pictures"]["#2"]["parent"] == "#1"


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("bomb.png", bomb(), "40 megapixels. Scale it down"),
        ("short.jpg", photo()[:-500], "damaged or cut short"),
        ("drawing.png", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "Send it as PNG"),
        ("nothing.png", b"", "Send it as PNG"),
    ],
)
def test_what_is_no_photo_is_refused_and_the_words_are_not_lost(house, name, data, said) -> None:
    tab = send(opened(house), "Look *here*", name, data)
    assert said in tab.error[0].value
    assert r"Look \*here\*" in tab.error[0].value
    assert house.history("t")["turns"] == []
