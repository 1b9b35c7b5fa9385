"""IP-Adapter (Ye et al. 2023): a second cross-attention through which a picture speaks to the UNet beside the words.

The weights are loaded once, by diffusers' own loader, and are part of the UNet only while a drawing wants them: between
drawings its processors are those from before, the same objects, so that plain pictures do not differ by a bit.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from PIL import Image
from safetensors import SafetensorError, safe_open
from transformers import CLIPImageProcessorPil, CLIPVisionModelWithProjection

from minidalle3.engines.contract import EngineError, Look
from minidalle3.engines.fingerprint import digest
from minidalle3.engines.kinds import fetched

REMEDY = (
    "Set MINIDALLE3_IP_ADAPTER to a folder with one safetensors file and the folder image_encoder beside it, or to a "
    "hub id such as h94/IP-Adapter."
)
ON_THE_HUB = {768: "models/ip-adapter_sd15.safetensors", 2048: "sdxl_models/ip-adapter_sdxl.safetensors"}
"""The file taken where only a repository is named, by the width of the UNet's words (SD 1 and SDXL): the makers' own
names."""

WIDE = "vit-h"
"""In the name of a file for SDXL that goes with SD 1's image encoder."""

PLAIN = "proj.weight"
FIRST = (PLAIN, "proj_in.weight", "proj.0.weight")
"""The first layer of an image projection of each form: plain, Plus, and Full, which takes each patch by itself."""


class Weights(NamedTuple):
    """Where an adapter lies."""

    file: Path
    """Safetensors with the prefixes `image_proj.` and `ip_adapter.`, plain, Plus or Full."""
    encoder: Path
    """Folder of the image encoder."""


def find(model: Path, named: str | None, width: int) -> Weights | None:
    """What the setting names, else what the model's own folder has, for a UNet whose words have this width.

    `None` where nobody spoke of an adapter. Raises `EngineError` for one that was named and is not there.
    """
    if named is None:
        return in_folder(model / "ip_adapter") if (model / "ip_adapter").is_dir() else None
    place = Path(named)
    if place.is_dir():
        return in_folder(place)
    if place.is_file():
        return beside(place)
    if named.startswith((".", "/", "~")) or named.count("/") < 1:
        raise EngineError(f"There is no IP-Adapter at {named}. {REMEDY}")
    return on_the_hub(named, width)


def in_folder(folder: Path) -> Weights:
    """The one adapter of a folder."""
    files = sorted(folder.glob("*.safetensors"))
    if len(files) != 1:
        found = f"{len(files)} safetensors files" if files else "no safetensors file"
        raise EngineError(f"The folder {folder.name} holds {found} where one IP-Adapter should be. {REMEDY}")
    return beside(files[0])


def beside(file: Path) -> Weights:
    """An adapter's file with the image encoder next to it, or next to its folder."""
    above = file.parent.parent
    places = [file.parent, above] if WIDE not in file.name else [above / "models", file.parent, above]
    for place in places:
        if (place / "image_encoder" / "config.json").exists():
            return Weights(file, place / "image_encoder")
    raise EngineError(f"The IP-Adapter {file.name} has no folder image_encoder beside it. {REMEDY}")


def on_the_hub(named: str, width: int) -> Weights:
    """From `owner/name`, or `owner/name/path/to/file.safetensors`: the file and its image encoder, nothing else."""
    owner, name, *path = named.split("/")
    file = "/".join(path) or ON_THE_HUB.get(width)
    if file is None or not file.endswith(".safetensors"):
        raise EngineError(f"Which file of {owner}/{name} is meant? Name one: {owner}/{name}/folder/file.safetensors.")
    folder = "models" if WIDE in file else file.rpartition("/")[0]
    encoder = f"{folder}/image_encoder".removeprefix("/")
    parts = (file, f"{encoder}/config.json", f"{encoder}/model.safetensors")
    here = [fetched(f"{owner}/{name}", part, REMEDY) for part in parts]
    return Weights(here[0], here[1].parent)


class Adapter:
    """An adapter of one pipeline; `fingerprint` is the hex digest of its weights."""

    def __init__(self, pipe: Any, weights: Weights) -> None:
        self.fingerprint = digest({"adapter": weights.file, **encoder_files(weights.encoder)})
        self._pipe = pipe
        self._plain = dict(pipe.unet.attn_processors)
        if pipe.image_encoder is None:
            encoder = CLIPVisionModelWithProjection.from_pretrained(
                str(weights.encoder), dtype=pipe.unet.dtype, use_safetensors=True
            )
            pipe.register_modules(image_encoder=encoder)
        self._side: int = pipe.image_encoder.config.image_size
        if pipe.feature_extractor is None:
            size = {"height": self._side, "width": self._side}
            pipe.register_modules(feature_extractor=CLIPImageProcessorPil(size=size, crop_size=size))
        with unwarned():
            pipe.load_ip_adapter(
                str(weights.file.parent), subfolder="", weight_name=weights.file.name, image_encoder_folder=None
            )
        self._processors = dict(pipe.unet.attn_processors)
        self._projection = pipe.unet.encoder_hid_proj

    def rest(self) -> None:
        """Leaves the UNet as if there were no adapter."""
        self._pipe.unet.encoder_hid_proj = None
        self._pipe.unet.set_attn_processor(dict(self._plain))

    @contextmanager
    def shown(self, look: Look) -> Iterator[dict[str, Any]]:
        """While it lasts the UNet takes the look; yields what the pipeline is called with beside the rest."""
        unet = self._pipe.unet
        try:
            unet.encoder_hid_proj = self._projection
            unet.set_attn_processor(dict(self._processors))
            self._pipe.set_ip_adapter_scale(look.scale)
            yield {"ip_adapter_image": [[self._square(image) for image in look.images]]}
        finally:
            self.rest()

    def _square(self, image: Image.Image) -> Image.Image:
        """All of the picture, as the encoder wants it, which would cut off what sticks out of a square."""
        return image.convert("RGB").resize((self._side, self._side), Image.Resampling.BICUBIC)


@contextmanager
def unwarned() -> Iterator[None]:
    """Without diffusers' warning of modules that should stay in float32, which comes where there are none too."""
    log = logging.getLogger("diffusers.models.modeling_utils")
    log.addFilter(_silent)
    try:
        yield
    finally:
        log.removeFilter(_silent)


def _silent(record: logging.LogRecord) -> bool:
    return "kept in float32: []" not in record.getMessage()


def load_adapter(pipe: Any, weights: Weights) -> Adapter:
    """The adapter in the pipeline, at work: `rest` it once the pipeline is in its place in memory.

    Raises `EngineError` for what is no adapter, or one for another kind of model.
    """
    try:
        check(pipe, weights)
        return Adapter(pipe, weights)
    except (AttributeError, KeyError, NotImplementedError, OSError, RuntimeError, SafetensorError, ValueError) as error:
        raise EngineError(
            f"The IP-Adapter {weights.file.name} does not fit this model ({str(error).splitlines()[0]}). {REMEDY}"
        ) from error


def check(pipe: Any, weights: Weights) -> None:
    """Raises `ValueError` where the file, the UNet and the image encoder disagree about widths."""
    config = CLIPVisionModelWithProjection.config_class.from_pretrained(str(weights.encoder))
    with safe_open(weights.file, "pt") as file:
        names = set(file.keys())
        first = next((name for name in FIRST if f"image_proj.{name}" in names), None)
        if first is None or "ip_adapter.1.to_k_ip.weight" not in names:
            raise ValueError("it is neither a plain IP-Adapter nor one of patches (Plus, Full)")
        given = file.get_slice(f"image_proj.{first}").get_shape()[1]
        words = file.get_slice("ip_adapter.1.to_k_ip.weight").get_shape()[1]
    wanted = config.projection_dim if first == PLAIN else config.hidden_size
    if given != wanted:
        raise ValueError(f"it takes {given} numbers of a picture, and the image encoder gives {wanted}")
    if words != pipe.unet.config.cross_attention_dim:
        raise ValueError(f"its words are {words} wide, and the UNet's {pipe.unet.config.cross_attention_dim}")


def encoder_files(folder: Path) -> dict[str, Path]:
    """The weights of an image encoder under names of their own."""
    return {f"encoder {file.name}": file for file in folder.glob("*.safetensors")}
