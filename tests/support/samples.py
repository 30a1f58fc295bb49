"""Small files that are what they say they are."""

from __future__ import annotations

import struct
import zlib


def png(width: int = 8, height: int = 6, colour: tuple[int, int, int] = (31, 111, 235)) -> bytes:
    """A picture of one colour."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    rows = (b"\0" + bytes(colour) * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def ogg(seconds: int = 1) -> bytes:
    """The frame of an Opus voice that says how long it is; there is nothing to hear in it."""

    def page(flags: int, position: int, number: int, body: bytes) -> bytes:
        return (
            b"OggS"
            + struct.pack("<BBqIII", 0, flags, position, 1, number, 0)
            + bytes([1, len(body)])
            + body
        )

    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 0, 48000, 0, 0)
    tags = b"OpusTags" + struct.pack("<I", 0) + struct.pack("<I", 0)
    return page(2, 0, 0, head) + page(0, 0, 1, tags) + page(4, 48000 * seconds, 2, b"\0" * 8)
