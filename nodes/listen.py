"""Open the turn: clear what the last one left, take photos into the gallery, carry out moves that need no LLM."""

from __future__ import annotations

import asyncio
import base64
import binascii
import re
from typing import Any

from langchain_core.messages import AnyMessage, HumanMessage
from langgraph.runtime import Runtime

from minidalle3.gallery.compare import comparison
from minidalle3.gallery.lexicon import is_chinese
from minidalle3.gallery.sentences import Sentences, sentences_for
from minidalle3.gallery.store import Gallery, PhotoError, PictureError
from minidalle3.gallery.tree import Move, TreeError, delete, goto, number, redo, undo, visible
from minidalle3.graph.context import Context
from minidalle3.graph.state import NO_USAGE, ChatState, Command, Draft, PictureRecord, Request
from minidalle3.nodes.answers import answered
from minidalle3.nodes.commands import commanded
from minidalle3.nodes.history import last_words
from minidalle3.nodes.photos import taken_in
from minidalle3.nodes.reasons import in_language
from minidalle3.nodes.services import Services
from minidalle3.tools.attention.words import parse

SHOWN = re.compile(
    r"\b(?:this|it|that|here)(?:[’']s| is) (?:(?:an?|the|my) (?:photo|picture|image|pic) of )?"
    r"(?P<what>(?:an?|the|my|our|his|her|their) [\w' -]{2,60}?)(?=[.,;:!?\n]|\s(?:please|and|but|can|could)\b|\s*$)",
    re.IGNORECASE,
)
"""What somebody says who tells what a photo shows."""

DESCRIPTION = 300
"""Characters of a stranger's prompt that describe their picture."""


async def listen(state: ChatState, runtime: Runtime[Context], services: Services) -> ChatState:
    """A photo's bytes leave the message here, so that no checkpoint ever holds them."""
    message = state["messages"][-1]
    fresh: ChatState = {"draft": None, "requests": [], "notes": [], "attempts": 0, "pending": None}
    extra = message.additional_kwargs
    if tag := extra.get("tag"):
        fresh["draft"] = {"segments": [tag], "usage": NO_USAGE}
    if not isinstance(message.content, str):
        return {**fresh, **await take_photos(message, state, services.gallery)}
    if tag:
        return fresh
    if meant := answered(message.content, state):
        extra = {**extra, "understood": meant}
    command = extra.get("command") or commanded(meant or message.content, state)
    heard = HumanMessage(message.content, id=message.id, additional_kwargs=extra)
    if command is None:
        return {**fresh, "messages": [heard]} if meant else fresh
    heard.additional_kwargs["command"] = command
    obeyed = await asyncio.to_thread(obey, command, state, services.gallery)
    return {**fresh, "messages": [heard], **obeyed}


def obey(command: Command, state: ChatState, gallery: Gallery) -> ChatState:
    """Move along the version tree; the sentence about it, and the picture gone to, are the whole reply."""
    pictures, current = state.get("pictures", {}), state.get("current")
    say = sentences_for(last_words(state["messages"]))
    try:
        if command["name"] == "compare":
            a, b = (visible(pictures, id or "", say) for id in (command["target"], command.get("other")))
            return {"draft": words("\n- ".join(comparison(a, b, gallery, say)))}
        move = step(command, pictures, current, say)
    except (TreeError, PictureError) as error:
        return {"notes": [str(error)]}
    told: ChatState = {"draft": words(move.said), "pictures": dict(move.changed), "current": move.current}
    if move.current is None or command["name"] == "delete":
        return told
    there = {**pictures, **move.changed}[move.current]
    shown: Request = {
        "kind": "select", "part": 0, "description": there["description"], "ids": [there["id"]], "source": None
    }  # fmt: skip
    return {**told, "requests": [shown]}


def words(text: str) -> Draft:
    """A draft of prose alone, that no LLM wrote."""
    return {"segments": [{"kind": "text", "text": text}], "usage": NO_USAGE}


def step(command: Command, pictures: dict[str, PictureRecord], current: str | None, say: Sentences) -> Move:
    """Raises `TreeError` when there is nowhere to go."""
    match command["name"]:
        case "undo":
            return undo(pictures, current, say)
        case "redo":
            return redo(pictures, current, say)
        case "delete":
            return delete(pictures, current, command["target"] or "", say)
        case _:
            return goto(pictures, current, command["target"] or "", say)


async def take_photos(message: AnyMessage, state: ChatState, gallery: Gallery) -> ChatState:
    """Every photo becomes a root of the version tree, and its block a reference to it."""
    last = state.get("last_number", 0)
    kept: list[Any] = []
    taken: dict[str, PictureRecord] = {}
    notes: list[str] = []
    chinese = is_chinese(last_words([message]))
    for block in message.content:
        if not isinstance(block, dict) or block.get("type") not in ("image", "image_url"):
            kept.append(block)
            continue
        try:
            digest = await admit(block, gallery)
        except (PhotoError, PictureError) as error:
            notes.append(str(error))
            continue
        last += 1
        taken[f"#{last}"] = await asyncio.to_thread(arrived, f"#{last}", digest, gallery, chinese)
        kept.append({"type": "image", "file_id": digest, "id": f"#{last}"})
    unknown = [record["kind"] for record in taken.values()] == ["photo"]
    if unknown and (shown := SHOWN.search(last_words([HumanMessage(kept)]))):
        taken[f"#{last}"]["description"] = shown["what"]
    clean = HumanMessage(kept, id=message.id, additional_kwargs=message.additional_kwargs)
    update: ChatState = {"messages": [clean], "notes": notes, "last_number": last}
    return {**update, "pictures": taken, "current": max(taken, key=number) if taken else state.get("current")}


async def admit(block: dict[str, Any], gallery: Gallery) -> str:
    """The digest of a photo given by reference or inline; an address elsewhere is never fetched."""
    if digest := block.get("file_id"):
        await asyncio.to_thread(gallery.read, str(digest))
        return str(digest)
    url = block.get("image_url", {}).get("url", "") if block["type"] == "image_url" else block.get("url", "")
    encoded = block.get("base64") or (url.partition(";base64,")[2] if url.startswith("data:image/") else "")
    if not encoded:
        raise PhotoError("A photo must come with its bytes (base64): addresses are not fetched.")
    try:
        data = base64.b64decode(encoded, validate=True)
    except binascii.Error as error:
        raise PhotoError("The photo's base64 is damaged; send it again.") from error
    return await taken_in(data, gallery)


def arrived(id: str, digest: str, gallery: Gallery, chinese: bool = False) -> PictureRecord:
    """The record of an uploaded picture: what its recipe says, or else nothing but that it is one."""
    plain = photo(id, digest, in_language("A photo from you.", chinese))
    recipe = gallery.recipe(digest)
    if recipe is None or not (drawn := parse(recipe["prompt"])[0].strip()):
        return plain
    return {
        **plain,
        "kind": "image" if recipe["tool"] == "text_to_image" else "edit",
        "description": " ".join(drawn.split())[:DESCRIPTION],
        "reason": in_language("A picture from you, with its recipe inside.", chinese),
    }


def photo(id: str, digest: str, reason: str = "A photo from you.") -> PictureRecord:
    """A picture of which nothing is known."""
    return {
        "id": id,
        "digest": digest,
        "parent": None,
        "kind": "photo",
        "words": "",
        "description": "a photo",
        "level": "none",
        "reason": reason,
    }
