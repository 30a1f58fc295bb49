"""Settings of an account of MAX, and whom it trusts."""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
from pathlib import Path

import pytest
from aiohttp import web

import channels
from channels.max.api import Api, Unreached, Untrusted
from channels.max.channel import HookedMax, PolledMax
from hub.domain.message import Deferred
from hub.ports.channel import CheckFailed, Hook, Poller
from hub.ports.channel_build import Account, BadAccount
from tests.contract.channels.samples import deps
from tests.integration.channels.max.conftest import outbound


def built(**options: object) -> object:
    return channels.build(Account(id="max", kind="max", options=options), deps())


def test_a_token_is_enough() -> None:
    assert isinstance(built(token="t"), PolledMax)
    assert isinstance(built(token="t"), Poller)
    hooked = built(token="t", mode="webhook", secret="five5")
    assert isinstance(hooked, HookedMax)
    assert isinstance(hooked, Hook)
    assert not isinstance(hooked, Poller)


@pytest.mark.parametrize(
    ("options", "key"),
    [
        ({}, "token"),
        ({"token": "two words"}, "token"),
        ({"token": "line\nbreak"}, "token"),
        ({"token": "t", "api": "ftp://x"}, "api"),
        ({"token": "t", "mode": "pigeon"}, "mode"),
        ({"token": "t", "secret": "four"}, "secret"),
        ({"token": "t", "secret": "секрет-секрет"}, "secret"),
        ({"token": "t", "ca": "/nowhere/at/all.pem"}, "ca"),
        ({"token": "t", "ca": __file__}, "ca"),
    ],
)
def test_settings_that_cannot_be_used_are_named(options: dict[str, object], key: str) -> None:
    with pytest.raises(BadAccount) as failed:
        built(**options)
    assert failed.value.key == key
    assert "line" not in str(failed.value)


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that nobody knows, and its key."""
    pytest.importorskip("cryptography")
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "MAX of a test")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    root, own = folder / "root.pem", folder / "key.pem"
    root.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    own.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return root, own


async def test_a_root_of_ones_own_is_trusted_and_a_strange_one_is_not(tmp_path: Path) -> None:
    """MAX shows a certificate of a root that most systems do not know."""
    root, own = certificate(tmp_path)
    served = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    served.load_cert_chain(root, own)

    async def me(request: web.Request) -> web.Response:
        return web.json_response({"user_id": 1, "first_name": "Дом", "username": "dom_bot"})

    app = web.Application()
    app.router.add_get("/me", me)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=served).start()
    url = f"https://127.0.0.1:{runner.addresses[0][1]}"
    strange, trusting = Api("token", url), Api("token", url, ca=str(root))
    with pytest.raises(Untrusted):
        await strange.call("GET", "/me")
    assert (await trusting.object("GET", "/me"))["username"] == "dom_bot"
    channel = built(token="token", api=url)
    assert isinstance(channel, PolledMax)
    with pytest.raises(CheckFailed, match="api_untrusted"):
        await channel.check()
    # Nothing was sent: once the root is put in, it goes out by itself.
    assert await channel.send(outbound("Добрый день")) == Deferred("network", 3.0, "account")
    for one in (strange, trusting, channel):
        await one.close()
    await runner.cleanup()
    assert issubclass(Untrusted, Unreached)
