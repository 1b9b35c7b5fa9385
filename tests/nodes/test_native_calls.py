"""Native tool calls over real HTTP: they meet the tags in the same requests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import HumanMessage
from langgraph.runtime import Runtime
from support.openai_server import OpenAIServer, running
from support.swatch import Swatch

from minidalle3.engines.owner import Owner
from minidalle3.graph.context import Context
from minidalle3.graph.settings import Settings
from minidalle3.graph.state import Segment
from minidalle3.llms.load import load
from minidalle3.nodes.respond import respond
from minidalle3.nodes.services import Services


async def drafted(server: OpenAIServer, home: Path, tools: bool = True) -> list[Segment]:
    settings = Settings(home=home, llm="openai:gpt-x", llm_base_url=server.url, llm_tools=tools)
    services = Services.of(settings, load(settings), Owner(Swatch))
    state: Any = {"messages": [HumanMessage("please")]}
    made = await respond(state, Runtime(context=Context(), stream_writer=lambda _: None), services)
    services.close()
    assert made["notes"] == []
    draft = made["draft"]
    assert draft
    return draft["segments"]


async def test_every_kind_of_request_may_come_as_a_call(tmp_path: Path) -> None:
    with running(OpenAIServer) as server:
        server.replies = ["Sure:"]
        server.calls = [
            ("image", {"description": "a dog", "n": 2}),
            ("edit", {"description": "a red dog", "of": "#1"}),
            ("vary", {"of": "#1", "n": 3}),
            ("refine", {}),
            ("select", {"of": "#2"}),
        ]
        segments = await drafted(server, tmp_path)
        offered = [tool["function"]["name"] for tool in server.requests[0]["tools"]]
    assert offered == ["image", "edit", "vary", "refine", "select"]
    assert segments == [
        {"kind": "text", "text": "Sure:"},
        {"kind": "image", "text": "a dog", "count": 2},
        {"kind": "edit", "text": "a red dog", "count": 1, "source": "#1"},
        {"kind": "vary", "text": "", "count": 3, "source": "#1"},
        {"kind": "refine", "text": "", "count": 1},
        {"kind": "select", "text": "", "count": 1, "source": "#2"},
    ]


async def test_a_tag_and_a_call_ask_for_the_same(tmp_path: Path) -> None:
    with running(OpenAIServer) as server:
        server.replies = ['<edit of="#1">a red dog</edit>']
        by_tag = await drafted(server, tmp_path)
        server.replies, server.calls = [""], [("edit", {"description": "a red dog", "of": "#1"})]
        by_call = await drafted(server, tmp_path)
    assert by_tag == by_call


async def test_no_tools_are_offered_unless_the_setting_says_so(tmp_path: Path) -> None:
    with running(OpenAIServer) as server:
        await drafted(server, tmp_path, tools=False)
        assert "tools" not in server.requests[0]


@pytest.mark.parametrize("arguments", [{}, {"description": ""}, {"description": None}, {"other": "a dog"}])
async def test_a_call_without_a_description_asks_for_nothing(arguments: dict[str, Any], tmp_path: Path) -> None:
    with running(OpenAIServer) as server:
        server.calls = [("image", arguments)]
        assert await drafted(server, tmp_path) == [{"kind": "text", "text": "Hello."}]
