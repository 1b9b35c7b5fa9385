"""The graph itself: light to import, bare for Studio, with state that is JSON."""

import json
import subprocess
import sys

from langchain_core.messages import HumanMessage
from support.house import services

from minidalle3.graph.agent import build, graph
from minidalle3.graph.context import Context


def test_importing_the_graph_loads_no_heavy_library() -> None:
    heavy = "{'torch', 'diffusers', 'transformers', 'streamlit'}"
    code = f"import sys, minidalle3.graph.turns; assert not {heavy} & set(sys.modules), {heavy} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_studio_gets_a_graph_without_a_saver() -> None:
    assert graph.checkpointer is None
    assert list(graph.get_input_jsonschema()["properties"]) == ["messages"]


async def test_an_embedded_graph_runs_without_a_front_door_and_its_state_is_json(tmp_path) -> None:
    embedded = build(services(tmp_path, ["Sure: <image n='2'>a dog</image>"])).compile()
    seen = []
    asked = {"messages": [HumanMessage("two dogs")]}
    async for state in embedded.astream(asked, context=Context(), stream_mode="values"):
        seen.append({key: value for key, value in state.items() if key != "messages"})
    assert seen[-1]["current"] == "#1"
    assert list(seen[-1]["pictures"]) == ["#1", "#2"]
    assert json.loads(json.dumps(seen)) == seen


async def test_the_context_may_be_left_out(tmp_path) -> None:
    embedded = build(services(tmp_path, ["<image>a dog</image>"])).compile()
    result = await embedded.ainvoke({"messages": [HumanMessage("a dog")]})
    assert result["pictures"]["#1"]["level"] == "none"
