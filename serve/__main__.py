"""`python -m minidalle3.serve`: serve conversations over HTTP."""

from __future__ import annotations

import argparse
import asyncio
import logging
from collections.abc import Sequence
from pathlib import Path

import uvicorn
from pydantic import ValidationError

from minidalle3.engines.contract import EngineError
from minidalle3.gallery.store import StorageError
from minidalle3.graph.memory import DatabaseError, open_memory
from minidalle3.graph.settings import Settings
from minidalle3.llms.errors import LLMError
from minidalle3.nodes.services import make
from minidalle3.serve.app import make_app
from minidalle3.serve.logs import config
from minidalle3.serve.settings import ServeSettings


def main(argv: Sequence[str] | None = None) -> None:
    """Until it is told to end; turns under way are saved then."""
    parser = argparse.ArgumentParser("python -m minidalle3.serve", description="Serve conversations over HTTP.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on (default: 8000)")
    parser.add_argument("--home", type=Path, help="where conversations and pictures live")
    arguments = parser.parse_args(argv)
    try:
        settings = Settings(home=arguments.home) if arguments.home else Settings()
        serve = ServeSettings()
        services = make(settings)
        asyncio.run(try_memory(settings))
    except ValidationError as error:
        parser.error(explained(error))
    except (LLMError, EngineError, StorageError, DatabaseError) as error:
        parser.error(str(error))
    logging.captureWarnings(True)
    uvicorn.run(
        make_app(settings, serve, services),
        host=arguments.host,
        port=arguments.port,
        access_log=False,  # addresses carry the seals of links
        log_config=config(serve.log_words),
    )


async def try_memory(settings: Settings) -> None:
    """Before the server starts, since uvicorn would tell it in fifty lines. Raises `DatabaseError`."""
    memory = await open_memory(settings)
    await memory.close()


def explained(error: ValidationError) -> str:
    """Which variable is wrong, and why."""
    first = error.errors()[0]
    prefix = {"Settings": "MINIDALLE3_", "ServeSettings": "MINIDALLE3_SERVE_"}[error.title]
    return f"the setting {prefix}{str(first['loc'][0]).upper()}: {first['msg']}"


if __name__ == "__main__":
    main()
