"""The command line over the real graph."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

DOG = ("say", "Can you generate a cute dog?", "--thread", "a")
RUN = ("say", "Make it run near the river", "--thread", "a")
PICTURE = {
    "type", "id", "path", "kind", "words", "description", "prompt", "negative_prompt",
    "seed", "tool", "parameters", "mask", "level", "reason", "parent",
}  # fmt: skip


def pictures(shell) -> list[dict]:
    return [part for part in json.loads(shell.out)["reply"] if part["type"] == "picture"]


def test_say_prints_one_object_that_tells_all(shell, tmp_path) -> None:
    assert shell(*DOG, "--json", "--seed", "7", "--steps", "3") == 0
    answer = json.loads(shell.out)
    assert set(answer) == {"thread", "reply", "current", "pending", "usage"}
    assert (answer["thread"], answer["current"], answer["pending"]) == ("a", "#1", None)
    assert set(answer["usage"]) == {"input_tokens", "output_tokens"}
    assert {tuple(part) for part in answer["reply"] if part["type"] != "picture"} == {("type", "text")}
    [picture] = pictures(shell)
    assert set(picture) == PICTURE
    assert (picture["id"], picture["kind"], picture["level"], picture["parent"]) == ("#1", "image", "none", None)
    assert (picture["seed"], picture["tool"]) == (7, "text_to_image")
    assert (picture["parameters"], picture["mask"]) == ({}, None)
    assert picture["words"] == "Can you generate a cute dog?"
    assert "dog" in picture["description"]
    assert "dog" in picture["prompt"]
    assert Path(picture["path"]).is_relative_to(tmp_path / "home")
    with Image.open(picture["path"]) as image:
        assert image.size == (64, 64)
    assert shell.err == "", "bars are for terminals"


def test_say_goes_on_where_an_earlier_process_left(shell) -> None:
    shell(*DOG)
    assert "#1  " in shell.out
    assert "text_to_image · seed" in shell.out
    assert Path(shell.out.splitlines()[-1].strip()).is_file()
    shell(*RUN, "--json", "--level", "large")
    [picture] = pictures(shell)
    assert (picture["id"], picture["parent"], picture["level"]) == ("#2", "#1", "large")


def test_the_tree_can_be_walked(shell) -> None:
    shell(*DOG)
    shell(*RUN)
    assert shell("tree", "--thread", "a") == 0
    assert [line.split()[:2] for line in shell.out.splitlines()] == [["○", "#1"], ["●", "#2"]]
    assert shell("undo", "--thread", "a") == 0
    assert shell.out.startswith("Back to #1")
    assert shell("redo", "--thread", "a") == 0
    assert shell.out.startswith("Forward to #2")
    assert shell("goto", "1", "--thread", "a") == 0
    assert shell("delete", "#2", "--thread", "a") == 0
    shell("tree", "--thread", "a")
    assert "#2" not in shell.out


def test_a_move_that_leads_nowhere_is_an_error(shell) -> None:
    shell(*DOG)
    assert shell("undo", "--thread", "a") == 2
    assert shell.err == "minidalle3: #1 is the first of its line: nothing to undo.\n"


def test_two_pictures_are_compared_by_recipe_and_pixels(shell) -> None:
    shell(*DOG)
    shell(*RUN)
    assert shell("compare", "1", "2", "--thread", "a") == 0
    assert "prompt: " in shell.out
    assert "pixels: 100% differ" in shell.out
    assert shell("compare", "1", "1", "--thread", "a") == 0
    assert "pixels: identical" in shell.out


def test_a_recipe_is_read_and_drawn_again(shell) -> None:
    shell(*DOG, "--json")
    path = pictures(shell)[0]["path"]
    assert shell("inspect", path) == 0
    assert json.loads(shell.out)["engine"] == "swatch"
    assert shell("replay", path) == 0
    assert shell.out == "The same picture: identical.\n"


def test_a_photo_is_taken_in(shell, tmp_path) -> None:
    Image.new("RGB", (32, 24), "red").save(tmp_path / "me.png")
    assert shell("say", "This is my dog.", "--thread", "a", "--photo", str(tmp_path / "me.png")) == 0
    shell("tree", "--thread", "a")
    assert "#1 photo" in shell.out


def test_threads_are_listed_with_the_words_that_began_them(shell) -> None:
    shell(*DOG)
    assert shell("threads") == 0
    assert shell.out.rstrip().endswith("a  Can you generate a cute dog?")


def test_what_no_thread_names_is_removed(shell, tmp_path) -> None:
    shell(*DOG)
    for file in (tmp_path / "home" / "gallery" / "pictures").rglob("*.png"):
        os.utime(file, (0, 0))
    assert shell("gallery", "gc") == 0
    assert shell.out == "Removed 0 pictures and 0 traces: 0.0 MiB.\n"


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("tree", "--thread", "nowhere"), "There is no conversation 'nowhere'"),
        (("undo", "--thread", "nowhere"), "There is no conversation 'nowhere'"),
        (("say", "look", "--thread", "a", "--photo", "none.png"), "none.png: No such file"),
        (("say", "look", "--thread", "a", "--photo", "words.txt"), "not a picture I can read"),
        (("say", "  ", "--thread", "a"), "Say something"),
        (("say", "hi", "--thread", "a", "--llm", "nobody:knows"), "nobody"),
        (("inspect", "none.png"), "none.png: No such file"),
        (("inspect", "words.txt"), "not a PNG"),
        (("inspect", "bare.png"), "no recipe in it"),
        (("replay", "bare.png"), "carries no recipe"),
        (("threads", "--home", "words.txt"), "words.txt"),
    ],
)
def test_an_error_is_one_line(shell, tmp_path, argv, said) -> None:
    (tmp_path / "words.txt").write_text("words")
    Image.new("RGB", (8, 8)).save(tmp_path / "bare.png")
    assert shell(*argv) == 2
    assert shell.out == ""
    assert said in shell.err
    assert shell.err.startswith("minidalle3: ")
    assert shell.err.count("\n") == 1


def test_a_setting_that_makes_no_sense_is_named(shell, monkeypatch) -> None:
    monkeypatch.setenv("MINIDALLE3_LLM_TIMEOUT", "soon")
    assert shell("threads") == 2
    assert "MINIDALLE3_LLM_TIMEOUT" in shell.err


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("MINIDALLE3_DATABASE", "postgresql:///postgres?host=/nowhere", "The database cannot be reached"),
        ("MINIDALLE3_GALLERY", "gs://bucket", "gs:// is not installed"),
    ],
)
def test_a_place_that_cannot_be_reached_is_told_in_one_line(shell, monkeypatch, name, value, said) -> None:
    monkeypatch.setenv(name, value)
    assert shell(*DOG) == 2
    assert shell.err.startswith("minidalle3: ") and shell.err.count("\n") == 1
    assert said in shell.err and name in shell.err


def test_old_threads_are_read_without_a_key(shell) -> None:
    shell(*DOG)
    assert shell("tree", "--thread", "a", "--llm", "nobody:knows") == 0


def test_control_characters_never_reach_the_terminal(shell) -> None:
    shell("say", "Draw a dog \x1b]0;owned\x07", "--thread", "a")
    assert "\x1b" not in shell.out


def test_help_costs_no_heavy_import() -> None:
    heavy = "{'torch', 'diffusers', 'streamlit', 'langgraph', 'langchain_core', 'pydantic'}"
    code = f"import sys, minidalle3.ui.cli as c; c.parser().format_help(); print({heavy} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"


@pytest.mark.parametrize("command", ["chat", "say", "undo", "goto", "compare", "replay", "gallery", "ui", "doctor"])
def test_every_command_explains_itself(command, capsys) -> None:
    from minidalle3.ui.cli import main

    with pytest.raises(SystemExit) as ending:
        main([command, "--help"])
    assert ending.value.code == 0
    assert "--home DIR" in capsys.readouterr().out
