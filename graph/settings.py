"""Settings of the process, read once at its edge from `MINIDALLE3_*` variables or a `.env` file."""

from __future__ import annotations

import inspect
from pathlib import Path

from platformdirs import user_data_path
from pydantic import Field, ImportString, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from minidalle3.graph.policy import Policy
from minidalle3.graph.state import Level


class Settings(BaseSettings):
    """Which models run, where things are kept, and how much of them."""

    model_config = SettingsConfigDict(
        env_prefix="MINIDALLE3_", env_file=".env", extra="ignore", frozen=True, str_strip_whitespace=True
    )

    llm: str = "offline"
    """`offline`, or `provider:model` (see `llms/load.py`)."""
    llm_base_url: str | None = None
    """An OpenAI-compatible server, for `openai:model`."""
    llm_api_key: SecretStr | None = None
    """Overrides the provider's own variable (OPENAI_API_KEY and so on)."""
    llm_temperature: float | None = Field(default=None, ge=0, le=2)
    llm_timeout: float = Field(default=60.0, gt=0)
    """Seconds to wait for the LLM to say anything."""
    llm_retries: int = Field(default=2, ge=0)
    llm_window: int | None = Field(default=None, ge=4096)
    """Tokens that the LLM reads at once; unset, what its client knows of it, else 8192. Older turns are left out."""
    llm_tools: bool = False
    """To an LLM that can call tools: offer the kinds of request as native tools too, and have it write the descriptions
    of several pictures to choose from."""
    llm_images: bool | None = None
    """Whether the LLM is shown the pictures in question; unset, if its client knows that it takes images."""

    t2i: str = "sketchbook"
    """`sketchbook`; a diffusers model: a hub id or a folder; `openai:` and a model of an images API; or `ray:` and the
    name of an app of engines in a cluster (see `engines/cluster.py`)."""
    t2i_base_url: str | None = None
    """A server with OpenAI's images API, for `openai:model`."""
    t2i_api_key: SecretStr | None = None
    """Overrides OPENAI_API_KEY for pictures."""
    t2i_size: str = Field(default="1024x1024", pattern=r"^[1-9]\d{1,3}x[1-9]\d{1,3}$")
    """Width and height to ask an images API for; every other engine knows its own."""
    t2i_timeout: float = Field(default=180.0, gt=0)
    """Seconds to wait for an images API."""
    t2i_retries: int = Field(default=2, ge=0)
    ip_adapter: str | None = None
    """An IP-Adapter for a diffusers model: a folder, a file or a hub id (`owner/name`, or with a file's path after it);
    unset, the model's own folders `ip_adapter` and `image_encoder` are looked into."""
    editor: str | None = None
    """A second model, that changes pictures by instruction: a hub id or a folder; or `openai:` and a model of the
    images API that `t2i_base_url` and `t2i_api_key` name."""
    device: str = "auto"
    """`auto`, `cpu`, `cuda`, `mps`."""
    level: Level | None = None
    """`none`, `small`, `large`: how much every change is taken to change; unset, each is judged by itself."""

    server: str | None = None
    """Address of a house in another process (`make serve`) whose models and threads are used instead of own ones."""
    server_key: SecretStr | None = None
    """A key that the server gave out."""

    home: Path = Field(default_factory=lambda: user_data_path("minidalle3", appauthor=False))
    """Where threads and pictures live."""
    database: SecretStr | None = None
    """`postgresql://…`, where several processes share their threads; unset, a file in `home`."""
    gallery: str | None = None
    """Where several machines share their pictures: a URL as fsspec reads it, such as `s3://bucket/prefix`; unset, a
    folder in `home`."""
    trace_budget_mib: int = Field(default=1024, ge=0)
    """Traces beyond this are dropped, the longest unused first; pictures never are."""
    queue_limit: int = Field(default=64, ge=1)
    """Drawings that may wait; one more is refused."""
    batch_limit: int = Field(default=8, ge=1)
    """Pictures of several turns that are drawn together at most, where their steps, guidance and size agree."""
    policy: ImportString[Policy] | None = None
    """`package.module:function`, an async function that may refuse prompts and pictures (see `graph/policy.py`)."""

    def hide(self, text: str) -> str:
        """`text` without the keys of these settings: a server may repeat them in what it says."""
        keys = [key.get_secret_value() for key in (self.llm_api_key, self.t2i_api_key, self.server_key) if key]
        for key in filter(None, keys):
            text = text.replace(key, "…")
        return text

    @field_validator("policy")
    @classmethod
    def can_be_awaited(cls, value: Policy | None) -> Policy | None:
        """A plain function would let everything pass, with an error each time."""
        if value is not None and not inspect.iscoroutinefunction(value):
            raise ValueError("not an async function: async def policy(prompt, picture)")
        return value
