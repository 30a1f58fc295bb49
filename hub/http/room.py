"""Bodies of strangers: how much of them is held, how long they may take."""

from __future__ import annotations

import asyncio

from aiohttp import StreamReader, web
from aiohttp.http import HttpProcessingError

# Seconds in which a body must be there.
BODY_TIME = 30.0


# Bytes of large bodies that are held at once, before anybody has proven anything.
ROOM = 128 * 1024 * 1024


# What aiohttp raises for a body that ends in the middle or is no HTTP. (A stream whose connection
# is gone already says so by a RuntimeError.)
CUT = (ConnectionError, web.RequestPayloadError, HttpProcessingError, RuntimeError)


class TooMuch(Exception):
    """The body is longer than this receiver takes."""


class NoRoom(Exception):
    """So many large bodies are coming in that this one must come again later."""


class Room:
    """Counts what is held of bodies that do not come in one piece."""

    def __init__(self, size: int = ROOM) -> None:
        self._free = size

    async def read(self, content: StreamReader, length: int | None, limit: int) -> bytes:
        """The whole body. Raises TooMuch, NoRoom, TimeoutError."""
        if length is not None and length > limit:
            raise TooMuch
        if content.is_eof():
            # All of it came with its head, as that of most calls does.
            whole = content.read_nowait()
            if len(whole) > limit:
                raise TooMuch
            return whole
        async with asyncio.timeout(BODY_TIME):
            first = await content.readany()
            if content.at_eof():
                if len(first) > limit:
                    raise TooMuch
                return first
            return await self._rest(first, content, limit)

    async def _rest(self, first: bytes, content: StreamReader, limit: int) -> bytes:
        parts, size, held = [first], len(first), 0
        try:
            while size <= limit:
                if size - held > self._free:
                    raise NoRoom
                self._free -= size - held
                held = size
                part = await content.readany()
                if not part and content.at_eof():
                    return b"".join(parts)
                parts.append(part)
                size += len(part)
        finally:
            self._free += held
        raise TooMuch
