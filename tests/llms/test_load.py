"""LLMs are loaded as the settings say, talk over real HTTP, and what goes wrong is told in plain words."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk
from support.openai_server import Fault, OpenAIServer

from minidalle3.graph.settings import Settings
from minidalle3.llms import load as load_module
from minidalle3.llms.errors import LLMError, explain
from minidalle3.llms.load import PROVIDERS, load

KEYS = [provider.variable for provider in PROVIDERS.values() if provider.variable]


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in KEYS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def settings(llm: str, **values: Any) -> Settings:
    return Settings(llm=llm, **{"llm_retries": 0, "llm_timeout": 10.0, **values})


async def streamed(llm: BaseChatModel, words: str = "hello", **more: Any) -> AIMessageChunk:
    chunks = [chunk async for chunk in llm.astream(words, **more)]
    assert all(isinstance(chunk, AIMessageChunk) for chunk in chunks)
    return sum(chunks[1:], start=chunks[0])  # type: ignore[return-value, arg-type]


def test_offline_is_the_default() -> None:
    assert type(load(Settings())).__name__ == "OfflineAssistant"


async def test_a_server_of_ones_own_streams_without_a_key(openai_server: OpenAIServer) -> None:
    openai_server.replies = ["Here: <image>a dog</image>"]
    llm = load(settings("openai:qwen2.5:7b", llm_base_url=openai_server.url, llm_temperature=0.5))
    assert (await streamed(llm)).text == "Here: <image>a dog</image>"
    request = openai_server.requests[0]
    assert (request["model"], request["stream"], request["temperature"]) == ("qwen2.5:7b", True, 0.5)
    assert request["messages"] == [{"role": "user", "content": "hello"}]
    assert openai_server.keys == ["none"]


async def test_token_use_is_asked_for(openai_server: OpenAIServer) -> None:
    usage = (await streamed(load(settings("openai:m", llm_base_url=openai_server.url)), "two words")).usage_metadata
    assert usage is not None
    assert (usage["input_tokens"], usage["output_tokens"]) == (2, 1)


async def test_a_server_that_does_not_count_is_asked_once_only(openai_server: OpenAIServer) -> None:
    openai_server.unknown = "stream_options"
    llm = load(settings("openai:m", llm_base_url=openai_server.url))
    for _ in range(2):
        reply = await streamed(llm)
        assert (reply.text, reply.usage_metadata) == ("Hello.", None)
    assert ["stream_options" in request for request in openai_server.requests] == [True, False, False]


async def test_what_a_server_refuses_for_another_reason_is_still_told(openai_server: OpenAIServer) -> None:
    openai_server.fault = 400
    chosen = settings("openai:m", llm_base_url=openai_server.url)
    llm = load(chosen)
    with pytest.raises(Exception) as raised:
        await streamed(llm)
    assert "refused the request" in (explain(raised.value, chosen) or "")
    openai_server.fault = None
    assert (await streamed(llm)).usage_metadata is not None


async def test_a_whole_reply_without_streaming(openai_server: OpenAIServer) -> None:
    llm = load(settings("openai:m", llm_base_url=openai_server.url))
    assert (await llm.ainvoke("hello")).text == "Hello."
    assert "temperature" not in openai_server.requests[0]


async def test_our_key_goes_before_the_providers_own(
    openai_server: OpenAIServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "theirs")
    await load(settings("openai:m", llm_base_url=openai_server.url)).ainvoke("hello")
    await load(settings("openai:m", llm_base_url=openai_server.url, llm_api_key="ours")).ainvoke("hello")
    assert openai_server.keys == ["theirs", "ours"]


@pytest.mark.parametrize(("provider", "address"), [("baichuan", "BAICHUAN_API_BASE"), ("zhipu", "ZHIPUAI_API_BASE")])
async def test_providers_of_the_community_package(
    provider: str, address: str, openai_server: OpenAIServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(address, f"{openai_server.url}/chat/completions")
    chosen = settings(f"{provider}:m", llm_api_key="id.a secret of thirty-two bytes or more", llm_temperature=0.5)
    llm = load(chosen)
    assert (await streamed(llm)).text == "Hello."
    assert (openai_server.requests[0]["model"], openai_server.requests[0]["temperature"]) == ("m", 0.5)
    openai_server.fault = 401
    with pytest.raises(Exception) as raised:
        await streamed(llm)
    assert explain(raised.value, chosen)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (400, "refused"),
        (401, "MINIDALLE3_LLM_API_KEY"),
        (404, "model's name"),
        (429, "wait a little"),
        (500, "trouble of its own"),
        ("hang", "MINIDALLE3_LLM_TIMEOUT"),
        ("drop", "ask again"),
        ("bad_json", "/v1"),
    ],
)
@pytest.mark.parametrize("streaming", [True, False])
async def test_faults_are_told_in_a_sentence(
    fault: Fault, said: str, streaming: bool, openai_server: OpenAIServer
) -> None:
    openai_server.fault = fault
    chosen = settings("openai:m", llm_base_url=openai_server.url, llm_timeout=0.5 if fault == "hang" else 10)
    llm = load(chosen)
    with pytest.raises(Exception) as raised:
        await (streamed(llm) if streaming else llm.ainvoke("hello"))
    sentence = explain(raised.value, chosen)
    assert sentence is not None
    assert said in sentence
    assert "openai:m" in sentence


async def test_a_server_that_is_down() -> None:
    chosen = settings("openai:m", llm_base_url="http://127.0.0.1:9/v1")
    with pytest.raises(Exception) as raised:
        await streamed(load(chosen))
    assert "http://127.0.0.1:9/v1 cannot be reached" in (explain(raised.value, chosen) or "")


async def test_retries(openai_server: OpenAIServer) -> None:
    openai_server.fault = 500
    llm = load(settings("openai:m", llm_base_url=openai_server.url, llm_retries=1))
    with pytest.raises(Exception):  # noqa: B017
        await llm.ainvoke("hello")
    assert len(openai_server.requests) == 2


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ValueError("request_id: 1 \n status_code: 401 \n code: x \n message: y"), "key"),
        (ValueError("Error from Baichuan api response: <Response [429]>"), "wait"),
        (ValueError("Invalid API key: secret"), "key"),
        (ConnectionRefusedError(), "cannot be reached"),
        (TimeoutError(), "was silent for 10 seconds"),
    ],
)
def test_errors_of_other_clients(error: Exception, said: str) -> None:
    sentence = explain(error, settings("tongyi:m"))
    assert sentence is not None
    assert said in sentence
    assert "secret" not in sentence


def test_a_spent_account_is_not_asked_to_wait() -> None:
    error = ConnectionError()
    error.status_code, error.code = 429, "insufficient_quota"  # type: ignore[attr-defined]
    assert "credit" in (explain(error, settings("openai:m")) or "")


def test_the_cause_is_looked_at_too_and_strangers_are_left_alone() -> None:
    outer = RuntimeError("?")
    assert explain(outer, settings("openai:m")) is None
    outer.__cause__ = TimeoutError()
    assert "silent" in (explain(outer, settings("openai:m")) or "")


@pytest.mark.parametrize(
    ("llm", "values", "said"),
    [
        ("openai:gpt", {}, "set OPENAI_API_KEY"),
        ("baichuan:m", {}, "set BAICHUAN_API_KEY"),
        ("zhipu:m", {}, "set ZHIPUAI_API_KEY"),
        ("openai:gpt", {"llm_api_key": ""}, "set OPENAI_API_KEY"),
        ("openai:", {"llm_api_key": "k"}, "lacks the model's name"),
        ("gpt-5", {}, "provider:model"),
        ("", {}, "use offline"),
        ("acme:m", {}, "openai, anthropic, ollama"),
        ("zhipu:m", {"llm_api_key": "k", "llm_base_url": "http://x"}, "takes no base URL"),
        ("openai:m", {"llm_base_url": "localhost:8000"}, "must begin with http"),
    ],
)
def test_what_cannot_be_set_up_says_what_to_do(llm: str, values: dict[str, str], said: str) -> None:
    with pytest.raises(LLMError, match=said):
        load(settings(llm, **values))


@pytest.mark.parametrize("provider", [name for name, known in PROVIDERS.items() if known.packages])
def test_a_missing_package_is_named_with_its_extra(provider: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load_module, "find_spec", lambda _: None)
    with pytest.raises(LLMError, match=rf"pip install 'minidalle3\[{provider}\]'"):
        load(settings(f"{provider}:m"))


def test_loading_imports_no_client_that_is_not_used() -> None:
    code = (
        "import sys; from minidalle3.graph.settings import Settings; from minidalle3.llms.load import load;"
        "load(Settings(llm='offline')); print({'openai', 'langchain_community', 'langchain', 'torch'} & {*sys.modules})"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "set()"
