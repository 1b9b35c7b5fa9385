"""What a person chooses for their session."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit import config
from streamlit.testing.v1 import AppTest
from support.tabs import PATIENCE, opened, say, script

from minidalle3.graph.settings import Settings
from minidalle3.ui.bridge import Bridge
from minidalle3.ui.doctor import llms

KEY = "sk-typed-in-the-page"


def chose(house: Bridge, **chosen: str) -> AppTest:
    """A tab whose person has typed this into the settings (AppTest types nothing into a box of options)."""
    tab = AppTest.from_function(script, default_timeout=PATIENCE)
    tab.session_state["house"] = house
    tab.query_params["thread"] = "t"
    for name, value in chosen.items():
        tab.session_state[name.replace("_", " ")] = value
    tab.run()
    assert not tab.exception
    return tab


def captions(tab: AppTest) -> str:
    return " ".join(caption.value for caption in tab.sidebar.caption)


def recipe(house: Bridge, id: str = "#1"):
    return house.gallery.recipe(house.history("t")["pictures"][id]["digest"])


def test_steps_count_and_level_hold_for_every_turn_of_the_session(house) -> None:
    tab = opened(house)
    tab.number_input(key="count").set_value(2)
    tab.number_input(key="steps").set_value(7)
    tab.selectbox(key="level").set_value("none").run()
    say(tab, "Draw a cute dog")
    assert list(house.history("t")["pictures"]) == ["#1", "#2"]
    assert [recipe(house, id)["steps"] for id in ("#1", "#2")] == [7, 7]
    say(tab, "Make it run near the river")
    assert house.history("t")["pictures"]["#3"]["level"] == "none"
    other = opened(house, "other")
    assert other.number_input(key="count").value == 1, "choices are one session's"


def test_a_size_is_chosen_or_typed_where_the_model_has_more_than_one(engine) -> None:
    house = Bridge(Settings(t2i="a/model"))
    tab = chose(house, size="128 × 64")
    say(tab, "Draw a cute dog")
    assert (recipe(house)["width"], recipe(house)["height"]) == (128, 64)


def test_the_embedded_model_has_one_size(house) -> None:
    assert "size" not in [box.key for box in opened(house).selectbox]


def test_another_llm_talks_with_a_key_that_is_written_nowhere(house, openai_server, tmp_path) -> None:
    openai_server.replies = ["From the server: <image>a red cat</image>"]
    tab = chose(house, llm="openai:any", llm_key=KEY, llm_url=openai_server.url)
    assert tab.text_input(key="llm key").proto.type == tab.text_input(key="llm key").proto.PASSWORD
    assert "openai:any" in captions(tab)
    say(tab, "A cat please")
    assert "From the server" in tab.chat_message[1].markdown[0].value
    assert openai_server.keys == [KEY]
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()]
    assert KEY not in str(tab.query_params)


def test_the_house_s_key_goes_to_no_address_that_was_typed(house, openai_server, monkeypatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-house")
    tab = chose(house, llm="openai:any", llm_url=openai_server.url)
    say(tab, "Hello")
    assert openai_server.keys == ["none"]


def chosen_models() -> None:
    """As the next turn of the session would."""
    import streamlit as st

    from minidalle3.ui import options

    st.session_state["chosen"] = options.models(st.session_state["house"].settings)


@pytest.mark.parametrize(("listens", "url"), [("localhost", "http://inside/v1"), ("0.0.0.0", None)])
def test_an_address_that_was_typed_counts_at_home_alone(house, listens, url) -> None:
    config.set_option("server.address", listens)
    assert ("llm url" in [field.key for field in chose(house, llm="openai:any").text_input]) is (url is not None)
    tab = AppTest.from_function(chosen_models)
    for name, value in {"house": house, "llm": "openai:any", "llm key": KEY, "llm url": "http://inside/v1"}.items():
        tab.session_state[name] = value
    tab.run()
    assert tab.session_state["chosen"].llm_base_url == url


def test_the_key_of_one_provider_goes_to_no_other(engine, monkeypatch, openai_server) -> None:
    for variable in ("OPENAI_API_KEY", "DASHSCOPE_API_KEY"):
        monkeypatch.delenv(variable, raising=False)
    house = Bridge(Settings(llm="openai:any", llm_base_url=openai_server.url, llm_api_key="sk-of-the-house"))
    tab = chose(house, llm="openai:other")
    say_refused(tab)
    assert "needs a key" in tab.error[0].value
    assert openai_server.keys == []


def say_refused(tab: AppTest) -> None:
    tab.chat_input[0].set_value("Hello").run()
    assert not tab.exception
    assert not tab.chat_message


def test_an_images_api_draws_for_the_session(house, images_server, engine) -> None:
    tab = chose(house, t2i="openai:painter", t2i_key=KEY, t2i_url=images_server.url)
    say(tab, "Draw a cute dog")
    assert recipe(house)["engine"] == "openai:painter"
    assert (images_server.keys, engine.jobs) == ([KEY], [])


@pytest.mark.parametrize(
    ("kind", "model", "said"),
    [("llm", "nobody:knows", "names no LLM"), ("t2i", "somebody/sdxl", "start with MINIDALLE3_T2I=somebody/sdxl")],
)
def test_a_model_that_cannot_be_had_is_told_when_it_is_needed(house, kind, model, said) -> None:
    tab = chose(house, **{kind: model})
    say_refused(tab)
    assert said in tab.error[0].value


def test_the_page_speaks_chinese(house) -> None:
    tab = opened(house)
    tab.segmented_control(key="language").set_value("zh").run()
    assert tab.header[0].value == "想让我画什么？"
    assert "离线助手" in captions(tab)
    assert "要画大图" in captions(tab)
    assert next(button for button in tab.main.button).label == "画一只可爱的狗"
    assert tab.number_input(key="count").label == "每次画几张"
    say(tab, "Draw a cute dog")
    assert tab.chat_message[0].markdown[0].value == "Draw a cute dog", "what people say is theirs"


@pytest.mark.parametrize("address", ["zh", "中文"])
def test_a_language_in_the_address_holds_from_the_first_word(house, address) -> None:
    tab = AppTest.from_function(script, default_timeout=PATIENCE)
    tab.session_state["house"] = house
    tab.query_params["language"] = address
    tab.run()
    assert not tab.exception
    assert tab.header[0].value == "想让我画什么？"


def test_embedded_models_say_so_and_how_to_have_bigger_ones(house) -> None:
    told = captions(opened(house))
    assert "offline assistant" in told
    assert "MINIDALLE3_LLM" in told
    assert "MINIDALLE3_T2I" in told


def test_llms_are_found_by_their_keys(monkeypatch, tmp_path: Path) -> None:
    for variable in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "DASHSCOPE_API_KEY", "BAICHUAN_API_KEY"):
        monkeypatch.delenv(variable, raising=False)
    found = llms(Settings(home=tmp_path))
    assert found[0] == "offline"
    assert "openai:gpt-5" not in found
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-house")
    assert "openai:gpt-5" in llms(Settings(home=tmp_path))
    own = Settings(home=tmp_path, llm="openai:mine", llm_api_key="sk-1")
    assert llms(own)[:2] == ["openai:mine", "offline"]
    assert "baichuan:Baichuan4" not in llms(own)
