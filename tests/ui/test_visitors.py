"""Whose conversations are listed: all at home, one's own where others come too."""

from __future__ import annotations

import re

import pytest
from streamlit import config
from streamlit.testing.v1 import AppTest
from support.tabs import opened, until

from minidalle3.ui.bridge import Bridge
from minidalle3.ui.visitors import VISITOR


def listed(tab: AppTest) -> list[str]:
    return [button.label for button in tab.sidebar.button if str(button.key).startswith("thread ")]


def say(house: Bridge, tab: AppTest, words: str) -> str:
    """Sends it, and tells the thread's full name when it is answered."""
    tab.chat_input[0].set_value(words).run()
    until(lambda: any(info["title"] == words for info in house.threads()))
    [name] = [info["thread"] for info in house.threads() if info["title"] == words]
    until(lambda: house.history(name)["running"] is None)
    tab.run()
    assert not tab.exception
    return name


@pytest.fixture
def public(engine) -> None:
    """The page listens to other machines too."""
    config.set_option("server.address", "0.0.0.0")


def test_at_home_all_conversations_are_there(house) -> None:
    for thread in ("mine", "0123/somebody-s"):
        list(house.events(house.start(thread, f"Hello from {thread}")))
    tab = opened(house, "new")
    assert len(listed(tab)) == 2
    tab.button(key="thread 0123/somebody-s").click().run()
    assert tab.chat_message[0].markdown[0].value == r"Hello from 0123/somebody\-s"


def test_visitors_see_their_own_alone_even_by_the_name_of_another_s(public, house) -> None:
    list(house.events(house.start("t", "Hello from the house")))
    one, other = opened(house, "t"), opened(house, "t")
    assert not one.chat_message
    name = say(house, one, "Draw a cute dog")
    assert re.fullmatch("[0-9a-f]{32}/t", name)
    assert listed(one) == ["Draw a cute dog"]
    assert not other.run().chat_message
    assert listed(other) == []
    say(house, other, "Draw a cat")
    assert other.session_state[VISITOR] != one.session_state[VISITOR]
    other.query_params["thread"] = name
    assert not other.run().chat_message


def test_a_visitor_searches_renames_deletes_and_begins_anew(public, house) -> None:
    list(house.events(house.start("t", "A dog of the house")))
    tab = opened(house, "first")
    say(house, tab, "Draw a cute dog")
    tab.sidebar.button[0].click().run()
    assert not tab.chat_message
    name = say(house, tab, "Draw a cat")
    tab.text_input(key="search").set_value("dog").run()
    assert listed(tab) == ["Draw a cute dog"]
    tab.text_input(key="search").set_value("").run()
    tab.text_input(key=f"title {name}").set_value("Cats").run()
    assert listed(tab) == ["Cats", "Draw a cute dog"]
    tab.button(key="delete thread").click().run()
    assert listed(tab) == ["Draw a cute dog"]
    assert {info["title"] for info in house.threads()} == {"A dog of the house", "Draw a cute dog"}
