"""`/v1/images/generations` and `/v1/images/edits`: pictures for OpenAI's clients, drawn from their prompt as it is."""

from __future__ import annotations

import base64
import io
import time
import uuid
from collections.abc import Sequence
from typing import Annotated, Any, Literal, TypeAlias

from fastapi import APIRouter, File, Form, Request, UploadFile
from PIL import Image
from pydantic import BaseModel, Field

from minidalle3.engines.contract import Capabilities, EngineError
from minidalle3.graph.context import Context
from minidalle3.graph.policy import REFUSED
from minidalle3.graph.state import Event, Segment
from minidalle3.serve.callers import Admitted, house
from minidalle3.serve.openai_chat import ThreadName
from minidalle3.serve.openai_errors import Refused
from minidalle3.serve.openai_models import known
from minidalle3.serve.own import Own
from minidalle3.tools.shelf import UNSAFE
from minidalle3.tools.text_to_image import sized

router = APIRouter(prefix="/v1/images", tags=["openai"])
MOST = 8
Words: TypeAlias = Annotated[str, Field(min_length=1, max_length=4000)]
Count: TypeAlias = Annotated[int, Field(ge=1, le=MOST)]
Shape: TypeAlias = Literal["url", "b64_json"]


class Generation(BaseModel):
    """What of OpenAI's parameters means something here; the others are ignored."""

    prompt: Words
    model: str | None = None
    n: Count | None = None
    size: str | None = None
    response_format: Shape | None = None
    output_format: Literal["png"] | None = None
    background: Literal["auto", "opaque"] | None = None
    stream: Literal[False] | None = None


@router.post("/generations")
async def generations(request: Request, own: Admitted, body: Generation, thread: ThreadName = None) -> dict[str, Any]:
    """`n` new pictures."""
    tag: Segment = {"kind": "image", "text": body.prompt, "count": body.n or 1}
    return await drawn(request, own, tag, body, thread)


@router.post("/edits")
async def edits(
    request: Request,
    own: Admitted,
    prompt: Annotated[Words, Form()],
    image: Annotated[list[UploadFile] | None, File()] = None,
    images: Annotated[list[UploadFile] | None, File(alias="image[]")] = None,
    mask: Annotated[UploadFile | None, File()] = None,
    model: Annotated[str | None, Form()] = None,
    n: Annotated[Count, Form()] = 1,
    size: Annotated[str | None, Form()] = None,
    response_format: Annotated[Shape | None, Form()] = None,
    thread: ThreadName = None,
) -> dict[str, Any]:
    """`n` changes of one uploaded picture; `prompt` describes the whole picture wanted, or the change."""
    sent = [*(image or []), *(images or [])]
    if len(sent) != 1:
        raise Refused("One image is changed at a time.", "image")
    if mask is not None:
        raise Refused("Masks are not supported: say in the prompt what is to change.", "mask")
    tag: Segment = {"kind": "edit", "text": prompt, "count": n}
    body = Generation(prompt=prompt, model=model, n=n, size=size, response_format=response_format)
    return await drawn(request, own, tag, body, thread, [await sent[0].read()])


async def drawn(
    request: Request, own: Own, tag: Segment, body: Generation, thread: str | None, photos: Sequence[bytes] = ()
) -> dict[str, Any]:
    """The pictures in OpenAI's form; an error where not a single one was drawn."""
    known(body.model)
    size = None if body.size in (None, "auto") else body.size
    refuse_size(await house(request).turns.capabilities(), size, changes=bool(photos))
    await own.admit(body.n or 1)
    thread = thread or f"images-{uuid.uuid4().hex}"
    context = Context(previews=False, size=None if photos else size)
    turn = await own.start(thread, body.prompt, photos, context, tag=tag)
    told = [event async for event in own.events(turn, request.is_disconnected)]
    ids = [event["record"]["id"] for event in told if event["type"] == "picture"]
    if not ids:
        await own.admit(body.n or 1)  # others may have come first
        raise not_drawn(told)
    data = [await item(request, own, thread, id, body.response_format) for id in ids]
    with Image.open(io.BytesIO(await own.picture(thread, int(ids[0][1:])))) as first:
        drawn_at = f"{first.width}x{first.height}"
    return {"created": int(time.time()), "data": data, "size": drawn_at, "output_format": "png"}


def refuse_size(can: Capabilities, size: str | None, changes: bool) -> None:
    """Raises `Refused` for a size that the engine does not draw; a change is as large as the engine makes it."""
    own = f"{can.width}x{can.height}"
    if changes and size not in (None, own):
        raise Refused(
            f"A change is drawn at {own} or in the shape of its source, not at {size}.", "size", "invalid_size"
        )
    try:
        sized(can, size)
    except EngineError as error:
        raise Refused(str(error), "size", "invalid_size") from error


async def item(request: Request, own: Own, thread: str, id: str, form: Shape | None) -> dict[str, str]:
    """One picture: its address unless its bytes were asked for."""
    if form == "b64_json":
        return {"b64_json": base64.b64encode(await own.picture(thread, int(id[1:]))).decode()}
    return {"url": house(request).link(request, own.caller, thread, id)}


def not_drawn(told: Sequence[Event]) -> Refused:
    """What the reply says about it; a refusal is the request's fault, so that no client tries it again."""
    why = " ".join(event["text"] for event in told if event["type"] == "note") or "Nothing was drawn."
    if REFUSED in why or UNSAFE in why:
        return Refused(why, "prompt", "content_policy_violation")
    return Refused(why, code="not_drawn", status=500)
