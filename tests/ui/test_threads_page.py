"""The list of conversations, and their ways in and out as files."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest
from support.lying import lies
from support.tabs import opened, say, settled

from minidalle3.ui.bridge import Bridge
from minidalle3.ui.conversation import document


def talk(house: Bridge, words: str, thread: str = "t") -> None:
    list(house.events(house.start(thread, words)))


def listed(tab: AppTest) -> list[str]:
    return [button.label for button in tab.sidebar.button if str(button.key).startswith("thread ")]


def send(tab: AppTest, name: str, data: bytes) -> AppTest:
    """Through the uploader in the sidebar."""
    kind = "image/png" if name.endswith("png") else "application/zip"
    tab.sidebar.get("file_uploader")[0].set_value([(name, data, kind)]).run()
    assert not tab.exception
    return tab


def shown(tab: AppTest) -> str:
    """The conversation in the tab's address."""
    found = tab.query_params["thread"]
    return found if isinstance(found, str) else found[0]


def picture(house: Bridge, thread: str = "t") -> bytes:
    return house.gallery.read(house.history(thread)["pictures"]["#1"]["digest"])


def test_a_conversation_is_renamed(house) -> None:
    talk(house, "Draw a cute dog")
    tab = opened(house)
    tab.text_input(key="title t").set_value("My *dog*").run()
    assert listed(tab) == [r"My \*dog\*"]
    assert [info["title"] for info in house.threads()] == ["My *dog*"]
    tab.text_input(key="title t").set_value("  ").run()
    assert "at least one letter" in tab.error[0].value
    assert [info["title"] for info in house.threads()] == ["My *dog*"]


def test_conversations_are_found_by_what_was_said_in_them(house) -> None:
    talk(house, "Draw a cute dog", "first")
    talk(house, "Draw a cat", "second")
    tab = opened(house, "first")
    tab.text_input(key="search").set_value("DOG").run()
    assert listed(tab) == ["Draw a cute dog"]
    tab.text_input(key="search").set_value("submarine").run()
    assert listed(tab) == []
    assert "Nothing was said of that." in [caption.value for caption in tab.sidebar.caption]
    tab.text_input(key="search").set_value("").run()
    assert len(listed(tab)) == 2


def test_a_conversation_is_deleted_and_left(house) -> None:
    talk(house, "Draw a cute dog")
    talk(house, "Draw a cat", "other")
    digest = house.history("t")["pictures"]["#1"]["digest"]
    tab = opened(house)
    tab.button(key="delete thread").click().run()
    assert not tab.exception
    assert listed(tab) == ["Draw a cat"]
    assert not tab.chat_message
    assert shown(tab) != "t"
    assert not lies(house.gallery, digest).exists()
    assert picture(house, "other")


def test_only_a_conversation_that_there_is_has_a_menu(house) -> None:
    talk(house, "Draw a cute dog", "other")
    tab = opened(house, "new")
    assert not tab.get("download_button")
    tab.button(key="thread other").click().run()
    assert [button.proto.label for button in tab.get("download_button")][:2] == [
        "Export as a web page",
        "Export as a zip file",
    ]


def test_the_web_page_holds_all_and_obeys_nothing(house) -> None:
    talk(house, "Draw a dog <img src=x onerror=alert(1)>")
    house.rename("t", "</title><script>alert(1)</script>")
    html = document(house, "t")
    assert "<script" not in html
    assert not re.search(r"<img (?!src=\"data:image/png;base64,)", html)
    assert "&lt;img src=x onerror=alert(1)&gt;" in html
    assert html.count("data:image/png;base64,") == 1
    assert not re.search(r'(src|href)="(?!data:)', html)


def test_an_exported_conversation_is_taken_in_as_a_new_one(house) -> None:
    talk(house, "Draw a cute dog")
    data = house.export("t")
    house.delete("t")
    tab = send(opened(house, "empty"), "dogs.zip", data)
    assert not tab.error
    assert listed(tab) == ["Draw a cute dog"]
    assert len(tab.image) == 1
    say(tab, "Make it run near the river")
    assert "\\#2" in tab.chat_message[3].caption[0].value


def test_a_picture_with_its_recipe_begins_a_conversation(house) -> None:
    talk(house, "Draw a cute dog")
    tab = send(opened(house, "empty"), "dog.png", picture(house))
    assert not tab.error
    settled(tab)
    assert len(listed(tab)) == 2
    [record] = house.history(shown(tab))["pictures"].values()
    assert "dog" in record["description"]
    assert house.gallery.recipe(record["digest"])


def red() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(file, "PNG")
    return file.getvalue()


def strange() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as zip:
        zip.writestr("../../evil", "x")
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("red.png", red(), "no recipe in this picture"),
        ("short.png", red()[:40], "not a PNG picture that can be read"),
        ("words.zip", b"words", "no conversation that can be read"),
        ("strange.zip", strange(), "holds no conversation.json"),
    ],
)
def test_what_cannot_be_taken_in_is_told(house, name, data, said) -> None:
    tab = send(opened(house), name, data)
    assert said in tab.error[0].value
    assert house.threads() == []
    assert shown(tab) == "t"
    assert not tab.run().error
