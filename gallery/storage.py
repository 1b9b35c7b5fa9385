"""Where the gallery's bytes lie: a folder of this machine, or an object storage that several machines share."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple, Protocol
from urllib.parse import urlsplit
from urllib.request import url2pathname

from filelock import FileLock

UNFINISHED = ".tmp"
"""How the name of what a kill in the middle of a write leaves behind ends."""


class PictureError(ValueError):
    """The picture is not to be had; the message names it and says what to do."""


class Lost(PictureError):
    """It is missing, or its file is damaged."""


class StorageError(PictureError):
    """The place where pictures lie cannot be used now; the message says why."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"The place where pictures are kept cannot be used ({why}). What lies there stays there: try it again in a "
            "moment, or see that it is reachable and that MINIDALLE3_GALLERY is right."
        )


class Stored(NamedTuple):
    """An entry of a listing."""

    name: str
    size: int
    modified: float
    """Seconds since 1970."""


class Storage(Protocol):
    """Bytes by names such as `pictures/ab/abcd.png`, whole or not there. All raise `StorageError`."""

    def read(self, name: str) -> bytes:
        """Raises `FileNotFoundError`."""

    def add(self, name: str, data: bytes) -> bool:
        """Whether it was written: what is there already is left alone."""

    def write(self, name: str, data: bytes) -> None:
        """In place of what is there."""

    def touch(self, name: str, data: bytes) -> None:
        """Count as just written; `data` is what lies there."""

    def exists(self, name: str) -> bool:
        """Whether it could be read."""

    def files(self, room: str) -> list[Stored]:
        """All that lies below `room`, strangers' files and leftovers too."""

    def remove(self, names: Collection[str]) -> None:
        """Those of them that are there."""

    def lock(self) -> AbstractContextManager[Any]:
        """One writer at a time, as far as that can be had."""

    def address(self, name: str) -> str:
        """A path or a URL, for people."""


def storage_at(place: Path | str) -> Storage:
    """A folder, by its path or a `file://` URL, or what fsspec finds at any other URL. Raises `StorageError`."""
    if isinstance(place, str) and "://" in place:
        url = urlsplit(place)
        if url.scheme != "file":
            from minidalle3.gallery.objects import ObjectStorage

            return ObjectStorage(place)
        place = url2pathname(url.path)
    return Folder(Path(place))


class Folder:
    """Safe from several threads and processes of one machine: all writing is under one lock."""

    def __init__(self, root: Path) -> None:
        self._root = root
        root.mkdir(parents=True, exist_ok=True)
        self._lock = FileLock(root / "lock", poll_interval=0.005)

    def read(self, name: str) -> bytes:
        with told():
            return (self._root / name).read_bytes()

    def add(self, name: str, data: bytes) -> bool:
        with self._lock:
            if self.exists(name):
                return False
            self.write(name, data)
        return True

    def write(self, name: str, data: bytes) -> None:
        with told():
            write(self._root / name, data)

    def touch(self, name: str, data: bytes) -> None:
        with told():
            os.utime(self._root / name)

    def exists(self, name: str) -> bool:
        return (self._root / name).exists()

    def files(self, room: str) -> list[Stored]:
        found = []
        for path in (self._root / room).glob("??/*"):
            with suppress(FileNotFoundError):
                seen = path.stat()
                found.append(Stored(path.relative_to(self._root).as_posix(), seen.st_size, seen.st_mtime))
        return found

    def remove(self, names: Collection[str]) -> None:
        with told():
            for name in names:
                (self._root / name).unlink(missing_ok=True)

    def lock(self) -> AbstractContextManager[Any]:
        return self._lock

    def address(self, name: str) -> str:
        return str(self._root / name)


@contextmanager
def told() -> Iterator[None]:
    """Whatever goes wrong, but that something is not there, is a `StorageError`."""
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        raise StorageError(error.strerror or type(error).__name__) from error


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
