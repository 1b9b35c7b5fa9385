"""The version tree: moves, their sentences, and what holds on any tree."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minidalle3.gallery.tree import Move, TreeError, delete, goto, normal_id, redo, render, rows, undo
from minidalle3.graph.state import PictureRecord, merge_pictures

Pictures = dict[str, PictureRecord]


def record(number: int, parent: int | None, description: str = "", hidden: bool = False) -> PictureRecord:
    made: PictureRecord = {
        "id": f"#{number}",
        "digest": f"{number:064x}",
        "parent": f"#{parent}" if parent else None,
        "kind": "edit" if parent else "image",
        "words": "",
        "description": description,
        "level": "none",
        "reason": "",
    }
    return {**made, "hidden": True} if hidden else made


def tree(*parents: int | None) -> Pictures:
    """Picture number i + 1 comes from `parents[i]`."""
    return {f"#{number}": record(number, parent) for number, parent in enumerate(parents, 1)}


def after(pictures: Pictures, move: Move) -> tuple[Pictures, str | None]:
    return merge_pictures(pictures, move.changed), move.current


FORKED = tree(None, 1, 2, 1, 4, None)
"""#1 → #2 → #3 and #1 → #4 → #5; #6 alone."""


@st.composite
def trees(draw: st.DrawFn) -> tuple[Pictures, str]:
    size = draw(st.integers(1, 12))
    pictures = tree(*(draw(st.sampled_from([None, *range(1, number)])) for number in range(1, size + 1)))
    current: str | None = f"#{draw(st.integers(1, size))}"
    for number in draw(st.lists(st.integers(1, size), max_size=3)):
        if current and not pictures[f"#{number}"].get("hidden"):
            move = delete(pictures, current, str(number))
            if move.current:  # an empty tree has no moves
                pictures, current = after(pictures, move)
    assert current
    return pictures, current


@pytest.mark.parametrize("said", ["3", "#3", " #3 ", "# 3", "03", "＃３"])
def test_a_picture_is_named_with_or_without_its_sign(said: str) -> None:
    assert normal_id(said) == "#3"


@pytest.mark.parametrize("said", ["", "#", "0", "-1", "three", "3.5", "#3 #4", "9" * 400])
def test_what_names_no_picture_is_told(said: str) -> None:
    with pytest.raises(TreeError, match="such as #3"):
        normal_id(said)


def test_undo_and_redo_return_to_the_branch_left() -> None:
    pictures, current = after(FORKED, undo(FORKED, "#3"))
    assert current == "#2"
    pictures, current = after(pictures, undo(pictures, current))
    assert current == "#1"
    assert redo(pictures, current).current == "#2"
    assert redo(FORKED, "#1").current == "#4"  # nothing was left: the newest


def test_a_move_says_where_it_led() -> None:
    pictures = {"#1": record(1, None, "a cute\ndog"), "#2": record(2, 1)}
    assert undo(pictures, "#2").said == "Back to #1 (a cute dog)."
    assert redo(pictures, "#1").said == "Forward to #2."
    assert goto(pictures, "#2", "1").said == "You are at #1 (a cute dog)."
    assert goto(pictures, "#1", "1").said == "You are at #1 (a cute dog) already."
    assert delete(pictures, "#1", "2").said == "#2 is deleted."
    assert delete(pictures, "#2", "2").said == "#2 is deleted. You are at #1 (a cute dog)."
    assert delete(pictures, "#2", "1").said == "#1 is deleted, with 1 picture made from it. No picture is left."


@pytest.mark.parametrize(
    ("move", "sentence"),
    [
        (lambda: undo(FORKED, "#1"), "#1 is the first of its line: nothing to undo."),
        (lambda: redo(FORKED, "#3"), "#3 is the last of its line: nothing to redo."),
        (lambda: undo({}, None), "There is no picture yet: nothing to undo."),
        (lambda: redo({}, None), "There is no picture yet: nothing to redo."),
        (lambda: goto(FORKED, "#1", "9"), "There is no picture #9 here."),
        (lambda: delete(FORKED, "#1", "#9"), "There is no picture #9 here."),
        (lambda: goto({"#1": record(1, None, hidden=True)}, None, "1"), "#1 was deleted."),
        (lambda: delete(FORKED, "#1", ""), "Say which picture by its number, such as #3."),
    ],
)
def test_a_move_that_leads_nowhere_is_told(move: object, sentence: str) -> None:
    assert callable(move)
    with pytest.raises(TreeError) as caught:
        move()
    assert str(caught.value) == sentence


def test_delete_takes_the_branch_and_moves_to_what_is_left() -> None:
    move = delete(FORKED, "#5", "4")
    assert (move.current, set(move.changed)) == ("#1", {"#4", "#5"})
    assert delete(FORKED, "#3", "4").current == "#3"
    assert delete(FORKED, "#5", "1").current == "#6"
    assert delete(FORKED, "#5", "1").said.startswith("#1 is deleted, with 4 pictures made from it")


def test_undo_passes_over_a_hidden_parent_and_redo_back() -> None:
    pictures = {**tree(None, 1, 2), "#2": record(2, 1, hidden=True)}
    pictures, current = after(pictures, undo(pictures, "#3"))
    assert current == "#1"
    assert redo(pictures, current).current == "#3"


def test_redo_forgets_a_child_that_was_deleted() -> None:
    pictures, _ = after(FORKED, undo(FORKED, "#2"))
    pictures, current = after(pictures, delete(pictures, "#1", "2"))
    assert redo(pictures, current).current == "#4"


@given(trees())
def test_redo_takes_back_an_undo(made: tuple[Pictures, str]) -> None:
    pictures, current = made
    try:
        move = undo(pictures, current)
    except TreeError:
        return
    later, parent = after(pictures, move)
    assert redo(later, parent).current == current
    assert {id: {**record, "last_child": ""} for id, record in later.items()} == {
        id: {**record, "last_child": ""} for id, record in pictures.items()
    }


@given(trees())
def test_every_line_ends_both_ways(made: tuple[Pictures, str]) -> None:
    pictures, current = made
    for step, sentence in ((undo, "undo"), (redo, "redo")):
        with pytest.raises(TreeError, match=f"nothing to {sentence}"):
            for _ in range(len(pictures) + 1):
                pictures, current = after(pictures, step(pictures, current))  # type: ignore[assignment]
                assert not pictures[current].get("hidden")


@given(trees(), st.data())
def test_delete_hides_a_branch_and_nothing_else(made: tuple[Pictures, str], data: st.DataObject) -> None:
    pictures, current = made
    target = data.draw(st.sampled_from([id for id, record in pictures.items() if not record.get("hidden")]))
    later, now = after(pictures, delete(pictures, current, target))
    assert list(later) == list(pictures)
    for id in later:
        line, up = [id], pictures[id]["parent"]
        while up:
            line, up = [*line, up], pictures[up]["parent"]
        assert bool(later[id].get("hidden")) == (target in line or bool(pictures[id].get("hidden")))
    seen = [id for id, record in later.items() if not record.get("hidden")]
    assert (now in seen) if seen else now is None
    assert now == current or current in set(later) - set(seen)


@given(trees())
def test_the_drawing_shows_each_visible_picture_once_below_its_parent(made: tuple[Pictures, str]) -> None:
    pictures, current = made
    drawn = rows(pictures, current)
    order = [row.record["id"] for row in drawn]
    assert sorted(order) == sorted(id for id, record in pictures.items() if not record.get("hidden"))
    assert [row.record["id"] for row in drawn if row.current] == [current]
    for row in drawn:
        parent = row.record["parent"]
        assert parent is None or order.index(parent) < order.index(row.record["id"])
    assert len(render(pictures, current).splitlines()) == len(drawn)


def test_a_tree_in_the_terminal() -> None:
    assert render(FORKED, "#5").splitlines() == [
        "├─○ #1 image",
        "│ ├─○ #2 edit",
        "│ │ ○ #3 edit",
        "│ └─○ #4 edit",
        "│   ● #5 edit",
        "└─○ #6 image",
    ]
    assert render(tree(None, 1), "#2").splitlines() == ["○ #1 image", "● #2 edit"]
    assert render({}, None) == ""


def test_a_description_cannot_command_the_terminal() -> None:
    pictures = {"#1": record(1, None, "a\x1b[2Jdog\n" + "very " * 40)}
    [line] = render(pictures, None).splitlines()
    assert line.startswith("○ #1 image  a [2Jdog very") and line.endswith("…")
    assert "\x1b" not in line and len(line) < 80


def test_a_long_line_of_edits_stays_narrow_and_quick() -> None:
    pictures = tree(None, *range(1, 3000))
    drawn = render(pictures, "#3000").splitlines()
    assert len(drawn) == 3000 and drawn[-1] == "● #3000 edit"
    assert delete(pictures, "#3000", "2").current == "#1"
