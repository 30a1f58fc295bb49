"""Answers pushed to the app's backend, and what its words mean."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from channels.app.push import AGAIN, MEANWHILE
from hub.domain.message import Accepted, Address, Deferred, Outbound, OutboundFile, Rejected
from hub.domain.staff import Actor
from hub.http.server import serving
from hub.ports.channel import CheckFailed
from tests.support.api import furnish
from tests.support.residentapp import AppWorld, Phone
from tests.support.residentapp import serving as app_serving

PUSH_SECRET = "another-secret-for-pushes"
TO = Address("app", "app", "anna", "external:app:anna", "app:anna/k1")
ANSWER = Outbound(
    id="7-2",
    to=TO,
    text="Готово",
    case=7,
    signature="УК Дом",
    files=(OutboundFile(id="f1", name="акт.pdf", mime="application/pdf", size=5),),
)


class Backend:
    """Remembers what was pushed and answers as it is told."""

    def __init__(self) -> None:
        self.pushed: list[tuple[dict[str, str], bytes]] = []
        self.status, self.headers = 204, dict[str, str]()

    async def handle(self, request: web.Request) -> web.Response:
        if request.method == "POST":
            self.pushed.append((dict(request.headers), await request.read()))
        return web.Response(status=self.status, headers=self.headers)

    def texts(self) -> list[str]:
        return [json.loads(body)["text"] for _, body in self.pushed]


@asynccontextmanager
async def opened(**options: object) -> AsyncIterator[tuple[AppWorld, Backend]]:
    backend = Backend()
    app = web.Application()
    app.router.add_route("*", "/push", backend.handle)
    async with serving(app, "127.0.0.1", 0) as port:
        world = AppWorld(
            push_url=f"http://127.0.0.1:{port}/push", push_secret=PUSH_SECRET, **options
        )
        await furnish(world)
        yield world, backend
        await world.door.close()


async def test_a_push_is_signed_and_says_what_wakes_a_phone() -> None:
    async with opened() as (world, backend):
        assert await world.door.send(ANSWER) == Accepted(("7-2",), state="delivered")
        ((headers, body),) = backend.pushed
        stamp = headers["X-Hub-Timestamp"]
        assert int(stamp) == int(world.clock.now().timestamp())
        proof = hmac.new(PUSH_SECRET.encode(), f"{stamp}.".encode() + body, hashlib.sha256)
        assert headers["X-Hub-Signature"] == f"sha256={proof.hexdigest()}"
        assert json.loads(body) == {
            "id": "7-2",
            "type": "message",
            "resident": "anna",
            "case": 7,
            "message": "7-2",
            "text": "Готово",
            "files": [
                {
                    "name": "акт.pdf",
                    "mime": "application/pdf",
                    "url": "https://hub.example.org/out/f1",
                }
            ],
            "signature": "УК Дом",
            "at": "2026-11-23T09:00:00Z",
        }


@pytest.mark.parametrize(
    ("status", "headers", "expected"),
    [
        (202, {}, Accepted(("7-2",), state="delivered")),
        (302, {"Location": "http://127.0.0.1:1/"}, Rejected("refused", "HTTP 302")),
        (404, {}, Rejected("refused", "HTTP 404")),
        (408, {}, Deferred("server", AGAIN)),
        (429, {"Retry-After": "7"}, Deferred("rate_limit", 7.0, "account")),
        (500, {}, Deferred("server", AGAIN)),
        (503, {"Retry-After": "30"}, Deferred("rate_limit", 30.0, "account")),
    ],
)
async def test_what_the_backend_says(
    status: int, headers: dict[str, str], expected: object
) -> None:
    async with opened() as (world, backend):
        backend.status, backend.headers = status, headers
        assert await world.door.send(ANSWER) == expected


async def test_nobody_there_is_tried_again() -> None:
    world = AppWorld(push_url="http://127.0.0.1:1/push", push_secret=PUSH_SECRET)
    assert await world.door.send(ANSWER) == Deferred("network", AGAIN, "account")
    with pytest.raises(CheckFailed, match="api_unreachable"):
        await world.door.check()
    await world.door.close()


async def test_doctor_hears_that_the_backend_answers() -> None:
    async with opened() as (world, backend):
        backend.status = 405
        assert (await world.door.check())["push"] == "405"


async def test_without_a_push_address_an_answer_waits_in_the_thread() -> None:
    world = AppWorld()
    assert await world.door.send(ANSWER) == Accepted(("7-2",), state="sent")


async def test_what_belongs_to_no_case_is_pushed_or_refused_and_never_dropped() -> None:
    notice = Outbound(id="letter-1", to=TO, text="Код: 4821")
    assert await AppWorld().door.send(notice) == Rejected("unsupported")
    async with opened() as (world, backend):
        await world.presence.arrive("app:anna", 45)
        assert await world.door.send(notice) == Accepted(("letter-1",), state="delivered")
        ((_, body),) = backend.pushed
        assert (json.loads(body)["type"], json.loads(body)["case"]) == ("notice", 0)


async def test_an_open_app_that_takes_the_answer_is_not_woken() -> None:
    async with opened() as (world, backend):
        await world.presence.arrive("app:anna", 45)
        assert await world.door.send(ANSWER) == Deferred("app_open", MEANWHILE)
        await world.presence.first("got:app:7-2", 600)
        assert await world.door.send(ANSWER) == Accepted(("7-2",), state="delivered")
        assert backend.pushed == []


async def test_an_open_app_that_does_not_take_it_is_woken_after_a_moment() -> None:
    async with opened() as (world, backend):
        await world.presence.arrive("app:anna", 45)
        assert await world.door.send(ANSWER) == Deferred("app_open", MEANWHILE)
        assert await world.door.send(ANSWER) == Accepted(("7-2",), state="delivered")
        assert backend.texts() == ["Готово"]


async def test_who_wants_every_push_gets_every_push() -> None:
    async with opened(push_always="true") as (world, backend):
        await world.presence.arrive("app:anna", 45)
        assert await world.door.send(ANSWER) == Accepted(("7-2",), state="delivered")
        assert len(backend.pushed) == 1


async def test_an_answer_is_pushed_again_until_it_is_there_and_then_read() -> None:
    async with opened() as (world, backend), app_serving(world) as client:
        anna = Phone(client, world.token())
        await anna.begin("Нет воды", "k1")
        await world.settle()
        emma = Actor.of(await world.services.people.get("emma"))
        backend.status = 500
        await world.services.replies.send(1, emma, "Слесарь выехал")
        await world.settle()
        assert await state(world) == "sending"
        backend.status = 204
        world.clock.forward(seconds=30)
        await world.relay.drain([1])
        assert await state(world) == "delivered"
        first, second = (json.loads(body)["id"] for _, body in backend.pushed)
        assert first == second == "1-2"
        await anna.post("/cases/1/read", {"upto": "1-2"})
        await world.settle()
        assert await state(world) == "read"


async def test_a_corrected_answer_is_pushed_as_one() -> None:
    async with opened() as (world, backend), app_serving(world) as client:
        anna = Phone(client, world.token())
        await anna.begin("Нет воды", "k1")
        await world.settle()
        emma = Actor.of(await world.services.people.get("emma"))
        await world.services.replies.send(1, emma, "Слесарь выехал")
        await world.settle()
        backend.status = 404
        await world.services.replies.revise(1, 2, emma, "Слесарь будет в 12")
        await world.settle()
        kinds = [json.loads(body)["type"] for _, body in backend.pushed]
        assert kinds == ["message", "edited"]
        # The app's thread says it, whatever the backend makes of the push.
        shown = (await anna.get("/cases/1"))["messages"]["items"][-1]
        assert (shown["text"], shown["edited"]) == ("Слесарь будет в 12", True)


async def state(world: AppWorld) -> str:
    delivery = (await world.services.book.load(1)).thread[-1].delivery
    assert delivery is not None
    return delivery.state
