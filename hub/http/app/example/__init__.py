"""An example of an app and of its backend, for the demonstration alone.

The page is what an app is made of: it asks its backend for a token, calls /app/v1, keeps a socket
open and goes on where it broke off. The backend signs tokens and takes pushes; it is as trusting as
only a demonstration on one's own machine may be.
"""

from __future__ import annotations

import hashlib
import hmac
from collections import deque
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import jwt
import msgspec
from aiohttp import web

from hub.domain.errors import Invalid
from hub.http.api.ask import Input, read_body
from hub.http.api.problems import Speaker
from hub.ports.clock import Clock
from hub.ports.texts import Texts

LIFE = 600
PUSHES = 20
MAX_PUSH = 256 * 1024
SKEW = 300
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' ws: wss:; "
    "img-src 'self' blob: data:; font-src 'self'; base-uri 'none'; form-action 'none'"
)
TYPES = {"css": "text/css", "js": "text/javascript"}


class Wanted(Input):
    """Who wants a token."""

    resident: str


class Person(msgspec.Struct, frozen=True):
    """A resident whom the backend knows."""

    id: str
    name: str
    premises: str
    phone: str = ""


class Example:
    """The page and its backend."""

    def __init__(self, options: Mapping[str, str], clock: Clock, texts: Texts) -> None:
        self._options = options
        self._clock = clock
        self._texts = texts
        held = (files(__name__) / "residents.json").read_bytes()
        self._people = {one.id: one for one in msgspec.json.decode(held, type=list[Person])}
        self._pushes: dict[str, deque[dict[str, Any]]] = {}

    def application(self) -> web.Application:
        """To be mounted at /app/example."""
        speaker = Speaker(self._texts)

        @web.middleware
        async def speak(request: web.Request, handler: Any) -> web.StreamResponse:
            try:
                answer: web.StreamResponse = await handler(request)
            except web.HTTPException:
                raise
            except Exception as error:
                return speaker.of(request, error)
            answer.headers.setdefault("Cache-Control", "no-store")
            answer.headers["Content-Security-Policy"] = POLICY
            answer.headers["X-Content-Type-Options"] = "nosniff"
            return answer

        app = web.Application(middlewares=[speak])
        app.router.add_get("", self.page)
        app.router.add_get("/", self.page)
        app.router.add_get("/{file:[a-z]{1,20}}.{kind:css|js}", self.asset)
        app.router.add_get("/residents", self.residents)
        app.router.add_post("/token", self.token)
        app.router.add_post("/push", self.push)
        app.router.add_get("/pushes/{id}", self.pushes)
        return app

    async def page(self, request: web.Request) -> web.Response:
        """The app."""
        html = self._texts.render("app/example")
        return web.Response(text=html, content_type="text/html")

    async def asset(self, request: web.Request) -> web.Response:
        """How it looks and what it does."""
        name, kind = request.match_info["file"], request.match_info["kind"]
        found = files(__name__) / f"{name}.{kind}"
        if not found.is_file():
            raise web.HTTPNotFound
        return web.Response(body=found.read_bytes(), content_type=TYPES[kind], charset="utf-8")

    async def residents(self, request: web.Request) -> web.Response:
        """Who may be tried."""
        body = msgspec.json.encode(list(self._people.values()))
        return web.Response(body=body, content_type="application/json")

    async def token(self, request: web.Request) -> web.Response:
        """A token for one of them, as a backend signs it once it knows who is logged in."""
        wanted = await read_body(request, Wanted)
        person = self._people.get(wanted.resident)
        if person is None:
            raise Invalid(field="resident", reason="unknown")
        now = int(self._clock.now().timestamp())
        claims = {
            "iss": self._options["issuer"],
            "aud": self._options["audience"],
            "sub": person.id,
            "iat": now,
            "exp": now + LIFE,
            "name": person.name,
            "phone": person.phone,
            "premises": person.premises,
        }
        token = jwt.encode(claims, self._options["hs256"], "HS256")
        body = msgspec.json.encode({"token": token, "seconds": LIFE})
        return web.Response(body=body, content_type="application/json")

    async def push(self, request: web.Request) -> web.Response:
        """The hub tells of an answer; what is not signed is not from the hub."""
        body = await request.content.read(MAX_PUSH)
        stamp = request.headers.get("X-Hub-Timestamp", "")
        wanted = hmac.new(
            self._options["push_secret"].encode(), f"{stamp}.".encode() + body, hashlib.sha256
        ).hexdigest()
        given = request.headers.get("X-Hub-Signature", "")
        fresh = stamp.isdigit() and abs(self._clock.now().timestamp() - int(stamp)) < SKEW
        if not fresh or not hmac.compare_digest(given.encode(), f"sha256={wanted}".encode()):
            return web.Response(status=403)
        said = msgspec.json.decode(body)
        held = self._pushes.setdefault(str(said.get("resident")), deque(maxlen=PUSHES))
        if all(one["id"] != said["id"] or one["type"] != said["type"] for one in held):
            held.append(said)
        return web.Response(status=204)

    async def pushes(self, request: web.Request) -> web.Response:
        """What a closed phone would show."""
        held = list(self._pushes.get(request.match_info["id"], ()))
        return web.Response(body=msgspec.json.encode(held), content_type="application/json")
