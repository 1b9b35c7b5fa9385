"""Change a picture's pose or view and keep its looks: MasaCtrl, mutual self-attention (Cao et al. 2023)."""

from __future__ import annotations

from langchain_core.runnables import RunnableConfig
from langchain_core.tools import BaseTool, tool
from pydantic import JsonValue

from minidalle3.engines.owner import Owner
from minidalle3.gallery.store import Gallery
from minidalle3.graph.state import Prompt
from minidalle3.tools.edits import change
from minidalle3.tools.parameters import Share, Subject


def masactrl(owner: Owner, gallery: Gallery) -> BaseTool:
    """The tool bound to one engine and one gallery.

    Takes the digest of a picture that this engine drew and n prompts, and returns n digests; the recipe and the `Watch`
    are as in `text_to_image`. Raises `EngineError`, `PictureError` or `Stopped`.
    """

    @tool("masactrl")
    async def draw(
        source: str,
        prompts: list[Prompt],
        config: RunnableConfig,
        until: Share = 0.91,
        subject: Subject = "",
        local: bool = True,
    ) -> list[str]:
        """Draw the picture `source` in another pose, and return the digests of what came of it.

        Down from the noise level `until` (1 is pure noise) the new picture takes its looks from the source. `subject`
        names what moves, in words of both prompts: it is then kept apart from the background, and `local` leaves every
        pixel alone where it neither was nor is. An engine may know the subject by itself; else nothing is kept apart.
        """
        parameters: dict[str, JsonValue] = {"until": until, "subject": subject, "local": local}
        return await change(owner, gallery, config, "masactrl", source, prompts, parameters)

    return draw
