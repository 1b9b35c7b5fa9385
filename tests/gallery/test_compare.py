"""Comparing pictures and recipes."""

from __future__ import annotations

import math

import pytest
from PIL import Image
from plain_recipe import PLAIN

from minidalle3.gallery.compare import Difference, compare, recipe_changes
from minidalle3.gallery.recipes import Recipe

RED = Image.new("RGB", (10, 10), (200, 0, 0))


def test_a_picture_is_identical_to_itself() -> None:
    assert compare(RED, RED.copy()) == Difference(identical=True, largest=0, psnr=math.inf, changed=0.0)
    assert compare(RED, RED.convert("RGBA")).identical


def test_one_pixel_is_measured() -> None:
    other = RED.copy()
    other.putpixel((3, 3), (190, 0, 2))
    found = compare(RED, other)
    assert (found.identical, found.largest, found.changed) == (False, 10, 0.01)
    assert found.psnr == pytest.approx(10 * math.log10(255**2 / (104 / 300)))
    assert compare(other, RED) == found


def test_black_and_white_differ_the_most() -> None:
    found = compare(Image.new("RGB", (4, 4), "black"), Image.new("L", (4, 4), 255))
    assert (found.largest, found.psnr, found.changed) == (255, 0.0, 1.0)


def test_pictures_of_two_sizes_are_not_compared() -> None:
    with pytest.raises(ValueError, match="10x10 and 4x4 pixels: only pictures of one size"):
        compare(RED, Image.new("RGB", (4, 4)))


def test_recipes_differ_field_by_field() -> None:
    two: Recipe = {**PLAIN, "seed": 8, "prompt": "a cat", "parameters": {"scale": 1}}
    assert recipe_changes(PLAIN, PLAIN) == {}
    assert list(recipe_changes(PLAIN, two).items()) == [
        ("prompt", ("a cute dog", "a cat")),
        ("seed", (7, 8)),
        ("parameters", ({}, {"scale": 1})),
    ]
