"""A real hub with MAX (by polling and by webhook) and short messages: the main job from outside,
and a kill in the middle, after which nothing is missing and nothing is there twice."""

from __future__ import annotations

import asyncio
import os
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import urlencode

from aiohttp import ClientSession, ClientTimeout

from hub import settings
from hub.commands.opened import opened
from hub.domain.staff import SYSTEM
from tests.e2e.api import Api
from tests.support.messenger.phone import MaxPhone
from tests.support.messenger.server import MaxServer
from tests.support.messenger.state import MaxPerson
from tests.support.ports import free_port
from tests.support.processes import Hub, environment
from tests.support.smsvendors import Exolve, Smsc

TOKEN = "f9LHodD0cOI-end-to-end-bot"
SVETA = MaxPerson(700501, "Светлана", "Кочубей", "+79220000001")
NUMBER = "79990000000"
SECONDS = 90.0

CONFIG = """
[organisation]
name = "УК «Дом»"

[[channel]]
id = "max"
kind = "max"
token = "{token}"
api = "{polled}"

[[channel]]
id = "max-hook"
kind = "max"
token = "{token}"
api = "{hooked}"
mode = "webhook"
secret = "hook-secret"

[[channel]]
id = "sms"
kind = "smsc_ru"
api_key = "{smsc_key}"
key = "our-word"
api = "{smsc}"

[[channel]]
id = "number"
kind = "exolve"
api_key = "{exolve_key}"
sender = "{number}"
api = "{exolve}"

[limits]
fetch_allowlist = ["127.0.0.1"]
"""


class House:
    """One `hub run` and four providers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.polled = MaxServer(TOKEN, [SVETA])
        self.hooked = MaxServer(TOKEN, [SVETA])
        self.smsc, self.exolve = Smsc(), Exolve()
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.env = environment(
            HUB_CONFIG=str(folder / "hub.toml"),
            HUB_DATA_DIR=str(folder / "data"),
            HUB_PUBLIC_URL=self.url,
        )
        self.hub = Hub("run", self.env, folder, "run", "--port", str(self.port))
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> House:
        for server in (self.polled, self.hooked):
            await server.start()
            self._stack.push_async_callback(server.stop)
        await self._stack.enter_async_context(self.smsc)
        await self._stack.enter_async_context(self.exolve)
        config = self.folder / "hub.toml"
        config.write_text(
            CONFIG.format(
                token=TOKEN,
                polled=self.polled.url,
                hooked=self.hooked.url,
                smsc=self.smsc.url,
                smsc_key=Smsc.API_KEY,
                exolve=self.exolve.url,
                exolve_key=Exolve.API_KEY,
                number=NUMBER,
            )
        )
        config.chmod(0o600)
        self._stack.push_async_callback(self._end)
        await self.hub.start()
        await self.hub.serves(self.url)
        with mock.patch.dict(os.environ, self.env, clear=True):
            given = settings.load()
        async with opened(given) as office:
            token = await office.services.people.add_token("program", ["*"], SYSTEM)
        self.http = await self._stack.enter_async_context(
            ClientSession(base_url=self.url, timeout=ClientTimeout(total=60))
        )
        self.api = Api(self.http, token)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def _end(self) -> None:
        if self.hub.alive:
            await self.hub.kill()

    async def answer(self, words: str, text: str, **more: Any) -> int:
        """Take the case that these words are in, and answer it."""
        case = await self.api.find(words, seconds=SECONDS)
        number: int = case["number"]
        await self.api.post(f"/cases/{number}/take")
        await self.api.post(f"/cases/{number}/reply", {"text": text, **more})
        return number


async def test_there_and_back(tmp_path: Path) -> None:
    async with House(tmp_path) as house:
        async with asyncio.TaskGroup() as all_:
            all_.create_task(_by_max(house, house.polled, "Нет воды"))
            all_.create_task(_by_max(house, house.hooked, "Нет света"))
            all_.create_task(_by_smsc(house))
            all_.create_task(_by_exolve(house))
        code, _ = await house.hub.stop()
        assert code == 0
        log = house.hub.log.read_text() + house.hub.out.read_text()
        secrets = (TOKEN, "hook-secret", "our-word", Smsc.API_KEY, Exolve.API_KEY)
        for private in (*secrets, "Нет воды", "Мастер будет", "Искрит", "Электрик"):
            assert private not in log


async def _by_max(house: House, server: MaxServer, said: str) -> None:
    phone = MaxPhone(server, SVETA.id)
    await phone.start()
    await phone.wait_for("Здравствуйте!", SECONDS)
    await phone.say(said)
    accepted = await phone.wait_for("принято", SECONDS)
    assert accepted.has_button("Дополнить")
    file = await house.api.upload("акт.pdf", b"%PDF-1.4 act")
    number = await house.answer(said, "Мастер будет к шести", files=[file])
    answer = await phone.wait_for("Мастер будет к шести", SECONDS)
    assert answer.text.endswith("УК «Дом»")
    assert await phone.fetch(answer) == b"%PDF-1.4 act"
    await phone.wait_for(f"№{number} в работе", SECONDS)
    await house.api.until(
        number, lambda case: case["thread"][-1]["delivery"]["state"] == "sent", SECONDS
    )


async def _by_smsc(house: House) -> None:
    told = {"id": "1", "phone": "79161234567", "mes": "Искрит щиток", "to": NUMBER}
    async with house.http.post("/in/sms?key=our-word", data=told) as answer:
        assert (answer.status, await answer.text()) == (200, "OK")
    number = await house.answer("Искрит щиток", "Электрик едет")
    (sent,) = await house.smsc.until(1, SECONDS)
    assert (sent["phones"], sent["mes"]) == ("79161234567", "Электрик едет")
    report = urlencode({"id": sent["id"], "phone": sent["phones"], "status": "1", "ts": "1"})
    async with house.http.get(f"/in/sms?key=our-word&{report}") as answer:
        assert answer.status == 200
    await house.api.until(
        number, lambda case: case["thread"][-1]["delivery"]["state"] == "delivered", SECONDS
    )


async def _by_exolve(house: House) -> None:
    house.exolve.incoming("79160000000", "Не закрывается дверь", NUMBER)
    await house.answer("Не закрывается дверь", "Слесарь будет завтра")
    (told,) = await house.exolve.until(1, SECONDS)
    assert told["destination"] == "79160000000"


async def test_killed_in_the_middle_nothing_is_missing_and_nothing_twice(tmp_path: Path) -> None:
    async with House(tmp_path) as house:
        phones = [MaxPhone(server, SVETA.id) for server in (house.polled, house.hooked)]
        for phone in phones:
            await phone.say("Начало")
        await house.api.find("Начало", seconds=SECONDS)
        for round_ in range(2):
            writing = [
                asyncio.create_task(_write(phone, f"{at}-{round_}"))
                for at, phone in enumerate(phones)
            ]
            await house.hub.kill()
            await asyncio.gather(*writing)
            await house.hub.start()
            await house.hub.serves(house.url)
        goal = [f"{round_}-{number}" for round_ in range(2) for number in range(5)]
        for at in range(2):
            case = await house.api.find(
                f"{at}-1-4", lambda case: len(_said(case)) >= 11, seconds=SECONDS
            )
            assert _said(case) == ["Начало", *(f"{at}-{one}" for one in goal)]


async def _write(phone: MaxPhone, name: str) -> None:
    for number in range(5):
        await phone.say(f"{name}-{number}")


def _said(case: dict[str, Any]) -> list[str]:
    return [one["text"] for one in case["thread"] if one["direction"] == "in"]
