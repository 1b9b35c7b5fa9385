"""Pictures that lie at a server, fetched when they are first looked at and kept here under the same digests."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import httpx

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
        if (address := self._addresses.get(digest)) and not self._has(digest):
            data, mask = self._fetched(address), self._fetched(f"{address}/mask")
            if data:
                self._keep(data)
            if mask:
                with suppress(PictureError, PhotoError):
                    self.put_mask(digest, mask)
        return super().read(digest)

    def mask_address(self, digest: str) -> str | None:
        """Comes along with its picture."""
        with suppress(PictureError):
            self.read(digest)
        return super().mask_address(digest)

    def mask_png(self, digest: str) -> bytes | None:
        """Comes along with its picture."""
        with suppress(PictureError):
            self.read(digest)
        return super().mask_png(digest)

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
