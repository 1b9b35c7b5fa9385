"""A conversation as one zip file that other houses can read: its words as JSON, its pictures as PNG with their recipes.

What is read back is a stranger's: nothing in it names a path or a model, and it is small and whole or refused.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager, suppress
from typing import Annotated, Any, Literal, NotRequired, TypeAlias, cast
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage
from pydantic import ConfigDict, Field, TypeAdapter, ValidationError, with_config
from typing_extensions import TypedDict

from minidalle3.gallery.ancestry import ancestry
from minidalle3.gallery.provenance import extract
from minidalle3.gallery.recipes import RecipeError, makers
from minidalle3.gallery.store import Gallery, Lost, PhotoError, StorageError
from minidalle3.graph.journal import TITLE_LENGTH
from minidalle3.graph.policy import Policy
from minidalle3.graph.state import ChatState, Level, Part, PictureKind, PictureRecord
from minidalle3.nodes.photos import refused

WORDS = "conversation.json"
MOST_BYTES = 2**30
"""Of everything, unpacked."""
MOST_WORDS = 2**25
"""Bytes of the JSON."""
MOST_FILES = 2000
NOWHERE = "0" * 64
"""In place of the digest of a picture that the archive lacks: a stranger names no picture that is here already."""

Text: TypeAlias = Annotated[str, Field(max_length=200_000)]
Id: TypeAlias = Annotated[str, Field(pattern=r"^#[1-9][0-9]{0,8}$")]
Digest: TypeAlias = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
STRICT = with_config(ConfigDict(strict=True, extra="forbid"))


class ArchiveError(ValueError):
    """The file is no conversation that can be read; the message says what to do."""


@STRICT
class Said(TypedDict):
    """A message of the person's."""

    who: Literal["person"]
    words: Text
    photos: list[Id]


@STRICT
class TextOrNote(TypedDict):
    """Prose of a reply, or what the house told."""

    type: Literal["text", "note"]
    text: Text


@STRICT
class Shown(TypedDict):
    """A picture of a reply."""

    type: Literal["picture"]
    id: Id


@STRICT
class Answered(TypedDict):
    """A reply: as the LLM wrote it, and as it was shown."""

    who: Literal["assistant"]
    written: Text
    reply: list[TextOrNote | Shown]


@STRICT
class Record(TypedDict):
    """A `PictureRecord`, believed only as far as types and lengths go; its file is `pictures/3.png` for `#3`."""

    id: Id
    digest: Digest
    parent: Id | None
    kind: PictureKind
    words: Text
    description: Text
    level: Level
    reason: Text
    hidden: NotRequired[bool]
    last_child: NotRequired[Id]


@STRICT
class Archive(TypedDict):
    """The JSON."""

    format: Literal["minidalle3"]
    version: Literal[1]
    title: Annotated[str, Field(max_length=TITLE_LENGTH)]
    messages: list[Said | Answered]
    pictures: list[Record]
    current: Id | None


ADAPTER = TypeAdapter(Archive)


def pack(title: str, state: ChatState, gallery: Gallery) -> bytes:
    """The zip; a picture whose file is lost is left out, and what pictures were made from is in `sources/`."""
    pictures = state.get("pictures", {})
    archive: dict[str, Any] = {
        "format": "minidalle3",
        "version": 1,
        "title": title,
        "messages": [entry for message in state.get("messages", []) for entry in told(message)],
        "pictures": [*pictures.values()],
        "current": state.get("current"),
    }
    file = io.BytesIO()
    with ZipFile(file, "w") as zip:
        text = json.dumps(archive, ensure_ascii=False, indent=1).encode()
        zip.writestr(ZipInfo(WORDS), text, ZIP_DEFLATED)
        for name, data in files(pictures, gallery):
            zip.writestr(ZipInfo(name), data, ZIP_STORED)
    return file.getvalue()


def told(message: AnyMessage) -> Iterator[dict[str, Any]]:
    """A message without ids, times and tokens; messages of other kinds are nobody's words."""
    if isinstance(message, HumanMessage):
        blocks = message.content if isinstance(message.content, list) else []
        photos = [str(block["id"]) for block in blocks if isinstance(block, dict) and "id" in block]
        yield {"who": "person", "words": message.text, "photos": photos}
    elif isinstance(message, AIMessage):
        reply: list[Part] = message.additional_kwargs.get("reply", [{"type": "text", "text": message.text}])
        yield {"who": "assistant", "written": message.text, "reply": reply}


def files(pictures: Mapping[str, PictureRecord], gallery: Gallery) -> Iterator[tuple[str, bytes]]:
    """Names and bytes: pictures, masks, and what pictures were made from beside those."""
    own = {record["digest"] for record in pictures.values()}
    for id, record in pictures.items():
        try:
            yield f"pictures/{id[1:]}.png", gallery.read(record["digest"])
        except Lost:
            continue
        if mask := gallery.mask_png(record["digest"]):
            yield f"masks/{id[1:]}.png", mask
    for digest in sorted(ancestry(gallery, own) - own):
        try:
            yield f"sources/{digest}.png", gallery.read(digest)
        except Lost:
            continue


async def judge(data: bytes, policy: Policy | None) -> None:
    """Before anything is stored: raises `ArchiveError` where the policy will not have one of its pictures."""
    if policy is None:
        return
    with opened(data) as zip:
        for name in zip.namelist():
            if name.endswith(".png") and (why := await refused(await asyncio.to_thread(zip.read, name), policy)):
                raise ArchiveError(f"The conversation was not taken in, for its {name[:40]}. {why}")


def unpack(data: bytes, gallery: Gallery, known: Set[str] | None = None) -> tuple[str, ChatState]:
    """Title and state of a conversation, its pictures taken into the gallery; `known` as in `Gallery.put_photo`, which
    what lies in the archive joins. Raises `ArchiveError`, `StorageError`.
    """
    with opened(data) as zip:
        return restored(zip, gallery, None if known is None else known | whole(zip, known))


@contextmanager
def opened(data: bytes) -> Iterator[ZipFile]:
    """What goes wrong inside the context is told as an `ArchiveError`."""
    try:
        with ZipFile(io.BytesIO(data)) as zip:
            refuse_bomb(zip.infolist())
            yield zip
    except (ArchiveError, StorageError):
        raise
    except PhotoError as error:
        raise ArchiveError(f"A picture in the archive cannot be read. {error}") from error
    except (BadZipFile, OSError, EOFError, RuntimeError, NotImplementedError, ValueError, zlib.error) as error:
        raise ArchiveError(
            "This is no conversation that can be read, or it is damaged. Choose a .zip that was exported here, or a "
            "PNG that was drawn here."
        ) from error


def refuse_bomb(entries: Sequence[ZipInfo]) -> None:
    """Before anything is unpacked; Python unpacks no more of an entry than it claims to hold."""
    if len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise ArchiveError(f"The archive would unpack to more than {MOST_BYTES // 2**20} MiB: it is not taken.")
    if any(entry.filename == WORDS and entry.file_size > MOST_WORDS for entry in entries):
        raise ArchiveError("The archive's words are too many for one conversation.")


def whole(zip: ZipFile, known: Set[str]) -> set[str]:
    """The digests of its pictures that were made from such pictures, and known ones, alone."""
    made: dict[str, set[str]] = {}
    for name in zip.namelist():
        if name.endswith(".png"):
            data = zip.read(name)
            with suppress(RecipeError):
                recipe = extract(data)
                made[hashlib.sha256(data).hexdigest()] = set(makers(recipe)) if recipe else set()
    while strange := {digest for digest, named in made.items() if not named <= known | made.keys()}:
        made = {digest: named for digest, named in made.items() if digest not in strange}
    return set(made)


def restored(zip: ZipFile, gallery: Gallery, known: Set[str] | None) -> tuple[str, ChatState]:
    """Raises as the zip, the JSON and the pictures do."""
    names = set(zip.namelist())
    if WORDS not in names:
        raise ArchiveError(f"The archive holds no {WORDS}: it was not exported here.")
    archive = read(zip.read(WORDS))
    digests: dict[str, str] = {}
    for record in archive["pictures"]:
        number = record["id"][1:]
        if f"pictures/{number}.png" in names:
            mask = zip.read(f"masks/{number}.png") if f"masks/{number}.png" in names else None
            digests[record["id"]] = gallery.put_photo(zip.read(f"pictures/{number}.png"), known, mask)
    for name in names:
        if name.startswith("sources/") and name.endswith(".png"):
            gallery.put_photo(zip.read(name), known)
    pictures = {
        record["id"]: cast(PictureRecord, {**record, "digest": digests.get(record["id"], NOWHERE)})
        for record in archive["pictures"]
    }
    return archive["title"], {
        "messages": [message_of(entry, pictures) for entry in archive["messages"]],
        "pictures": pictures,
        "current": archive["current"],
        "last_number": max((int(id[1:]) for id in pictures), default=0),
        "pending": None,
    }


def read(text: bytes) -> Archive:
    """The JSON, each picture named in it there and none its own ancestor. Raises `ArchiveError`."""
    try:
        archive: Archive = ADAPTER.validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(map(str, first["loc"]))[:80] or "the whole"
        raise ArchiveError(f"The archive's {WORDS} cannot be used: {where}: {first['msg'][:160]}.") from error
    numbers = {record["id"]: int(record["id"][1:]) for record in archive["pictures"]}
    if len(numbers) < len(archive["pictures"]):
        raise ArchiveError("The archive has two pictures of one number.")
    for record in archive["pictures"]:
        if (parent := record["parent"]) and numbers.get(parent, numbers[record["id"]]) >= numbers[record["id"]]:
            raise ArchiveError(f"The archive's picture {record['id']} comes of {parent}, which is not before it.")
    if missing := named_in(archive) - set(numbers):
        raise ArchiveError(f"The archive speaks of picture {min(missing)}, and has none of that number.")
    return archive


def named_in(archive: Archive) -> set[str]:
    """The pictures that its messages show."""
    found = {archive["current"]} if archive["current"] else set()
    for entry in archive["messages"]:
        if entry["who"] == "person":
            found.update(entry["photos"])
        else:
            found.update(part["id"] for part in entry["reply"] if part["type"] == "picture")
    return found


def message_of(entry: Said | Answered, pictures: Mapping[str, PictureRecord]) -> AnyMessage:
    """As the nodes would have left it."""
    if entry["who"] == "assistant":
        return AIMessage(entry["written"], additional_kwargs={"reply": entry["reply"]})
    words: list[str | dict[str, Any]] = [{"type": "text", "text": entry["words"]}] if entry["words"] else []
    photos = [{"type": "image", "file_id": pictures[id]["digest"], "id": id} for id in entry["photos"]]
    return HumanMessage([*words, *photos] if photos else entry["words"])
