"""The listen node: photos become pictures of the tree and their bytes go no further."""

import base64
import io

import pytest
from langchain_core.messages import HumanMessage
from PIL import Image
from support.house import done, opened, say, services

from minidalle3.nodes.listen import listen
from minidalle3.nodes.services import Services


def png() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def house(tmp_path) -> Services:
    return services(tmp_path, [])


async def heard(blocks: list[dict[str, object]], house: Services):
    return await listen({"messages": [HumanMessage(blocks, id="m")]}, None, house)


@pytest.mark.parametrize(
    "block",
    [
        {"type": "image", "base64": base64.b64encode(png()).decode(), "mime_type": "image/png"},
        {"type": "image", "url": "data:image/png;base64," + base64.b64encode(png()).decode()},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64," + base64.b64encode(png()).decode()}},
    ],
)
async def test_an_inline_photo_becomes_a_reference(block, house) -> None:
    update = await heard([{"type": "text", "text": "my dog"}, block], house)
    [message] = update["messages"]
    digest = update["pictures"]["#1"]["digest"]
    assert message.content == [
        {"type": "text", "text": "my dog"},
        {"type": "image", "file_id": digest, "id": "#1"},
    ]
    assert message.id == "m", "it replaces the message that had the bytes"
    assert house.gallery.image(digest).size == (40, 30)
    assert (update["current"], update["last_number"]) == ("#1", 1)


@pytest.mark.parametrize(
    ("said", "description"),
    [
        ("This is my dog. Make it red", "my dog"),
        ("here's a photo of my old cat, can you make it jump?", "my old cat"),
        ("it’s a red car and it needs wheels", "a red car"),
        ("make it red", "a photo"),
        ("this is great", "a photo"),
    ],
)
async def test_a_photo_shows_what_its_sender_says(said: str, description: str, house) -> None:
    block = {"type": "image", "base64": base64.b64encode(png()).decode()}
    update = await heard([{"type": "text", "text": said}, block], house)
    assert update["pictures"]["#1"]["description"] == description
    several = await heard([{"type": "text", "text": said}, block, block], house)
    assert {record["description"] for record in several["pictures"].values()} == {"a photo"}


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ({"type": "image", "url": "https://example.org/a.png"}, "addresses are not fetched"),
        ({"type": "image", "base64": "!!!"}, "base64 is damaged"),
        ({"type": "image", "base64": base64.b64encode(b"<svg/>").decode()}, ""),
        ({"type": "image", "file_id": "../../etc/passwd"}, "not the digest"),
        ({"type": "image", "file_id": "0" * 64}, "missing"),
    ],
)
async def test_what_is_no_photo_is_told_and_dropped(block, said, house) -> None:
    update = await heard([{"type": "text", "text": "look"}, block], house)
    assert said in update["notes"][0]
    assert update["pictures"] == {}
    assert update["messages"][0].content == [{"type": "text", "text": "look"}]


async def test_a_photo_stands_in_the_ledger_and_can_be_the_source_of_an_edit(tmp_path) -> None:
    async with opened(tmp_path, "Nice!", "<edit>a dog in snow</edit>") as turns:
        await say(turns, "this is my dog", photos=[png()])
        events = await say(turns, "put it in snow")
        history = await turns.history("t")
        assert history["turns"][0]["photos"] == ["#1"]
        assert history["pictures"]["#2"]["parent"] == "#1"
        assert done(events)["current"] == "#2"
        prompt = turns._services.llm.seen[0]
        assert "[photo #1]" in prompt[-1].text
        assert "#1: photo: my dog (the current picture)" in prompt[0].text


async def test_a_picture_with_its_recipe_inside_is_one_to_go_on_from(tmp_path) -> None:
    async with opened(tmp_path / "a", "Here: <image>a cute dog</image>") as turns:
        drawn = await say(turns, "a dog please")
        [record] = [event["record"] for event in drawn if event["type"] == "picture"]
        file = turns.gallery.read(record["digest"])
    async with opened(tmp_path / "b", "Nice.", "There: <edit of='#1'>a cute dog near a river</edit>") as turns:
        await say(turns, "This is my cat", photos=[file])
        arrived = (await turns.history("t"))["pictures"]["#1"]
        assert arrived["digest"] == record["digest"]
        assert (arrived["kind"], arrived["parent"]) == ("image", None)
        assert "dog" in arrived["description"], "its recipe says what it shows"
        await say(turns, "Put it near a river")
        changed = (await turns.history("t"))["pictures"]["#2"]
        assert changed["parent"] == "#1"
        seeds = {turns.gallery.recipe(one["digest"])["seed"] for one in (arrived, changed)}
        assert len(seeds) == 1
