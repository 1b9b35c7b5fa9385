"""The store of pictures and traces, addressed by the digest of the PNG as written."""

from __future__ import annotations

import hashlib
import io
import os
import re
import tempfile
import time
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock
from PIL import Image

from minidalle3.gallery.embeddings import Embedding, embedding_from_bytes, embedding_to_bytes
from minidalle3.gallery.photos import PhotoError, decode_photo
from minidalle3.gallery.provenance import embed, encode, extract, plain
from minidalle3.gallery.recipes import Recipe, RecipeError, recipe_key
from minidalle3.gallery.trace import Trace, trace_from_bytes, trace_to_bytes
from minidalle3.graph.policy import Policy

__all__ = ["Freed", "Gallery", "PhotoError", "PictureError"]

GRACE = 3600.0
"""Seconds for which `collect` spares what was just written or found: its turn may not be saved yet."""

DIGEST = re.compile(r"[0-9a-f]{64}")
UNFINISHED = ".tmp"


class PictureError(ValueError):
    """The picture is not to be had; the message names it and says what to do."""


@dataclass(frozen=True)
class Freed:
    """What a collection removed; `bytes` counts masks, embeddings and leftovers of interrupted writes too."""

    pictures: int
    traces: int
    keys: int
    bytes: int


class Gallery:
    """Sync, and safe from several threads and processes: files appear whole, and all writing is under one lock.

    Whoever puts in what was drawn asks `policy` first (`tools.shelf`).
    """

    def __init__(self, root: Path, trace_budget_mib: int = 1024, policy: Policy | None = None) -> None:
        self.policy = policy
        self._pictures, self._keys, self._traces = (root / name for name in ("pictures", "keys", "traces"))
        self._masks, self._embeddings = root / "masks", root / "embeddings"
        self._budget = trace_budget_mib * 2**20
        root.mkdir(parents=True, exist_ok=True)
        self._lock = FileLock(root / "lock", poll_interval=0.005)

    def put(
        self, image: Image.Image, recipe: Recipe, trace: Trace | None = None, mask: Image.Image | None = None
    ) -> str:
        """Digest of the stored picture; raises `RecipeError` for a recipe that could not be read back.

        `mask`, of mode L and as large as the picture, is 0 where a change left its source untouched.
        """
        data = embed(image, recipe)
        with self._lock:
            digest = self._keep(data)
            if trace is not None:
                self._keep_trace(digest, trace)
            if mask is not None:
                write(self._mask_path(digest), encode(mask))
            write(self._key_path(recipe), digest.encode())
        return digest

    def put_trace(self, digest: str, trace: Trace) -> None:
        """The trace of a stored picture, found anew after it was dropped."""
        with self._lock:
            self._keep_trace(checked(digest), trace)

    def put_photo(self, data: bytes) -> str:
        """Digest of an uploaded PNG, JPEG, WebP or GIF, kept upright, without metadata; raises `PhotoError`.

        A picture with its recipe inside keeps that, and its digest too if it holds nothing else. What a stranger says
        of how it was drawn is never found in place of drawing it: no key leads to it.
        """
        clean = cleaned(data)
        with self._lock:
            return self._keep(clean)

    def put_mask(self, digest: str, data: bytes) -> None:
        """Where a stored picture was changed, from an upload: as large as the picture. Raises `PhotoError`."""
        mask = decode_photo(data)
        if mask.size != self.image(digest).size:
            raise PhotoError("The mask is of another picture: its size differs.")
        with self._lock:
            write(self._mask_path(digest), encode(mask.convert("L")))

    def put_embedding(self, embedding: Embedding) -> str:
        """Digest of an embedding, by which a request may name it."""
        data = embedding_to_bytes(embedding)
        digest = hashlib.sha256(data).hexdigest()
        with self._lock:
            write(self._embedding_path(digest), data)
        return digest

    def embedding(self, digest: str) -> Embedding:
        """Raises `PictureError` when it is missing or damaged."""
        try:
            data = self._embedding_path(checked(digest)).read_bytes()
        except OSError as error:
            raise PictureError(f"Embedding {digest[:10]} is missing from the gallery. Put it there again.") from error
        found = embedding_from_bytes(data) if hashlib.sha256(data).hexdigest() == digest else None
        if found is None:
            raise PictureError(f"The file of embedding {digest[:10]} is damaged. Put it into the gallery again.")
        return found

    def path(self, digest: str) -> Path:
        """Where the picture lies, if it does; raises `PictureError` for what is no digest."""
        return place(self._pictures, checked(digest), ".png")

    def read(self, digest: str) -> bytes:
        """The PNG, compared with its digest; raises `PictureError` when it is missing or damaged."""
        path = self.path(digest)
        again = "Ask for it to be drawn again, or restore its file from a backup."
        try:
            data = path.read_bytes()
        except FileNotFoundError as error:
            raise PictureError(f"Picture {digest[:10]} is missing from the gallery. {again}") from error
        except OSError as error:
            raise PictureError(f"Picture {digest[:10]} cannot be read ({error.strerror}). {again}") from error
        if hashlib.sha256(data).hexdigest() != digest:
            raise PictureError(f"The file of picture {digest[:10]} is damaged. {again}")
        return data

    def image(self, digest: str) -> Image.Image:
        """The pixels, RGB; raises `PictureError`."""
        image = Image.open(io.BytesIO(self.read(digest)))
        image.load()
        return image

    def recipe(self, digest: str) -> Recipe | None:
        """`None` for a photo; raises `PictureError`."""
        return extract(self.read(digest))

    def trace(self, digest: str) -> Trace | None:
        """`None` when it was never kept, was dropped for space or is damaged; else it counts as just used."""
        path = self._trace_path(checked(digest))
        try:
            trace = trace_from_bytes(path.read_bytes())
            os.utime(path)
        except OSError:
            return None
        return trace

    def mask_path(self, digest: str) -> Path | None:
        """Where the mask lies as a PNG; `None` for a picture that is new everywhere."""
        path = self._mask_path(checked(digest))
        return path if path.exists() else None

    def mask(self, digest: str) -> Image.Image | None:
        """Mode L: where a change was drawn; `None` for a picture that is new everywhere."""
        try:
            return Image.open(self._mask_path(checked(digest))).convert("L")
        except OSError:
            return None

    def find(self, recipe: Recipe) -> str | None:
        """An earlier picture of the same recipe, if its file is sound; `collect` spares it for a while.

        A recipe without a fingerprint means another picture every time, so that none is found.
        """
        if recipe["fingerprint"] is None:
            return None
        with self._lock:
            try:
                digest = found_in(self._key_path(recipe))
                self.read(digest)
                os.utime(self.path(digest))
            except (OSError, PictureError):
                return None
        return digest

    def remove(self, digests: Collection[str]) -> None:
        """Remove these pictures with all that hangs on them, however young. Raises `PictureError`."""
        with self._lock:
            for digest in digests:
                hanging = (self._trace_path(digest), self._mask_path(digest), self._embedding_path(digest))
                for path in (self.path(digest), *hanging):
                    path.unlink(missing_ok=True)
            for key in files(self._keys, ""):
                if found_in(key) in digests:
                    remove(key)

    def collect(self, keep: Collection[str]) -> Freed:
        """Remove the pictures that `keep` does not name, their traces and keys; spares those younger than `GRACE`."""
        kept, before = set(keep), time.time() - GRACE
        with self._lock:
            unnamed = [path for path in files(self._pictures, ".png") if path.stem not in kept]
            pictures = [remove(path) for path in unnamed if path.stat().st_mtime <= before]
            traces = [remove(path) for path in files(self._traces, ".safetensors") if not self._has(path.stem)]
            keys = [remove(path) for path in files(self._keys, "") if not self._has(found_in(path))]
            masks = [remove(path) for path in files(self._masks, ".png") if not self._has(path.stem)]
            embeddings = [path for path in files(self._embeddings, ".safetensors") if path.stem not in kept]
            others = masks + [remove(path) for path in embeddings if path.stat().st_mtime <= before]
            rooms = (self._pictures, self._traces, self._keys, self._masks, self._embeddings)
            left = [remove(path) for room in rooms for path in list(room.glob(f"??/*{UNFINISHED}"))]
        return Freed(len(pictures), len(traces), len(keys), bytes=sum(pictures + traces + keys + others + left))

    def _keep(self, data: bytes) -> str:
        """Stores a PNG unless it is there; a damaged file is replaced."""
        digest = hashlib.sha256(data).hexdigest()
        path = self.path(digest)
        if path.exists() and path.read_bytes() == data:
            os.utime(path)
        else:
            write(path, data)
        return digest

    def _keep_trace(self, digest: str, trace: Trace) -> None:
        write(self._trace_path(digest), trace_to_bytes(trace))
        self._evict()

    def _evict(self) -> None:
        """Drop traces, the longest unused first, until the rest fit the budget."""
        traces = sorted((path.stat().st_mtime_ns, path) for path in files(self._traces, ".safetensors"))
        total = sum(path.stat().st_size for _, path in traces)
        for _, path in traces:
            if total <= self._budget:
                break
            total -= remove(path)

    def _has(self, digest: str) -> bool:
        try:
            return self.path(digest).exists()
        except PictureError:
            return False

    def _trace_path(self, digest: str) -> Path:
        return place(self._traces, digest, ".safetensors")

    def _mask_path(self, digest: str) -> Path:
        return place(self._masks, digest, ".png")

    def _embedding_path(self, digest: str) -> Path:
        return place(self._embeddings, digest, ".safetensors")

    def _key_path(self, recipe: Recipe) -> Path:
        return place(self._keys, recipe_key(recipe), "")


def cleaned(data: bytes) -> bytes:
    """An upload as a PNG of pixels, and a recipe if it brings a sound one of its own size. Raises `PhotoError`."""
    image = decode_photo(data)
    try:
        recipe = extract(data)
    except RecipeError:  # no PNG, or a recipe that nobody could use
        recipe = None
    if recipe is None:
        return encode(image)
    size = (recipe["width"], recipe["height"])
    if size_of(data) == size and plain(data):
        return data
    return embed(image, recipe) if image.size == size else encode(image)


def size_of(data: bytes) -> tuple[int, int]:
    """Of a picture that can be read."""
    with Image.open(io.BytesIO(data)) as image:
        return image.size


def checked(digest: str) -> str:
    """Nothing else ever becomes a path."""
    if not DIGEST.fullmatch(digest):
        raise PictureError(f"{digest[:20]!r} is not the digest of a picture: 64 hexadecimal digits.")
    return digest


def place(room: Path, name: str, suffix: str) -> Path:
    """Spread over 256 folders."""
    return room / name[:2] / f"{name}{suffix}"


def files(room: Path, suffix: str) -> list[Path]:
    """What `place` named; no stranger's file."""
    return [path for path in room.glob(f"??/*{suffix}") if DIGEST.fullmatch(path.name.removesuffix(suffix))]


def found_in(key: Path) -> str:
    """The digest that a key leads to, or junk."""
    return key.read_text("ascii", errors="replace")


def remove(path: Path) -> int:
    """Bytes freed."""
    size = path.stat().st_size
    path.unlink()
    return size


def write(path: Path, data: bytes) -> None:
    """Whole or not at all, even when killed; what a kill leaves behind ends in `UNFINISHED`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=UNFINISHED)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
