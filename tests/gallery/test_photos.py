"""Photos: upright, clean and of a bearable size, or refused with advice."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from plain_recipe import PLAIN

from minidalle3.gallery.photos import MAX_SIDE
from minidalle3.gallery.provenance import embed
from minidalle3.gallery.store import Gallery, PhotoError

ORIENTATION, GPS = 0x0112, 0x8825


@pytest.fixture
def gallery(tmp_path: Path) -> Gallery:
    return Gallery(tmp_path)


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def halves(size: tuple[int, int] = (40, 20)) -> Image.Image:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", size, "red")
    image.paste("blue", (size[0] // 2, 0, *size))
    return image


def bomb(width: int, height: int) -> bytes:
    """A PNG that claims a size far beyond its bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_the_four_kinds_are_taken(gallery: Gallery, kind: str) -> None:
    digest = gallery.put_photo(encoded(halves(), kind))
    image = gallery.image(digest)
    assert (image.format, image.mode, image.size) == ("PNG", "RGB", (40, 20))
    assert gallery.recipe(digest) is None
    assert gallery.trace(digest) is None
    assert gallery.put_photo(gallery.read(digest)) == digest


def test_a_moving_picture_gives_its_first_frame(gallery: Gallery) -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    digest = gallery.put_photo(encoded(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    assert gallery.image(digest).getpixel((0, 0)) == (255, 0, 0)


def test_a_turned_photo_stands_upright_and_says_nothing_of_where_it_was(gallery: Gallery) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6  # the camera lay on its side: turn clockwise
    exif.get_ifd(GPS)[1] = "N"
    digest = gallery.put_photo(encoded(halves(), "JPEG", exif=exif, comment=b"home", quality=95))
    image = gallery.image(digest)
    assert image.size == (20, 40)
    assert image.getpixel((10, 5))[0] > 200 and image.getpixel((10, 35))[2] > 200  # type: ignore[index]
    assert not image.info and not image.getexif()


def test_transparency_lies_on_white(gallery: Gallery) -> None:
    digest = gallery.put_photo(encoded(Image.new("RGBA", (4, 4), (255, 0, 0, 0)), "PNG"))
    assert gallery.image(digest).getpixel((0, 0)) == (255, 255, 255)


def test_sixteen_bit_grey_keeps_its_greys(gallery: Gallery) -> None:
    digest = gallery.put_photo(encoded(Image.new("I;16", (4, 4), 32768), "PNG"))
    assert gallery.image(digest).getpixel((0, 0)) == (127, 127, 127)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK"])
def test_every_mode_of_pixels_can_be_scaled_down(gallery: Gallery, mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    digest = gallery.put_photo(encoded(Image.new(mode, (MAX_SIDE * 2, 100)), kind))
    assert gallery.image(digest).size == (MAX_SIDE, 50)


@pytest.mark.parametrize("size", [(8000, 5001), (10_000, 10_000), (60_000, 60_000)])
def test_a_decompression_bomb_is_refused_before_it_unfolds(
    gallery: Gallery, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", lambda self: pytest.fail("decoded"))
    with pytest.raises(PhotoError, match=r"40 megapixels\. Scale it down"):
        gallery.put_photo(bomb(*size))


def test_a_damaged_photo_is_refused(gallery: Gallery) -> None:
    noise = Image.effect_noise((64, 64), 80)
    for kind in ("PNG", "JPEG", "WEBP", "GIF"):
        whole = encoded(noise, kind)
        with pytest.raises(PhotoError, match=r"damaged|not a picture"):
            gallery.put_photo(whole[: len(whole) // 2])
    with pytest.raises(PhotoError, match="damaged"):
        gallery.put_photo(bomb(64, 64))


@pytest.mark.parametrize(
    "data",
    [b"", b"hello", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.7", encoded(halves(), "BMP"), bytes(999)],
)
def test_what_is_no_photo_is_refused(gallery: Gallery, data: bytes) -> None:
    with pytest.raises(PhotoError, match="Send it as PNG, JPEG, WebP or GIF"):
        gallery.put_photo(data)


def drawn(size: tuple[int, int] = (40, 20)) -> bytes:
    """A picture with its recipe inside, as the gallery writes it."""
    return embed(halves(size), {**PLAIN, "width": 40, "height": 20})


def test_a_picture_that_was_drawn_here_or_elsewhere_stays_the_file_it_is(gallery: Gallery) -> None:
    digest = gallery.put_photo(drawn())
    assert gallery.read(digest) == drawn()
    assert gallery.recipe(digest) == {**PLAIN, "width": 40, "height": 20}
    assert gallery.find({**PLAIN, "width": 40, "height": 20}) is None, "a stranger's word is not proof"


def test_a_recipe_is_kept_and_all_else_in_the_file_is_not(gallery: Gallery) -> None:
    image = Image.open(io.BytesIO(drawn()))
    info = PngInfo()
    for name, value in image.info.items():
        info.add_itxt(name, value)
    exif = Image.Exif()
    exif.get_ifd(GPS)[1] = "N"
    for data in (
        encoded(image, "PNG", pnginfo=info, exif=exif),
        drawn() + b"a thumbnail",
        encoded(image, "PNG", pnginfo=info, dpi=(72, 72)),
    ):
        kept = gallery.read(gallery.put_photo(data))
        assert kept == drawn()


@pytest.mark.parametrize("recipe", ["{}", "[", '{"engine": "../../etc"}'])
def test_a_recipe_that_is_none_leaves_a_photo(gallery: Gallery, recipe: str) -> None:
    info = PngInfo()
    info.add_itxt("minidalle3", recipe)
    digest = gallery.put_photo(encoded(halves(), "PNG", pnginfo=info))
    assert gallery.recipe(digest) is None


def test_the_recipe_of_another_picture_is_dropped(gallery: Gallery) -> None:
    assert gallery.recipe(gallery.put_photo(drawn((20, 20)))) is None


def test_a_script_in_a_picture_s_clothes_is_refused(gallery: Gallery) -> None:
    svg = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    with pytest.raises(PhotoError, match="Send it as PNG"):
        gallery.put_photo(svg)
    both = gallery.read(gallery.put_photo(encoded(halves(), "PNG") + svg))
    assert b"script" not in both


def test_a_mask_fits_its_picture(gallery: Gallery) -> None:
    digest = gallery.put_photo(drawn())
    gallery.put_mask(digest, encoded(Image.new("L", (40, 20), 255), "PNG"))
    mask = gallery.mask(digest)
    assert mask and mask.size == (40, 20)
    for wrong in (encoded(Image.new("L", (9, 9)), "PNG"), b"no mask"):
        with pytest.raises(PhotoError):
            gallery.put_mask(digest, wrong)
