"""What strangers may make us hold in memory."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import StreamReader
from aiohttp.base_protocol import BaseProtocol

from hub.http.room import NoRoom, Room, TooMuch


def stream(*parts: bytes, open: bool = False) -> StreamReader:
    loop = asyncio.get_running_loop()
    protocol = BaseProtocol(loop)
    protocol.connection_made(asyncio.Transport())
    reader = StreamReader(protocol, 2**16, loop=loop)
    for part in parts:
        reader.feed_data(part)
    if not open:
        reader.feed_eof()
    return reader


async def begun(room: Room, reader: StreamReader, limit: int) -> asyncio.Task[bytes]:
    """A body of which a piece has come and the rest has not."""
    task = asyncio.create_task(room.read(reader, None, limit))
    for _ in range(5):
        await asyncio.sleep(0)
    assert not task.done()
    return task


async def test_a_body_in_one_piece_takes_no_room() -> None:
    assert await Room(0).read(stream(b"abc"), 3, 10) == b"abc"
    assert await Room(0).read(stream(), None, 10) == b""


async def test_a_body_in_pieces_comes_whole() -> None:
    room = Room(10)
    for _ in range(3):
        reader = stream(b"abc", open=True)
        task = await begun(room, reader, 10)
        reader.feed_data(b"def")
        reader.feed_eof()
        assert await task == b"abcdef"


@pytest.mark.parametrize("length", [11, None])
async def test_too_long_a_body_is_refused_whether_it_says_so_or_not(length: int | None) -> None:
    with pytest.raises(TooMuch):
        await Room().read(stream(b"a" * 11), length, 10)


async def test_many_large_bodies_at_once_are_sent_away_and_room_comes_back() -> None:
    room = Room(10)
    first = stream(b"a" * 8, open=True)
    held = await begun(room, first, 100)
    with pytest.raises(NoRoom):
        await room.read(stream(b"b" * 8, open=True), None, 100)
    held.cancel()
    await asyncio.gather(held, return_exceptions=True)
    again = stream(b"c" * 8, open=True)
    task = await begun(room, again, 100)
    again.feed_eof()
    assert await task == b"c" * 8
