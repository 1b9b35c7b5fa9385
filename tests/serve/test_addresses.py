"""Neither a caller nor the LLM makes the server open an address or a file."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from minidalle3.gallery.provenance import extract

DOG = "Here you are: <image>a cute dog</image>"


def ask(text: str) -> dict[str, object]:
    return {"input": {"text": text, "thread": "dogs"}}


@asynccontextmanager
async def listening() -> AsyncIterator[tuple[str, list[str]]]:
    """The address of a picture on this machine, and who came for it."""
    calls: list[str] = []

    def called(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        calls.append(str(writer.get_extra_info("peername")))
        writer.close()

    async with await asyncio.start_server(called, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/x.png", calls


async def test_no_address_is_opened_whoever_writes_it(serving) -> None:
    async with listening() as (url, calls):
        says = (f'<edit of="{url}">a dog</edit>', f"<image>{url}</image>", f"Look: ![dog]({url})")
        async with serving(*says, *["Hm."] * 6) as server, await server.caller("ann") as ann:
            for address in (url, url.replace("127.0.0.1", "localhost"), url.replace("//", "//ann@"), url[5:]):
                photos = {"text": "this", "photos": [address]}
                part = {"type": "image_url", "image_url": {"url": address}}
                chat = {"model": "minidalle3", "messages": [{"role": "user", "content": [part]}]}
                for path, body in (
                    ("/agent/invoke", {"input": photos}),
                    ("/threads/dogs/turns", photos),
                    ("/v1/chat/completions", chat),
                ):
                    assert (await ann.post(path, json=body)).status_code == 400, (path, address)
            for words in (f"Edit {url} please", url, f"![photo]({url})"):
                assert (await ann.post("/agent/invoke", json=ask(words))).status_code == 200
        assert calls == []


async def test_no_name_is_even_looked_up(serving, monkeypatch) -> None:
    looked: list[object] = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *more, **options: looked.append(host) or [])
    async with serving() as server, await server.caller("ann") as ann:
        for host in ("metadata.example", "169.254.169.254", "2130706433", "127.1", "[::1]", "[::ffff:10.0.0.1]"):
            for address in (
                f"http://{host}/x.png",
                f"https://{host}/go?to=http://10.0.0.1",
                f"//{host}/x",
                f"ftp://{host}/x",
            ):
                asked = {"input": {"text": "this", "photos": [address]}}
                assert (await ann.post("/agent/invoke", json=asked)).status_code == 400, address
    assert looked == []


async def test_what_the_llm_writes_is_words_never_a_file_or_anothers_picture(serving, tmp_path) -> None:
    says = [
        '<vary of="{digest}"/>',
        '<refine of="{file}"/>',
        '<edit of="../{caller}/dogs#1">a dog</edit>',
        "<select>{digest}</select>",
        "<image>{file}</image>",
        "![a dog](file://{file}) <img src='{file}'>",
    ]
    (secret := tmp_path / "secret.png").write_bytes(b"secret")
    async with serving(DOG) as server:
        ann = await server.caller("ann")
        await ann.post("/agent/invoke", json=ask("a dog"))
        [digest] = await server.house.turns.digests()
        [caller] = await server.house.doors.callers()
    says = [one.format(digest=digest, file=secret, caller=caller.id) for one in says]
    for said in says:
        async with serving(said, "Hm.", "Hm.") as server:
            bob = await server.caller("bob")
            told = (await bob.post("/agent/invoke", json=ask("Something nice"))).json()["output"]
            pictures = [event["record"] for event in told if event["type"] == "picture"]
            assert all(record["digest"] != digest and record["parent"] is None for record in pictures), said
            for number in range(1, len(pictures) + 1):
                recipe = extract((await bob.get(f"/threads/dogs/pictures/{number}")).content)
                assert recipe is not None, said
                assert recipe["parent"] is None, said
