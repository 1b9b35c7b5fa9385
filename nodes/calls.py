"""Requests written as data: the JSON of weak LLMs and the native tool calls of strong ones."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from minidalle3.graph.state import RequestKind
from minidalle3.nodes.markup import KINDS, Item, Tag, Text, clean, picture_in


def schema(kind: RequestKind, purpose: str, needed: str) -> dict[str, Any]:
    """A request as a function in OpenAI's form, which every provider's client understands."""
    description = {"type": "string", "description": "All that the picture shows, complete, in English."}
    of = {"type": "string", "description": "The number of an earlier picture, such as #2; else the current one."}
    n = {"type": "integer", "minimum": 1, "maximum": 8, "description": "How many, each a little different."}
    fields: dict[RequestKind, dict[str, Any]] = {
        "image": {"description": description, "n": n},
        "edit": {"description": description, "of": of},
        "vary": {"of": of, "n": n},
        "refine": {"of": of},
        "select": {"of": of},
    }
    parameters = {"type": "object", "properties": fields[kind], "required": [needed] if needed else []}
    return {"type": "function", "function": {"name": kind, "description": purpose, "parameters": parameters}}


SCHEMAS = (
    schema("image", "Draws a new picture, or several candidates for one.", "description"),
    schema(
        "edit", "Draws a picture that changes or continues an earlier one; describe all of the new one.", "description"
    ),
    schema("vary", "Draws more pictures like an earlier one.", ""),
    schema("refine", "Draws an earlier picture again, worked out more finely, or larger where its size is meant.", ""),
    schema("select", "Goes back to an earlier picture that the person picks; draws nothing.", "of"),
)
"""The five kinds of request, for LLMs with native tool calls: never the tools that draw."""

VERBS = frozenset(("draw", "generate", "create", "make", "paint", "text2im", "text_to", "picture", "img", "render"))
NAMING = ("name", "tool", "function", "action", "kind", "type")
GIVEN = ("arguments", "parameters", "args", "input", "action_input", "tool_input")
DESCRIPTION = ("description", "prompt", "image", "edit", "input", "text", "caption")
SOURCE = ("of", "source", "id", "image_id", "picture", "image")
COUNT = ("n", "count", "num", "number")
PROSE = ("text", "reply", "message", "content", "response")
CURLY = str.maketrans("“”‘’", "\"\"''")


def load(text: str) -> Any:
    """The value of JSON, also with single or curly quotes; None if it is none."""
    for read, written in ((json.loads, text), (ast.literal_eval, text), (json.loads, text.translate(CURLY))):
        try:
            return read(written)
        except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
            continue
    return None


BROKEN_NAME = re.compile(rf"\b(?:{'|'.join(NAMING)})\b\W{{1,8}}([A-Za-z]\w+)")
BROKEN_DESCRIPTION = re.compile(r"\b(?:description|prompt|caption)\b\W{1,8}([^\"“”{}]+)(?=[\"”]|$)")
BROKEN_SOURCE = re.compile(r"\b(?:of|source|image_id)\b\W{1,8}(\d{1,9})")


def salvaged(text: str) -> list[Tag] | None:
    """What a call whose JSON is damaged still asks for, if anything; None where it is no call."""
    name, said, of = (found.search(text) for found in (BROKEN_NAME, BROKEN_DESCRIPTION, BROKEN_SOURCE))
    kind = kind_of(name[1]) if name else None
    if kind is None or not re.search(rf"\b(?:{'|'.join((*GIVEN, *DESCRIPTION[:2]))})\b", text):
        return None
    source, description = f"#{int(of[1])}" if of else None, clean(said[1]) if said else ""
    if not (source if kind == "select" else description or kind in ("vary", "refine")):
        return []
    return [Tag(kind, "" if kind == "select" else description, 1, source)]


def kind_of(name: object) -> RequestKind | None:
    """`edit` for "edit", "edit_image", "tools.editImage"."""
    if not isinstance(name, str):
        return None
    word = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name.rpartition(".")[2]).lower()
    bare = re.sub(r"_(?:an?_)?(?:image|picture|drawing)s?$|s$", "", word)
    return "image" if bare in VERBS else KINDS.get(bare)


def items(value: Any) -> Iterator[Item]:
    """What a value asks for; nothing if it is data of another kind."""
    if isinstance(value, list):
        for one in value:
            yield from items(one)
    elif isinstance(value, dict):
        asked = list(wanted(value))
        said = next((value[key] for key in PROSE if isinstance(value.get(key), str)), "") if asked else ""
        if said and all(isinstance(one, Tag) and one.description != clean(said) for one in asked):
            yield Text(f"{said} ")
        yield from asked


def wanted(value: Mapping[str, Any]) -> Iterator[Item]:
    """The requests of one object, by the name of its function, its keys, or its prompt."""
    if isinstance(function := value.get("function"), dict):
        yield from items(function)
        return
    named = next((kind for key in NAMING if (kind := kind_of(value.get(key)))), None)
    if named:
        given = next((value[key] for key in GIVEN if key in value), {k: v for k, v in value.items() if k != "name"})
        yield from ask(named, given, value)
        return
    found = [(kind, content) for key, content in value.items() if (kind := kind_of(key)) and key != "picture"]
    for kind, content in found:
        for one in content if isinstance(content, list) else [content]:
            yield from ask(kind, one, value)
    if not found and isinstance(value.get("prompt"), str):
        yield from ask("image", value, value)


def ask(kind: RequestKind, given: Any, around: Mapping[str, Any]) -> Iterator[Tag]:
    """The request that `given` fills in: its fields, or its description or picture alone."""
    if isinstance(given, str) and given.lstrip().startswith("{"):
        given = load(given) or given
    fields = given if isinstance(given, dict) else around
    picture = first(fields, SOURCE, lambda said: picture_in(said) if re.fullmatch(r"\D{0,12}\d{1,9}", said) else None)
    said = clean(str(given)) if isinstance(given, str | int) else first(fields, DESCRIPTION, clean) or ""
    if kind in ("vary", "refine", "select") and (own := re.fullmatch(r"(?:picture |image )?#?(\d{1,9})", said)):
        said, picture = "", f"#{own[1]}"
    if said or (picture if kind == "select" else kind in ("vary", "refine")):
        count = first(fields, COUNT, lambda said: said if said.isdigit() else None)
        yield Tag(kind, "" if kind == "select" else said, max(1, int(count or 1)), picture)


def first(fields: Mapping[str, Any], keys: tuple[str, ...], read: Any) -> str | None:
    """The first of the fields that `read` makes something of."""
    for key in keys:
        content = fields.get(key)
        if isinstance(content, str | int) and not isinstance(content, bool) and (made := read(str(content))):
            return str(made)
    return None


def written(item: Item) -> str:
    """An item as the protocol writes it."""
    if isinstance(item, Text):
        return item.text
    count, source = (f' n="{item.count}"' if item.count > 1 else ""), (f' of="{item.source}"' if item.source else "")
    return f"<{item.kind}{source}{count}>{item.description.translate(str.maketrans('<>', '()'))}</{item.kind}>"
