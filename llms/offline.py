"""The chat model that needs no weights, key or network: rules over the conversation, honest about being rules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, ModelProfile
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import Field

from minidalle3.llms.rules.answer import reply
from minidalle3.llms.rules.conversation import read

_WORDS = re.compile(r"\s*\S+\s*\Z|\s*\S+|\s+")


class OfflineAssistant(BaseChatModel):
    """Stateless: what it knows is in the messages and in the ledger of the system message."""

    profile: ModelProfile | None = Field(default=ModelProfile(max_input_tokens=10**9), exclude=True)
    """It reads any conversation to its beginning."""

    @property
    def _llm_type(self) -> str:
        return "offline"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        text = before_stop(reply(read(messages)), stop)
        return ChatResult(generations=[ChatGeneration(message=AIMessage(text))])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        for word in _WORDS.findall(before_stop(reply(read(messages)), stop)):
            chunk = ChatGenerationChunk(message=AIMessageChunk(content=word))
            if run_manager:
                run_manager.on_llm_new_token(word, chunk=chunk)
            yield chunk


def before_stop(text: str, stop: list[str] | None) -> str:
    """`text` up to the first of the stop words."""
    ends = [at for word in stop or () if (at := text.find(word)) >= 0]
    return text[: min(ends)] if ends else text
