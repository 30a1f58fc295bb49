"""The resident app over a world of twins: its backend signs tokens, residents call and listen."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import jwt
from aiohttp import ClientResponse, ClientWebSocketResponse, FormData, WSMsgType, web
from aiohttp.test_utils import TestClient, TestServer

import channels
from hub.http.app import build
from hub.http.ingress import Ingress
from hub.ports.channel_build import Account, ChannelDeps
from hub.services.delivery import ChannelOutlet
from hub.services.intake import Intake
from hub.services.services import Services
from tests.support.desk import Radio
from tests.support.world import World

ACCOUNT = "app"
SECRET = "a-secret-of-the-apps-backend-2026"
ISSUER, AUDIENCE = "https://app.example.org", "residents-hub"
PATIENCE = 60.0
Client = TestClient[web.Request, web.Application]


class MemoryPresence:
    """Who is there, in a set; marks never end."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.marks: set[str] = set()

    async def here(self, name: str) -> bool:
        return name in self.names

    async def arrive(self, name: str, seconds: float) -> None:
        self.names.add(name)

    async def leave(self, name: str) -> None:
        self.names.discard(name)

    async def first(self, mark: str, seconds: float) -> bool:
        fresh = mark not in self.marks
        self.marks.add(mark)
        return fresh

    async def marked(self, mark: str) -> bool:
        return mark in self.marks


class AppWorld(World):
    """A world with the app's account beside the site's."""

    def __init__(self, store: Any = None, **options: object) -> None:
        super().__init__(store)
        self.radio = Radio()
        self.presence = MemoryPresence()
        self.options = {
            "issuer": ISSUER,
            "audience": AUDIENCE,
            "hs256": SECRET,
            **{key: value for key, value in options.items() if value is not None},
        }
        self.door: Any = channels.build(
            Account(id=ACCOUNT, kind="app", options=self.options),
            ChannelDeps(
                clock=self.clock,
                files=self.store.files,
                public_url="https://hub.example.org",
                file_url=lambda file_id: f"https://hub.example.org/out/{file_id}",
                allow_hosts=frozenset({"127.0.0.1"}),
                presence=self.presence,
            ),
        )
        object.__setattr__(self.deps, "live", self.radio)
        self.deps.senders[ACCOUNT] = self.door  # type: ignore[index]
        self.services = Services.of(self.deps)
        receivers = {"site": self.channel, ACCOUNT: self.door}
        self.intake = Intake(self.deps, self.services.book, self.services.contacts, receivers)
        outlet = ChannelOutlet(
            self.deps.senders, self.store.cases, self.deps.texts, self.deps.policy
        )
        self.relay._outlets |= {"deliver": outlet, "revise": outlet}  # type: ignore[operator]
        self.store.inbox.on_kept = self.kicks.take
        self.ingress = Ingress(receivers, self.store.inbox, self.clock)

    def application(self) -> web.Application:
        """As it is served."""
        return build(self.services, [self.door], self.ingress.accept, self.presence)

    def token(self, who: str = "anna", seconds: float = 600, **claims: object) -> str:
        """A token that the app's backend signed now."""
        now = int(self.clock.now().timestamp())
        said = {"iss": ISSUER, "aud": AUDIENCE, "sub": who, "iat": now, "exp": now + seconds}
        return jwt.encode({**said, "name": who.title(), **claims}, SECRET, "HS256")


class Phone:
    """A resident's app."""

    def __init__(self, client: Client, token: str) -> None:
        self.client = client
        self.token = token

    async def call(
        self, method: str, path: str, body: Any = None, *, token: str | None = None, **more: Any
    ) -> ClientResponse:
        """One call; the answer is read already."""
        given = self.token if token is None else token
        headers = {"Authorization": f"Bearer {given}"} if given else {}
        headers |= more.pop("headers", {})
        if body is not None:
            more["json"] = body
        response = await self.client.request(method, f"/app/v1{path}", headers=headers, **more)
        await response.read()
        return response

    async def get(self, path: str, status: int = 200, **more: Any) -> Any:
        """The JSON answer; anything but `status` fails the test."""
        response = await self.call("GET", path, **more)
        assert response.status == status, await response.text()
        return await response.json(content_type=None)

    async def post(self, path: str, body: Any, status: int = 200, **more: Any) -> Any:
        """The JSON answer; anything but `status` fails the test."""
        response = await self.call(more.pop("method", "POST"), path, body, **more)
        assert response.status == status, await response.text()
        return await response.json(content_type=None)

    async def begin(self, text: str, key: str, **more: Any) -> Any:
        """Begin a case."""
        return await self.post("/cases", {"key": key, "text": text, **more}, 202)

    async def write(self, number: int, text: str, key: str, **more: Any) -> Any:
        """Write in a case."""
        path = f"/cases/{number}/messages"
        return await self.post(path, {"key": key, "text": text, **more}, 202)

    async def upload(self, name: str, data: bytes, key: str, status: int = 201) -> Any:
        """Store a file."""
        form = FormData()
        form.add_field("file", data, filename=name)
        response = await self.call("POST", f"/files?key={key}", data=form)
        assert response.status == status, await response.text()
        return await response.json()

    async def listen(self, positions: dict[str, str] | None = None) -> Line:
        """Open a socket and say who is there."""
        line = Line(await self.client.ws_connect("/app/v1/live"))
        await line.say(type="hello", token=self.token, positions=positions or {})
        return line


class Line:
    """An open socket. `positions` is what an app would remember."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self.socket = socket
        self.positions: dict[str, str] = {}

    async def say(self, **frame: Any) -> None:
        """Send one frame."""
        await self.socket.send_str(json.dumps(frame))

    async def hear(self) -> dict[str, Any]:
        """The next frame; its position is remembered."""
        async with asyncio.timeout(PATIENCE):
            said = await self.socket.receive()
        assert said.type is WSMsgType.TEXT, said
        frame: dict[str, Any] = json.loads(said.data)
        if "position" in frame:
            self.positions[str(frame["case"])] = frame["position"]
        return frame

    async def until(self, type: str) -> list[dict[str, Any]]:
        """Frames up to the first of this type, that one last."""
        found = [await self.hear()]
        while found[-1]["type"] != type:
            found.append(await self.hear())
        return found

    async def closed(self) -> int:
        """The code with which the hub closed it."""
        async with asyncio.timeout(PATIENCE):
            while (await self.socket.receive()).type is WSMsgType.TEXT:
                pass
        assert self.socket.close_code is not None
        return self.socket.close_code


@asynccontextmanager
async def serving(world: AppWorld) -> AsyncIterator[Client]:
    """The app's address served."""
    app = web.Application()
    app.add_subapp("/app/v1", world.application())
    async with TestClient(TestServer(app)) as client:
        yield client
