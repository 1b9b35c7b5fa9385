"""The server: one front door for LangServe's clients, OpenAI's clients, and whoever reads threads and pictures."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response
from fastapi.exception_handlers import request_validation_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.exceptions import HTTPException

from minidalle3.engines.contract import EngineError
from minidalle3.gallery.store import PhotoError, PictureError, StorageError
from minidalle3.graph.policy import REFUSED
from minidalle3.graph.settings import Settings
from minidalle3.graph.turns import Turns
from minidalle3.nodes.services import Services
from minidalle3.serve import agent, openai_chat, openai_images, openai_models, threads, turns
from minidalle3.serve.callers import House, Known, house
from minidalle3.serve.counts import Counts, TooMuch
from minidalle3.serve.doors import Doors
from minidalle3.serve.guards import Guard
from minidalle3.serve.metrics import QUEUE
from minidalle3.serve.openai_errors import Refused, body
from minidalle3.serve.own import Unknown
from minidalle3.serve.settings import ServeSettings

STATUS: dict[type[Exception], int] = {
    Unknown: 404,
    StorageError: 503,
    PictureError: 404,
    PhotoError: 400,
    TooMuch: 429,
    EngineError: 503,
    ValueError: 400,
    RecursionError: 400,
}
MOMENT = 0.5
"""Seconds that a probe is kept waiting: most allow one."""


def make_app(settings: Settings, serve: ServeSettings, services: Services | None = None) -> FastAPI:
    """The app; its house is opened when it starts and closed, turns saved, when it stops."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        doors = await Doors.open(settings)
        open_turns = await Turns.open(settings, services)
        app.state.house = House(open_turns, doors, Counts(serve), serve)
        try:
            yield
        finally:
            await open_turns.close()
            await doors.close()

    app = FastAPI(title="Mini-DALLE3", lifespan=lifespan)
    app.add_middleware(Guard, most=serve.body_mib * 2**20, origins=serve.origins)
    if serve.origins:
        app.add_middleware(CORSMiddleware, allow_origins=serve.origins, allow_methods=["*"], allow_headers=["*"])
    own_routes = (agent.router(), threads.router, turns.router)
    for router in (*own_routes, openai_models.router, openai_chat.router, openai_images.router):
        app.include_router(router)
    app.add_api_route("/health", health)
    app.add_api_route("/ready", ready)
    app.add_api_route("/metrics", metrics)
    for kind in (*STATUS, HTTPException, RequestValidationError, Refused):
        app.add_exception_handler(kind, answer)
    return app


async def answer(request: Request, error: Exception) -> Response:
    """An error in the manner of the route: OpenAI's under /v1, else FastAPI's."""
    openai = request.url.path.startswith("/v1/")
    headers: Mapping[str, str] | None = {"Retry-After": str(error.seconds)} if isinstance(error, TooMuch) else None
    if isinstance(error, HTTPException):
        status, headers, said = error.status_code, error.headers, str(error.detail)
    elif isinstance(error, RequestValidationError):
        if not openai:
            return await request_validation_exception_handler(request, error)
        first = error.errors()[0]
        where = ".".join(str(name) for name in first["loc"][1:])
        return JSONResponse(body(400, f"{where}: {first['msg']}", where or None), 400)
    elif isinstance(error, Refused):
        return JSONResponse(body(error.status, str(error), error.param, error.code), error.status)
    else:
        status, said = next(status for kind, status in STATUS.items() if isinstance(error, kind)), str(error)
    code = "content_policy_violation" if REFUSED in said else None
    return JSONResponse(body(status, said, code=code) if openai else {"detail": said}, status, headers)


async def health() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


async def ready(request: Request) -> Response:
    """The threads can be read and the engine is loaded, which the first call begins; 503 while not, at once, or while
    the queue is full.
    """
    there = house(request)
    try:
        await there.turns.threads()
        async with asyncio.timeout(MOMENT):
            can = await there.turns.capabilities()
    except TimeoutError:
        return JSONResponse({"status": "loading", "why": "The model is being loaded. Ask again in a moment."}, 503)
    except EngineError as error:
        return JSONResponse({"status": "not ready", "why": str(error)}, 503)
    if there.turns.full():
        return JSONResponse({"status": "busy"}, 503)
    return JSONResponse({"status": "ok", "engine": can.engine})


async def metrics(request: Request, own: Known) -> Response:
    """For Prometheus, with a key of its own."""
    QUEUE.set(house(request).turns.waiting())
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
