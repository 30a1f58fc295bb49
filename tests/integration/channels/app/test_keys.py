"""Keys of a backend that signs with RS256: fetched, kept, renewed, and away."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import jwt
import pytest
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa

import channels
from channels.app.channel import AppChannel
from hub.http.server import serving
from hub.ports.channel import CheckFailed, Forged, Hook, RawRequest, Receiver
from hub.ports.channel_build import Account, BadAccount, ChannelDeps
from hub.ports.residentapp import KeysAway, TokenRefused
from tests.contract.channels.samples import NOW, NoFiles

OLD, NEW = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
FACTS = {"issuer": "https://app.example.org", "audience": "residents-hub"}


class Clock:
    """Moves when a test says so."""

    def __init__(self) -> None:
        self.time = NOW

    def now(self) -> Any:
        return self.time


class Backend:
    """Serves its keys; `asked` counts."""

    def __init__(self) -> None:
        self.keys: dict[str, rsa.RSAPrivateKey] = {"old": OLD}
        self.status = 200
        self.asked = 0

    async def handle(self, request: web.Request) -> web.Response:
        self.asked += 1
        listed = [
            {**json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key())), "kid": kid}
            for kid, key in self.keys.items()
        ]
        headers = {"Location": "/elsewhere"} if self.status == 302 else {}
        return web.json_response({"keys": listed}, status=self.status, headers=headers)


@asynccontextmanager
async def opened(backend: Backend, **more: Any) -> AsyncIterator[AppChannel]:
    app = web.Application()
    app.router.add_get("/jwks", backend.handle)
    async with serving(app, "127.0.0.1", 0) as port:
        deps = ChannelDeps(
            clock=Clock(),
            files=NoFiles(),
            public_url="https://hub.example.org",
            file_url=str,
            **{"allow_hosts": frozenset({"127.0.0.1"}), **more},
        )
        options = {**FACTS, "jwks": f"http://127.0.0.1:{port}/jwks"}
        channel: Any = channels.build(Account(id="app", kind="app", options=options), deps)
        assert isinstance(channel, AppChannel)
        yield channel
        await channel.close()


def token(key: rsa.RSAPrivateKey, kid: str | None, after: float = 0) -> str:
    at = int(NOW.timestamp() + after)
    claims = {"iss": FACTS["issuer"], "aud": FACTS["audience"], "sub": "r", "iat": at}
    headers = {"kid": kid} if kid else None
    return jwt.encode({**claims, "exp": at + 300}, key, "RS256", headers=headers)


async def test_keys_are_fetched_once_and_kept() -> None:
    backend = Backend()
    async with opened(backend) as channel:
        found = await asyncio.gather(*(channel.resident(token(OLD, "old"), NOW) for _ in range(20)))
        assert {one.id for one in found} == {"r"}
        assert (await channel.resident(token(OLD, None), NOW)).id == "r"
        assert backend.asked == 1


async def test_a_new_key_is_looked_for_but_strangers_cannot_make_us_ask_all_day() -> None:
    backend = Backend()
    async with opened(backend) as channel:
        await channel.resident(token(OLD, "old"), NOW)
        backend.keys = {"old": OLD, "new": NEW}
        for _ in range(5):
            with pytest.raises(TokenRefused, match="key"):
                await channel.resident(token(NEW, "new"), NOW + timedelta(seconds=5))
        assert backend.asked == 1
        later = NOW + timedelta(seconds=31)
        assert (await channel.resident(token(NEW, "new"), later)).id == "r"
        for at in range(5):
            with pytest.raises(TokenRefused, match="key"):
                await channel.resident(token(NEW, f"invented-{at}"), later)
        assert backend.asked == 2


async def test_a_key_that_was_taken_away_proves_nobody_any_more() -> None:
    backend = Backend()
    async with opened(backend) as channel:
        await channel.resident(token(OLD, "old"), NOW)
        backend.keys = {"new": NEW}
        later = NOW + timedelta(minutes=11)
        with pytest.raises(TokenRefused, match="key"):
            await channel.resident(token(OLD, "old", after=660), later)


async def test_while_the_address_is_away_known_keys_hold_for_a_day() -> None:
    backend = Backend()
    async with opened(backend) as channel:
        await channel.resident(token(OLD, "old"), NOW)
        backend.status = 500
        later = NOW + timedelta(hours=20)
        assert (await channel.resident(token(OLD, "old", after=72_000), later)).id == "r"
        for days in (1, 2):
            at = NOW + timedelta(days=days, minutes=1)
            with pytest.raises(KeysAway):
                await channel.resident(token(OLD, "old", after=86_460 * days), at)


@pytest.mark.parametrize("status", [302, 404, 500])
async def test_without_keys_nobody_is_proven_and_doctor_says_so(status: int) -> None:
    backend = Backend()
    backend.status = status
    async with opened(backend) as channel:
        with pytest.raises(KeysAway):
            await channel.resident(token(OLD, "old"), NOW)
        with pytest.raises(CheckFailed, match="app_keys"):
            await channel.connect()
        backend.status = 200
        await channel.connect()
        assert (await channel.check())["keys"] == "1"


async def test_keys_come_from_public_addresses_only() -> None:
    backend = Backend()
    async with opened(backend, allow_hosts=frozenset()) as channel:
        with pytest.raises(KeysAway):
            await channel.resident(token(OLD, "old"), NOW)
        assert backend.asked == 0


def test_nobody_writes_in_anothers_name_at_the_bare_door() -> None:
    """What says who was proven is ours to write, whatever a stranger sends along."""
    deps = ChannelDeps(clock=Clock(), files=NoFiles(), public_url="https://x", file_url=str)
    options = {**FACTS, "hs256": "x" * 32}
    channel: Any = channels.build(Account(id="app", kind="app", options=options), deps)
    at = int(NOW.timestamp())
    claims = {"iss": FACTS["issuer"], "aud": FACTS["audience"], "sub": "eve", "iat": at}
    raw = RawRequest(
        account="app",
        method="POST",
        headers={
            "authorization": f"Bearer {jwt.encode({**claims, 'exp': at + 60}, 'x' * 32, 'HS256')}",
            "x-hub-resident": '{"id":"anna"}',
        },
        body=b'{"type":"message","id":"m","text":"x"}',
        received_at=NOW,
    )
    channel.verify(raw)
    assert channel.key(raw).lane == "app:eve"
    raw.headers = {"x-hub-resident": '{"id":"anna"}'}
    with pytest.raises(Forged):
        channel.verify(raw)
    assert isinstance(channel, Receiver)
    assert not isinstance(channel, Hook)


async def test_the_bare_door_takes_keys_that_are_here() -> None:
    backend = Backend()

    def raw() -> RawRequest:
        return RawRequest(
            account="app",
            method="POST",
            headers={"authorization": f"Bearer {token(OLD, 'old')}"},
            body=b'{"type":"message","id":"m","text":"x"}',
            received_at=NOW,
        )

    async with opened(backend) as channel:
        with pytest.raises(Forged):
            channel.verify(raw())
        await channel.connect()
        kept = raw()
        channel.verify(kept)
        assert "authorization" not in kept.headers
        assert channel.key(kept).lane == "app:r"


@pytest.mark.parametrize(
    ("options", "key"),
    [
        ({}, "hs256"),
        ({"hs256": "x" * 32, "jwks": "https://x/jwks"}, "hs256"),
        ({"jwks": "ftp://x"}, "jwks"),
        ({"hs256": "x" * 32, "issuer": ""}, "issuer"),
        ({"hs256": "x" * 32, "audience": ""}, "audience"),
        ({"hs256": "x" * 32, "push_url": "gopher://x"}, "push_url"),
        ({"hs256": "x" * 32, "push_url": "https://x"}, "push_secret"),
        ({"hs256": "x" * 32, "origins": "example.org"}, "origins"),
        ({"hs256": "x" * 32, "origins": 5}, "origins"),
        ({"hs256": "x" * 32, "phone_verified": "perhaps"}, "phone_verified"),
    ],
)
def test_settings_that_cannot_be_used_are_named(options: dict[str, object], key: str) -> None:
    deps = ChannelDeps(clock=Clock(), files=NoFiles(), public_url="https://x", file_url=str)
    with pytest.raises(BadAccount) as bad:
        channels.build(Account(id="app", kind="app", options={**FACTS, **options}), deps)
    assert bad.value.key == key


async def test_a_secret_that_can_be_guessed_is_told_by_doctor() -> None:
    deps = ChannelDeps(clock=Clock(), files=NoFiles(), public_url="https://x", file_url=str)
    for secret, good in (("short", False), ("x" * 32, True)):
        channel: Any = channels.build(
            Account(id="app", kind="app", options={**FACTS, "hs256": secret}), deps
        )
        if good:
            assert (await channel.check())["issuer"] == FACTS["issuer"]
        else:
            with pytest.raises(CheckFailed, match="app_secret_short"):
                await channel.check()
