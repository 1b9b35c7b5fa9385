"""The page's own words in two languages."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from importlib.resources import files

import pytest
from streamlit.testing.v1 import AppTest

from minidalle3.ui.language import CHINESE


def translated() -> Iterator[tuple[str, str]]:
    """Every `tr(...)` of the room: its file and what it says."""
    for file in files("minidalle3.ui").iterdir():
        if not file.name.endswith(".py"):
            continue
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "tr":
                assert not isinstance(node.args[0], ast.JoinedStr), f"{file.name}:{node.lineno}: fields, not f-strings"
                if isinstance(node.args[0], ast.Constant):
                    yield file.name, node.args[0].value


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_all_that_the_page_says_is_there_in_chinese() -> None:
    missing = [f"{file}: {text}" for file, text in translated() if text not in CHINESE]
    assert not missing


@pytest.mark.parametrize("english", CHINESE)
def test_both_languages_have_the_same_fields(english) -> None:
    assert fields(english) == fields(CHINESE[english])


def script() -> None:
    import streamlit as st

    from minidalle3.ui.language import told, tr

    st.write(tr("Stop"))
    st.write(tr("step {step} of {of}", step=1, of=4))
    st.write(told("More like #12, from another seed."))
    st.write(told("What #1 {was} said of a {dog}."))
    st.write(tr("{what} that nobody has put into Chinese", what="words"))


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        (None, ["Stop", "step 1 of 4", "More like #12, from another seed."]),
        ("en", ["Stop", "step 1 of 4", "More like #12, from another seed."]),
        ("zh", ["停止", "第 1 步，共 4 步", "像 #12 的另一张，换了种子。"]),
        ("xx", ["Stop", "step 1 of 4", "More like #12, from another seed."]),
    ],
)
def test_words_follow_the_choice_of_the_session(chosen, said) -> None:
    tab = AppTest.from_function(script)
    if chosen:
        tab.session_state["language"] = chosen
    tab.run()
    assert [one.value for one in tab.markdown] == [
        *said,
        "What #1 {was} said of a {dog}.",
        "words that nobody has put into Chinese",
    ]
