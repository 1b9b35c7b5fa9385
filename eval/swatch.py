"""A cheap engine: fills each picture with one colour that its prompt and seed decide, whatever it is asked to draw."""

from __future__ import annotations

import hashlib

import torch
from PIL import Image

from minidalle3.engines.contract import Capabilities, Dialect, Drawn, Job, Stopped, Watch, refuse_source
from minidalle3.gallery.trace import Trace


class Swatch:
    """A real engine in all but beauty: steps, previews, stops and traces as any other."""

    def __init__(self, steps: int = 4, dialect: Dialect = "prose") -> None:
        self.capabilities = Capabilities(
            engine="swatch",
            fingerprint=hashlib.sha256(b"swatch").hexdigest(),
            dialect=dialect,
            token_budget=77,
            width=64,
            height=64,
            sizes=(),
            steps=steps,
            guidance=1.0,
            scheduler="none",
            negative_prompt=True,
            attention_control=False,
            image_to_image=False,
            adapters=False,
            edit_endpoint=False,
        )

    def draw(self, job: Job, watch: Watch) -> list[Drawn]:
        """Raises `Stopped` between steps, and `EngineError` for a job with a picture."""
        refuse_source(self.capabilities, job)
        images = [
            Image.new("RGB", (job.width, job.height), colour(*row)) for row in zip(job.prompts, job.seeds, strict=True)
        ]
        for step in range(job.steps):
            if watch.stopped():
                raise Stopped
            watch.progress(step + 1, job.steps)
            for row, image in enumerate(images):
                if watch.wants_preview(row):
                    watch.preview(row, image)
        trace = Trace(torch.zeros(job.steps + 1, 4, 8, 8), torch.arange(job.steps, 0, -1))
        return [Drawn(image, trace) for image in images]


def colour(prompt: str, seed: int) -> tuple[int, int, int]:
    """A colour for a prompt and a seed."""
    red, green, blue = hashlib.sha256(f"{seed} {prompt}".encode()).digest()[:3]
    return red, green, blue
