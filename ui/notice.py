"""What a person should know about the models that run."""

from __future__ import annotations

from minidalle3.graph.settings import Settings

EMBEDDED = {"llm": "the offline assistant (rules, no language model)", "t2i": "the sketchbook (128×128 pictures)"}


def models(settings: Settings) -> str:
    """Which models run, in one line."""
    if settings.server:
        return f"Talking and drawing: the server at {settings.server}."
    llm = EMBEDDED["llm"] if settings.llm == "offline" else settings.llm
    t2i = EMBEDDED["t2i"] if settings.t2i == "sketchbook" else settings.t2i
    return f"Talking: {llm}. Drawing: {t2i}."


def bigger(settings: Settings) -> list[str]:
    """How to connect bigger models than the embedded ones in use, as Markdown; empty when none is."""
    hints: list[str] = []
    if settings.server:
        return hints
    if settings.llm == "offline":
        hints.append("To talk with a language model: `MINIDALLE3_LLM=openai:gpt-5`, and its key.")
    if settings.t2i == "sketchbook":
        hints.append("To draw in full size: `MINIDALLE3_T2I=stabilityai/stable-diffusion-xl-base-1.0`.")
    return [*hints, "`minidalle3 doctor` says what is missing."] if hints else []
