"""Mails put together for tests, byte by byte."""

from __future__ import annotations

import base64
from collections.abc import Sequence

HEAD = (
    b"From: Anna <anna@resident.example>\r\nTo: case@uk.example\r\nSubject: Test\r\n"
    b"Date: Mon, 16 Nov 2026 09:12:00 +0300\r\nMessage-ID: <1@resident.example>\r\n"
)
PNG = b"\x89PNG\r\n\x1a\n0000"


def plain(words: str, *, head: bytes = HEAD, kind: str = "text/plain; charset=utf-8") -> bytes:
    """A mail of one text."""
    return head + f"Content-Type: {kind}\r\n\r\n".encode() + words.replace("\n", "\r\n").encode()


def part(kind: str, data: bytes, *fields: str, encode: bool = False) -> bytes:
    """One part; `encode`: in base64."""
    lines = [f"Content-Type: {kind}", *fields]
    if encode:
        lines.append("Content-Transfer-Encoding: base64")
        data = base64.encodebytes(data)
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + data


def several(kind: str, parts: Sequence[bytes], *, boundary: str = "bb") -> bytes:
    """A multipart with its own field, to stand in a mail or in another one."""
    mark = f"--{boundary}".encode()
    body = b"".join(mark + b"\r\n" + one + b"\r\n" for one in parts)
    return (
        f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n'.encode()
        + body
        + mark
        + b"--\r\n"
    )


def mixed(*parts: bytes, kind: str = "mixed", head: bytes = HEAD) -> bytes:
    """A mail of several parts."""
    return head + several(kind, parts)
