"""A chat model that replays a script, for tests of everything around an LLM."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.messages.tool import tool_call_chunk
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import PrivateAttr

CHUNK = 3


class ScriptedChatModel(BaseChatModel):
    """Says `script` in order, one message a call, and keeps every prompt in `seen`; asked once more, it fails."""

    script: list[AIMessage]
    _seen: list[list[BaseMessage]] = PrivateAttr(default_factory=list)

    @property
    def _llm_type(self) -> str:
        return "scripted"

    @property
    def seen(self) -> list[list[BaseMessage]]:
        """The prompts so far, the first call's first."""
        return self._seen

    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> ScriptedChatModel:  # type: ignore[override]
        """Itself: what it says is in the script."""
        return self

    def _next(self, messages: list[BaseMessage]) -> AIMessage:
        self._seen.append(list(messages))
        if len(self._seen) > len(self.script):
            raise AssertionError(f"The script holds {len(self.script)} replies; one more was asked for.")
        reply = self.script[len(self._seen) - 1]
        return reply.model_copy(update={"usage_metadata": reply.usage_metadata or usage(messages, reply)})

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=self._next(messages))])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        reply = self._next(messages)
        for start in range(0, len(reply.text), CHUNK):
            piece = reply.text[start : start + CHUNK]
            chunk = ChatGenerationChunk(message=AIMessageChunk(piece))
            if run_manager:
                run_manager.on_llm_new_token(piece, chunk=chunk)
            yield chunk
        calls = [
            tool_call_chunk(name=call["name"], args=json.dumps(call["args"]), id=call["id"], index=index)
            for index, call in enumerate(reply.tool_calls)
        ]
        last = AIMessageChunk("", tool_call_chunks=calls, usage_metadata=reply.usage_metadata, chunk_position="last")
        yield ChatGenerationChunk(message=last)


def usage(messages: Sequence[BaseMessage], reply: AIMessage) -> UsageMetadata:
    """Words for tokens: enough to see that they are counted."""
    read, written = sum(len(message.text.split()) for message in messages), len(reply.text.split())
    return {"input_tokens": read, "output_tokens": written, "total_tokens": read + written}
