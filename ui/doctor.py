"""`doctor`: what is here, what would run, what is missing and how to get it. Downloads nothing."""

from __future__ import annotations

import asyncio
import platform
import re
import sqlite3
from argparse import Namespace
from collections.abc import Iterator
from contextlib import closing, suppress
from importlib.metadata import PackageNotFoundError, requires, version
from importlib.resources import files
from pathlib import Path

from minidalle3.graph.settings import Settings
from minidalle3.llms.errors import LLMError
from minidalle3.ui.notice import EMBEDDED
from minidalle3.ui.terminal import waiting

CORE = ("torch", "diffusers", "transformers", "langgraph", "langchain-core", "langchain-openai", "streamlit")
EXTRAS = {
    "langchain-anthropic": "anthropic",
    "langchain-ollama": "ollama",
    "langchain-huggingface": "huggingface",
    "dashscope": "tongyi",
    "pyjwt": "zhipu",
    "langgraph-cli": "studio",
    "langgraph-checkpoint-postgres": "postgres",
    "psycopg": "postgres",
    "s3fs": "s3",
    "ray": "ray",
    "lm-eval": "eval",
    "markdown-it-py": "eval",
    "resvg-py": "train",
    "fastapi": "serve",
    "langserve": "serve",
    "limits": "serve",
    "prometheus-client": "serve",
    "python-multipart": "serve",
    "sse-starlette": "serve",
    "uvicorn": "serve",
}
MODELS = {
    "openai": "gpt-5",
    "anthropic": "claude-sonnet-4-5",
    "ollama": "llama3.2",
    "huggingface": "Qwen/Qwen3-8B",
    "baichuan": "Baichuan4",
    "zhipu": "glm-4.6",
    "tongyi": "qwen-max",
}
"""A model of each provider, by way of example."""
LICENCES = {
    "sketchbook": "Apache-2.0; drawn after art under MIT and Apache-2.0 (see its MODEL_CARD.md)",
    "stable-diffusion-v1": "CreativeML OpenRAIL-M: uses that harm are forbidden",
    "stable-diffusion-2": "CreativeML OpenRAIL++-M: uses that harm are forbidden",
    "stable-diffusion-xl": "CreativeML OpenRAIL++-M: uses that harm are forbidden",
    "sdxl-turbo": "Stability AI's own, which limits commercial use: read it first",
    "sd-turbo": "Stability AI's own, which limits commercial use: read it first",
}


def doctor(settings: Settings, arguments: Namespace) -> int:
    """1 when a conversation could not be held as things are."""
    print(f"minidalle3 {version('minidalle3')}, Python {platform.python_version()}, {platform.platform()}")
    print("\nInstalled")
    for name, have in packages():
        print(f"  {name:22} {have}")
    with waiting("Looking for a GPU"):
        device = settings.device if settings.device != "auto" else f"{best_device()} (found by itself)"
    print(f"  {'device':22} {device}")
    if lacking := [name for name in required() if not found(name)]:
        print(
            "\nMissing", *(f"  {name}, without which nothing runs (pip install '{name}')" for name in lacking), sep="\n"
        )
        return 1
    print("\nWould run")
    here = (llm(settings), t2i(settings), home(settings), database(settings), serving(settings))
    reports = (elsewhere(settings), home(settings)) if settings.server else here
    problems = [problem for report in reports for problem in told(report)]
    print(f"\n{'Missing' if problems else 'Ready.'}")
    for problem in problems:
        print(f"  {problem}")
    return 1 if problems else 0


def told(report: Iterator[tuple[str, bool]]) -> list[str]:
    """Print the facts of a report and return its problems."""
    problems = []
    for text, fine in report:
        if fine:
            print(f"  {text}")
        else:
            problems.append(text)
    return problems


def packages() -> Iterator[tuple[str, str]]:
    """What is installed, and how to get what is not."""
    for name in (*CORE, *EXTRAS):
        try:
            yield name, version(name)
        except PackageNotFoundError:
            how = f"minidalle3[{EXTRAS[name]}]" if name in EXTRAS else name
            yield name, f"not installed (pip install '{how}')"


def required() -> list[str]:
    """What comes with the package itself."""
    return [re.split(r"[^\w.-]", piece)[0] for piece in requires("minidalle3") or [] if "extra ==" not in piece]


def best_device() -> str:
    """What `auto` means here."""
    from minidalle3.engines.device import best_device as best

    return best()


def llm(settings: Settings) -> Iterator[tuple[str, bool]]:
    """The LLM, set up but not called."""
    from minidalle3.llms.load import load

    try:
        load(settings)
    except LLMError as error:
        yield f"LLM  {settings.llm}: {error}", False
        return
    where = f" at {settings.llm_base_url}" if settings.llm_base_url else ""
    yield f"LLM  {EMBEDDED['llm'] if settings.llm == 'offline' else settings.llm + where}", True
    if others := llms(settings)[1:]:
        yield f"     could talk too: {', '.join(others)}", True
    if settings.llm != "offline":
        yield "     its server and key are tried at the first message; its provider's terms apply", True


def llms(settings: Settings) -> list[str]:
    """The LLMs that could be talked to as things are, the one in use first; none is called."""
    from minidalle3.llms.load import PROVIDERS, check

    own = settings.model_copy(update={"llm_api_key": None, "llm_base_url": None})
    found = [settings.llm, "offline"]
    for provider, model in MODELS.items():
        with suppress(LLMError):
            check(provider, PROVIDERS[provider], own)
            found.append(f"{provider}:{model}")
    return list(dict.fromkeys(found))


def t2is(settings: Settings) -> list[str]:
    """What could draw beside the model that is in memory: an images API keeps no weights here."""
    return list(dict.fromkeys([settings.t2i, "openai:gpt-image-1"]))


def t2i(settings: Settings) -> Iterator[tuple[str, bool]]:
    """The T2I model: where its weights are, under which licence, and how memory would hold them."""
    name = settings.t2i
    if name.startswith("openai:"):
        yield from images_api(settings)
        return
    if name.startswith("ray:"):
        yield from replicas(settings)
        return
    try:
        folder = Path(str(files("minidalle3.sketchbook") / "weights")) if name == "sketchbook" else cached(name)
    except ValueError:
        yield f"T2I  {name}: neither a folder here nor a model's id on a hub; set MINIDALLE3_T2I", False
        return
    yield f"T2I  {EMBEDDED['t2i'] if name == 'sketchbook' else name}", True
    yield f"     licence: {licence(name)}", True
    if folder is None:
        yield (
            "     its weights are not here yet: the first picture downloads them from huggingface.co, often some GB",
            True,
        )
    elif size := sum(file.stat().st_size for file in folder.rglob("*.safetensors")):
        yield f"     weights: {folder} ({size / 2**20:.0f} MiB)", True
        yield f"     memory: {memory(folder, settings.device)}", True
        yield "     small changes: Prompt-to-Prompt and MasaCtrl, from traces; photos are inverted first", True
        adapter = (
            settings.ip_adapter or "in the model's own folder if it has one; set MINIDALLE3_IP_ADAPTER for another"
        )
        yield f"     large changes: IP-Adapter, {adapter}", True
        yield f"     changes by instruction: {settings.editor or 'no model for them; set MINIDALLE3_EDITOR'}", True
    else:
        remedy = "run make sketchbook" if name == "sketchbook" else "set MINIDALLE3_T2I to a folder or hub id with some"
        yield f"T2I  {name}: no safetensors weights in {folder}; {remedy}", False


def database(settings: Settings) -> Iterator[tuple[str, bool]]:
    """The database that the settings name, opened once; a file in the home needs no word of its own."""
    if settings.database is None:
        return
    from minidalle3.graph.memory import DatabaseError, open_memory

    async def tried() -> None:
        await (await open_memory(settings)).close()

    try:
        asyncio.run(tried())
    except DatabaseError as error:
        yield f"Database: {error}", False
    else:
        yield "Database  PostgreSQL, for the conversations", True


def elsewhere(settings: Settings) -> Iterator[tuple[str, bool]]:
    """The server whose models are used instead of own ones, asked whether it is ready."""
    import httpx

    try:
        answer = httpx.get(f"{str(settings.server).rstrip('/')}/ready", timeout=10)
        told = answer.json()
        ready = answer.status_code == 200 and told["status"] == "ok"
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError) as error:
        yield f"Server {settings.server}: no answer ({type(error).__name__}); check it, and MINIDALLE3_SERVER", False
        return
    if not ready:
        yield f"Server {settings.server}: {told.get('why', told['status'])}", False
    elif settings.server_key is None:
        yield f"Server {settings.server}: it asks for a key; set MINIDALLE3_SERVER_KEY", False
    else:
        yield (
            f"Server {settings.server}, which draws with {told['engine']}; its key is tried at the first message",
            True,
        )


def serving(settings: Settings) -> Iterator[tuple[str, bool]]:
    """What `make serve` would lack; a conversation here lacks nothing of it."""
    lacking = [name for name, extra in EXTRAS.items() if extra == "serve" and not found(name)]
    doors = settings.home / "doors.sqlite"
    if lacking:
        yield f"Serve nothing: {', '.join(lacking)} not installed (pip install 'minidalle3[serve]')", True
    elif settings.database:
        yield f"Serve whoever has a key in the database; policy: {policy(settings)}", True
    elif not doors.exists() or not keys_in(doors):
        yield "Serve nobody yet: no key was given out (python -m minidalle3.serve.keys add NAME)", True
    else:
        yield f"Serve {keys_in(doors)} with keys; policy: {policy(settings)}", True


def found(name: str) -> bool:
    """Whether a distribution is installed."""
    try:
        return bool(version(name))
    except PackageNotFoundError:
        return False


def keys_in(doors: Path) -> int:
    """How many callers have a key; none in a file that is no such database."""
    with closing(sqlite3.connect(f"{doors.as_uri()}?mode=ro", uri=True)) as database, suppress(sqlite3.Error):
        return int(database.execute("SELECT count(*) FROM keys").fetchone()[0])
    return 0


def policy(settings: Settings) -> str:
    """Which function judges prompts and pictures."""
    judge = settings.policy
    if judge is None:
        return "none (MINIDALLE3_POLICY)"
    return f"{judge.__module__}:{getattr(judge, '__name__', judge)}"


def images_api(settings: Settings) -> Iterator[tuple[str, bool]]:
    """A server that draws, set up but not called."""
    from minidalle3.engines.contract import EngineError
    from minidalle3.engines.images_api import ImagesAPI

    try:
        can = ImagesAPI(settings).capabilities
    except EngineError as error:
        yield f"T2I  {settings.t2i}: {error}", False
        return
    where = f" at {settings.t2i_base_url}" if settings.t2i_base_url else ""
    yield f"T2I  {settings.t2i}{where}, {can.width}x{can.height}", True
    yield "     its server and key are tried at the first picture; its provider's terms apply", True
    yield "     its seeds and weights are unknown: no picture can be drawn again, or changed by its attention", True


def replicas(settings: Settings) -> Iterator[tuple[str, bool]]:
    """Engines in a cluster, which are asked what they can do."""
    from minidalle3.engines.contract import EngineError
    from minidalle3.nodes.services import owner_for

    try:
        can = asyncio.run(owner_for(settings).capabilities())
    except EngineError as error:
        yield f"T2I  {settings.t2i}: {error}", False
    else:
        yield f"T2I  {settings.t2i}, where replicas of {can.engine} draw", True


def memory(folder: Path, device: str) -> str:
    """How the weights would be kept, and why."""
    from minidalle3.engines.memory import plan_for

    return plan_for(folder, best_device() if device == "auto" else device).reason


def cached(name: str) -> Path | None:
    """The folder of a model that is on this machine already; raises `ValueError` for what cannot be a model."""
    if Path(name).is_dir():
        return Path(name)
    from huggingface_hub import try_to_load_from_cache

    found = try_to_load_from_cache(name, "model_index.json")
    return Path(found).parent if isinstance(found, str) else None


def licence(name: str) -> str:
    """What is known about it."""
    known = (text for part, text in LICENCES.items() if part in name.casefold())
    return next(known, "not known here: read the model's own card before you publish or sell what it draws")


def home(settings: Settings) -> Iterator[tuple[str, bool]]:
    """Where everything is kept."""
    folder = settings.home
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / ".doctor").touch()
        (folder / ".doctor").unlink()
    except OSError as error:
        yield f"Home {folder}: {error.strerror}; set MINIDALLE3_HOME to a folder that can be written", False
        return
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    yield f"Home {folder} ({size / 2**20:.0f} MiB)", True
