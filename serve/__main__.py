"""`python -m minidalle3.serve`: serve conversations over HTTP."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import uvicorn

from minidalle3.graph.settings import Settings
from minidalle3.serve.app import make_app
from minidalle3.serve.settings import ServeSettings


def main(argv: Sequence[str] | None = None) -> None:
    """Until it is told to end; turns under way are saved then."""
    parser = argparse.ArgumentParser("python -m minidalle3.serve", description="Serve conversations over HTTP.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on (default: 8000)")
    parser.add_argument("--home", type=Path, help="where conversations and pictures live")
    arguments = parser.parse_args(argv)
    settings = Settings(home=arguments.home) if arguments.home else Settings()
    app = make_app(settings, ServeSettings())
    uvicorn.run(app, host=arguments.host, port=arguments.port, access_log=False)  # addresses carry the seals of links


if __name__ == "__main__":
    main()
