"""Who has a picture that was made from others has not those: what a recipe names opens nothing."""

from __future__ import annotations

import base64
import io
from zipfile import ZipFile

import pytest
from PIL import Image

from minidalle3.gallery.provenance import embed, extract
from minidalle3.gallery.recipes import Recipe

DOG = "Here you are: <image>a cute dog</image>"


def ask(thread: str, *photos: bytes) -> dict[str, object]:
    sent = [base64.b64encode(photo).decode() for photo in photos]
    return {"input": {"text": "a dog", "thread": thread, "photos": sent}}


async def recipe_of(client, thread: str = "dogs") -> tuple[str, Recipe]:
    """The digest of a thread's first picture, and its recipe."""
    record = (await client.get(f"/threads/{thread}")).json()["pictures"]["#1"]
    recipe = extract((await client.get(f"/threads/{thread}/pictures/1")).content)
    assert recipe is not None
    return record["digest"], recipe


def made_from(recipe: Recipe, **more: object) -> bytes:
    """A picture that says so of itself."""
    return embed(Image.new("RGB", (64, 64), "green"), {**recipe, **more})  # type: ignore[typeddict-item]


@pytest.mark.parametrize(
    "named",
    [
        lambda digest: {"parent": digest, "tool": "upscale", "parameters": {"upscaler": "0" * 64}},
        lambda digest: {"parent": digest, "tool": "inversion", "parameters": {"iterations": 1}},
        lambda digest: {"tool": "ip_adapter", "parameters": {"references": [digest]}},
        lambda digest: {"tool": "instruct_edit", "parameters": {"mask": digest, "instruction": ""}},
        lambda digest: {"parameters": {"embedding": digest}},
    ],
)
async def test_anothers_picture_is_not_had_by_naming_it_in_a_recipe(serving, named) -> None:
    async with serving(DOG, "Nice.", "Nice.") as server:
        ann, bob = await server.caller("ann"), await server.caller("bob")
        await ann.post("/agent/invoke", json=ask("dogs"))
        digest, recipe = await recipe_of(ann)
        forged = made_from(recipe, **named(digest))
        await bob.post("/agent/invoke", json=ask("mine", forged))
        kept = extract((await bob.get("/threads/mine/pictures/1")).content)
        assert kept is not None
        assert (kept["prompt"], kept["parent"], kept["parameters"]) == (recipe["prompt"], None, {})
        with ZipFile(io.BytesIO((await bob.get("/threads/mine/archive")).content)) as archive:
            assert archive.namelist() == ["conversation.json", "pictures/1.png"]
        await ann.delete("/threads/dogs")
        assert digest not in await server.house.turns.digests(), "and it is kept for nobody"

        await ann.post("/agent/invoke", json=ask("again", forged))
        assert (await recipe_of(ann, "again"))[1]["parent"] is None, "nor is a name kept of what is gone"


async def test_visitors_of_a_page_that_shares_the_server_name_their_own_pictures(serving) -> None:
    async with serving(DOG, "Nice.", "Nice.") as server:
        page = await server.caller("page")
        ann, bob = ("a" * 32, "b" * 32)
        await page.post("/agent/invoke", json=ask(f"{ann}-1"))
        digest, recipe = await recipe_of(page, f"{ann}-1")
        for visitor, parent in ((ann, digest), (bob, None)):
            await page.post("/agent/invoke", json=ask(f"{visitor}-2", made_from(recipe, parent=digest)))
            assert (await recipe_of(page, f"{visitor}-2"))[1]["parent"] == parent


async def test_ones_own_pictures_may_be_named(serving) -> None:
    async with serving(DOG, "Nice.") as server:
        ann = await server.caller("ann")
        await ann.post("/agent/invoke", json=ask("dogs"))
        digest, recipe = await recipe_of(ann)
        await ann.post("/agent/invoke", json=ask("again", made_from(recipe, parent=digest)))
        assert (await recipe_of(ann, "again"))[1]["parent"] == digest
        await ann.delete("/threads/dogs")
        with ZipFile(io.BytesIO((await ann.get("/threads/again/archive")).content)) as archive:
            assert f"sources/{digest}.png" in archive.namelist(), "and what another was made from stays with it"


async def test_an_archive_brings_what_its_pictures_were_made_from_or_they_name_nothing(serving) -> None:
    async with serving(DOG, "Nice.") as server:
        ann, bob = await server.caller("ann"), await server.caller("bob")
        await ann.post("/agent/invoke", json=ask("dogs"))
        digest, recipe = await recipe_of(ann)
        await ann.post("/agent/invoke", json=ask("child", made_from(recipe, parent=digest)))
        whole = (await ann.get("/threads/child/archive")).content
        assert (await bob.put("/threads/whole/archive", content=whole)).status_code == 204
        assert (await recipe_of(bob, "whole"))[1]["parent"] == digest
        lacking = io.BytesIO()
        with ZipFile(io.BytesIO(whole)) as source, ZipFile(lacking, "w") as target:
            for name in source.namelist():
                if not name.startswith("sources/"):
                    target.writestr(name, source.read(name))
        carl = await server.caller("carl")
        assert (await carl.put("/threads/lacking/archive", content=lacking.getvalue())).status_code == 204
        assert (await recipe_of(carl, "lacking"))[1]["parent"] is None


async def test_nobody_writes_over_the_mask_of_a_picture_that_is_here(serving) -> None:
    async with serving("Nice.", "Nice.") as server:
        ann, bob = await server.caller("ann"), await server.caller("bob")
        photo = made_from_nothing()
        await ann.post("/agent/invoke", json=ask("dogs", photo))
        archive = io.BytesIO((await ann.get("/threads/dogs/archive")).content)
        with ZipFile(archive, "a") as zip:
            zip.writestr("masks/1.png", made_from_nothing())
        assert (await bob.put("/threads/dogs/archive", content=archive.getvalue())).status_code == 204
        for caller in (ann, bob):
            assert (await caller.get("/threads/dogs/pictures/1/mask")).status_code == 404


def made_from_nothing() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (64, 64), "green").save(file, "PNG")
    return file.getvalue()
