"""A caller's threads and the pictures in them; there is no other way to a picture."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Query, Request, Response
from pydantic import BaseModel, Field, TypeAdapter, ValidationError
from typing_extensions import TypedDict

from minidalle3.graph.journal import ThreadInfo
from minidalle3.serve.callers import Known, house, own
from minidalle3.serve.own import THREAD, Own

router = APIRouter(prefix="/threads", tags=["threads"])
Thread = Annotated[str, Path(pattern=f"^{THREAD}$")]
Number = Annotated[int, Path(ge=1, le=999_999)]


class Link(TypedDict):
    """What a link carries to open a picture without a key."""

    caller: str
    until: int
    seal: str


class Title(BaseModel):
    """A name for people."""

    title: str = Field(min_length=1, max_length=200)


@router.get("")
async def threads(own: Known, words: Annotated[str, Query(max_length=200)] = "") -> list[ThreadInfo]:
    """Your threads in which all these words stand, the one used last first."""
    return await own.threads(words)


@router.get("/{thread}")
async def history(thread: Thread, own: Known) -> dict[str, Any]:
    """A thread with its turns and pictures."""
    return {**await own.history(thread)}


@router.patch("/{thread}", status_code=204)
async def rename(thread: Thread, own: Known, body: Title) -> None:
    """Give a thread another title."""
    await own.rename(thread, body.title)


@router.get("/{thread}/archive", response_class=Response)
async def archive(thread: Thread, own: Known) -> Response:
    """A thread as a zip: its words as JSON, its pictures with their recipes."""
    return Response(await own.export(thread), media_type="application/zip")


@router.put("/{thread}/archive", status_code=204)
async def take_in(request: Request, thread: Thread, own: Known) -> None:
    """Make an exported conversation a new thread."""
    await own.take_in(thread, await request.body())


@router.delete("/{thread}", status_code=204)
async def delete(thread: Thread, own: Known) -> None:
    """Remove a thread with everything that only it names."""
    await own.delete(thread)


@router.get("/{thread}/pictures/{number}", response_class=Response)
async def picture(request: Request, thread: Thread, number: Number) -> Response:
    """A picture as PNG, for its caller's key or for a link that they were given."""
    png = await (await opened(request, thread, number)).picture(thread, number)
    headers = {"Cache-Control": "private, max-age=3600", "X-Content-Type-Options": "nosniff"}
    return Response(png, media_type="image/png", headers=headers)


@router.get("/{thread}/pictures/{number}/mask", response_class=Response)
async def mask(thread: Thread, number: Number, own: Known) -> Response:
    """White where a change was drawn, black where it left its source untouched."""
    return Response(await own.mask(thread, number), media_type="image/png")


async def opened(request: Request, thread: str, number: int) -> Own:
    """Whose picture this is. A bad link opens nothing, whatever else is sent along."""
    if not request.query_params:
        return await own(request)
    there = house(request)
    try:
        link = TypeAdapter(Link).validate_python(dict(request.query_params))
    except ValidationError as error:
        raise HTTPException(403, "This link is damaged.") from error
    caller = await there.doors.opener(link["caller"], thread, number, link["until"], link["seal"])
    if caller is None:
        raise HTTPException(403, "This link is damaged or too old.")
    return there.own(caller)
