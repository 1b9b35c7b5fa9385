"""What `langgraph dev` serves beside the graph: the pictures that its state names, to this machine alone."""

from __future__ import annotations

import asyncio

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from minidalle3.gallery.store import Gallery, PictureError
from minidalle3.graph.settings import Settings


async def picture(request: Request) -> Response:
    """A picture by its digest, as a record of the state has it."""
    try:
        png = await asyncio.to_thread(read, request.path_params["digest"])
    except PictureError as error:
        return PlainTextResponse(str(error), 404)
    return Response(png, media_type="image/png", headers={"X-Content-Type-Options": "nosniff"})


def read(digest: str) -> bytes:
    """From the gallery of the settings."""
    settings = Settings()
    return Gallery(settings.gallery or settings.home / "gallery").read(digest)


app = Starlette(routes=[Route("/pictures/{digest}.png", picture)])
