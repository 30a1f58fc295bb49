"""Files of the app: up as multipart, streamed; down with ranges, only one's own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from urllib.parse import quote

from aiohttp import BodyPartReader, web

from hub.domain.errors import Invalid, TooLarge
from hub.http.api import files as forms
from hub.http.api.files import Span, span
from hub.http.api.problems import Malformed, Unsupported
from hub.http.app.call import Call
from hub.http.app.routes import Route
from hub.http.app.shapes import PREFIX, KeyQuery, UploadedFile


async def upload(call: Call) -> UploadedFile:
    """Store a file; its id is then named in `files` of a message."""
    query: KeyQuery = call.query
    request, caller = call.request, call.caller
    if request.content_type != "multipart/form-data":
        raise Unsupported(mime=request.content_type[:100])
    limit = caller.desk.services.deps.policy.max_file
    if (request.content_length or 0) > limit + forms.MARGIN:
        raise TooLarge(limit=limit)
    try:
        part = await _file_part(request)
        stored = await caller.app.files.put(
            caller.reader, query.key, forms.file_name(part), _bytes(part)
        )
    except (ValueError, AssertionError, RuntimeError, KeyError, LookupError):
        # What aiohttp's reader raises for a form that breaks its own rules.
        raise Malformed() from None
    return UploadedFile(
        id=stored.id,
        name=stored.name,
        mime=stored.mime,
        size=stored.size,
        url=f"{PREFIX}/files/{stored.id}",
    )


async def download(call: Call) -> web.StreamResponse:
    """Read a file of mine, or a range of it. Never served as a page."""
    request, files = call.request, call.caller.app.files
    info = await files.info(call.caller.reader, call.id)
    part = None
    tag = f'"{info.id}"'
    if "Range" in request.headers and request.headers.get("If-Range", "") in {"", tag}:
        part = span(request.headers["Range"], info.size)
    response = web.StreamResponse(
        status=206 if part else 200,
        headers={
            "Accept-Ranges": "bytes",
            "ETag": tag,
            "Content-Type": info.mime,
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(info.name, safe='')}",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Cache-Control": "private, max-age=3600",
        },
    )
    start, end = part or Span(0, info.size)
    if part:
        response.headers["Content-Range"] = f"bytes {start}-{end - 1}/{info.size}"
    response.content_length = end - start
    await response.prepare(request)
    if end > start:
        async for chunk in files.read(info, start, end):
            await response.write(chunk)
    await response.write_eof()
    return response


async def _file_part(request: web.Request) -> BodyPartReader:
    reader = await request.multipart()
    part = await reader.next()
    if not isinstance(part, BodyPartReader) or part.filename is None:
        raise Invalid(field="file", reason="required")
    return part


async def _bytes(part: BodyPartReader) -> AsyncIterator[bytes]:
    while chunk := await part.read_chunk(forms.CHUNK):
        yield bytes(chunk)


ROUTES = [
    Route("POST", "/files", upload, UploadedFile, "file", query=KeyQuery, status=201, upload=True),
    Route("GET", "/files/{id:[A-Za-z0-9_-]{1,100}}", download, spends="read"),
]
