"""A recipe in a PNG: faithful for ours, harmless for a stranger's."""

from __future__ import annotations

import io
import json
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from plain_recipe import PLAIN

from minidalle3.gallery.provenance import embed, encode, extract, parameters_line
from minidalle3.gallery.recipes import MAX_CHARACTERS, Recipe, RecipeError, recipe_key

SMALL = Image.new("RGB", (4, 4), "red")

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
name = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(name, inner, max_size=3),
    max_leaves=8,
)
recipes = st.fixed_dictionaries(
    {
        "engine": name,
        "fingerprint": st.from_regex(r"[0-9a-f]{1,64}", fullmatch=True),
        "prompt": text,
        "negative_prompt": text,
        "seed": st.integers(0, 2**64 - 1),
        "steps": st.integers(0, 1000),
        "guidance": st.floats(0, 1000) | st.integers(0, 1000),
        "scheduler": name,
        "width": st.integers(1, 8192),
        "height": st.integers(1, 8192),
        "tool": st.just("masactrl"),
        "parameters": st.dictionaries(name, values, max_size=3),
        "parent": st.none() | st.from_regex(r"[0-9a-f]{64}", fullmatch=True),
        "batch_size": st.just(4),
        "batch_row": st.integers(0, 3),
        "versions": st.dictionaries(name, name, max_size=3),
    }
)


def forged(text: str, zip: bool = False) -> bytes:
    info = PngInfo()
    info.add_itxt("minidalle3", text, zip=zip)
    return encode(SMALL, info)


def changed(**changes: Any) -> str:
    return json.dumps({**PLAIN, **changes})


@given(recipes)
def test_what_is_embedded_is_extracted(recipe: dict[str, Any]) -> None:
    known = cast(Recipe, recipe)
    data = embed(SMALL, known)
    assert data == embed(SMALL.copy(), known)
    back = extract(data)
    assert back == known
    assert recipe_key(back) == recipe_key(known)


def test_pixels_and_nothing_else_of_the_image_are_written() -> None:
    image = Image.new("RGB", (4, 4), "red")
    image.info.update(icc_profile=b"profile", dpi=(1, 1), transparency=(255, 0, 0), secret="x")
    assert encode(image) == encode(Image.new("RGBA", (4, 4), (9, 9, 9, 0))) == encode(Image.new("RGB", (4, 4), "white"))
    image.info.pop("transparency")
    assert encode(image) == encode(SMALL)
    assert set(Image.open(io.BytesIO(embed(image, PLAIN))).info) == {"minidalle3", "parameters"}


def test_other_tools_read_the_parameters_line() -> None:
    assert Image.open(io.BytesIO(embed(SMALL, PLAIN))).info["parameters"] == (
        "a cute dog\nNegative prompt: blurry\nSteps: 20, Sampler: DDIMScheduler, CFG scale: 4, Seed: 7, "
        "Size: 128x128, Model hash: 0123456789, Model: sketchbook"
    )


def test_the_parameters_line_keeps_its_form() -> None:
    odd: Recipe = {**PLAIN, "prompt": "狗\nSteps: 99\0", "negative_prompt": "", "engine": 'a, "b": c'}
    first, second = parameters_line(odd).split("\n")
    assert first == "狗 Steps: 99"
    assert second.endswith(r'Model: "a, \"b\": c"')
    assert Image.open(io.BytesIO(embed(SMALL, odd))).info["parameters"] == f"{first}\n{second}"


def test_a_png_without_a_recipe_has_none() -> None:
    assert extract(encode(SMALL)) is None
    info = PngInfo()
    info.add_text("parameters", parameters_line(PLAIN))
    assert extract(encode(SMALL, info)) is None


def test_a_picture_cut_short_still_tells_its_recipe() -> None:
    assert extract(embed(SMALL, PLAIN)[:-20]) == PLAIN


@pytest.mark.parametrize("data", [b"", b"\x89PNG\r\n\x1a\n", b"no picture", embed(SMALL, PLAIN)[:60]])
def test_what_is_no_png_is_refused(data: bytes) -> None:
    with pytest.raises(RecipeError, match="not a PNG"):
        extract(data)


@pytest.mark.parametrize(
    ("recipe", "complaint"),
    [
        ("", "the whole"),
        ("{", "the whole"),
        ("[]", "the whole"),
        ("null", "the whole"),
        ("{}", "engine: Field required"),
        (changed(path="/etc/passwd"), "path: Extra"),
        (changed(width="128"), "width"),
        (changed(width=True), "width"),
        (changed(width=128.0), "width"),
        (changed(width=0), "width"),
        (changed(height=100_000), "height"),
        (changed(steps=10**9), "steps"),
        (changed(seed=-1), "seed"),
        (changed(seed=2**64), "seed"),
        (changed(guidance=float("nan")), "guidance"),
        (changed(guidance=float("inf")), "guidance"),
        (changed(guidance=None), "guidance"),
        (changed(prompt=["a"]), "prompt"),
        (changed(prompt="x" * 20_000), "prompt"),
        (changed(prompt="\ud800"), "the whole"),
        (changed(engine="e" * 201), "engine"),
        (changed(fingerprint="../weights"), "fingerprint"),
        (changed(tool="os.system('x')"), "tool"),
        (changed(parent="../../secret"), "parent"),
        (changed(parent="a" * 64 + "\n"), "parent"),
        (changed(parameters=[1]), "parameters"),
        (changed(parameters={"scale": float("inf")}), "endless number"),
        (changed(parameters={"k" * 300: 1}), "parameters"),
        (changed(versions={"torch": 2}), "versions.torch"),
        (changed(batch_size=0), "batch_size"),
        (changed(batch_size=2, batch_row=2), "batch_row"),
        (changed(parameters={"x": "x" * MAX_CHARACTERS}), "too long"),
        (changed(parameters={"x": None}).replace("null", "[" * 5000 + "]" * 5000), "recursion"),
        (changed(seed=0).replace('"seed": 0', '"seed": ' + "9" * 5000), "the whole"),
    ],
)
def test_a_forged_recipe_is_refused(recipe: str, complaint: str) -> None:
    with pytest.raises(RecipeError) as caught:
        extract(forged(recipe))
    assert complaint in str(caught.value)
    assert len(str(caught.value)) < 300


def test_a_recipe_that_unfolds_to_megabytes_is_refused() -> None:
    with pytest.raises(RecipeError):
        extract(forged("x" * 50_000_000, zip=True))


@pytest.mark.parametrize(
    "changes",
    [{"parameters": {"window": (0, 1)}}, {"parameters": {"scale": float("nan")}}, {"prompt": "\ud800"}, {"seed": "7"}],
)
def test_what_could_not_be_extracted_is_not_embedded(changes: dict[str, Any]) -> None:
    with pytest.raises(RecipeError):
        embed(SMALL, cast(Recipe, {**PLAIN, **changes}))
