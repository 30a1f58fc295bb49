"""/files: up as multipart, down with ranges. Never served as a page."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import NamedTuple
from urllib.parse import quote, unquote

from aiohttp import BodyPartReader, web

from hub.domain.errors import Invalid, TooLarge
from hub.http.api.ask import Ask, Reply
from hub.http.api.problems import Malformed, Unsatisfiable, Unsupported
from hub.http.api.routes import ID, Route
from hub.http.api.shapes import FileOut, file_url
from hub.ports.files import StoredFile

CHUNK = 64 * 1024
MARGIN = 64 * 1024
"""Bytes that the form around a file may take."""
_RANGE = re.compile(r"^bytes=(\d{0,18})-(\d{0,18})$", re.ASCII)


class Span(NamedTuple):
    """Bytes [start, end) of a file."""

    start: int
    end: int


def span(header: str, size: int) -> Span | None:
    """Read a Range header; None where the whole file is the answer (RFC 9110, 14.2: what is not
    understood and several ranges at once are ignored). Raises Unsatisfiable."""
    found = _RANGE.match(header.strip())
    if found is None or found[1] == found[2] == "":
        return None
    first, last = found[1], found[2]
    if not first:
        tail = int(last)
        if tail == 0 or size == 0:
            raise Unsatisfiable(size=size)
        return Span(max(0, size - tail), size)
    start = int(first)
    if last and int(last) < start:
        return None
    if start >= size:
        raise Unsatisfiable(size=size)
    return Span(start, min(int(last) + 1, size) if last else size)


async def upload(ask: Ask) -> Reply:
    """Store a file; its id is then named in `files` of a reply or comment."""
    request = ask.request
    if request.content_type != "multipart/form-data":
        raise Unsupported(mime=request.content_type[:100])
    limit = ask.services.deps.policy.max_file
    if (request.content_length or 0) > limit + MARGIN:
        raise TooLarge(limit=limit)
    try:
        part = await _file_part(request)
        stored = await ask.services.uploads.put(file_name(part), _bytes(part), ask.actor)
    except (ValueError, AssertionError, RuntimeError, KeyError, LookupError):
        # What aiohttp's reader raises for a form that breaks its own rules.
        raise Malformed() from None
    return Reply(_out(stored), headers={"Location": file_url(stored.id)})


async def download(ask: Ask) -> web.StreamResponse:
    """Read a file or a range of it."""
    uploads = ask.services.uploads
    info = await uploads.info(ask.id, ask.actor)
    return await sent(ask.request, info, lambda start, end: uploads.read(info, start, end))


async def sent(
    request: web.Request, info: StoredFile, read: Callable[[int, int], AsyncIterator[bytes]]
) -> web.StreamResponse:
    """A stored file, or the range of it that is asked for, for whoever has the right to it."""
    tag = f'"{info.id}"'
    condition = request.headers.get("If-Range", "")
    part = None
    if "Range" in request.headers and condition in {"", tag}:
        part = span(request.headers["Range"], info.size)
    response = web.StreamResponse(
        status=206 if part else 200,
        headers={
            "Accept-Ranges": "bytes",
            "ETag": tag,
            "Content-Type": info.mime,
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(info.name, safe='')}",
            "Content-Security-Policy": "sandbox; default-src 'none'",
        },
    )
    start, end = part or Span(0, info.size)
    if part:
        response.headers["Content-Range"] = f"bytes {start}-{end - 1}/{info.size}"
    response.content_length = end - start
    await response.prepare(request)
    if end > start:
        async for chunk in read(start, end):
            await response.write(chunk)
    await response.write_eof()
    return response


async def _file_part(request: web.Request) -> BodyPartReader:
    reader = await request.multipart()
    while (part := await reader.next()) is not None:
        if isinstance(part, BodyPartReader) and part.filename is not None:
            return part
        if isinstance(part, BodyPartReader):
            await _skip(part)
    raise Invalid(field="file", reason="required")


async def _skip(part: BodyPartReader) -> None:
    taken = 0
    while chunk := await part.read_chunk(CHUNK):
        taken += len(chunk)
        if taken > MARGIN:
            raise TooLarge(limit=MARGIN)


async def _bytes(part: BodyPartReader) -> AsyncIterator[bytes]:
    while chunk := await part.read_chunk(CHUNK):
        yield bytes(chunk)


def file_name(part: BodyPartReader) -> str:
    """The last part of the name, without what no name should hold."""
    given = part.filename or ""
    # Some clients escape every letter beyond ASCII, though RFC 7578 (4.2) says not to.
    with suppress(UnicodeDecodeError):
        given = unquote(given, errors="strict")
    name = re.split(r"[/\\]", given)[-1]
    clean = "".join(sign for sign in name if sign.isprintable()).strip(". ")
    return clean or "file"


def _out(stored: StoredFile) -> FileOut:
    return FileOut(
        id=stored.id,
        name=stored.name,
        mime=stored.mime,
        size=stored.size,
        url=file_url(stored.id),
    )


ROUTES = [
    Route("POST", "/files", "file.upload", upload, FileOut, status=201, upload=True),
    Route("GET", f"/files/{ID}", "case.read", download),
]
