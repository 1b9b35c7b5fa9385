"""`/v1/models`: the one model that OpenAI's clients may name."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from minidalle3.serve.callers import Known
from minidalle3.serve.openai_errors import Refused

MODEL = "minidalle3"
CARD: dict[str, Any] = {"id": MODEL, "object": "model", "created": 1735689600, "owned_by": "minidalle3"}
router = APIRouter(prefix="/v1", tags=["openai"])


@router.get("/models")
async def models(own: Known) -> dict[str, Any]:
    """All there is."""
    return {"object": "list", "data": [CARD]}


@router.get("/models/{name}")
async def model(name: str, own: Known) -> dict[str, Any]:
    """One model."""
    known(name)
    return CARD


def known(name: str | None) -> None:
    """Raises `Refused` for another model than ours; none named means ours."""
    if name not in (None, MODEL):
        raise Refused(f"There is no model {name!r} here, only {MODEL!r}.", "model", "model_not_found", 404)
