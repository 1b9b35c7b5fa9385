"""The offline assistant on the held-out messages: floors a little below what `eval/results/conversation.json` says."""

from pathlib import Path

from minidalle3.eval.conversation import figures, run
from minidalle3.eval.labelled import labelled
from minidalle3.graph.settings import Settings
from minidalle3.nodes.services import make


async def test_held_out_messages_are_carried_out_on_the_right_pictures(tmp_path: Path) -> None:
    services = make(Settings(home=tmp_path))
    held_out = {
        name: [message for message in labelled(name) if message.part == "held_out"]
        for name in ("routing", "references")
    }
    routed, referred = [await run(messages, services, name) for name, messages in held_out.items()]
    services.close()
    found = figures(routed, referred)
    assert (found["turns"], found["dialogues"]) == (113, 61)
    assert found["routing"] >= 0.90
    assert found["false_draws"] <= 0.04
    assert found["references"] >= 0.95
