"""The recipe: everything needed to draw a picture again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Annotated, Literal, TypeAlias

from pydantic import ConfigDict, Field, JsonValue, StringConstraints, TypeAdapter, ValidationError, with_config
from typing_extensions import TypedDict

Name: TypeAlias = Annotated[str, StringConstraints(max_length=200)]
Token: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[\w.:+-]{1,128}$")]
Text: TypeAlias = Annotated[str, StringConstraints(max_length=16_000)]
Digest: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Side: TypeAlias = Annotated[int, Field(ge=1, le=8192)]

MAX_CHARACTERS = 65_536
"""Longest recipe as JSON."""


class RecipeError(ValueError):
    """The recipe is malformed; the message names the field."""


@with_config(ConfigDict(strict=True, extra="forbid", allow_inf_nan=False))
class Recipe(TypedDict):
    """Never holds a thread, a time, an id or the person's words: the same recipe is the same picture anywhere.

    A field is null where an engine out of reach (an images API) neither says nor takes it.
    """

    engine: Name
    fingerprint: Token | None
    prompt: Text
    negative_prompt: Text
    seed: Annotated[int, Field(ge=0, lt=2**64)] | None
    steps: Annotated[int, Field(ge=0, le=1000)] | None
    guidance: Annotated[float, Field(ge=0, le=1000)] | None
    scheduler: Name | None
    width: Side
    height: Side
    tool: Token
    parameters: dict[Name, JsonValue]
    parent: Digest | None
    """Digest of the picture it was made from, when its pixels or latents took part in the drawing."""
    batch_size: Annotated[int, Field(ge=1, le=1024)]
    batch_row: Annotated[int, Field(ge=0, lt=1024)]
    versions: dict[Name, Name]


INCIDENTAL = ("batch_size", "batch_row", "versions")
"""Fields that move a pixel by rounding only: a picture drawn with others of these counts as the same picture."""

UNKNOWABLE: tuple[Literal["seed", "steps", "guidance", "scheduler"], ...] = ("seed", "steps", "guidance", "scheduler")
"""Fields that are null where nobody knows the weights either, and nowhere else."""

ADAPTER = TypeAdapter(Recipe)


def recipe_key(recipe: Recipe) -> str:
    """Hex digest by which a picture is found again from its recipe."""
    essence = {name: value for name, value in recipe.items() if name not in INCIDENTAL}
    if recipe["guidance"] is not None:
        essence["guidance"] = float(recipe["guidance"])  # 4 and 4.0 draw the same
    return hashlib.sha256(json.dumps(essence, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


def makers(recipe: Recipe) -> Iterator[str]:
    """The digests that a recipe names: its source, pictures whose look it takes in, a person's mask, an embedding."""
    named = recipe["parameters"]
    more = named.get("references")
    for one in (recipe["parent"], named.get("mask"), named.get("embedding"), *(more if isinstance(more, list) else [])):
        if isinstance(one, str):
            yield one


def alone(recipe: Recipe) -> Recipe:
    """Its words, and none of the pictures that it names: nothing can be drawn again by it."""
    return {**recipe, "tool": "upload", "parameters": {}, "parent": None}


def recipe_to_json(recipe: Recipe) -> str:
    """What `recipe_from_json` reads back; raises `RecipeError` for a recipe that it would refuse."""
    try:
        text = json.dumps(ADAPTER.validate_python(recipe), ensure_ascii=False, allow_nan=False)
        text.encode()
    except ValidationError as error:
        raise RecipeError(complaint(error)) from error
    except (ValueError, RecursionError) as error:
        raise RecipeError("The recipe holds what JSON cannot say: an endless number or a broken character.") from error
    if len(text) > MAX_CHARACTERS:
        raise RecipeError(f"The recipe is too long: {len(text)} characters, and {MAX_CHARACTERS} are allowed.")
    if recipe["fingerprint"] is not None and (missing := [name for name in UNKNOWABLE if recipe[name] is None]):
        raise RecipeError(f"The recipe cannot be used: {missing[0]}: only an engine without a fingerprint has none.")
    if recipe["batch_row"] >= recipe["batch_size"]:
        raise RecipeError("The recipe cannot be used: batch_row must be below batch_size.")
    return text


def recipe_from_json(text: str) -> Recipe:
    """A stranger's recipe, believed only as far as types, ranges and lengths go; raises `RecipeError`."""
    if len(text) > MAX_CHARACTERS:
        raise RecipeError(f"The recipe is too long: {len(text)} characters, and {MAX_CHARACTERS} are allowed.")
    try:
        recipe = ADAPTER.validate_json(text)
    except ValidationError as error:
        raise RecipeError(complaint(error)) from error
    recipe_to_json(recipe)
    return recipe


def complaint(error: ValidationError) -> str:
    """One sentence about the first fault, without repeating what a stranger wrote at length."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    where = ".".join(map(str, first["loc"]))[:80] or "the whole"
    return f"The recipe cannot be used: {where}: {first['msg'][:160]}."
