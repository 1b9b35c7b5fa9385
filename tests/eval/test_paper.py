"""The paper's dialogues, over HTTP and the whole graph: every turn shows what the paper's does."""

from pathlib import Path

from minidalle3.eval.paper import dialogues, played


async def test_every_turn_shows_the_parts_that_the_paper_shows(tmp_path: Path) -> None:
    turns = await played(tmp_path)
    assert {turn.turn.dialogue[:8] for turn in turns} == {"Figure 1", "Figure 4", "Figure 7", "Figure 8"}
    assert [(turn.turn.words, turn.shown) for turn in turns if not turn.right] == []


def test_every_turn_says_what_it_must_show_and_failures_are_repaired() -> None:
    turns = dialogues()
    assert all(turn.replies and turn.shows for turn in turns)
    assert sum(len(turn.replies) > 1 for turn in turns) >= 6
