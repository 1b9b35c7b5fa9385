"""Words, weights and their tokens, whatever the spelling."""

from __future__ import annotations

from typing import Any

import pytest
from support import tiny
from support.steered import SKETCHBOOK
from transformers import CLIPTokenizer

from minidalle3.tools.attention.alignment import align
from minidalle3.tools.attention.words import parse, read


@pytest.fixture(scope="module", params=["letters", "sketchbook"])
def tokens(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """One that needs a token for every letter, and one that needs one a word."""
    if request.param == "letters":
        return tiny.tokenizer(tmp_path_factory.mktemp("words"))
    return CLIPTokenizer.from_pretrained(SKETCHBOOK / "tokenizer")


def spelled(tokens: Any, prompt: str, word: str) -> str:
    """A word as its tokens spell it."""
    reading = read(prompt, tokens)
    [found] = [each for each in reading.words if each.text == word]
    ids = tokens(reading.text, padding="max_length").input_ids
    return str(tokens.decode([ids[at] for at in reading.tokens(found)])).replace(" ", "")


@pytest.mark.parametrize("prompt", ["a cat on a mat", "a Cat, on a mat", "a  cat on a mat.", "A CAT on a mat!"])
def test_a_word_is_found_however_it_is_written(tokens: Any, prompt: str) -> None:
    assert spelled(tokens, prompt, "cat") == "cat"
    assert spelled(tokens, prompt, "mat") == "mat"
    found = align(read("a cat on a mat", tokens), read(prompt, tokens), "refine")
    assert {word.text for word in (*found.source_words, *found.target_words)} <= set(".,!"), "no word has changed"
    columns = [
        at for word in read(prompt, tokens).words if word.text.isalpha() for at in read(prompt, tokens).tokens(word)
    ]
    assert found.kept[columns].all()


@pytest.mark.parametrize(("source", "target"), [("dog", "rabbit"), ("rabbit", "dog")])
def test_words_after_an_unequal_replacement_keep_their_own(tokens: Any, source: str, target: str) -> None:
    before, after = read(f"a {source} on the mountain", tokens), read(f"a {target} on the mountain", tokens)
    found = align(before, after, "replace")
    for old, new in zip(before.words[2:], after.words[2:], strict=True):
        for row, column in zip(before.tokens(old), after.tokens(new), strict=True):
            assert found.moved[row, column] == 1
            assert found.moved[:, column].sum() == 1
    assert (found.moved[:, : after.end + 1].sum(0) > 0).all(), "every token up to the end has a map"
    swapped = found.moved[before.tokens(before.words[1])][:, after.tokens(after.words[1])]
    assert swapped.sum(1).allclose(swapped.new_ones(len(swapped)), atol=1e-5), "no attention is lost or made"
    assert [word.text for word in found.source_words] == [source]
    assert [word.text for word in found.target_words] == [target]


def test_new_words_are_not_aligned_when_refining(tokens: Any) -> None:
    target = read("a red dog in space", tokens)
    found = align(read("a dog in space", tokens), target, "refine")
    red = target.tokens(target.words[1])
    assert not found.kept[red].any()
    assert found.kept[target.tokens(target.words[2])].all()
    assert [word.text for word in found.target_words] == ["red"]
    assert found.source_words == ()


def test_repeated_words_keep_their_places(tokens: Any) -> None:
    source, target = read("a dog and a dog", tokens), read("a dog and a cat", tokens)
    found = align(source, target, "refine")
    assert [(word.text, word.start) for word in found.source_words] == [("dog", 12)]
    assert [(word.text, word.start) for word in found.target_words] == [("cat", 12)]


def test_weights_are_read_and_leave_no_trace_in_the_prompt(tokens: Any) -> None:
    text, _ = parse("a (red:1.4) dog, (in the snow:-2) (plain)")
    assert text == "a red dog, in the snow (plain)"
    target = read("a (red:1.4) dog (in space:-2)", tokens)
    assert [word.weight for word in target.words] == [1, 1.4, 1, -2, -2]
    found = align(read("a red dog in space", tokens), target, "refine")
    assert found.weights[target.tokens(target.words[1])].allclose(found.weights.new_tensor(1.4))
    assert "red" in [word.text for word in found.source_words], "what is weighed is what changes"


def test_words_cut_off_have_no_tokens(tokens: Any) -> None:
    reading = read("dog " * 100, tokens)
    assert reading.tokens(reading.words[0])
    assert reading.tokens(reading.words[-1]) == []
    align(reading, read("", tokens), "replace")


def test_the_first_token_of_the_sketch_is_where_training_put_it() -> None:
    from minidalle3.engines.diffusion import HABITS
    from minidalle3.sketchbook.training.config import TextConfig

    sketch = HABITS["sketchbook"].sketch
    assert sketch is not None
    assert sketch.first == TextConfig().words
    assert sketch.subject("a sticker of a red dog in the forest") == {"a", "red", "dog"}
