"""`ui`: serve the page."""

from __future__ import annotations

import os
from argparse import Namespace
from importlib.resources import files

from minidalle3.graph.settings import Settings
from minidalle3.ui.bridge import close_all


def launch(settings: Settings, arguments: Namespace) -> None:
    """Runs Streamlit in this process until it is stopped, then ends and saves the turns under way.

    Everything but the address is in `.streamlit/config.toml` beside the page.
    """
    from streamlit.web.cli import main

    for name in ("home", "llm", "t2i"):
        os.environ[f"MINIDALLE3_{name.upper()}"] = str(getattr(settings, name))
    page = str(files("minidalle3.ui") / "page.py")
    address = [f"--server.address={arguments.host}", f"--server.port={arguments.port}"]
    try:
        main(["run", page, *address], standalone_mode=False)
    finally:
        close_all()
