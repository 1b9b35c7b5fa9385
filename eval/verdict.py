"""The verdict on an edit: whether it happened and whether the rest stayed, by the judges and pixel by pixel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image

from minidalle3.eval.edits import Edit, Mask
from minidalle3.eval.judges import Judges, asked, found, truth
from minidalle3.eval.likeness import Clip, outside, structure
from minidalle3.sketchbook.world.scene import Scene

LIKE = 25.0
"""PSNR in dB within which the rest of a picture counts as the same: the eye has to look for the difference."""


@dataclass(frozen=True)
class Score:
    """One edit by one method; what has no outside, or no CLIP to look at it, is None."""

    edit: Edit
    method: str
    happened: bool
    stayed: bool
    same_subject: bool
    structure: float
    psnr: float | None
    ssim: float | None
    mse: float | None
    clip_whole: float | None
    clip_edited: float | None

    @property
    def joint(self) -> bool:
        return self.happened and self.stayed


COLUMNS: dict[str, Callable[[Score], float | None]] = {
    "joint": lambda score: score.joint,
    "happened": lambda score: score.happened,
    "stayed": lambda score: score.stayed,
    "structure": lambda score: score.structure,
    "psnr": lambda score: score.psnr,
    "ssim": lambda score: score.ssim,
    "mse": lambda score: score.mse,
    "clip_whole": lambda score: score.clip_whole,
    "clip_edited": lambda score: score.clip_edited,
}


class Jury:
    """Judges and, where there is one, a CLIP."""

    def __init__(self, judges: Judges, clip: Clip | None) -> None:
        self._judges, self._clip = judges, clip
        self._words = lru_cache(32)(self._read)  # a source is judged once, whatever is made of it

    def _read(self, size: tuple[int, int], pixels: bytes, scene: Scene) -> dict[str, str | None]:
        return found(self._judges, Image.frombytes("RGB", size, pixels), scene)

    def words(self, image: Image.Image, scene: Scene) -> dict[str, str | None]:
        """What is seen where the scene would have it; `image` is RGB."""
        return self._words(image.size, image.tobytes(), scene)

    def score(self, edit: Edit, method: str, before: Image.Image, after: Image.Image, part: Mask) -> Score:
        """`part`: where the picture may differ."""
        seen, saw = self.words(after, edit.after), self.words(before, edit.before)
        said = {name for name in (*asked(edit.after), "layout") if name in seen}
        new = {name for name in said if truth(edit.before, name) != truth(edit.after, name)}
        rest = outside(before, after, part)
        return Score(
            edit,
            method,
            happened=all(seen[name] == truth(edit.after, name) for name in new),
            stayed=all(seen[name] == saw[name] for name in said - new) and (rest is None or rest.psnr >= LIKE),
            same_subject=seen["subject"] == saw["subject"],
            structure=structure(self._judges, before, after),
            psnr=rest.psnr if rest else None,
            ssim=rest.ssim if rest else None,
            mse=rest.mse if rest else None,
            clip_whole=self._clip.score(after, edit.captions[1]) if self._clip else None,
            clip_edited=self._clip.edited(after, part, edit.captions[1]) if self._clip else None,
        )
