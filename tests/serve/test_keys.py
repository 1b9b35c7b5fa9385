"""How keys and the seals of links are compared: by digests, in constant time, and by nothing else."""

from __future__ import annotations

import hmac

import pytest

from minidalle3.graph.settings import Settings
from minidalle3.serve.doors import Doors


@pytest.fixture
def compared(monkeypatch) -> list[tuple[bytes, bytes]]:
    """What is compared in constant time."""
    pairs: list[tuple[bytes, bytes]] = []
    compare = hmac.compare_digest

    def noted(one: bytes, other: bytes) -> bool:
        pairs.append((one, other))
        return compare(one, other)

    monkeypatch.setattr(hmac, "compare_digest", noted)
    return pairs


async def test_every_key_known_or_not_costs_one_comparison_of_two_digests(tmp_path, compared) -> None:
    doors = await Doors.open(Settings(home=tmp_path))
    key = await doors.add("ann")
    start, secret = key[:21], key[21:]
    first, last = (("A" if letter != "A" else "B") for letter in (secret[0], secret[-1]))
    for asked, known in (
        (key, True),
        (start + first + secret[1:], False),
        (start + secret[:-1] + last, False),
        (f"md3-{'0' * 16}-{secret}", False),
        ("md3-", False),
        ("", False),
    ):
        compared.clear()
        caller = await doors.caller(asked)
        assert (caller is not None) is known, asked
        [(given, kept)] = compared
        assert (len(given), len(kept)) == (32, 32)
        assert secret.encode() not in given + kept
    await doors.close()


async def test_the_comparison_alone_decides(tmp_path, monkeypatch) -> None:
    doors = await Doors.open(Settings(home=tmp_path))
    key = await doors.add("ann")
    [caller] = await doors.callers()
    seal = doors.link(caller, "dogs", 1, 60).split("seal=")[1]
    for answer in (True, False):
        monkeypatch.setattr(hmac, "compare_digest", lambda one, other, answer=answer: answer)
        for one in (key, key[:-1] + ("A" if key[-1] != "A" else "B")):
            assert (await doors.caller(one) is not None) is answer
        for one in (seal, "forged"):
            assert (await doors.opener(caller.id, "dogs", 1, 2**40, one) is not None) is answer
    await doors.close()


async def test_the_seal_of_a_link_is_compared_whole(tmp_path, compared) -> None:
    doors = await Doors.open(Settings(home=tmp_path))
    await doors.add("ann")
    [caller] = await doors.callers()
    link = doors.link(caller, "dogs", 1, 60)
    until, seal = int(link.split("until=")[1].split("&")[0]), link.split("seal=")[1]
    assert await doors.opener(caller.id, "dogs", 1, until, seal) == caller
    for forged in (("1" if seal[0] == "0" else "0") + seal[1:], seal[:-1] + "g", "", "é"):
        compared.clear()
        assert await doors.opener(caller.id, "dogs", 1, until, forged) is None
        assert compared == [(seal.encode(), forged.encode())]
    await doors.close()
