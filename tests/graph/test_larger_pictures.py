"""A larger picture over the whole graph: made, changed, replayed and left again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import ImageFilter
from support.house import done, opened, say

from minidalle3.engines.diffusion import load
from minidalle3.graph.context import Context
from minidalle3.tools.replay import replay

QUICK = Context(steps=3)
REACH = ImageFilter.MaxFilter(63)
"""Farther than the network looks around a pixel."""
REPLIES = (
    "<image>a cat in the forest</image>",
    '<refine of="#1">a cat in the forest</refine>',
    '<edit of="#2">a red cat in the forest</edit>',
)


async def test_a_larger_picture_stays_large_when_it_is_changed(tmp_path: Path) -> None:
    async with opened(tmp_path, *REPLIES, engine=load("sketchbook", "cpu")) as turns:
        for words in ("draw a cat in the forest", "make it bigger", "make it red"):
            events = await say(turns, words, context=QUICK)
        pictures, gallery = (await turns.history("t"))["pictures"], turns.gallery
        digests = [pictures[id]["digest"] for id in ("#1", "#2", "#3")]
        images, recipes = [gallery.image(one) for one in digests], [gallery.recipe(one) for one in digests]
        assert [image.size for image in images] == [(128, 128), (256, 256), (256, 256)]
        assert [recipe and recipe["tool"] for recipe in recipes] == ["text_to_image", "upscale", "upscale"]
        assert [pictures[id]["parent"] for id in ("#2", "#3")] == ["#1", "#2"]
        assert {event["id"] for event in events if event["type"] == "progress"} == {"#3"}
        assert recipes[2] is not None and recipes[2]["parent"] is not None
        change = gallery.recipe(recipes[2]["parent"])
        assert change is not None and (change["tool"], change["parent"]) == ("prompt_to_prompt", digests[0])
        mask = gallery.mask(recipes[2]["parent"])
        assert mask is not None
        near = mask.point(lambda share: 255 * (share > 0)).resize((256, 256)).filter(REACH)
        untouched = np.asarray(near) == 0
        assert np.array_equal(*(np.asarray(image)[untouched] for image in images[1:]))
        for digest in digests:
            assert (await replay(gallery.read(digest), turns._services.owner, gallery)).passed
        for id in ("#2", "#1"):
            assert done(await say(turns, "undo", command={"name": "undo", "target": None}))["current"] == id
