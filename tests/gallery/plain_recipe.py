"""One valid recipe, to be changed field by field."""

from __future__ import annotations

from minidalle3.gallery.recipes import Recipe

PLAIN: Recipe = {
    "engine": "sketchbook",
    "fingerprint": "0123456789abcdef",
    "prompt": "a cute dog",
    "negative_prompt": "blurry",
    "seed": 7,
    "steps": 20,
    "guidance": 4.0,
    "scheduler": "DDIMScheduler",
    "width": 128,
    "height": 128,
    "tool": "text_to_image",
    "parameters": {},
    "parent": None,
    "batch_size": 1,
    "batch_row": 0,
    "versions": {"torch": "2"},
}
