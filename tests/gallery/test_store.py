"""The store: one file per picture, whole or absent, whatever happens meanwhile."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import pytest
import torch
from PIL import Image
from plain_recipe import PLAIN
from support.lying import lies

from minidalle3.gallery.recipes import Recipe, RecipeError
from minidalle3.gallery.store import GRACE, Freed, Gallery, PictureError, StorageError
from minidalle3.gallery.trace import Trace


def recipe(**changes: object) -> Recipe:
    return {**PLAIN, **changes}  # type: ignore[typeddict-item]


def picture(colour: str = "red") -> Image.Image:
    return Image.new("RGB", (16, 16), colour)


def trace(steps: int = 4, side: int = 8) -> Trace:
    generator = torch.Generator().manual_seed(0)
    latents = torch.randn(steps + 1, 4, side, side, generator=generator)
    return Trace(latents, torch.arange(steps, 0, -1))


def age(path: Path, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(path, (then, then))


def put_red(root: Path) -> str:
    return Gallery(root).put(picture(), recipe(), trace())


def stored(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file() and path.name != "lock"]


@pytest.fixture
def gallery(tmp_path: Path) -> Gallery:
    return Gallery(tmp_path)


def test_a_picture_comes_back_with_its_recipe_and_trace(gallery: Gallery) -> None:
    drawn = trace()
    digest = gallery.put(picture(), recipe(), drawn)
    assert sha256(gallery.read(digest)).hexdigest() == digest == lies(gallery, digest).stem
    assert gallery.image(digest).tobytes() == picture().tobytes()
    assert gallery.recipe(digest) == recipe()
    kept = gallery.trace(digest)
    assert kept is not None
    assert torch.equal(kept.latents, drawn.latents.half())
    assert torch.equal(kept.timesteps, drawn.timesteps)


def test_a_recipe_is_found_again_whatever_its_batch_was(gallery: Gallery) -> None:
    assert gallery.find(recipe()) is None
    digest = gallery.put(picture(), recipe(batch_size=4, batch_row=2))
    assert gallery.find(recipe(guidance=4)) == digest
    assert gallery.find(recipe(seed=8)) is None


def test_a_recipe_that_could_not_be_read_back_is_not_stored(gallery: Gallery, tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="steps"):
        gallery.put(picture(), recipe(steps=-1))
    assert stored(tmp_path) == []


@pytest.mark.parametrize("digest", ["", "../../etc/passwd", "a" * 63, "A" * 64, "a" * 64 + "\n", "/" + "a" * 63])
def test_nothing_but_a_digest_becomes_a_path(gallery: Gallery, digest: str) -> None:
    for ask in (gallery.address, gallery.read, gallery.image, gallery.recipe, gallery.trace):
        with pytest.raises(PictureError, match="not the digest"):
            ask(digest)


def test_a_missing_picture_is_named(gallery: Gallery) -> None:
    with pytest.raises(PictureError, match=r"Picture aaaaaaaaaa is missing .* drawn again"):
        gallery.read("a" * 64)
    assert gallery.trace("a" * 64) is None


@pytest.mark.parametrize("damage", [lambda data: data[: len(data) // 2], lambda data: b"", lambda data: data + b"!"])
def test_a_damaged_picture_is_told_and_mended_by_the_next_put(gallery: Gallery, damage: object) -> None:
    assert callable(damage)
    digest = gallery.put(picture(), recipe())
    path = lies(gallery, digest)
    path.write_bytes(damage(path.read_bytes()))
    for ask in (gallery.read, gallery.image, gallery.recipe):
        with pytest.raises(PictureError, match=f"{digest[:10]} is damaged"):
            ask(digest)
    assert gallery.find(recipe()) is None
    assert gallery.put(picture(), recipe()) == digest
    assert gallery.find(recipe()) == digest


def test_a_junk_key_finds_nothing(gallery: Gallery, tmp_path: Path) -> None:
    gallery.put(picture(), recipe())
    [key] = [path for path in (tmp_path / "keys").rglob("*") if path.is_file()]
    for junk in (b"", b"../../x", b"\xff\x00", b"b" * 64):
        key.write_bytes(junk)
        assert gallery.find(recipe()) is None


def test_an_existing_picture_is_not_written_again(gallery: Gallery) -> None:
    path = lies(gallery, gallery.put(picture(), recipe()))
    inode = path.stat().st_ino
    gallery.put(picture(), recipe())
    assert path.stat().st_ino == inode


def test_threads_may_put_the_same_picture_at_once(tmp_path: Path) -> None:
    gallery = Gallery(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        digests = set(pool.map(lambda _: gallery.put(picture(), recipe(), trace()), range(24)))
    assert len(digests) == 1
    assert len(stored(tmp_path)) == 3
    assert gallery.find(recipe()) == digests.pop()


def test_processes_may_put_the_same_picture_at_once(tmp_path: Path) -> None:
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        digests = set(pool.map(put_red, [tmp_path] * 6))
    assert digests == {Gallery(tmp_path).find(recipe())}
    assert len(stored(tmp_path)) == 3


def test_a_kill_in_the_middle_of_a_write_leaves_no_half_picture(tmp_path: Path) -> None:
    code = (
        "import os, sys, signal; from pathlib import Path; import minidalle3.gallery.storage as storage\n"
        "storage.os.fsync = lambda handle: os.kill(os.getpid(), signal.SIGKILL)\n"
        "from minidalle3.gallery.store import Gallery; Gallery(Path(sys.argv[1]))._keep(b'half a picture')"
    )
    killed = subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    assert killed.returncode == -9
    [left] = stored(tmp_path)
    assert left.suffix == ".tmp"
    gallery = Gallery(tmp_path)
    digest = gallery.put(picture(), recipe())
    freed = gallery.collect({digest})
    assert freed == Freed(0, 0, 0, bytes=len(b"half a picture"))
    assert not left.exists()
    assert gallery.find(recipe()) == digest


def test_a_write_that_fails_leaves_nothing(gallery: Gallery, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match="No space"):
        gallery.put(picture(), recipe())
    assert stored(tmp_path) == []


def test_collect_removes_what_no_thread_names(gallery: Gallery, tmp_path: Path) -> None:
    keep = gallery.put(picture("red"), recipe(seed=1), trace())
    drop = gallery.put(picture("blue"), recipe(seed=2), trace())
    young = gallery.put(picture("green"), recipe(seed=3), trace())
    stranger = tmp_path / "keys" / "ab" / ".DS_Store"
    stranger.parent.mkdir(exist_ok=True)
    stranger.write_bytes(b"theirs")
    for digest in (keep, drop):
        age(lies(gallery, digest), GRACE + 60)
    before = sum(path.stat().st_size for path in stored(tmp_path))
    freed = gallery.collect([keep])
    assert (freed.pictures, freed.traces, freed.keys) == (1, 1, 1)
    assert freed.bytes == before - sum(path.stat().st_size for path in stored(tmp_path))
    assert gallery.find(recipe(seed=2)) is None
    assert gallery.trace(drop) is None
    assert gallery.find(recipe(seed=1)) == keep
    assert gallery.find(recipe(seed=3)) == young
    assert gallery.trace(keep) and gallery.trace(young) and stranger.exists()


def test_a_picture_found_again_is_spared_until_its_turn_is_saved(gallery: Gallery) -> None:
    digest = gallery.put(picture(), recipe())
    age(lies(gallery, digest), GRACE + 60)
    assert gallery.find(recipe()) == digest
    assert gallery.collect([]) == Freed(0, 0, 0, bytes=0)


def test_a_damaged_trace_counts_as_none(gallery: Gallery, tmp_path: Path) -> None:
    digest = gallery.put(picture(), recipe(), trace())
    path = tmp_path / "traces" / digest[:2] / f"{digest}.safetensors"
    whole = path.read_bytes()
    odd = Trace(torch.zeros(2, 4, 8, 8), torch.zeros(7))
    for junk in (b"", whole[:50], whole[:-1], b"{}" * 40):
        path.write_bytes(junk)
        assert gallery.trace(digest) is None
    gallery.put(picture(), recipe(), odd)
    assert gallery.trace(digest) is None
    gallery.put(picture(), recipe(), trace())
    assert gallery.trace(digest) is not None


def test_the_traces_longest_unused_make_room(tmp_path: Path) -> None:
    gallery = Gallery(tmp_path, trace_budget_mib=1)
    big = trace(steps=9, side=64)  # 0.31 MiB
    digests = [gallery.put(picture(colour), recipe(), big) for colour in ("red", "green", "blue")]
    for digest, seconds in zip(digests, (300, 200, 100), strict=True):
        age(tmp_path / "traces" / digest[:2] / f"{digest}.safetensors", seconds)
    assert gallery.trace(digests[0]) is not None  # used: now the green one is the longest unused
    newest = gallery.put(picture("white"), recipe(), big)
    assert [gallery.trace(digest) is not None for digest in (*digests, newest)] == [True, False, True, True]
    assert gallery.image(digests[1]).size == (16, 16)


def test_the_store_loads_no_torch() -> None:
    code = "import sys, minidalle3.gallery.store; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_mask_of_a_change_is_kept_and_goes_with_its_picture(tmp_path: Path) -> None:
    gallery, mask = Gallery(tmp_path), Image.linear_gradient("L").resize((16, 16))
    digest = gallery.put(picture(), recipe(), mask=mask)
    found = gallery.mask(digest)
    assert found is not None and found.mode == "L" and found.tobytes() == mask.tobytes()
    assert gallery.mask(gallery.put(picture("blue"), recipe(seed=2))) is None
    age(lies(gallery, digest), GRACE + 60)
    assert gallery.collect([]).pictures == 1
    assert gallery.mask(digest) is None
