"""The version tree beside the conversation, and two pictures compared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from streamlit.testing.v1 import AppTest
from support.tabs import opened, settled

from minidalle3.graph.state import PictureRecord
from minidalle3.ui.bridge import Bridge
from minidalle3.ui.open_thread import OpenThread
from minidalle3.ui.text import plain
from minidalle3.ui.version_tree import drawn


def talk(house: Bridge, *words: str) -> None:
    for said in words:
        list(house.events(house.start("t", said)))


def grown(house: Bridge) -> None:
    """#2 and #3 were made from #1; #4 stands alone."""
    talk(house, "Draw a cute dog", "Make it run near the river", "go to #1", "Make it red", "Draw a cat")
    pictures = house.history("t")["pictures"]
    assert [pictures[id]["parent"] for id in ("#2", "#3", "#4")] == ["#1", "#1", None]


def press(tab: AppTest, key: str) -> AppTest:
    tab.button(key=key).click().run()
    return settled(tab)


def record(id: str, parent: str | None) -> PictureRecord:
    return {
        "id": id,
        "digest": "0" * 64,
        "parent": parent,
        "kind": "image",
        "words": "",
        "description": f"picture {id}",
        "level": "none",
        "reason": "",
    }


def rows(house: Bridge, parents: Mapping[str, str | None], current: str = "#1") -> list[dict[str, Any]]:
    pictures = {id: record(id, parent) for id, parent in parents.items()}
    history = {**house.history("t"), "pictures": pictures, "current": current}
    return drawn(OpenThread(house, "t", history), current)


def test_only_children_stand_below_their_parent_and_siblings_branch_off(house) -> None:
    found = rows(house, {"#1": None, "#2": "#1", "#3": "#1", "#4": "#3"}, current="#4")
    assert [(row["id"], row["branch"], row["level"]) for row in found] == [
        ("#1", "", 1),
        ("#2", "├─", 2),
        ("#3", "└─", 2),
        ("#4", "  ", 3),
    ]
    assert [row["current"] for row in found] == [False, False, False, True]


def test_pictures_that_began_anew_hang_on_no_branch(house) -> None:
    assert [row["branch"] for row in rows(house, {"#1": None, "#2": "#1", "#3": None})] == ["", "", ""]


def test_forty_pictures_keep_their_order_and_their_width(house) -> None:
    chain = {f"#{n}": f"#{n - 1}" if n > 1 else None for n in range(1, 41)}
    assert {row["branch"] for row in rows(house, chain)} == {""}
    fan = {f"#{n}": "#1" if n > 1 else None for n in range(1, 41)}
    assert {len(row["branch"]) for row in rows(house, fan)} == {0, 2}


def test_a_lost_file_leaves_its_row(house) -> None:
    assert rows(house, {"#1": None})[0]["image"] is None


def test_undo_and_redo_where_there_is_somewhere_to_go(house) -> None:
    assert not opened(house).get("bidi_component"), "nothing before there is a picture"
    talk(house, "Draw a cute dog", "Make it run near the river")
    tab = opened(house)
    assert (tab.button(key="undo").disabled, tab.button(key="redo").disabled) == (False, True)
    press(tab, "undo")
    assert house.history("t")["current"] == "#1"
    assert (tab.button(key="undo").disabled, tab.button(key="redo").disabled) == (True, False)
    press(tab, "redo")
    assert house.history("t")["current"] == "#2"


def test_a_branch_is_deleted_after_a_question(house) -> None:
    grown(house)
    list(house.events(house.start("t", command={"name": "goto", "target": "#1"})))
    tab = opened(house)
    assert plain("Delete #1, and what was made from it: #2, #3?") in [one.value for one in tab.sidebar.markdown]
    press(tab, "delete")
    history = house.history("t")
    assert [id for id, one in history["pictures"].items() if not one.get("hidden")] == ["#4"]
    assert history["current"] == "#4"


def test_any_two_are_compared(house) -> None:
    grown(house)
    tab = opened(house)
    tab.selectbox(key="compare #4").select("#1").run()
    assert not tab.exception
    assert [one.label for one in tab.tabs] == ["Side by side", "One upon the other"]
    assert any("of the pixels differ" in one.value for one in tab.markdown)
    table = tab.table[0].value
    assert list(table.columns[-2:]) == ["#4", "#1"]
    told = {row.iloc[0]: tuple(row.iloc[1:]) for _, row in table.iterrows()}
    assert told["Description"] == ("a cat", "a cute dog")
    assert "seed" in told
    assert "fingerprint" not in told
