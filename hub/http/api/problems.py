"""Refusals as RFC 9457 problem documents; the one place where the API speaks them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from http import HTTPStatus

import msgspec
import structlog
from aiohttp import web
from aiohttp.http_exceptions import BadHttpMessage

from hub.domain.errors import HubError
from hub.ports.saving import Conflict, Duplicate
from hub.ports.texts import Texts

log = structlog.get_logger()

MIME = "application/problem+json"
_PLACE = re.compile(r" - at `(?:key in )?\$\.?(.*)`$")
_NAMED = re.compile(r"(?:unknown|required) field `(.*?)`")
_LENGTH = re.compile(r"`str` of length (<=|>=) (\d+)")


class Wrong(msgspec.Struct, kw_only=True):
    """What is wrong with one field: `field` by its path, `message` for who writes the program."""

    field: str
    message: str


class Problem(msgspec.Struct, kw_only=True, omit_defaults=True):
    """RFC 9457. `key` is stable and meant for programs, `detail` is meant for people, `params`
    are the facts in it, `errors` say which fields are wrong."""

    type: str
    title: str
    status: int
    key: str
    detail: str = ""
    instance: str = ""
    params: dict[str, str | int | float | bool | None] = {}
    errors: list[Wrong] = []


class Unauthorized(HubError):
    """No token, or one that is not known (any more)."""

    key = "unauthorized"
    status = 401


class Malformed(HubError):
    """The body is no JSON."""

    key = "malformed"
    status = 400


class Unsupported(HubError):
    """The body is of another type (`mime`) than this address takes."""

    key = "unsupported"
    status = 415


class Unsatisfiable(HubError):
    """The range begins behind the end of the file (`size` bytes)."""

    key = "unsatisfiable"
    status = 416


class WrongInput(HubError):
    """A field does not fit its description."""

    key = "invalid"
    status = 422

    @classmethod
    def of(cls, error: msgspec.ValidationError) -> WrongInput:
        """Say which field it is about."""
        message = str(error)
        place = _PLACE.search(message)
        named = _NAMED.search(message)
        path = [place[1]] if place and place[1] else []
        if named:
            path.append(named[1])
        field = ".".join(path)[:200] or "body"
        refusal = cls(field=field, **_why(message))
        refusal.wrong = [Wrong(field=field, message=_PLACE.sub("", message)[:300])]
        return refusal

    wrong: list[Wrong] = []  # noqa: RUF012  set by `of` alone


def _why(message: str) -> dict[str, object]:
    """The reason that people are told, out of msgspec's words."""
    if "required field" in message:
        return {"reason": "required"}
    if "unknown field" in message:
        return {"reason": "extra"}
    if "enum value" in message:
        return {"reason": "unknown"}
    if "timezone component" in message:
        return {"reason": "timezone"}
    if bound := _LENGTH.search(message):
        limit = int(bound[2])
        if bound[1] == "<=":
            return {"reason": "too_long", "limit": limit}
        return {"reason": "too_short", "limit": limit} if limit > 1 else {"reason": "required"}
    return {"reason": "wrong"}


def refused(error: HubError, texts: Texts) -> Problem:
    """Put a refusal into words."""
    wrong = error.wrong if isinstance(error, WrongInput) else []
    if not wrong and "field" in error.params:
        wrong = [
            Wrong(field=str(error.params["field"]), message=str(error.params.get("reason", "")))
        ]
    return Problem(
        type=f"urn:residents-hub:problem:{error.key}",
        title=phrase(error.status),
        status=error.status,
        key=error.key,
        detail=_words(texts, error.key, error.params),
        params={name: _plain(value) for name, value in error.params.items()},
        errors=wrong,
    )


def phrase(status: int) -> str:
    """What HTTP calls this status."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return str(status)


def _words(texts: Texts, key: str, params: Mapping[str, object]) -> str:
    try:
        return texts.render(f"errors/{key}", **params).strip()
    except KeyError:
        return key


def _plain(value: object) -> str | int | float | bool | None:
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return str(value)


def answer(problem: Problem, headers: Mapping[str, str] | None = None) -> web.Response:
    """The document as a response."""
    return web.Response(
        body=msgspec.json.encode(problem),
        status=problem.status,
        content_type=MIME,
        headers=headers,
    )


class Speaker:
    """Turns whatever a handler raises into a problem document."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    def of(self, request: web.Request, error: Exception) -> web.Response:
        """The response for this error; what nobody foresaw is logged and says nothing."""
        headers: dict[str, str] = {}
        if isinstance(error, web.HTTPException):
            refusal = _by_status(error.status)
            if "Allow" in error.headers:
                headers["Allow"] = error.headers["Allow"]
        elif isinstance(error, HubError):
            refusal = error
        elif isinstance(error, Conflict | Duplicate):
            refusal = _by_status(409, "conflict")
        elif isinstance(error, BadHttpMessage | web.RequestPayloadError):
            refusal = Malformed()
        else:
            log.exception("api.failed", method=request.method, route=_route(request))
            refusal = _by_status(500, "internal")
        if isinstance(refusal, Unauthorized):
            headers["WWW-Authenticate"] = "Bearer"
        if isinstance(refusal, Unsatisfiable):
            headers["Content-Range"] = f"bytes */{refusal.params['size']}"
        if "after" in refusal.params:
            headers["Retry-After"] = str(refusal.params["after"])
        return answer(refused(refusal, self._texts), headers)


def _by_status(status: int, key: str = "") -> HubError:
    refusal = HubError()
    refusal.status = status
    refusal.key = key or {404: "not_found", 405: "method", 413: "too_large"}.get(status, "refused")
    return refusal


def _route(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical if resource else ""
