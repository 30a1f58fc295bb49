"""Recordings by the addresses that UIS tells, against a local server."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from aiohttp import web

import channels
from hub.domain.message import Attachment
from hub.http.server import serving
from hub.ports.channel import FetchFailed
from hub.ports.channel_build import Account, BadAccount
from hub.ports.telephony import Dialling, HangingUp, Recorded, Transferring
from tests.contract.channels.samples import deps

SOUND = b"ID3" + bytes(range(256)) * 40


def made(options: dict[str, object], **changed: Any) -> Any:
    account = Account(id="acct", kind="uis", options=options)
    return channels.build(account, msgspec.structs.replace(deps(), **changed))


def test_it_can_what_it_says() -> None:
    exchange = made({"key": "k"})
    assert isinstance(exchange, Recorded)
    for role in (Dialling, HangingUp, Transferring):
        assert not isinstance(exchange, role)


@pytest.mark.parametrize(
    ("status", "headers", "reason", "final"),
    [
        # It may not be made yet: the call asks again, and gives up by itself.
        (404, {}, "file_gone", False),
        (403, {}, "file_refused", False),
        (302, {"Location": "http://169.254.169.254/"}, "file_refused", False),
        (503, {}, "file_unavailable", False),
        (200, {"Content-Length": "99999999999"}, "file_too_large", True),
    ],
)
async def test_every_failure_has_its_meaning(
    status: int, headers: dict[str, str], reason: str, final: bool
) -> None:
    async def answer(asked: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(status=status, headers=headers)
        await answer.prepare(asked)
        return answer

    app = web.Application()
    app.router.add_get("/1.mp3", answer)
    async with serving(app, "127.0.0.1", 0) as port:
        exchange = made({"key": "k"}, allow_hosts=frozenset({f"127.0.0.1:{port}"}))
        file = Attachment(id="f", name="f.mp3", ref=f"http://127.0.0.1:{port}/1.mp3")
        with pytest.raises(FetchFailed) as failed:
            async for _ in exchange.fetch(file):
                pass
        await exchange.close()
    assert (failed.value.reason, failed.value.final) == (reason, final)


async def test_a_recording_is_fetched_from_public_addresses_only() -> None:
    async def answer(asked: web.Request) -> web.Response:
        return web.Response(body=SOUND, content_type="audio/mpeg")

    app = web.Application()
    app.router.add_get("/1.mp3", answer)
    async with serving(app, "127.0.0.1", 0) as port:
        file = Attachment(id="f", name="f.mp3", ref=f"http://127.0.0.1:{port}/1.mp3")
        allowed = made({"key": "k"}, allow_hosts=frozenset({f"127.0.0.1:{port}"}))
        assert b"".join([chunk async for chunk in allowed.fetch(file)]) == SOUND
        await allowed.close()
        wary = made({"key": "k"})
        with pytest.raises(FetchFailed, match="file_address"):
            async for _ in wary.fetch(file):
                pass
        await wary.close()


def test_without_a_key_nobody_could_be_proven() -> None:
    with pytest.raises(BadAccount) as bad:
        made({})
    assert bad.value.key == "key"


def test_an_exchange_without_recordings_says_so() -> None:
    assert made({"key": "k"}).recordings is True
    assert made({"key": "k", "recordings": False}).recordings is False
    assert made({"key": "k", "recordings": "no"}).recordings is False
    with pytest.raises(BadAccount) as bad:
        made({"key": "k", "recordings": "perhaps"})
    assert bad.value.key == "recordings"
