"""Pictures that lie at a server, fetched when they are first looked at and kept here under the same digests."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import httpx
from PIL import Image

from minidalle3.gallery.store import Gallery, PhotoError, PictureError
from minidalle3.graph.state import PictureRecord


class RemoteGallery(Gallery):
    """A gallery that asks for what it does not have; what comes is believed only if its digest is right."""

    def __init__(self, root: Path, client: httpx.Client) -> None:
        super().__init__(root)
        self._client = client
        self._addresses: dict[str, str] = {}

    def learn(self, thread: str, records: Iterable[PictureRecord]) -> None:
        """Where a thread's pictures are to be had."""
        for record in records:
            self._addresses[record["digest"]] = f"/threads/{thread}/pictures/{record['id'].removeprefix('#')}"

    def read(self, digest: str) -> bytes:
        """As any gallery does; `PictureError` also when the server cannot be reached."""
        if not self.path(digest).exists() and (address := self._addresses.get(digest)):
            data, mask = self._fetched(address), self._fetched(f"{address}/mask")
            with self._lock:
                self._keep(data)
            if mask:
                with suppress(PictureError, PhotoError):
                    self.put_mask(digest, mask)
        return super().read(digest)

    def mask_path(self, digest: str) -> Path | None:
        """Comes along with its picture."""
        with suppress(PictureError):
            self.read(digest)
        return super().mask_path(digest)

    def mask(self, digest: str) -> Image.Image | None:
        """Comes along with its picture."""
        with suppress(PictureError):
            self.read(digest)
        return super().mask(digest)

    def close(self) -> None:
        """Fetch nothing more."""
        self._client.close()

    def _fetched(self, address: str) -> bytes:
        """Empty for what is not there."""
        try:
            answer = self._client.get(address)
        except httpx.HTTPError as error:
            raise PictureError(f"The picture could not be fetched ({type(error).__name__}). Try it again.") from error
        return answer.content if answer.status_code == 200 else b""
