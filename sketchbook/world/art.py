"""The drawings of the world's subjects, as pixels."""

import gzip
import io
import json
from functools import cache
from pathlib import Path
from typing import Any

from PIL import Image

SETS = ("fluent-emoji", "fluent-emoji-flat", "fluent-emoji-high-contrast", "noto")
ART = Path(__file__).parent.parent / "training" / "art.json.gz"

_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
    'viewBox="0 0 {side} {side}" width="{pixels}" height="{pixels}" color="#222">{body}</svg>'
)


@cache
def _drawings() -> dict[str, dict[str, tuple[str, int]]]:
    packed: dict[str, Any] = json.loads(gzip.decompress(ART.read_bytes()))
    return packed["drawings"]  # type: ignore[no-any-return]


@cache
def drawing(subject: str, icon_set: str) -> Image.Image:
    """RGBA, cut to what is drawn, the longer side 200 pixels; do not write to it, it is cached."""
    import resvg_py

    body, side = _drawings()[subject][icon_set]
    svg = _SVG.format(side=side, pixels=240, body=body)
    image = Image.open(io.BytesIO(bytes(resvg_py.svg_to_bytes(svg_string=svg)))).convert("RGBA")
    image = image.crop(image.getchannel("A").point(lambda a: 255 * (a > 24)).getbbox())
    scale = 200 / max(image.size)
    return image.resize(
        (max(1, round(image.width * scale)), max(1, round(image.height * scale))), Image.Resampling.LANCZOS
    )
