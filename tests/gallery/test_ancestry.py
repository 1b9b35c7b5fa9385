"""What pictures were made from."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image
from plain_recipe import PLAIN
from support.lying import lies

from minidalle3.gallery.ancestry import ancestry
from minidalle3.gallery.store import Gallery


def test_a_change_leads_to_its_photo_by_way_of_the_inversion(tmp_path: Path) -> None:
    gallery, file, image = Gallery(tmp_path), io.BytesIO(), Image.new("RGB", (8, 8))
    image.save(file, "PNG")
    photo = gallery.put_photo(file.getvalue())
    inverted = gallery.put(image, {**PLAIN, "tool": "inversion", "parent": photo})
    change = gallery.put(image, {**PLAIN, "tool": "prompt_to_prompt", "parent": inverted})
    stranger = gallery.put(image, PLAIN)
    assert ancestry(gallery, [change]) == {change, inverted, photo}
    assert ancestry(gallery, [stranger, photo]) == {stranger, photo}
    lies(gallery, inverted).unlink()
    assert ancestry(Gallery(tmp_path), [change]) == {change, inverted}, "what is lost leads nowhere"


def test_a_recipe_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gallery, image = Gallery(tmp_path), Image.new("RGB", (8, 8))
    source = gallery.put(image, PLAIN)
    change = gallery.put(image, {**PLAIN, "parent": source})
    read: list[str] = []
    recipe = gallery.recipe
    monkeypatch.setattr(gallery, "recipe", lambda digest: read.append(digest) or recipe(digest))
    for _ in range(3):
        assert ancestry(gallery, [change]) == {change, source}
    assert read == [change, source]
    gallery.remove([change])
    assert ancestry(gallery, [change]) == {change}, "what is gone is forgotten"


def test_pictures_that_lent_their_look_and_masks_belong_to_it(tmp_path: Path) -> None:
    gallery, image = Gallery(tmp_path), Image.new("RGB", (8, 8))
    first, second, mask = (gallery.put(image, {**PLAIN, "seed": seed}) for seed in (1, 2, 3))
    alike = gallery.put(image, {**PLAIN, "tool": "ip_adapter", "parent": first, "parameters": {"references": [second]}})
    masked = gallery.put(image, {**PLAIN, "tool": "instruct_edit", "parent": alike, "parameters": {"mask": mask}})
    assert ancestry(gallery, [masked]) == {first, second, mask, alike, masked}
    assert gallery.collect(ancestry(gallery, [masked])).pictures == 0
