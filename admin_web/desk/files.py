"""Files: uploaded before they are sent, read with the case's rights, in ranges."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from urllib.parse import quote

from aiohttp import BodyPartReader, web

from admin_web.visit import Visit
from hub.domain.errors import Invalid
from hub.ports.files import StoredFile

CHUNK = 64 * 1024
# What a browser may show in place; everything else is downloaded. No HTML, SVG or PDF: those run.
SHOWN = frozenset(
    {
        "image/png",
        "image/jpeg",
        "image/gif",
        "image/webp",
        "audio/mpeg",
        "audio/ogg",
        "audio/wav",
        "audio/wave",
        "audio/x-wav",
        "audio/mp4",
        "audio/aac",
        "audio/webm",
        "video/mp4",
        "video/webm",
        "video/ogg",
        "application/ogg",
    }
)


async def upload(visit: Visit) -> web.StreamResponse:
    """POST /desk/files: one file of a multipart body, streamed into the store."""
    if visit.request.content_type != "multipart/form-data":
        raise Invalid(field="file", reason="required")
    async for part in await visit.request.multipart():
        if isinstance(part, BodyPartReader) and part.name == "file":
            stored = await visit.pages.services.uploads.put(
                part.filename or "file", _chunks(part), visit.actor
            )
            body = {
                "id": stored.id,
                "name": stored.name,
                "mime": stored.mime,
                "size": stored.size,
            }
            return web.json_response(body, status=201)
    raise Invalid(field="file", reason="required")


async def _chunks(part: BodyPartReader) -> AsyncIterator[bytes]:
    while chunk := await part.read_chunk(CHUNK):
        yield bytes(chunk)


async def read(visit: Visit) -> web.StreamResponse:
    """GET /files/{id}: with Range, never as a page of the desk."""
    uploads, request = visit.pages.services.uploads, visit.request
    info = await uploads.info(request.match_info["id"], visit.actor)
    return await ranged(request, info, lambda start, stop: uploads.read(info, start, stop))


async def ranged(
    request: web.Request,
    info: StoredFile,
    read: Callable[[int, int], AsyncIterator[bytes]],
) -> web.StreamResponse:
    """Bytes of a stored file whose reader has the right to it, in ranges."""
    shown = info.mime in SHOWN and "download" not in request.query
    headers = {
        "Content-Type": info.mime if info.mime in SHOWN else "application/octet-stream",
        "Content-Disposition": _disposition(info.name, shown=shown),
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Accept-Ranges": "bytes",
        # The bytes under an id never change, the right to read them may.
        "Cache-Control": "private, no-cache",
        "ETag": f'"{info.id}"',
    }
    if any(tag.value in (info.id, "*") for tag in request.if_none_match or ()):
        return web.Response(status=304, headers=headers)
    try:
        asked = request.http_range
        start, stop = _bounds(asked.start, asked.stop, info.size)
    except ValueError:
        headers["Content-Range"] = f"bytes */{info.size}"
        return web.Response(status=416, headers=headers)
    whole = asked.start is None and asked.stop is None
    if not whole:
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{info.size}"
    headers["Content-Length"] = str(stop - start)
    response = web.StreamResponse(status=200 if whole else 206, headers=headers)
    await response.prepare(request)
    if request.method != "HEAD":
        async for chunk in read(start, stop):
            await response.write(chunk)
    await response.write_eof()
    return response


def _bounds(start: int | None, stop: int | None, size: int) -> tuple[int, int]:
    """The half-open range asked for within `size` bytes; raises ValueError outside."""
    if start is None:
        return 0, size
    if start < 0:
        start = max(0, size + start)
    stop = min(size, stop if stop is not None else size)
    if start >= stop:
        raise ValueError
    return start, stop


def _disposition(name: str, *, shown: bool) -> str:
    kind = "inline" if shown else "attachment"
    return f"{kind}; filename*=UTF-8''{quote(name, safe='')}"
