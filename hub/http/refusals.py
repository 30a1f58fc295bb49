"""What the doors that stand bare (the ingress, addresses nobody has) say when they refuse: the same
problem documents as the API's, made once, so that who knocks in vain costs next to nothing."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from aiohttp import web

from hub.http.api.problems import MIME, phrase
from hub.ports.texts import Texts

EVERYTHING_ELSE = r"{rest:(?:/.*)?}"
API = "/api"


class Refusals:
    """Speaks for the bare doors. Without texts (a part of the hub, alone) it says the key only."""

    def __init__(self, texts: Texts | None = None) -> None:
        self._texts = texts
        self._made: dict[tuple[int, str], bytes] = {}

    def __call__(
        self, status: int, error: str, detail: str = "", allow: Iterable[str] = ()
    ) -> web.Response:
        """RFC 9457; `detail` says what exactly is wrong with what came, else the words of `error`
        do; `allow` are the methods that this address knows."""
        if detail:
            body = _document(status, error, detail)
        else:
            body = self._made.get((status, error)) or self._make(status, error)
        answer = web.Response(status=status, body=body, content_type=MIME)
        if allow:
            answer.headers["Allow"] = ", ".join(allow)
        return answer

    def elsewhere(self) -> list[web.RouteDef]:
        """What is under /api and of no version of it."""
        return [web.route("*", API + EVERYTHING_ELSE, self._nothing)]

    async def _nothing(self, _: web.Request) -> web.Response:
        return self(404, "unknown_address")

    def _make(self, status: int, error: str) -> bytes:
        words = self._texts.render("errors/bare", error=error) if self._texts else ""
        body = self._made[status, error] = _document(status, error, words)
        return body


def _document(status: int, error: str, detail: str) -> bytes:
    document = {
        "type": f"urn:residents-hub:problem:{error}",
        "title": phrase(status),
        "status": status,
        "key": error,
        # The name by which programs at the door know it.
        "error": error,
    }
    if detail:
        document["detail"] = detail
    return msgspec.json.encode(document)
