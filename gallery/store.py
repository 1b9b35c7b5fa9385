"""The store of pictures and traces, addressed by the digest of the PNG as written."""

from __future__ import annotations

import hashlib
import io
import re
import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from minidalle3.gallery.embeddings import Embedding, embedding_from_bytes, embedding_to_bytes
from minidalle3.gallery.photos import PhotoError, decode_photo
from minidalle3.gallery.provenance import embed, encode, extract, plain
from minidalle3.gallery.recipes import Recipe, RecipeError, alone, makers, recipe_key
from minidalle3.gallery.storage import UNFINISHED, Lost, PictureError, StorageError, Stored, storage_at
from minidalle3.gallery.trace import Trace, trace_from_bytes, trace_to_bytes
from minidalle3.graph.policy import Policy

__all__ = ["Freed", "Gallery", "Lost", "PhotoError", "PictureError", "StorageError"]

GRACE = 3600.0
"""Seconds for which `collect` spares what was just written or found: its turn may not be saved yet."""
EVICT_AFTER = 64
"""Traces are looked through for the longest unused when this part of their budget was written, and at first."""

DIGEST = re.compile(r"[0-9a-f]{64}")
KEY_BYTES = 64
"""A key is a digest."""
AGAIN = "Ask for it to be drawn again, or restore its file from a backup."
PICTURES, KEYS, TRACES, MASKS, EMBEDDINGS = "pictures", "keys", "traces", "masks", "embeddings"
SUFFIXES = {PICTURES: ".png", KEYS: "", TRACES: ".safetensors", MASKS: ".png", EMBEDDINGS: ".safetensors"}


@dataclass(frozen=True)
class Freed:
    """What a collection removed; `bytes` counts masks, embeddings and leftovers of interrupted writes too."""

    pictures: int
    traces: int
    keys: int
    bytes: int


class Gallery:
    """Sync, and safe from several threads and processes: files appear whole.

    Whoever puts in what was drawn asks `policy` first (`tools.shelf`). Every method raises `StorageError`, which is a
    `PictureError`, where the storage cannot be used.
    """

    def __init__(self, where: Path | str, trace_budget_mib: int = 1024, policy: Policy | None = None) -> None:
        self.policy = policy
        self._storage = storage_at(where)
        self._budget = trace_budget_mib * 2**20
        self._unlooked = self._budget  # bytes of traces since they were last looked through
        self._makers: dict[str, tuple[str, ...]] = {}

    def put(
        self, image: Image.Image, recipe: Recipe, trace: Trace | None = None, mask: Image.Image | None = None
    ) -> str:
        """Digest of the stored picture; raises `RecipeError` for a recipe that could not be read back.

        `mask`, of mode L and as large as the picture, is 0 where a change left its source untouched.
        """
        data = embed(image, recipe)
        with self._storage.lock():
            digest = self._keep(data)
            if trace is not None:
                self._keep_trace(digest, trace)
            if mask is not None:
                self._storage.write(place(MASKS, digest), encode(mask))
            self._storage.write(place(KEYS, recipe_key(recipe)), digest.encode())
        return digest

    def put_trace(self, digest: str, trace: Trace) -> None:
        """The trace of a stored picture, found anew after it was dropped."""
        with self._storage.lock():
            self._keep_trace(checked(digest), trace)

    def put_photo(self, data: bytes, known: Collection[str] | None = None, mask: bytes | None = None) -> str:
        """Digest of an uploaded PNG, JPEG, WebP or GIF, kept upright, without metadata; raises `PhotoError`.

        A picture with its recipe inside keeps that, and its digest too if it holds nothing else; `known` are the
        pictures that its bringer may name, None: all. What a stranger says of how it was drawn is never found in place
        of drawing it: no key leads to it. Nor does their `mask` come to a picture that is here already.
        """
        clean = cleaned(data, known)
        digest = hashlib.sha256(clean).hexdigest()
        with self._storage.lock():
            here = self._has(digest)
            self._keep(clean)
        if mask is not None and not here:
            self.put_mask(digest, mask)
        return digest

    def put_mask(self, digest: str, data: bytes) -> None:
        """Where a stored picture was changed, from an upload: as large as the picture. Raises `PhotoError`."""
        mask = decode_photo(data)
        if mask.size != self.image(digest).size:
            raise PhotoError("The mask is of another picture: its size differs.")
        with self._storage.lock():
            self._storage.write(place(MASKS, digest), encode(mask.convert("L")))

    def put_embedding(self, embedding: Embedding) -> str:
        """Digest of an embedding, by which a request may name it."""
        data = embedding_to_bytes(embedding)
        digest = hashlib.sha256(data).hexdigest()
        with self._storage.lock():
            self._storage.write(place(EMBEDDINGS, digest), data)
        return digest

    def embedding(self, digest: str) -> Embedding:
        """Raises `PictureError` when it is missing or damaged."""
        try:
            data = self._storage.read(place(EMBEDDINGS, checked(digest)))
        except FileNotFoundError as error:
            raise Lost(f"Embedding {digest[:10]} is missing from the gallery. Put it there again.") from error
        found = embedding_from_bytes(data) if hashlib.sha256(data).hexdigest() == digest else None
        if found is None:
            raise Lost(f"The file of embedding {digest[:10]} is damaged. Put it into the gallery again.")
        return found

    def address(self, digest: str) -> str:
        """Where the picture lies, if it does: a path, or a URL. Raises `PictureError` for what is no digest."""
        return self._storage.address(place(PICTURES, checked(digest)))

    def read(self, digest: str) -> bytes:
        """The PNG, compared with its digest; raises `PictureError` when it is missing or damaged."""
        try:
            data = self._storage.read(place(PICTURES, checked(digest)))
        except FileNotFoundError as error:
            raise Lost(f"Picture {digest[:10]} is missing from the gallery. {AGAIN}") from error
        if hashlib.sha256(data).hexdigest() != digest:
            raise Lost(f"The file of picture {digest[:10]} is damaged. {AGAIN}")
        return data

    def image(self, digest: str) -> Image.Image:
        """The pixels, RGB; raises `PictureError`."""
        image = Image.open(io.BytesIO(self.read(digest)))
        image.load()
        return image

    def recipe(self, digest: str) -> Recipe | None:
        """`None` for a photo; raises `PictureError`."""
        return extract(self.read(digest))

    def makers(self, digest: str) -> tuple[str, ...]:
        """What the picture was made from, by its recipe, which is read once; raises `PictureError`, `RecipeError`."""
        if digest not in self._makers:
            recipe = self.recipe(digest)
            self._makers[digest] = tuple(makers(recipe)) if recipe else ()
        return self._makers[digest]

    def trace(self, digest: str) -> Trace | None:
        """`None` when it was never kept, was dropped for space or is damaged; else it counts as just used."""
        name = place(TRACES, checked(digest))
        try:
            data = self._storage.read(name)
            self._storage.touch(name, data)
        except FileNotFoundError:
            return None
        return trace_from_bytes(data)

    def mask_address(self, digest: str) -> str | None:
        """Where the mask lies as a PNG, as `address` tells it; `None` for a picture that is new everywhere."""
        name = place(MASKS, checked(digest))
        return self._storage.address(name) if self._storage.exists(name) else None

    def mask_png(self, digest: str) -> bytes | None:
        """The mask as a file; `None` for a picture that is new everywhere."""
        try:
            return self._storage.read(place(MASKS, checked(digest)))
        except FileNotFoundError:
            return None

    def mask(self, digest: str) -> Image.Image | None:
        """Mode L: where a change was drawn; `None` for a picture that is new everywhere."""
        try:
            return Image.open(io.BytesIO(self.mask_png(digest) or b"")).convert("L")
        except OSError:
            return None

    def find(self, recipe: Recipe) -> str | None:
        """An earlier picture of the same recipe, if its file is sound; `collect` spares it for a while.

        A recipe without a fingerprint means another picture every time, so that none is found.
        """
        if recipe["fingerprint"] is None:
            return None
        with self._storage.lock():
            try:
                digest = self._storage.read(place(KEYS, recipe_key(recipe))).decode("ascii", errors="replace")
                self._storage.touch(place(PICTURES, digest), self.read(digest))
            except (FileNotFoundError, Lost):
                return None
        return digest

    def remove(self, digests: Collection[str]) -> None:
        """Remove these pictures with all that hangs on them, however young. Raises `PictureError`."""
        rooms = (PICTURES, TRACES, MASKS, EMBEDDINGS)
        with self._storage.lock():
            keys = self._keys_to(digests)
            self._storage.remove([*keys, *(place(room, checked(digest)) for digest in digests for room in rooms)])
        for digest in digests:
            self._makers.pop(digest, None)

    def collect(self, keep: Collection[str]) -> Freed:
        """Remove the pictures that `keep` does not name, their traces and keys; spares those younger than `GRACE`."""
        kept, before = set(keep), time.time() - GRACE
        with self._storage.lock():
            # Pictures last: what hangs on one is written after it, and so is none that is lost.
            listed = {room: self._storage.files(room) for room in (TRACES, KEYS, MASKS, EMBEDDINGS, PICTURES)}
            traces, _, masks, embeddings, there = (named(room, files) for room, files in listed.items())
            pictures, unused = (
                {digest: one for digest, one in room.items() if digest not in kept and one.modified <= before}
                for room in (there, embeddings)
            )
            left = there.keys() - pictures.keys()
            dropped, others = ([one for digest, one in room.items() if digest not in left] for room in (traces, masks))
            halves = [one for files in listed.values() for one in files if one.name.endswith(UNFINISHED)]
            gone = [*pictures.values(), *dropped, *others, *unused.values(), *halves]
            keys = self._keys_to(pictures)
            self._storage.remove([*keys, *(one.name for one in gone)])
        freed = sum(one.size for one in gone) + len(keys) * KEY_BYTES
        return Freed(len(pictures), len(dropped), len(keys), freed)

    def _keep(self, data: bytes) -> str:
        """Stores a PNG unless it is there; a damaged file is replaced."""
        digest = hashlib.sha256(data).hexdigest()
        name = place(PICTURES, digest)
        if not self._storage.add(name, data):
            if self._storage.read(name) == data:
                self._storage.touch(name, data)
            else:
                self._storage.write(name, data)
        return digest

    def _keep_trace(self, digest: str, trace: Trace) -> None:
        data = trace_to_bytes(trace)
        self._storage.write(place(TRACES, digest), data)
        self._unlooked += len(data)
        if self._unlooked * EVICT_AFTER >= self._budget:
            self._evict()
            self._unlooked = 0

    def _evict(self) -> None:
        """Drop traces, the longest unused first, until the rest fit the budget."""
        traces = sorted(named(TRACES, self._storage.files(TRACES)).values(), key=lambda one: one.modified)
        over, dropped = sum(one.size for one in traces) - self._budget, []
        for one in traces:
            if over <= 0:
                break
            over -= one.size
            dropped.append(one.name)
        self._storage.remove(dropped)

    def _keys_to(self, digests: Iterable[str]) -> list[str]:
        """The names of the keys that lead to these pictures, found by the recipes in them."""
        names = []
        for digest in digests:
            try:
                recipe = self.recipe(digest)
                name = place(KEYS, recipe_key(recipe)) if recipe else None
                if name and self._storage.read(name) == digest.encode():
                    names.append(name)
            except (FileNotFoundError, Lost, RecipeError):
                continue
        return names

    def _has(self, digest: str) -> bool:
        return self._storage.exists(place(PICTURES, checked(digest)))


def cleaned(data: bytes, known: Collection[str] | None = None) -> bytes:
    """An upload as a PNG of pixels, and a recipe if it brings a sound one of its own size. Raises `PhotoError`.

    Who has a picture that was made from others has not those: a recipe that names any but `known` (None: all are)
    keeps its words alone, or the others could be had by way of it.
    """
    image = decode_photo(data)
    try:
        recipe = extract(data)
    except RecipeError:  # no PNG, or a recipe that nobody could use
        recipe = None
    if recipe is None:
        return encode(image)
    size = (recipe["width"], recipe["height"])
    if known is not None and not set(makers(recipe)) <= set(known):
        recipe = alone(recipe)
    elif size_of(data) == size and plain(data):
        return data
    return embed(image, recipe) if image.size == size else encode(image)


def size_of(data: bytes) -> tuple[int, int]:
    """Of a picture that can be read."""
    with Image.open(io.BytesIO(data)) as image:
        return image.size


def checked(digest: str) -> str:
    """Nothing else ever becomes a path."""
    if not DIGEST.fullmatch(digest):
        raise Lost(f"{digest[:20]!r} is not the digest of a picture: 64 hexadecimal digits.")
    return digest


def place(room: str, digest: str) -> str:
    """The name of what belongs to a digest, spread over 256 folders."""
    return f"{room}/{digest[:2]}/{digest}{SUFFIXES[room]}"


def named(room: str, files: Iterable[Stored]) -> dict[str, Stored]:
    """By digest, what `place` named; no stranger's file."""
    stems = ((one.name.rpartition("/")[2].removesuffix(SUFFIXES[room]), one) for one in files)
    return {stem: one for stem, one in stems if DIGEST.fullmatch(stem)}
