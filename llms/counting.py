"""A chat model behind a base URL that is asked for its token use, which not every such server allows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from langchain_core.exceptions import ContextOverflowError
from langchain_core.outputs import ChatGenerationChunk
from langchain_openai import ChatOpenAI
from openai import BadRequestError, UnprocessableEntityError


class CountingChat(ChatOpenAI):
    """Goes on without counting once a server has refused to count and answered when it was not asked to."""

    stream_usage: bool | None = True

    async def _astream(self, *args: Any, **kwargs: Any) -> AsyncIterator[ChatGenerationChunk]:
        begun = False
        try:
            async for chunk in super()._astream(*args, **kwargs):
                begun = True
                yield chunk
        except ContextOverflowError:
            raise
        except (BadRequestError, UnprocessableEntityError):
            if begun or not self.stream_usage:
                raise
            async for chunk in super()._astream(*args, **{**kwargs, "stream_usage": False}):
                self.stream_usage = False
                yield chunk
