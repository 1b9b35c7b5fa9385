"""A model's own network that makes its pictures twice as large, where its folder has one."""

from __future__ import annotations

from pathlib import Path

import torch
from PIL import Image
from safetensors import SafetensorError

from minidalle3.engines.contract import EngineError
from minidalle3.engines.fingerprint import digest
from minidalle3.sketchbook.upscaler import FOLDER, Upscaler, enlarged


class Enlarger:
    """Single precision on the processor, wherever the pipeline is: the same pixels everywhere, in half a second.

    `fingerprint` is the hex digest of its weights.
    """

    def __init__(self, folder: Path) -> None:
        self.fingerprint = digest({file.name: file for file in folder.glob("*.safetensors")})
        self._network = Upscaler.from_pretrained(str(folder), dtype=torch.float32, low_cpu_mem_usage=False).eval()

    def enlarged(self, image: Image.Image) -> Image.Image:
        """RGB, at twice the width and height."""
        return enlarged(self._network, image)


def load_enlarger(model: Path) -> Enlarger | None:
    """That of a model's folder; raises `EngineError` for one that cannot be read."""
    folder = model / FOLDER
    if not folder.is_dir():
        return None
    try:
        return Enlarger(folder)
    except (OSError, RuntimeError, SafetensorError, TypeError, ValueError) as error:
        raise EngineError(
            f"The network that makes pictures larger cannot be loaded ({str(error).splitlines()[0]}). Train the folder "
            f"{FOLDER} of {model.name} again, or delete it: pictures are then drawn larger by the model itself."
        ) from error
