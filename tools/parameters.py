"""The parameters of the tools whose pictures can be drawn again from their recipes alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError, with_config
from typing_extensions import TypedDict

from minidalle3.engines.contract import EngineError
from minidalle3.gallery.recipes import Digest, Recipe
from minidalle3.tools.inversion import ITERATIONS

Share: TypeAlias = Annotated[float, Field(ge=0, le=1)]
Subject: TypeAlias = Annotated[str, Field(max_length=200)]
Strength: TypeAlias = Annotated[float, Field(ge=0.05, le=0.9)]
Instruction: TypeAlias = Annotated[str, Field(max_length=4000)]
References: TypeAlias = Annotated[Sequence[Digest], Field(max_length=7)]
STRICT = with_config(ConfigDict(strict=True, extra="forbid"))


@STRICT
class Words(TypedDict):
    """The parameters of `prompt_to_prompt`."""

    mode: Literal["replace", "refine"]
    cross: Share
    layout: Share
    local: bool


@STRICT
class Pose(TypedDict):
    """The parameters of `masactrl`."""

    until: Share
    subject: Subject
    local: bool


@STRICT
class Inversion(TypedDict):
    """The parameters of `inversion`."""

    iterations: Annotated[int, Field(ge=1, le=ITERATIONS)]


@STRICT
class Alike(TypedDict):
    """The parameters of `ip_adapter`."""

    scale: Share
    references: References
    cross: Share
    layout: Share
    adapter: Annotated[str, Field(max_length=200)] | None


@STRICT
class Larger(TypedDict):
    """The parameters of `upscale` where the picture is drawn on."""

    strength: Strength


@STRICT
class Enlarged(TypedDict):
    """The parameters of `upscale` by the engine's own network."""

    upscaler: Digest


@STRICT
class Order(TypedDict):
    """The parameters of `instruct_edit`."""

    instruction: Instruction
    mask: Digest | None


@STRICT
class Nothing(TypedDict):
    """The parameters of `text_to_image`."""


@STRICT
class Embedded(TypedDict):
    """The parameters of `text_to_image` where an embedding stands for the prompt."""

    embedding: Digest


PARAMETERS: Mapping[str, TypeAdapter[Any]] = MappingProxyType({
    "prompt_to_prompt": TypeAdapter(Words),
    "masactrl": TypeAdapter(Pose),
    "inversion": TypeAdapter(Inversion),
    "ip_adapter": TypeAdapter(Alike),
    "upscale": TypeAdapter(Larger | Enlarged),
    "instruct_edit": TypeAdapter(Order),
    "text_to_image": TypeAdapter(Nothing | Embedded),
})  # fmt: skip


def check(recipe: Recipe) -> None:
    """Raises `EngineError` for a tool that has no recipe to go by, and for parameters that are not the tool's."""
    if recipe["tool"] not in PARAMETERS:
        raise EngineError(f"What the tool {recipe['tool']} drew cannot be drawn again.")
    try:
        PARAMETERS[recipe["tool"]].validate_python(recipe["parameters"])
    except ValidationError as error:
        raise EngineError(f"The recipe's parameters are not those of {recipe['tool']}.") from error
