"""An engine out of reach: any server with OpenAI's images API, asked over HTTP.

Its seeds, steps and weights are unknown, so that nothing it draws can be drawn again. It generates from words
(`/images/generations`) and changes a picture that is shown to it, under a mask if need be (`/images/edits`).
"""

from __future__ import annotations

import base64
import binascii
import io
import os
import threading
import urllib.request
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from itertools import groupby
from typing import Any

import openai
from openai.types import ImagesResponse
from PIL import Image

from minidalle3.engines.contract import Capabilities, Drawn, EngineError, Job, NoEditEndpoint, Stopped, Watch
from minidalle3.engines.refusals import explained
from minidalle3.gallery.photos import PhotoError, decode_photo
from minidalle3.graph.settings import Settings

PREFIX = "openai:"
NO_KEY = "none"
"""For servers of one's own, which want no key where the client insists on one."""

MISSING = (404, 405, 501)
"""What servers answer at addresses that they do not know; a model that they do not know is told when it generates."""
MOST_AT_ONCE = 10
MOST_BYTES = 64 * 2**20
TOKENS = 8000
"""Its limit is 32,000 characters; nobody says which tokens."""


class ImagesAPI:
    """One model of one server."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._model = settings.t2i.removeprefix(PREFIX).strip()
        if not self._model:
            raise EngineError(f"MINIDALLE3_T2I={settings.t2i} lacks the model's name after the colon.")
        url, key = settings.t2i_base_url, key_of(settings)
        if url and not url.startswith(("http://", "https://")):
            raise EngineError(f"MINIDALLE3_T2I_BASE_URL={url} must begin with http:// or https://")
        if not url and not key:
            raise EngineError(
                "The images API needs a key: set OPENAI_API_KEY in the environment, or MINIDALLE3_T2I_API_KEY there or "
                "in the file .env; a server of your own is named by MINIDALLE3_T2I_BASE_URL."
            )
        self._connection: dict[str, Any] = {
            "api_key": key or NO_KEY,
            "base_url": url,
            "timeout": settings.t2i_timeout,
            "max_retries": settings.t2i_retries,
        }
        width, height = map(int, settings.t2i_size.split("x"))
        self.capabilities = Capabilities(
            engine=f"{PREFIX}{self._model}",
            fingerprint=None,
            dialect="prose",
            token_budget=TOKENS,
            width=width,
            height=height,
            sizes=(),
            steps=None,
            guidance=None,
            scheduler=None,
            negative_prompt=False,
            attention_control=False,
            image_to_image=False,
            adapters=False,
            edit_endpoint=True,
        )

    def draw(self, job: Job, watch: Watch) -> list[Drawn]:
        """A request for each prompt, or one for all neighbours of the same; seeds are looked at by nobody."""
        images: list[Image.Image] = []
        for prompt, same in groupby(job.prompts):
            wanted = len(images) + len(list(same))
            while len(images) < wanted:
                images += self._asked(job, prompt, min(wanted - len(images), MOST_AT_ONCE), watch)
                watch.progress(len(images), len(job.prompts))
        return [Drawn(kept(image, job), None) for image in images]

    def _asked(self, job: Job, prompt: str, count: int, watch: Watch) -> list[Image.Image]:
        """One to `count` pictures: a server may give fewer than it is asked for."""
        try:
            answer = interruptible(lambda: self._ask(job, prompt, count), watch)
            if not isinstance(answer, ImagesResponse):  # a page, say, from a server of another kind
                raise openai.OpenAIError
            found = [picture(one, self._settings.t2i_timeout) for one in (answer.data or [])[:count]]
        except (openai.OpenAIError, OSError, ValueError) as error:
            if job.source is not None and isinstance(error, openai.APIStatusError) and error.status_code in MISSING:
                self.capabilities = replace(self.capabilities, edit_endpoint=False)
                raise NoEditEndpoint(f"{self.capabilities.engine} has no edit endpoint here.") from error
            raise EngineError(explained(error, self._settings)) from error
        if not found:
            raise EngineError(f"{self.capabilities.engine} answered without a picture; ask again in other words.")
        return found

    def _ask(self, job: Job, prompt: str, count: int) -> Any:
        asked: dict[str, Any] = {
            "model": self._model,
            "prompt": prompt,
            "n": count,
            "size": f"{job.width}x{job.height}",
        }
        with openai.OpenAI(**self._connection) as client:
            if job.source is None:
                return client.images.generate(**asked)
            asked["image"] = ("image.png", png(job.source), "image/png")
            if job.mask is not None:
                asked["mask"] = ("mask.png", png(holed(job.source, job.mask)), "image/png")
            return client.images.edit(**asked)


def key_of(settings: Settings) -> str | None:
    """Ours if it is set, else the API's own variable."""
    ours = settings.t2i_api_key.get_secret_value() if settings.t2i_api_key else ""
    return ours or os.environ.get("OPENAI_API_KEY") or None


def interruptible(ask: Callable[[], Any], watch: Watch) -> Any:
    """What `ask` returns or raises; `Stopped` as soon as the watch says so, whatever the server does then."""
    answer: Future[Any] = Future()

    def work() -> None:
        try:
            answer.set_result(ask())
        except BaseException as error:
            answer.set_exception(error)

    threading.Thread(target=work, name="images-api", daemon=True).start()
    while True:
        if watch.stopped():
            raise Stopped
        try:
            return answer.result(timeout=0.1)
        except TimeoutError:
            if answer.done():
                raise


def picture(one: Any, timeout: float) -> Image.Image:
    """The RGB picture in one item of an answer, inline or at an address; raises `ValueError` or `OSError`."""
    if one.b64_json:
        try:
            data = base64.b64decode(one.b64_json, validate=True)
        except binascii.Error as error:
            raise ValueError("a picture whose base64 is damaged") from error
    elif one.url and one.url.startswith(("http://", "https://")):
        with urllib.request.urlopen(one.url, timeout=timeout) as answer:
            data = answer.read(MOST_BYTES)
    else:
        raise ValueError("neither a picture nor its address")
    try:
        return decode_photo(data).convert("RGB")
    except PhotoError as error:
        raise ValueError("something that is no picture") from error


def kept(image: Image.Image, job: Job) -> Image.Image:
    """The picture with the source where the mask is black: servers draw all of it anew and call it an edit."""
    if job.source is None or job.mask is None or image.size != job.source.size:
        return image
    return Image.composite(image, job.source.convert("RGB"), job.mask.convert("L"))


def holed(source: Image.Image, mask: Image.Image) -> Image.Image:
    """The API's mask: the source, transparent where it may change (white in ours)."""
    shown = source.convert("RGBA")
    shown.putalpha(mask.convert("L").point(lambda value: 255 - value))
    return shown


def png(image: Image.Image) -> bytes:
    """The picture as a file."""
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()
