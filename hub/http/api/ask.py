"""What a handler is given: who asks, and the request as checked structs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec
from aiohttp import web

from hub.domain.errors import Invalid, NotFound, TooLarge
from hub.domain.plain import plain
from hub.domain.staff import Actor
from hub.http.api.problems import Malformed, Unsupported, WrongInput
from hub.services.services import Services

MAX_BODY = 1024 * 1024
"""Bytes of a JSON body."""

BIGGEST = 2**53 - 1
"""The largest number that every JSON reader keeps exactly."""

T = TypeVar("T")
_ODD = re.compile(rb"\\u00[0-9]|\\[bfr]|\x7f|\xc2[\x80-\x9f]")
"""Where control characters may stand in JSON."""
_VERSION = re.compile(r'^(?:W/)?"?([0-9]{1,15})"?$')


class Input(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Base of everything that a program sends: what is not known is refused, not ignored."""


class Nothing(Input):
    """No fields."""


@dataclass(frozen=True)
class Ask:
    """One call. `query` and `body` are the structs that the route names; `expect` is the version
    in If-Match."""

    services: Services
    request: web.Request
    actor: Actor
    query: Any = None
    body: Any = None
    expect: int | None = None

    @property
    def number(self) -> int:
        """The case in the path."""
        return int(self.request.match_info["number"])

    @property
    def id(self) -> str:
        """The id in the path."""
        return self.request.match_info["id"]


@dataclass(frozen=True)
class Reply:
    """What a handler answers: `body` as JSON; `version` becomes the ETag."""

    body: Any = None
    version: int | None = None
    headers: dict[str, str] = field(default_factory=dict)


def read_query(request: web.Request, shape: type[T]) -> T:
    """Read the query string into a struct. Raises WrongInput, Invalid."""
    values: dict[str, str] = {}
    for name, value in request.query.items():
        if name in values:
            raise Invalid(field=name, reason="repeated")
        values[name] = value
    try:
        return msgspec.convert(values, shape, strict=False)
    except msgspec.ValidationError as error:
        raise WrongInput.of(error) from None


async def read_body(request: web.Request, shape: type[T]) -> T:
    """Read a JSON body into a struct; no body at all is an empty object.

    Raises TooLarge, Unsupported, Malformed, WrongInput.
    """
    data = await read_bytes(request, MAX_BODY)
    if not data:
        data = b"{}"
    elif request.content_type != "application/json":
        raise Unsupported(mime=request.content_type[:100])
    try:
        if _ODD.search(data):
            return msgspec.convert(_plain(msgspec.json.decode(data)), shape)
        return msgspec.json.decode(data, type=shape)
    except msgspec.ValidationError as error:
        raise WrongInput.of(error) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Malformed() from None


def _plain(value: Any) -> Any:
    """What programs write is cleaned here once, as forms are: no channel is refused for it."""
    match value:
        case str():
            return plain(value)
        case list():
            return [_plain(one) for one in value]
        case dict():
            return {name: _plain(one) for name, one in value.items()}
        case _:
            return value


async def read_bytes(request: web.Request, limit: int) -> bytes:
    """Read the body, unpacked, up to `limit` bytes. Raises TooLarge, Malformed."""
    if (request.content_length or 0) > limit:
        raise TooLarge(limit=limit)
    data = bytearray()
    async for chunk in request.content.iter_chunked(64 * 1024):
        data += chunk
        if len(data) > limit:
            raise TooLarge(limit=limit)
    return bytes(data)


def read_version(request: web.Request) -> int | None:
    """Return the version in If-Match; None where there is none or any will do. Raises Invalid."""
    given = request.headers.get("If-Match", "").strip()
    if given in {"", "*"}:
        return None
    found = _VERSION.match(given)
    if found is None:
        raise Invalid(field="If-Match", reason="unknown")
    return int(found[1])


def instant(at: datetime, name: str) -> datetime:
    """Return a time in UTC, to the millisecond. Raises Invalid for one that no work can mean."""
    if not 2000 <= at.year <= 2100:
        raise Invalid(field=name, reason="range")
    at = at.astimezone(UTC)
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def entry_seq(message: str | int) -> int:
    """Return the number of the thread entry with this id. Raises NotFound."""
    text = str(message)
    if not text.isascii() or not text.isdigit() or not 0 < len(text) <= 9:
        raise NotFound(what="message", id=text[:50])
    return int(text)


def listed(value: str, known: Iterable[str], name: str) -> list[str]:
    """Split a comma list, every word of which must be known. Raises Invalid."""
    words = list(dict.fromkeys(word.strip() for word in value.split(",") if word.strip()))
    if not set(words) <= set(known):
        raise Invalid(field=name, reason="unknown")
    return words
