"""The LLM that the settings name, made ready to talk."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from math import ceil
from typing import Any, cast

from langchain_core.language_models import BaseChatModel

from minidalle3.graph.settings import Settings
from minidalle3.llms.errors import LLMError

NO_KEY = "none"
"""For servers of one's own, which want no key where the client insists on one."""


@dataclass(frozen=True)
class Provider:
    """How one provider is reached; without `community` it is one of `init_chat_model`'s."""

    parameters: Mapping[str, str]
    """Its own parameter names (a dot leads into a dict), and which of our `values` each one takes."""
    variable: str | None = None
    """The environment variable of its key."""
    key_needed: bool = True
    packages: tuple[str, ...] = ()
    """Importable names that the extra of the provider's name brings."""
    community: str | None = None
    """Module and class in `langchain_community.chat_models`."""
    always: Mapping[str, Any] = field(default_factory=dict)


COMMON = {"api_key": "key", "base_url": "base_url", "temperature": "temperature", "max_retries": "retries"}
PROVIDERS: dict[str, Provider] = {
    "openai": Provider({**COMMON, "timeout": "timeout", "stream_chunk_timeout": "timeout"}, "OPENAI_API_KEY"),
    "anthropic": Provider({**COMMON, "timeout": "timeout"}, "ANTHROPIC_API_KEY", packages=("langchain_anthropic",)),
    "ollama": Provider(
        {"base_url": "base_url", "temperature": "temperature", "client_kwargs.timeout": "timeout"},
        packages=("langchain_ollama",),
    ),
    "huggingface": Provider(
        {"huggingfacehub_api_token": "key", "temperature": "temperature", "timeout": "seconds"},
        "HF_TOKEN",
        key_needed=False,
        packages=("langchain_huggingface",),
        always={"backend": "endpoint"},
    ),
    "baichuan": Provider(
        {"api_key": "key", "temperature": "temperature", "timeout": "seconds"},
        "BAICHUAN_API_KEY",
        community="baichuan.ChatBaichuan",
    ),
    "zhipu": Provider(
        {"api_key": "key", "temperature": "temperature"},
        "ZHIPUAI_API_KEY",
        packages=("jwt", "httpx_sse"),
        community="zhipuai.ChatZhipuAI",
    ),
    "tongyi": Provider(
        {
            "api_key": "key",
            "max_retries": "retries",
            "model_kwargs.temperature": "temperature",
            "model_kwargs.request_timeout": "seconds",
        },
        "DASHSCOPE_API_KEY",
        packages=("dashscope",),
        community="tongyi.ChatTongyi",
    ),
}


def load(settings: Settings) -> BaseChatModel:
    """Raises `LLMError` when it cannot be set up; nothing is asked of its server yet."""
    if settings.llm == "offline":
        from minidalle3.llms.offline import OfflineAssistant

        return OfflineAssistant()
    name, colon, model = (part.strip() for part in settings.llm.partition(":"))
    known = PROVIDERS.get(name.lower())
    if known is None or not colon:
        raise LLMError(
            f"MINIDALLE3_LLM={settings.llm} names no LLM: use offline, or provider:model with one of the providers"
            f" {', '.join(PROVIDERS)}; any OpenAI-compatible server is openai:model with MINIDALLE3_LLM_BASE_URL."
        )
    if not model:
        raise LLMError(f"MINIDALLE3_LLM={settings.llm} lacks the model's name after the colon.")
    check(name.lower(), known, settings)
    return make(name.lower(), known, model, arguments(known, settings))


def check(name: str, provider: Provider, settings: Settings) -> None:
    """Raises `LLMError` for what is missing: a package, a key, a way to use the base URL."""
    if any(find_spec(package) is None for package in provider.packages):
        raise LLMError(f"The provider {name} needs an extra: pip install 'minidalle3[{name}]'")
    url = settings.llm_base_url
    if url and "base_url" not in provider.parameters:
        raise LLMError(
            f"The provider {name} takes no base URL: unset MINIDALLE3_LLM_BASE_URL, or use openai:model for an"
            " OpenAI-compatible server."
        )
    if url and not url.startswith(("http://", "https://")):
        raise LLMError(f"MINIDALLE3_LLM_BASE_URL={url} must begin with http:// or https://")
    if provider.variable and provider.key_needed and not url and not key(provider, settings):
        raise LLMError(
            f"The provider {name} needs a key: set {provider.variable} in the environment, or MINIDALLE3_LLM_API_KEY"
            " there or in the file .env."
        )


def key(provider: Provider, settings: Settings) -> str | None:
    """Ours if it is set, else the provider's own."""
    ours = settings.llm_api_key.get_secret_value() if settings.llm_api_key else ""
    return ours or os.environ.get(provider.variable or "") or None


def arguments(provider: Provider, settings: Settings) -> dict[str, Any]:
    """The settings in the provider's own words; what is not set is left to the provider."""
    values = {
        "key": key(provider, settings) or (NO_KEY if settings.llm_base_url else None),
        "base_url": settings.llm_base_url or None,
        "temperature": settings.llm_temperature,
        "timeout": settings.llm_timeout,
        "seconds": ceil(settings.llm_timeout),
        "retries": settings.llm_retries,
    }
    given: dict[str, Any] = dict(provider.always)
    for path, value in provider.parameters.items():
        if values[value] is not None:
            *folder, name = path.split(".")
            place = given.setdefault(folder[0], {}) if folder else given
            place[name] = values[value]
    return given


def make(name: str, provider: Provider, model: str, given: Mapping[str, Any]) -> BaseChatModel:
    """The chat model itself; its packages are imported only now."""
    with warnings.catch_warnings():
        # Known, and accepted: these providers have no package of their own that is looked after better.
        warnings.filterwarnings("ignore", "`langchain-community` is being sunset", DeprecationWarning)
        if name == "openai" and "base_url" in given:
            from minidalle3.llms.counting import CountingChat

            return CountingChat(model=model, **given)
        if provider.community is None:
            from langchain.chat_models import init_chat_model

            return cast(BaseChatModel, init_chat_model(model, model_provider=name, **given))
        module, cls = provider.community.split(".")
        community = import_module(f"langchain_community.chat_models.{module}")
        return cast(BaseChatModel, getattr(community, cls)(model=model, **given))
