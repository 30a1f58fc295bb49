"""The demonstration's accounts: bots of the local Telegram instead of providers.

What belongs to it is kept in ``demo.json`` of the data directory, so that commands beside a running
demonstration know its accounts.
"""

import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from pydantic import SecretStr

from bots.emulator.demo import demo_cast
from hub.commands.demoapp import app_account
from hub.commands.refusals import Refused
from hub.embedded.record import Lock
from hub.settings import BotAccount, ChannelAccount, Organisation, Settings
from hub.starting import demo as house

RESIDENTS, STAFF, SITE = "residents", "staff", "site"
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class Kept(msgspec.Struct, frozen=True):
    """Port of the local Telegram and the secret of the account ``site``."""

    port: int
    secret: str


@contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """One demonstration a data directory: two local Telegrams would write over each other."""
    if settings.host not in LOOPBACK:
        raise Refused("said.demo_is_local", host=settings.host)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    lock = Lock(settings.data_dir / "demo.lock")
    if not lock.take():
        raise Refused("said.demo_runs", data=settings.data_dir)
    try:
        _keep(settings, kept(settings.data_dir))
        yield
    finally:
        lock.give_back()


def completed(settings: Settings) -> Settings:
    """Settings with the demonstration's accounts, where it is shown or was shown last."""
    held = kept(settings.data_dir)
    if held is None or (not settings.demo and (settings.channels or settings.bots)):
        return settings
    residents, staff = demo_cast().bots
    api = f"http://127.0.0.1:{held.port}"
    organisation = settings.organisation
    if not organisation.name:
        given = house.read().organisation
        organisation = Organisation(name=given["name"], phone=given["phone"])
    mini_app = settings.mini_app.model_copy(
        update={
            "plain_http": True,
            "frame_ancestors": (*settings.mini_app.frame_ancestors, api),
        }
    )
    return settings.model_copy(
        update={
            "mini_app": mini_app,
            "organisation": organisation,
            "channels": (
                ChannelAccount.model_validate(
                    {
                        "id": RESIDENTS,
                        "kind": "telegram",
                        "token": residents.token,
                        "mode": "polling",
                        "api": api,
                    }
                ),
                ChannelAccount.model_validate({"id": SITE, "kind": "http", "secret": held.secret}),
                app_account(held.secret, settings.base_url),
            ),
            "bots": (
                BotAccount(
                    id=STAFF,
                    roles=("operator", "executor"),
                    token=SecretStr(staff.token),
                    api=api,
                    username=staff.username,
                ),
            ),
        }
    )


def _path(data_dir: Path) -> Path:
    return data_dir / "demo.json"


def kept(data_dir: Path) -> Kept | None:
    """What the demonstration in this data directory uses; None where there was none."""
    try:
        return msgspec.json.decode(_path(data_dir).read_bytes(), type=Kept)
    except (OSError, msgspec.DecodeError):
        return None


def _keep(settings: Settings, held: Kept | None) -> None:
    port = held.port if held else settings.port + 1
    fresh = Kept(
        port=port if _free(port) else 0, secret=held.secret if held else secrets.token_hex(24)
    )
    if fresh.port == 0:
        with socket.socket() as any_port:
            any_port.bind(("127.0.0.1", 0))
            fresh = msgspec.structs.replace(fresh, port=any_port.getsockname()[1])
    path = _path(settings.data_dir)
    path.touch(mode=0o600)
    path.write_bytes(msgspec.json.encode(fresh))


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
