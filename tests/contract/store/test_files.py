"""Files: streamed both ways, never longer than allowed, typed by what they are."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from hub.domain.errors import NotFound, TooLarge
from hub.ports.files import NewFile

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"
BIG = bytes(range(256)) * 3000


async def parts(data: bytes, size: int = 10_000) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


async def put(ports: Any, file_id: str, data: bytes, name: str = "x.bin", **given: Any) -> Any:
    facts = {"case": 1, "by": "ann", "limit": 10_000_000} | given
    return await ports.files.put(file_id, name, parts(data), **facts)


async def read(ports: Any, file_id: str, *span: int) -> bytes:
    return b"".join([part async for part in ports.files.read(file_id, *span)])


async def test_bytes_come_back_whole_and_in_ranges(ports: Any) -> None:
    stored = await put(ports, "f1", BIG)
    assert (stored.size, stored.name, stored.case, stored.by) == (len(BIG), "x.bin", 1, "ann")
    assert await ports.files.info("f1") == stored
    assert await read(ports, "f1") == BIG
    for start, end in ((0, 1), (5, 17), (261_000, 261_200), (700_000, 768_000), (3, 10**9)):
        assert await read(ports, "f1", start, end) == BIG[start:end]
    assert await read(ports, "f1", 700_000) == BIG[700_000:]


async def test_an_empty_file_is_a_file(ports: Any) -> None:
    assert (await put(ports, "f1", b"")).size == 0
    assert await read(ports, "f1") == b""


async def test_the_same_id_again_keeps_the_first(ports: Any) -> None:
    await put(ports, "f1", b"first")
    again = await put(ports, "f1", b"second one")
    assert again.size == 5
    assert await read(ports, "f1") == b"first"


async def test_two_at_once_leave_one_whole_file(ports: Any) -> None:
    one, two = b"a" * 600_000, b"b" * 600_000
    await asyncio.gather(put(ports, "f1", one), put(ports, "f1", two))
    assert await read(ports, "f1") in (one, two)


async def test_too_large_leaves_nothing(ports: Any) -> None:
    with pytest.raises(TooLarge):
        await put(ports, "f1", BIG, limit=500_000)
    assert await ports.files.info("f1") is None
    stored = await put(ports, "f1", BIG, limit=len(BIG))
    assert stored.size == len(BIG)


async def test_a_broken_upload_leaves_nothing_and_can_be_repeated(ports: Any) -> None:
    async def breaks() -> AsyncIterator[bytes]:
        yield BIG
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await ports.files.put("f1", "x", breaks(), case=1, by="ann", limit=10**7)
    assert await ports.files.info("f1") is None
    await put(ports, "f1", b"whole")
    assert await read(ports, "f1") == b"whole"


@pytest.mark.parametrize(
    ("data", "name", "claimed", "mime"),
    [
        (PNG, "photo.exe", "application/x-msdownload", "image/png"),
        (b"%PDF-1.7\n%\xe2\xe3", "act.pdf", "", "application/pdf"),
        ("Акт осмотра".encode(), "act.txt", "", "text/plain"),
        (b"<html><script>alert(1)</script>", "photo.png", "image/png", "text/html"),
        (b"\x00\x01\x02\x03garbage", "x.png", "image/png", "application/octet-stream"),
    ],
)
async def test_the_type_is_told_by_the_bytes(
    ports: Any, data: bytes, name: str, claimed: str, mime: str
) -> None:
    assert (await put(ports, "f1", data, name, mime=claimed)).mime == mime


async def test_an_upload_comes_to_belong_to_a_case(ports: Any) -> None:
    await put(ports, "f1", b"x", case=0)
    await put(ports, "f2", b"x", case=0)
    await ports.files.attach(["f1", "nothing"], 7)
    assert (await ports.files.info("f1")).case == 7
    assert (await ports.files.info("f2")).case == 0
    await ports.files.attach([], 7)


async def test_what_is_not_there_is_not_found(ports: Any) -> None:
    assert await ports.files.info("f1") is None
    with pytest.raises(NotFound):
        await read(ports, "f1")


def new(file_id: str, data: bytes, name: str = "x.bin", **given: Any) -> NewFile:
    return NewFile(id=file_id, name=name, data=data, **{"case": 1, "by": "ann"} | given)


async def test_many_files_are_stored_as_one_by_one(ports: Any) -> None:
    large = BIG * 7
    files = [new("f1", PNG, "photo.exe"), new("f2", b""), new("f3", BIG, case=7), new("f4", large)]
    held = await ports.files.put_many(files)
    assert [held[f"f{n}"].size for n in (1, 2, 3, 4)] == [len(one.data) for one in files]
    assert (held["f1"].mime, held["f3"].case, held["f3"].by) == ("image/png", 7, "ann")
    for file in files:
        assert await read(ports, file.id) == file.data
        stored = await ports.files.info(file.id)
        assert (stored.id, stored.name, stored.size) == (file.id, file.name, len(file.data))
    assert await read(ports, "f4", 300_000, 300_010) == large[300_000:300_010]
    assert await ports.files.put_many([]) == {}


async def test_of_many_files_those_that_stand_are_kept(ports: Any) -> None:
    first = await put(ports, "f1", b"first", case=3)
    held = await ports.files.put_many([new("f1", b"another"), new("f2", b"new"), new("f2", b"x")])
    assert held["f1"] == first
    assert sorted(held) == ["f1", "f2"]
    assert await read(ports, "f2") == b"new"
    assert await read(ports, "f1") == b"first"
    again = await ports.files.put_many([new("f2", b"later")])
    assert again == {"f2": held["f2"]}


async def test_heaps_that_come_at_once_leave_whole_files(ports: Any) -> None:
    heaps = [[new(f"f{n}", bytes([65 + who]) * 300_000) for n in range(4)] for who in range(3)]
    told = await asyncio.gather(*(ports.files.put_many(heap) for heap in heaps))
    for n in range(4):
        whole = await read(ports, f"f{n}")
        assert len(whole) == 300_000
        assert len(set(whole)) == 1
        assert len({held[f"f{n}"].at for held in told}) == 1


async def test_what_we_made_ourselves_is_what_we_say(ports: Any) -> None:
    text = b"Subject: <html>\r\n\r\n"
    held = await ports.files.put_many(
        [
            new("f1", text, "mail.eml", mime="message/rfc822", made=True),
            new("f2", b"<html><script>alert(1)</script>", "a.png", mime="image/png"),
        ]
    )
    assert [held[one].mime for one in ("f1", "f2")] == ["message/rfc822", "text/html"]
