"""The deployer's policy, and a model's own safety checker: what they refuse is neither stored nor shown."""

from __future__ import annotations

import base64
import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from diffusers import StableDiffusionPipeline
from diffusers.pipelines.stable_diffusion import StableDiffusionSafetyChecker
from langchain_core.messages import HumanMessage
from PIL import Image
from pydantic import ValidationError
from support import tiny
from support.house import opened, say, services, shape
from support.swatch import Swatch, colour
from transformers import CLIPConfig, CLIPImageProcessor

from minidalle3.engines.contract import Drawn, Job, Watch
from minidalle3.engines.diffusion import load
from minidalle3.gallery.provenance import encode
from minidalle3.gallery.store import PhotoError
from minidalle3.graph.agent import build
from minidalle3.graph.archive import ArchiveError
from minidalle3.graph.settings import Settings
from minidalle3.tools.shelf import Withheld

TWO = "Both: <image>a dragon</image> and <image>a dog</image>"


def notes(events) -> str:
    return " ".join(event["text"] for event in events if event["type"] == "note")


def kinds(events) -> set[str]:
    return {event["type"] for event in events}


async def test_a_refused_prompt_is_not_drawn_and_the_reply_says_so(tmp_path) -> None:
    engine = Swatch()
    async with opened(tmp_path, TWO, engine=engine, policy="support.policies:no_dragons") as turns:
        events = await say(turns, "a dragon and a dog")
    assert [prompt for job in engine.jobs for prompt in job.prompts if "dragon" in prompt] == []
    assert "#1 (a dragon) was not drawn: The policy of this server refuses it: no dragons here." in notes(events)
    assert shape(events)[-1] == "#2"


async def test_a_refused_picture_is_neither_stored_nor_shown(tmp_path) -> None:
    engine = Swatch()
    async with opened(
        tmp_path, "<image n='6'>a dog</image>", engine=engine, policy="support.policies:no_dark"
    ) as turns:
        events = await say(turns, "six dogs")
        pictures = (await turns.history("t"))["pictures"]
    [job] = engine.jobs
    red, green, blue = zip(*(colour(*row) for row in zip(job.prompts, job.seeds, strict=True)), strict=True)
    light = [(r * 299 + g * 587 + b * 114) / 1000 >= 128 for r, g, b in zip(red, green, blue, strict=True)]
    assert 0 < sum(light) < 6, "some of both, or this test tells nothing"
    assert list(pictures) == [f"#{number + 1}" for number, shown in enumerate(light) if shown]
    assert len(list((tmp_path / "gallery" / "pictures").rglob("*.png"))) == sum(light)
    assert "preview" not in kinds(events)
    assert "too dark." in notes(events)


async def test_what_was_drawn_before_the_policy_is_not_found_past_it(tmp_path) -> None:
    prompts = [{"prompt": "a dog", "negative_prompt": "", "seed": 5}]
    plain = services(tmp_path, [])
    await plain.tools["text_to_image"].ainvoke({"prompts": prompts})
    plain.close()
    engine = Swatch()
    judged = services(tmp_path, [], engine, policy="support.policies:nothing")
    with pytest.raises(Withheld, match="not today"):
        await judged.tools["text_to_image"].ainvoke({"prompts": prompts})
    judged.close()
    assert engine.jobs == [], "it was found, and judged"


def png(colour: str) -> bytes:
    return encode(Image.new("RGB", (64, 64), colour))


def stored(home: Path) -> list[Path]:
    return list((home / "gallery" / "pictures").rglob("*.png"))


async def test_a_refused_photo_is_not_taken_in_and_the_person_is_told_why(tmp_path) -> None:
    async with opened(tmp_path, "Nice.", policy="support.policies:no_dark") as turns:
        for photos in ([png("black")], [png("white"), png("navy")]):
            with pytest.raises(PhotoError, match=r"not taken in\. The policy of this server refuses it: too dark\."):
                await turns.start("t", "look", photos)
        assert (await turns.threads(), stored(tmp_path)[1:]) == ([], [])
        assert shape(await say(turns, "look", photos=[png("white")])) == ["text"]
        assert list((await turns.history("t"))["pictures"]) == ["#1"]


async def test_the_recipe_inside_an_upload_is_judged_too(tmp_path) -> None:
    async with opened(tmp_path / "a", TWO) as turns:
        await say(turns, "a dragon and a dog")
        records = (await turns.history("t"))["pictures"].values()
        dragon, dog = (turns.gallery.read(record["digest"]) for record in records)
    async with opened(tmp_path / "b", "Nice.", policy="support.policies:no_dragons") as turns:
        with pytest.raises(PhotoError, match="no dragons here"):
            await turns.start("t", "look", [dragon])
        await say(turns, "look", photos=[dog])
        assert (await turns.history("t"))["pictures"]["#1"]["description"] == "a dog"


async def test_a_photo_in_a_message_to_the_bare_graph_is_judged(tmp_path) -> None:
    made = services(tmp_path, ["Nice."], policy="support.policies:no_dark")
    block = {"type": "image", "base64": base64.b64encode(png("black")).decode(), "mime_type": "image/png"}
    words = {"type": "text", "text": "look"}
    state = await build(made).compile().ainvoke({"messages": [HumanMessage([words, block])]})
    made.close()
    assert (state["pictures"], stored(tmp_path)) == ({}, [])
    assert any("too dark." in part["text"] for part in state["messages"][-1].additional_kwargs["reply"])


async def test_nothing_of_an_archive_is_kept_that_holds_one_refused_picture(tmp_path) -> None:
    async with opened(tmp_path / "a", "Nice.", "And this.") as turns:
        await say(turns, "look", photos=[png("white")])
        light = await turns.export("t")
        await say(turns, "and here", photos=[png("black")])
        dark = await turns.export("t")
    async with opened(tmp_path / "b", policy="support.policies:no_dark") as turns:
        with pytest.raises(ArchiveError, match=r"not taken in, for its pictures/2\.png\. The policy of this server"):
            await turns.take_in("t", dark)
        assert (await turns.threads(), stored(tmp_path / "b")) == ([], [])
        await turns.take_in("t", light)
        assert list((await turns.history("t"))["pictures"]) == ["#1"]
        with pytest.raises(ArchiveError, match="no conversation"):
            await turns.take_in("u", b"no zip")
    for hidden in ("masks/1.png", f"sources/{'0' * 64}.png"):
        file = io.BytesIO(light)
        with zipfile.ZipFile(file, "a") as zip:
            zip.writestr(hidden, png("black"))
        async with opened(tmp_path / "c", policy="support.policies:no_dark") as turns:
            with pytest.raises(ArchiveError, match="too dark"):
                await turns.take_in("t", file.getvalue())
        assert stored(tmp_path / "c") == []


async def test_a_policy_that_fails_lets_nothing_pass(tmp_path) -> None:
    engine = Swatch()
    async with opened(tmp_path, TWO, engine=engine, policy="support.policies:broken") as turns:
        events = await say(turns, "a dragon and a dog")
        assert (await turns.history("t"))["pictures"] == {}
        with pytest.raises(PhotoError, match="could not be checked"):
            await turns.start("t", "look", [png("white")])
    assert engine.jobs == []
    assert "could not be checked" in notes(events)
    assert "secret" not in notes(events)


@pytest.mark.parametrize("path", ["support.policies:forgetful", "support.policies:missing", "nowhere:policy", "x y"])
def test_what_is_no_policy_is_told_at_the_start(path: str) -> None:
    with pytest.raises(ValidationError, match="policy"):
        Settings(policy=path)


class Strict:
    """An engine whose own safety checker dislikes every second picture."""

    def __init__(self) -> None:
        self._swatch = Swatch()
        self.capabilities = self._swatch.capabilities

    def draw(self, job: Job, watch: Watch) -> list[Drawn]:
        rows = self._swatch.draw(job, watch)
        return [replace(one, unsafe=row % 2 == 1) for row, one in enumerate(rows)]


async def test_a_picture_that_the_model_made_black_is_told_of_and_the_others_are_shown(tmp_path) -> None:
    async with opened(tmp_path, "<image n='2'>a dog</image>", engine=Strict()) as turns:
        events = await say(turns, "two dogs")
        assert list((await turns.history("t"))["pictures"]) == ["#1"]
    assert len(list((tmp_path / "gallery" / "pictures").rglob("*.png"))) == 1
    assert "#2 (a dog) was not drawn: The model's own safety checker" in notes(events)


async def test_the_safety_checker_of_sd1_stays_on(tmp_path) -> None:
    plain = StableDiffusionPipeline.from_pretrained(
        tiny.sd1(tmp_path / "plain"), safety_checker=None, requires_safety_checker=False
    )
    size = {"hidden_size": 32, "intermediate_size": 37, "num_attention_heads": 4, "num_hidden_layers": 1}
    vision = {**size, "image_size": 32, "patch_size": 16}
    checker = StableDiffusionSafetyChecker(CLIPConfig(text_config=size, vision_config=vision, projection_dim=32))
    checker.concept_embeds_weights.data.fill_(-2.0)  # every picture is more like each concept than that
    side = {"height": 32, "width": 32}
    parts = {
        **plain.components,
        "safety_checker": checker,
        "feature_extractor": CLIPImageProcessor(size={"shortest_edge": 32}, crop_size=side),
    }
    StableDiffusionPipeline(**parts).save_pretrained(tmp_path / "checked")
    async with opened(
        tmp_path / "home", "<image>a dog</image>", engine=load(str(tmp_path / "checked"), "cpu")
    ) as turns:
        events = await say(turns, "a dog")
    assert "picture" not in kinds(events)
    assert "progress" in kinds(events)
    assert "preview" not in kinds(events), "the checker looks at finished pictures alone"
    assert "The model's own safety checker took it for something that must not be shown." in notes(events)
    assert list((tmp_path / "home" / "gallery" / "pictures").rglob("*.png")) == []
