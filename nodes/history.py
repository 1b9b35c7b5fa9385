"""What the LLM is given to read: the chat prompt with its ledger of pictures, and the conversation as it wrote it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from langchain_core.messages import AIMessage, AnyMessage, BaseMessage, HumanMessage, SystemMessage

from minidalle3.graph.state import ChatState, PictureRecord
from minidalle3.nodes.window import LISTING, READING, listed, tokens_of, trimmed
from minidalle3.prompts import load

CHAT = load("chat")


def for_llm(state: ChatState, window: int) -> list[BaseMessage]:
    """The messages of one LLM call, trimmed to its window; pictures appear by id and description, never as bytes."""
    pictures = {id: record for id, record in state.get("pictures", {}).items() if not record.get("hidden")}
    first = system(pictures, state.get("current"), int(window * LISTING))
    said = map(plain, reversed(state["messages"]))
    return [first, *trimmed(said, int(window * READING) - tokens_of([first]))]


def system(pictures: Mapping[str, PictureRecord], current: str | None, budget: int) -> SystemMessage:
    """The chat prompt and the ledger: as lines for an LLM, as data for the offline assistant."""
    lines = listed(pictures, current, budget)
    ledger = "\n".join(["Pictures in this conversation so far:", *lines]) if lines else "There are no pictures yet."
    fields = ("id", "kind", "parent", "description")
    data = {"pictures": [{f: record[f] for f in fields} for record in pictures.values()], "current": current}  # type: ignore[literal-required]
    return SystemMessage(f"{CHAT}\n\n{ledger}", additional_kwargs={"ledger": data})


def plain(message: AnyMessage) -> BaseMessage:
    """A message as text alone, photos by their ids."""
    if isinstance(message, AIMessage):
        return AIMessage(message.text)
    return HumanMessage(message.additional_kwargs.get("understood") or words_of(message))


def words_of(message: BaseMessage) -> str:
    """What a person said, with `[photo #1]` where they sent one."""
    if isinstance(message.content, str):
        return message.content
    return "\n".join(filter(None, map(block_text, message.content)))


def block_text(block: str | Mapping[str, object]) -> str:
    """One content block in words."""
    if isinstance(block, str):
        return block
    return f"[photo {block['id']}]" if block.get("type") == "image" and "id" in block else str(block.get("text", ""))


def last_words(messages: Sequence[BaseMessage]) -> str:
    """What the person said last, photos left out."""
    content = messages[-1].content
    if isinstance(content, str):
        return content
    return " ".join(str(block.get("text", "")) if isinstance(block, dict) else block for block in content).strip()


def understood(messages: Sequence[BaseMessage]) -> str:
    """What the person said last, read together with the question it answers."""
    return str(messages[-1].additional_kwargs.get("understood") or last_words(messages))
