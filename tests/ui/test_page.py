"""The page, driven without a browser."""

from __future__ import annotations

import io
import threading

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from minidalle3.graph.settings import Settings
from minidalle3.ui import page
from minidalle3.ui.bridge import Bridge


def script() -> None:
    """The page over the house that the test gave it."""
    import streamlit as st

    from minidalle3.ui import page

    page.main(st.session_state["house"])


def opened(house: Bridge, thread: str = "t") -> AppTest:
    """The page in a browser's tab, so to speak."""
    tab = AppTest.from_function(script, default_timeout=60)
    tab.session_state["house"] = house
    tab.query_params["thread"] = thread
    tab.run()
    assert not tab.exception
    return tab


def say(tab: AppTest, words: str) -> AppTest:
    tab.chat_input[0].set_value(words).run()
    assert not tab.exception
    return tab


def talk(house: Bridge, words: str, thread: str = "t") -> None:
    list(house.events(house.start(thread, words)))


def test_a_conversation_shows_words_and_pictures_in_place(house) -> None:
    tab = say(opened(house), "Draw a cute dog")
    assert [message.name for message in tab.chat_message] == ["user", "assistant"]
    assert tab.chat_message[0].markdown[0].value == "Draw a cute dog"
    assert len(tab.image) == 1
    caption = tab.chat_message[1].caption[0].value
    assert caption.startswith(r"**\#1** · new picture · text\_to\_image · seed")
    assert "64×64, shown at 3×" in caption
    say(tab, "Make it run near the river")
    assert len(tab.chat_message) == 4
    assert "of \\#1" in tab.chat_message[3].caption[0].value


def test_an_empty_conversation_offers_ideas_that_work(house) -> None:
    tab = opened(house)
    assert tab.header[0].value == "What shall I draw?"
    next(button for button in tab.main.button if button.label == page.IDEAS[0]).click().run()
    assert len(tab.image) == 1
    assert not tab.header


def test_threads_are_listed_and_switched(house) -> None:
    talk(house, "Draw a cute dog", "first")
    talk(house, "Draw a cat", "second")
    tab = opened(house, "first")
    assert [button.label for button in tab.sidebar.button] == ["New conversation", "Draw a cat", "Draw a cute dog"]
    tab.button(key="thread second").click().run()
    assert tab.chat_message[0].markdown[0].value == "Draw a cat"
    tab.sidebar.button[0].click().run()
    assert not tab.chat_message
    assert tab.query_params["thread"] not in (["first"], ["second"])


def test_a_turn_under_way_is_followed_after_a_reload(house, engine) -> None:
    engine.gate = threading.Event()
    house.start("t", "Draw a cute dog")
    while not engine.jobs:
        threading.Event().wait(0.01)
    threading.Timer(1.0, engine.gate.set).start()
    tab = opened(house)
    assert len(tab.image) == 1
    assert tab.chat_message[1].markdown


def test_stop_is_offered_while_drawing_and_leaves_a_note(house, engine) -> None:
    engine.gate = threading.Event()
    turn = house.start("t", "Draw a cute dog")
    threading.Timer(1.0, house.stop, [turn]).start()
    tab = opened(house)
    assert not tab.image
    assert "Stopped" in tab.chat_message[1].caption[0].value


def test_a_photo_is_sent_with_the_words(house) -> None:
    file = io.BytesIO()
    Image.new("RGB", (30, 20), "red").save(file, "PNG")
    tab = opened(house)
    tab.chat_input[0].set_value("This is my dog").upload("me.png", file.getvalue(), "image/png").run()
    assert not tab.exception
    assert "your photo" in tab.chat_message[0].caption[0].value
    assert "30×20" in tab.chat_message[0].caption[0].value


def test_a_file_that_is_no_picture_gets_a_clear_message(house) -> None:
    tab = opened(house)
    tab.chat_input[0].set_value("look").upload("me.png", b"words", "image/png").run()
    assert "not a picture I can read" in tab.error[0].value
    assert not tab.exception


def test_markup_in_words_is_shown_and_not_obeyed(house) -> None:
    tab = say(opened(house), "**Hello** $x$ :tada: <b>")
    assert tab.chat_message[0].markdown[0].value == r"\*\*Hello\*\* \$x\$ \:tada\: \<b\>"


def test_a_lost_picture_is_told_in_its_place(house) -> None:
    talk(house, "Draw a cute dog")
    record = house.history("t")["pictures"]["#1"]
    house.gallery.path(record["digest"]).unlink()
    assert "missing from the gallery" in opened(house).warning[0].value


def test_where_a_picture_was_changed_can_be_looked_at(house) -> None:
    talk(house, "Draw a cute dog")
    digest = house.history("t")["pictures"]["#1"]["digest"]
    assert not opened(house).get("popover")
    image, recipe = house.gallery.image(digest), house.gallery.recipe(digest)
    assert house.gallery.put(image, recipe, mask=Image.new("L", image.size, 255)) == digest
    tab = opened(house)
    assert len(tab.get("popover")) == 1
    assert len(tab.image) == 2


def test_the_page_says_what_it_runs_on_and_how_to_connect_more(house) -> None:
    told = " ".join(caption.value for caption in opened(house).sidebar.caption)
    assert "offline assistant" in told
    assert "MINIDALLE3_T2I" in told


@pytest.mark.parametrize("llm", ["offline", "nobody:knows"])
def test_the_script_opens_the_house_of_the_settings(engine, monkeypatch, llm) -> None:
    monkeypatch.setenv("MINIDALLE3_LLM", llm)
    tab = AppTest.from_file(page.__file__, default_timeout=60).run()
    assert not tab.exception
    if llm == "offline":
        assert tab.chat_input
    else:
        assert "nobody" in tab.error[0].value
    assert Settings().llm == llm
