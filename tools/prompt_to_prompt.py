"""Change words of a picture's prompt and keep its layout: Prompt-to-Prompt (Hertz et al. 2022)."""

from __future__ import annotations

from typing import Literal

from langchain_core.runnables import RunnableConfig
from langchain_core.tools import BaseTool, tool
from pydantic import JsonValue

from minidalle3.engines.owner import Owner
from minidalle3.gallery.store import Gallery
from minidalle3.graph.state import Prompt
from minidalle3.tools.edits import change
from minidalle3.tools.parameters import Share


def prompt_to_prompt(owner: Owner, gallery: Gallery) -> BaseTool:
    """The tool bound to one engine and one gallery.

    Takes the digest of a picture that this engine drew and n prompts, and returns n digests. A prompt may weigh words,
    as `a (red:1.5) dog`: above 1 stronger, below 1 weaker, below 0 pushed out; -2..5 is useful. A prompt's seed matters
    only to samplers that add noise on the way. The recipe and the `Watch` are as in `text_to_image`.
    Raises `EngineError`, `PictureError` or `Stopped`.
    """

    @tool("prompt_to_prompt")
    async def draw(
        source: str,
        prompts: list[Prompt],
        config: RunnableConfig,
        mode: Literal["replace", "refine"] = "refine",
        cross: Share = 0.8,
        layout: Share = 0.4,
        local: bool = True,
    ) -> list[str]:
        """Draw the picture `source` again with other words, and return the digests of what came of it.

        `replace` puts each new word where the old one was, `refine` lets new words find their place. `cross` and
        `layout` are the shares of the way, from pure noise, on which words and shapes stay where they were. `local`
        leaves every pixel alone that the changed words are not about.
        """
        parameters: dict[str, JsonValue] = {"mode": mode, "cross": cross, "layout": layout, "local": local}
        return await change(owner, gallery, config, "prompt_to_prompt", source, prompts, parameters)

    return draw
