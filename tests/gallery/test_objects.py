"""A gallery in an object storage: the same as in a folder, shared by many, and told plainly when it is not there."""

from __future__ import annotations

import socket
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest
from PIL import Image
from plain_recipe import PLAIN
from s3fs import S3FileSystem
from support.house import done, opened, say, shape
from support.s3 import s3
from support.swatch import Swatch

from minidalle3.gallery import objects, store
from minidalle3.gallery.recipes import Recipe
from minidalle3.gallery.storage import storage_at
from minidalle3.gallery.store import Gallery, Lost, StorageError
from minidalle3.gallery.trace import Trace
from minidalle3.graph.context import Context

DOG = "Sure, here is a cute dog for you: <image>a cute dog</image>"


def recipe(**changes: object) -> Recipe:
    return {**PLAIN, **changes}  # type: ignore[typeddict-item]


def picture(colour: str = "red") -> Image.Image:
    return Image.new("RGB", (16, 16), colour)


def trace() -> Trace:
    import torch

    return Trace(torch.zeros(3, 4, 2, 2), torch.arange(2, 0, -1))


@pytest.fixture(scope="module", autouse=True)
def server() -> Iterator[int]:
    with s3() as port:
        yield port


@pytest.fixture
def bucket() -> Any:
    """A prefix of the test's own in a bucket that keeps every version."""
    made = boto3.resource("s3").Bucket("pictures")
    made.Versioning().enable()
    return made


@pytest.fixture
def url() -> str:
    return f"s3://pictures/{uuid.uuid4().hex}"


@pytest.fixture
def gallery(url: str) -> Gallery:
    return Gallery(url)


def versions(bucket: Any, gallery: Gallery, digest: str) -> int:
    return len(list(bucket.object_versions.filter(Prefix=gallery.address(digest).removeprefix("s3://pictures/"))))


def test_what_one_machine_put_another_finds(url: str) -> None:
    one, two = Gallery(url), Gallery(url)
    mask = Image.linear_gradient("L").resize((16, 16))
    digest = one.put(picture(), recipe(), trace(), mask)
    assert one.address(digest) == f"{url}/pictures/{digest[:2]}/{digest}.png"
    assert two.find(recipe()) == digest
    assert two.recipe(digest) == recipe()
    found = two.mask(digest)
    assert found and found.tobytes() == mask.tobytes()
    assert two.trace(digest) is not None
    assert two.mask_address(digest) == f"{url}/masks/{digest[:2]}/{digest}.png"
    assert two.mask_address(two.put(picture("blue"), recipe(seed=2))) is None


def test_what_is_there_is_never_written_again(gallery: Gallery, bucket: Any, url: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        [digest] = set(pool.map(lambda _: gallery.put(picture(), recipe()), range(8)))
    assert versions(bucket, gallery, digest) == 1
    storage = storage_at(url)
    assert storage.add("pictures/ab/new", b"first")
    assert not storage.add("pictures/ab/new", b"second")
    assert storage.read("pictures/ab/new") == b"first"


def test_what_was_not_used_for_long_counts_as_used_when_it_is_found(
    gallery: Gallery, bucket: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = gallery.put(picture(), recipe())
    monkeypatch.setattr(objects, "FRESH", -1.0)
    assert gallery.find(recipe()) == digest
    assert versions(bucket, gallery, digest) == 2


def test_a_read_is_one_request(gallery: Gallery, monkeypatch: pytest.MonkeyPatch) -> None:
    digest, asked, call = gallery.put(picture(), recipe()), [], S3FileSystem._call_s3

    async def listened(system: Any, method: str, *arguments: Any, **more: Any) -> Any:
        asked.append(method)
        return await call(system, method, *arguments, **more)

    monkeypatch.setattr(S3FileSystem, "_call_s3", listened)
    gallery.read(digest)
    with pytest.raises(Lost):
        gallery.read("0" * 64)
    assert asked == ["get_object", "get_object"]


def test_a_damaged_object_is_told_and_mended_by_the_next_put(gallery: Gallery, bucket: Any) -> None:
    digest = gallery.put(picture(), recipe())
    bucket.put_object(Key=gallery.address(digest).removeprefix("s3://pictures/"), Body=b"half a pict")
    with pytest.raises(Lost, match="is damaged"):
        gallery.read(digest)
    assert gallery.find(recipe()) is None
    assert gallery.put(picture(), recipe()) == digest
    assert gallery.image(digest).tobytes() == picture().tobytes()


def test_what_no_thread_names_is_removed_with_all_that_hangs_on_it(
    gallery: Gallery, bucket: Any, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep, drop, gone = (
        gallery.put(picture(colour), recipe(seed=seed), trace(), Image.new("L", (16, 16)))
        for seed, colour in enumerate(("red", "green", "blue"))
    )
    assert gallery.collect({keep}) == store.Freed(0, 0, 0, 0), "they are young"
    gallery.remove({gone})
    monkeypatch.setattr(store, "GRACE", -60.0)
    freed = gallery.collect({keep})
    assert (freed.pictures, freed.traces, freed.keys) == (1, 1, 1)
    names = [one.key for one in bucket.objects.filter(Prefix=url.removeprefix("s3://pictures/"))]
    assert len(names) == 4
    assert not [name for name in names if drop in name or gone in name]
    assert gallery.find(recipe(seed=0)) == keep
    with pytest.raises(Lost, match="is missing"):
        gallery.read(drop)


def test_traces_longest_unused_make_room(url: str) -> None:
    poor = Gallery(url, trace_budget_mib=0)
    assert poor.trace(poor.put(picture(), recipe(), trace())) is None


def test_a_bucket_that_is_not_there_is_told() -> None:
    with pytest.raises(StorageError, match="bucket does not exist"):
        Gallery("s3://nowhere/at/all").put(picture(), recipe())


def test_what_would_reach_it_and_is_not_installed_is_named() -> None:
    with pytest.raises(StorageError, match=r"gs:// is not installed: .*gcsfs"):
        Gallery("gs://bucket/pictures")
    with pytest.raises(StorageError, match="Protocol not known"):
        Gallery("nonsense://bucket/pictures")


def test_a_file_url_is_a_folder(tmp_path) -> None:
    digest = Gallery((tmp_path / "a b").as_uri()).put(picture(), recipe())
    assert Gallery(tmp_path / "a b").find(recipe()) == digest


def test_a_storage_that_says_nothing_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objects, "PATIENCE", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{silent.getsockname()[1]}")
        S3FileSystem.clear_instance_cache()
        try:
            with pytest.raises(StorageError, match="no answer"):
                Gallery("s3://pictures/silent").put(picture(), recipe())
        finally:
            S3FileSystem.clear_instance_cache()


async def test_a_conversation_goes_on_while_its_pictures_cannot_be_kept(tmp_path, url: str, monkeypatch) -> None:
    monkeypatch.setattr(objects, "PATIENCE", 2.0)
    engine = Swatch()
    async with opened(tmp_path, DOG, DOG, "Hello!", DOG, engine=engine, gallery=url) as turns:
        with s3() as port:
            assert shape(await say(turns, "a dog")) == ["text", "#1"]
        events = await say(turns, "another dog", context=Context(seed=5))
        assert shape(events) == ["text", "note"]
        assert "cannot be used" in done(events)["reply"][1]["text"]
        assert "MINIDALLE3_GALLERY" in done(events)["reply"][1]["text"]
        assert len(engine.jobs) == 1, "nothing is drawn that could not be kept"
        assert shape(await say(turns, "hello")) == ["text"]
        with s3(port):
            assert shape(await say(turns, "another dog")) == ["text", "#3"]
            history = await turns.history("t")
            assert len(history["turns"]) == 4
            assert all(turns.gallery.read(record["digest"]) for record in history["pictures"].values())
