"""The page, driven without a browser."""

from __future__ import annotations

import io
import threading

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest
from support.lying import lies
from support.swatch import Pace
from support.tabs import opened, say, settled, until

from minidalle3.graph.state import Event
from minidalle3.sketchbook.world.grammar import understand
from minidalle3.sketchbook.world.learnt import within
from minidalle3.ui import open_thread, page
from minidalle3.ui.bridge import Bridge
from minidalle3.ui.language import CHINESE
from minidalle3.ui.open_thread import AHEAD


def button(tab: AppTest, label: str):
    return next(button for button in tab.button if button.label == label)


def labels(tab: AppTest) -> set[str]:
    return {button.label for button in tab.button}


def told(house: Bridge, thread: str) -> list[Event]:
    running = house.history(thread)["running"]
    return house.told(running)[0] if running else []


def step(house: Bridge, thread: str = "t") -> int:
    """How many steps of the drawing under way are done, and their preview told."""
    return sum(event["type"] == "preview" for event in told(house, thread))


def talk(house: Bridge, words: str, thread: str = "t") -> None:
    list(house.events(house.start(thread, words)))


def test_a_conversation_shows_words_and_pictures_in_place(house) -> None:
    tab = say(opened(house), "Draw a cute dog")
    assert [message.name for message in tab.chat_message] == ["user", "assistant"]
    assert tab.chat_message[0].markdown[0].value == "Draw a cute dog"
    assert len(tab.image) == 1
    caption = tab.chat_message[1].caption[0].value
    assert caption.startswith(r"**\#1** · new picture · text\_to\_image · seed")
    assert caption.endswith(" · 64×64"), "where it came from is said once"
    say(tab, "Make it run near the river")
    assert len(tab.chat_message) == 4
    assert "of \\#1" in tab.chat_message[3].caption[0].value


@pytest.mark.parametrize("by", ["composer", "button"])
def test_what_a_refresh_took_along_is_begun_once(house, monkeypatch, by) -> None:
    talk(house, "Show me two castles")
    tab = opened(house)
    for refreshing in (True, True, False, False):
        monkeypatch.setattr(open_thread, "refreshing", lambda refreshing=refreshing: refreshing)
        if by == "composer":
            tab.chat_input[0].set_value("Hello").run()
        else:
            tab.button(key="pick #2 1").click().run()
        settled(tab)
    said = [turn["words"] for turn in house.history("t")["turns"]][1:]
    assert said == ["Hello" if by == "composer" else "Pick #2"] * 2, "asked for again later, it counts again"


def test_what_a_dialog_began_is_no_refresh(house, monkeypatch) -> None:
    talk(house, "Draw a cute dog")
    tab = opened(house)
    tab.button(key="open #1 1").click().run()
    monkeypatch.setattr(open_thread, "refreshing", lambda: True)  # a dialog's own run is of a part of the page too
    button(tab, "Pick").click().run()
    monkeypatch.undo()
    settled(tab)
    assert AHEAD not in tab.session_state


def test_an_empty_conversation_offers_ideas_that_work(house) -> None:
    tab = opened(house)
    assert tab.header[0].value == "What shall I draw?"
    settled(button(tab, page.IDEAS[0]).click().run())
    assert len(tab.image) == 1
    assert not tab.header


@pytest.mark.parametrize("idea", [said for idea in page.IDEAS[:-1] for said in (idea, CHINESE[idea])])
def test_an_idea_asks_for_nothing_that_the_embedded_model_lacks(house, idea) -> None:
    talk(house, idea)
    understood = understand(house.history("t")["pictures"]["#1"]["description"])
    assert not understood.unknown
    assert within(understood.scene) == (understood.scene, ())


def test_threads_are_listed_and_switched(house) -> None:
    talk(house, "Draw a cute dog", "first")
    talk(house, "Draw a cat", "second")
    tab = opened(house, "first")
    listed = [button.label for button in tab.sidebar.button if str(button.key).startswith("thread ")]
    assert listed == ["Draw a cat", "Draw a cute dog"]
    tab.button(key="thread second").click().run()
    assert tab.chat_message[0].markdown[0].value == "Draw a cat"
    tab.sidebar.button[0].click().run()
    assert not tab.chat_message
    assert tab.query_params["thread"] not in (["first"], ["second"])


def test_a_drawing_is_watched_and_its_result_arrives_after_a_reload(house, engine) -> None:
    engine.gate = Pace()
    opened(house).chat_input[0].set_value("Draw a cute dog").run()
    until(lambda: engine.jobs)
    assert "getting ready" in opened(house).get("progress")[0].text
    engine.gate.steps.release(2)
    until(lambda: step(house) == 2)
    tab = opened(house)
    [bar] = tab.get("progress")
    assert "step 2 of 4" in bar.text
    assert bar.value == 50
    assert any("data:image/jpeg" in one.body for one in tab.get("html")), "the preview"
    engine.gate.set()
    settled(tab)
    assert not tab.get("progress")
    assert len(tab.image) == 1


@pytest.mark.parametrize(("words", "noted"), [("Draw a cute dog", "Stopped"), ("画一只可爱的狗", "没有画成：已停止。")])
def test_stop_ends_a_drawing_and_leaves_a_note(house, engine, words, noted) -> None:
    engine.gate = Pace()
    tab = opened(house)
    assert "Stop" not in labels(tab)
    tab.chat_input[0].set_value(words).run()
    until(lambda: engine.jobs)
    engine.gate.steps.release(1)
    until(lambda: step(house) == 1)
    button(tab, "Stop").click().run()
    settled(tab)
    assert not tab.image
    assert noted in tab.chat_message[1].caption[0].value
    assert "Stop" not in labels(tab)


def test_who_waits_for_another_is_told_their_place(house, engine) -> None:
    engine.gate = threading.Event()
    mine, theirs = opened(house, "mine"), opened(house, "theirs")
    theirs.chat_input[0].set_value("Draw a cat").run()
    until(lambda: engine.jobs)
    mine.chat_input[0].set_value("Draw a cute dog").run()
    until(lambda: any(event["type"] == "queued" for event in told(house, "mine")))
    mine.run()
    assert "1 before it" in mine.get("progress")[0].text
    engine.gate.set()
    assert settled(mine).chat_message[0].markdown[0].value == "Draw a cute dog"
    assert settled(theirs).chat_message[0].markdown[0].value == "Draw a cat"
    assert [len(tab.chat_message) for tab in (mine, theirs)] == [2, 2]


def test_a_message_sent_while_another_is_answered_waits_below_it(house, engine) -> None:
    engine.gate = threading.Event()
    tab = opened(house)
    tab.chat_input[0].set_value("Draw a cute dog").run()
    tab.chat_input[0].set_value("Hello").run()
    assert [message.name for message in tab.chat_message] == ["user", "assistant", "user"]
    assert "answered next" in tab.main.caption[-1].value
    engine.gate.set()
    assert [message.name for message in settled(tab).chat_message] == ["user", "assistant"] * 2


def test_a_photo_is_sent_with_the_words(house) -> None:
    file = io.BytesIO()
    Image.new("RGB", (30, 20), "red").save(file, "PNG")
    tab = opened(house)
    tab.chat_input[0].set_value("This is my dog").upload("me.png", file.getvalue(), "image/png").run()
    assert settled(tab).image
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
    lies(house.gallery, record["digest"]).unlink()
    assert "missing from the gallery" in opened(house).warning[0].value


def test_the_page_says_what_it_runs_on_and_how_to_connect_more(house) -> None:
    told = " ".join(caption.value for caption in opened(house).sidebar.caption)
    assert "offline assistant" in told
    assert "MINIDALLE3_T2I" in told


def test_the_script_opens_the_house_of_the_settings(engine) -> None:
    tab = AppTest.from_file(page.__file__, default_timeout=60).run()
    assert not tab.exception
    assert tab.chat_input


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("LLM", "nobody:knows", "nobody"),
        ("DATABASE", "postgresql:///postgres?host=/nowhere", "The database cannot be reached"),
        ("GALLERY", "gs://bucket", "gs:// is not installed"),
    ],
)
def test_the_script_says_why_the_house_cannot_be_opened(engine, monkeypatch, name, value, said) -> None:
    monkeypatch.setenv(f"MINIDALLE3_{name}", value)
    tab = AppTest.from_file(page.__file__, default_timeout=60).run()
    assert not tab.exception
    assert said in tab.error[0].value
