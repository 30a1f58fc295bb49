"""The demonstration: the local Telegram instead of providers, sample staff with phones in hand.

What belongs to it is kept in ``demo.json`` of the data directory, so that commands beside a running
demonstration know its accounts.
"""

import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files
from pathlib import Path

import aiohttp
import msgspec
from pydantic import SecretStr

from bots.emulator.demo import demo_cast
from bots.emulator.server import Emulator
from hub import wiring
from hub.commands.refusals import Refused
from hub.domain.staff import SYSTEM
from hub.settings import BotAccount, ChannelAccount, Organisation, Settings
from hub.starting import demo as house

RESIDENTS, STAFF, SITE = "residents", "staff", "site"
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class Kept(msgspec.Struct, frozen=True):
    """Port of the local Telegram and the secret of the account ``site``."""

    port: int
    secret: str


def completed(settings: Settings) -> Settings:
    """Settings with the demonstration's accounts, where it is shown or was shown last."""
    kept = _kept(settings.data_dir)
    if settings.demo:
        if settings.host not in LOOPBACK:
            raise Refused("said.demo_is_local", host=settings.host)
        kept = _keep(settings, kept)
    elif kept is None or settings.channels or settings.bots:
        return settings
    residents, staff = demo_cast().bots
    api = f"http://127.0.0.1:{kept.port}"
    organisation = settings.organisation
    if not organisation.name:
        given = house.read().organisation
        organisation = Organisation(name=given["name"], phone=given["phone"])
    return settings.model_copy(
        update={
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
                ChannelAccount.model_validate({"id": SITE, "kind": "http", "secret": kept.secret}),
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


@asynccontextmanager
async def local_telegram(settings: Settings) -> AsyncIterator[str]:
    """The local Telegram with its page of phones; gives its address."""
    cast = demo_cast()
    emulator = Emulator(
        cast.bots,
        cast.people,
        settings.data_dir / "telegram",
        f"{settings.base_url}/desk",
        fonts=Path(str(files("admin_web"))) / "static" / "vendor",
    )
    kept = _kept(settings.data_dir)
    assert kept is not None
    address = await emulator.start(port=kept.port)
    try:
        yield address
    finally:
        await emulator.stop()


async def furnish(hub: wiring.Hub) -> None:
    """Sample staff and quick replies; every phone of staff opens its one-time link, as a person
    would, so that the bot knows whom it speaks with."""
    await house.install(hub.services)
    people = hub.services.people
    bot = hub.settings.bots[0]
    directory = await people.directory()
    async with aiohttp.ClientSession() as session:
        for one in house.read().staff:
            person = directory.staff.get(one.login)
            if not one.phone or person is None or person.link(bot.id) is not None:
                continue
            token = await people.one_time_link(one.login, SYSTEM)
            chat = f"{bot.api}/phones/api/people/{one.phone}/chats/{bot.username}"
            async with session.post(f"{chat}/start", json={"payload": token}) as answer:
                answer.raise_for_status()


async def furnished(hub: wiring.Hub) -> bool:
    """Whether every phone of staff has come in."""
    hub.services.deps.staff.forget()
    directory = await hub.services.people.directory()
    bot = hub.settings.bots[0].id
    wanted = [directory.staff.get(one.login) for one in house.read().staff if one.phone]
    return all(one is None or not one.active or one.link(bot) for one in wanted)


def _path(data_dir: Path) -> Path:
    return data_dir / "demo.json"


def _kept(data_dir: Path) -> Kept | None:
    try:
        return msgspec.json.decode(_path(data_dir).read_bytes(), type=Kept)
    except (OSError, msgspec.DecodeError):
        return None


def _keep(settings: Settings, kept: Kept | None) -> Kept:
    port = kept.port if kept else settings.port + 1
    fresh = Kept(
        port=port if _free(port) else 0, secret=kept.secret if kept else secrets.token_hex(24)
    )
    if fresh.port == 0:
        with socket.socket() as any_port:
            any_port.bind(("127.0.0.1", 0))
            fresh = msgspec.structs.replace(fresh, port=any_port.getsockname()[1])
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    path = _path(settings.data_dir)
    path.touch(mode=0o600)
    path.write_bytes(msgspec.json.encode(fresh))
    return fresh


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
