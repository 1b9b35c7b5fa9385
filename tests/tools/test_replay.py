"""Recipes of strangers: what is drawn again, and what is refused before anything is drawn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from support.swatch import Swatch

from minidalle3.engines.contract import EngineError
from minidalle3.engines.owner import Owner
from minidalle3.gallery.recipes import Recipe
from minidalle3.gallery.store import Gallery
from minidalle3.tools.parameters import check
from minidalle3.tools.replay import replay
from minidalle3.tools.text_to_image import plain_recipe

WORDS: dict[str, Any] = {"mode": "replace", "cross": 0.8, "layout": 0.4, "local": True}
POSE: dict[str, Any] = {"until": 0.91, "subject": "", "local": True}
LOOK: dict[str, Any] = {"scale": 0.6, "references": ["1" * 64], "cross": 0.0, "layout": 0.0, "adapter": "2" * 64}
ORDER: dict[str, Any] = {"instruction": "make it snow", "mask": None}


def recipe(tool: str, parameters: dict[str, Any], parent: str | None = "0" * 64) -> Recipe:
    plain = plain_recipe(Swatch().capabilities, {"prompt": "a dog", "negative_prompt": "", "seed": 1}, None, None)
    return {**plain, "tool": tool, "parameters": parameters, "parent": parent}


@pytest.mark.parametrize(
    ("tool", "parameters"),
    [
        ("prompt_to_prompt", WORDS),
        ("masactrl", POSE),
        ("inversion", {"iterations": 5}),
        ("text_to_image", {}),
        ("ip_adapter", LOOK),
        ("upscale", {"strength": 0.35}),
        ("upscale", {"upscaler": "2" * 64}),
        ("instruct_edit", ORDER),
    ],
)
def test_what_the_tools_write_down_is_accepted(tool: str, parameters: dict[str, Any]) -> None:
    check(recipe(tool, parameters))


@pytest.mark.parametrize(
    ("tool", "parameters", "said"),
    [
        ("prompt_to_prompt", {}, "not those of prompt_to_prompt"),
        ("prompt_to_prompt", {**WORDS, "cross": 7.0}, "not those of prompt_to_prompt"),
        ("prompt_to_prompt", {**WORDS, "mode": "__init__"}, "not those of prompt_to_prompt"),
        ("masactrl", {**POSE, "subject": "x" * 1000}, "not those of masactrl"),
        ("inversion", {"iterations": 10**9}, "not those of inversion"),
        ("ip_adapter", {**LOOK, "references": ["../../etc"]}, "not those of ip_adapter"),
        ("ip_adapter", {**LOOK, "references": ["0" * 64] * 8}, "not those of ip_adapter"),
        ("upscale", {"strength": 1.0}, "not those of upscale"),
        ("upscale", {"strength": 0.35, "upscaler": "2" * 64}, "not those of upscale"),
        ("upscale", {"upscaler": "2" * 64}, "another network"),
        ("instruct_edit", {**ORDER, "mask": "elsewhere/mask.png"}, "not those of instruct_edit"),
        ("text_to_image", {"engine": "other"}, "not those of text_to_image"),
        ("rm", {}, "the tool rm drew cannot"),
    ],
)
async def test_a_stranger_says_nothing_that_no_tool_would(
    tool: str, parameters: dict[str, Any], said: str, tmp_path: Path
) -> None:
    engine, gallery = Swatch(), Gallery(tmp_path)
    owner = Owner(lambda: engine)
    forged = gallery.put(Image.new("RGB", (64, 64)), recipe(tool, parameters))
    with pytest.raises(EngineError, match=said):
        await replay(gallery.read(forged), owner, gallery)
    assert engine.jobs == []
    owner.close()


@pytest.mark.parametrize(("tool", "parameters"), [("masactrl", POSE), ("inversion", {"iterations": 5})])
async def test_a_recipe_without_its_source_is_refused(tool: str, parameters: dict[str, Any], tmp_path: Path) -> None:
    owner, gallery = Owner(Swatch), Gallery(tmp_path)
    forged = gallery.put(Image.new("RGB", (64, 64)), recipe(tool, parameters, None))
    with pytest.raises(EngineError, match="names no"):
        await replay(gallery.read(forged), owner, gallery)
    owner.close()
