"""The commands that carry a conversation from house to house."""

from __future__ import annotations

import json

import pytest
from PIL import Image

DOG = ("say", "Can you generate a cute dog?", "--thread", "a")


def test_a_conversation_is_written_and_taken_in_again(shell, tmp_path) -> None:
    shell(*DOG)
    assert shell("export", "--thread", "a", "dogs.zip") == 0
    assert shell.out.startswith("dogs.zip: ")
    assert shell("import", "dogs.zip", "--thread", "b", "--home", str(tmp_path / "other")) == 0
    assert "Conversation b\n#1  " in shell.out
    shell("say", "Make it run", "--thread", "b", "--home", str(tmp_path / "other"), "--json")
    [picture] = [part for part in json.loads(shell.out)["reply"] if part["type"] == "picture"]
    assert (picture["id"], picture["parent"]) == ("#2", "#1")
    assert shell("import", "dogs.zip", "--thread", "a") == 2
    assert "take another name" in shell.err


def test_a_web_page_holds_the_picture(shell, tmp_path) -> None:
    shell(*DOG)
    assert shell("export", "--thread", "a", "dogs.html") == 0
    html = (tmp_path / "dogs.html").read_text("utf-8")
    assert "Can you generate a cute dog?" in html
    assert 'src="data:image/png;base64,' in html


def test_a_picture_is_taken_in_by_its_recipe(shell, tmp_path) -> None:
    shell(*DOG, "--json")
    [picture] = [part for part in json.loads(shell.out)["reply"] if part["type"] == "picture"]
    assert shell("import", picture["path"]) == 0
    assert "dog" in shell.out
    thread = shell.out.split()[1]
    shell("tree", "--thread", thread)
    assert shell.out.startswith("● #1 image")


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("export", "--thread", "nowhere", "a.zip"), "There is no conversation 'nowhere'"),
        (("export", "--thread", "a", "a.pdf"), "name a .html file"),
        (("import", "none.zip"), "none.zip: No such file"),
        (("import", "words.txt"), "no conversation that can be read"),
        (("import", "bare.png"), "no recipe in it"),
    ],
)
def test_what_cannot_be_is_one_line(shell, tmp_path, argv, said) -> None:
    (tmp_path / "words.txt").write_text("words")
    Image.new("RGB", (8, 8)).save(tmp_path / "bare.png")
    assert shell(*argv) == 2
    assert said in shell.err
    assert shell.err.count("\n") == 1
