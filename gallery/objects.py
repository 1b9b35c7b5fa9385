"""An object storage, by whatever fsspec reaches it with. Imported only where the settings name one."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager, nullcontext, suppress
from datetime import datetime
from typing import Any

from fsspec.asyn import sync
from fsspec.core import url_to_fs

from minidalle3.gallery.storage import StorageError, Stored

EXTRA = "s3"
"""The protocol that has an extra of its name."""
OPTIONS: Mapping[str, Mapping[str, Any]] = {"s3": {"max_concurrency": 1}}
"""By protocol. With more, s3fs asks for the size of an object before it reads it."""
PATIENCE = 30.0
"""Seconds that an answer may take."""
FRESH = 1800.0
"""Seconds for which something counts as just used: telling so again costs a write."""
MODIFIED = ("LastModified", "last_modified", "updated", "mtime", "modified", "created")
"""What filesystems call the time of the last write."""


class ObjectStorage:
    """Through fsspec, by any of its filesystems that takes whole objects; its own errors and delays are told as ours.

    Names are made of digests, so that two writers of one name write the same: no lock is needed.
    """

    def __init__(self, url: str) -> None:
        try:
            self._system, root = url_to_fs(url, **OPTIONS.get(url.partition(":")[0], {}))
        except ImportError as error:
            how = f"pip install 'minidalle3[{EXTRA}]'" if url.startswith(f"{EXTRA}://") else str(error)
            raise StorageError(f"what reaches {url.partition(':')[0]}:// is not installed: {how}") from error
        except ValueError as error:
            raise StorageError(str(error)) from error
        self._root = root.rstrip("/")

    def read(self, name: str) -> bytes:
        data: bytes = self._ask("cat_file", self._path(name))
        return data

    def add(self, name: str, data: bytes) -> bool:
        try:
            self._write(name, data, mode="create")
        except FileExistsError:
            return False
        return True

    def write(self, name: str, data: bytes) -> None:
        self._write(name, data)

    def touch(self, name: str, data: bytes) -> None:
        if modified(self._ask("info", self._path(name))) < time.time() - FRESH:
            self._write(name, data)

    def exists(self, name: str) -> bool:
        try:
            self._ask("info", self._path(name))
        except FileNotFoundError:
            return False
        return True

    def files(self, room: str) -> list[Stored]:
        found = self._ask("find", self._path(room), detail=True)
        return [Stored(path[len(self._root) + 1 :], info["size"], modified(info)) for path, info in found.items()]

    def remove(self, names: Collection[str]) -> None:
        if names:
            with suppress(FileNotFoundError):
                self._ask("rm", [self._path(name) for name in names])

    def lock(self) -> AbstractContextManager[Any]:
        return nullcontext()

    def address(self, name: str) -> str:
        return str(self._system.unstrip_protocol(self._path(name)))

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"

    def _write(self, name: str, data: bytes, **how: Any) -> None:
        try:
            self._ask("pipe_file", self._path(name), data, **how)
        except FileNotFoundError as error:  # not of what is written: of the bucket
            raise StorageError(str(error)) from error

    def _ask(self, operation: str, *arguments: Any, **more: Any) -> Any:
        """What the filesystem answers. All errors are told as `StorageError`, but that something is there or is not."""
        self._system.invalidate_cache()  # others write there too
        try:
            if not self._system.async_impl:
                return getattr(self._system, operation)(*arguments, **more)
            work = getattr(self._system, f"_{operation}")
            return sync(self._system.loop, work, *arguments, timeout=PATIENCE, **more)
        except (FileNotFoundError, FileExistsError):
            raise
        except TimeoutError as error:
            raise StorageError(f"no answer for {PATIENCE:.0f} seconds") from error
        except Exception as error:  # every filesystem has its own
            why = getattr(error, "strerror", None) or str(error).partition("\n")[0] or type(error).__name__
            raise StorageError(why) from error


def modified(info: Mapping[str, Any]) -> float:
    """When a file was last written, as its filesystem tells it; now where it does not, so that it counts as used."""
    time_of = next((info[name] for name in MODIFIED if info.get(name)), None)
    if isinstance(time_of, str):
        time_of = datetime.fromisoformat(time_of)
    if isinstance(time_of, datetime):
        return time_of.timestamp()
    return float(time_of) if time_of is not None else time.time()
