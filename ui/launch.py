"""`ui`: serve the page."""

from __future__ import annotations

import os
from argparse import Namespace
from importlib.resources import files

from minidalle3.graph.settings import Settings
from minidalle3.ui.bridge import close_all

FLAGS = {
    "server.fileWatcherType": "none",  # it walks every module of torch
    "server.headless": "true",
    "server.maxUploadSize": "50",
    "browser.gatherUsageStats": "false",
    "client.toolbarMode": "minimal",
    "theme.light.primaryColor": "#d9480f",
    "theme.dark.primaryColor": "#e8590c",
}


def launch(settings: Settings, arguments: Namespace) -> None:
    """Runs Streamlit in this process until it is stopped, then ends and saves the turns under way."""
    from streamlit.web.cli import main

    for name in ("home", "llm", "t2i"):
        os.environ[f"MINIDALLE3_{name.upper()}"] = str(getattr(settings, name))
    flags = {**FLAGS, "server.address": arguments.host, "server.port": str(arguments.port)}
    page = str(files("minidalle3.ui") / "page.py")
    try:
        main(["run", page, *(f"--{name}={value}" for name, value in flags.items())], standalone_mode=False)
    finally:
        close_all()
