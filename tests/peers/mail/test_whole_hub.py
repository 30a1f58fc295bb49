"""The whole hub as it is started, between Dovecot and Exim: killed without a word while mails come
in, and started again. Each mail is a case, once."""

from __future__ import annotations

import asyncio
import email
import email.policy
import smtplib
from collections.abc import AsyncIterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.peers.mail.dovecot import PASSWORD, Dovecot, needed, until
from tests.peers.mail.exim import Exim
from tests.support.mailworld import written
from tests.support.ports import free_port
from tests.support.processes import Hub, command, environment

pytestmark = needed

HOUSE = "case@uk.test"
SETTINGS = """
[[channel]]
id = "mail"
kind = "email"
address = "{house}"
imap = "imap://{house}:{password}@127.0.0.1:{imap}/INBOX"
smtp = "smtp://case:{password}@127.0.0.1:{smtp}"
"""


class Whole:
    """Servers, hub, and a program that looks at its cases."""

    def __init__(self, folder: Path) -> None:
        self.dovecot = Dovecot()
        self.exim = Exim(self.dovecot.lmtp)
        self.url = f"http://127.0.0.1:{free_port()}"
        config = folder / "hub.toml"
        config.write_text(
            SETTINGS.format(
                house=HOUSE, password=PASSWORD, imap=self.dovecot.imap, smtp=self.exim.port
            )
        )
        config.chmod(0o600)
        self.env = environment(
            HUB_CONFIG=str(config),
            HUB_DATA_DIR=str(folder / "var"),
            HUB_HOST="127.0.0.1",
            HUB_PORT=self.url.rpartition(":")[2],
        )
        self.hub = Hub("hub", self.env, folder, "run")
        self.token = ""

    async def start(self) -> None:
        await self.dovecot.start()
        await self.exim.start()
        await self.hub.start()
        await self.hub.serves(self.url)
        said = await command(self.env, "token", "add", "test", "--scope", "*")
        self.token = said.split()[-1]

    async def stop(self) -> None:
        if self.hub.alive:
            await self.hub.stop()
        await self.exim.stop()
        await self.dovecot.stop()

    async def call(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"}
        async with aiohttp.ClientSession(headers=headers) as http:
            url = f"{self.url}/api/v1{path}"
            async with http.request(method, url, json=body) as answer:
                assert answer.status < 300, await answer.text()
                return await answer.json()

    async def cases(self) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = (await self.call("GET", "/cases?limit=100"))["items"]
        return items

    async def send(self, raw: bytes, sender: str, to: str = HOUSE) -> None:
        """A resident's mail, by way of the house's server."""

        def carried() -> None:
            with smtplib.SMTP("127.0.0.1", self.exim.port) as line:
                line.sendmail(sender, [to], raw)

        await asyncio.to_thread(carried)


@pytest.fixture
async def whole(tmp_path: Path) -> AsyncIterator[Whole]:
    made = Whole(tmp_path)
    try:
        await made.start()
        yield made
    finally:
        await made.stop()


async def count(whole: Whole, wanted: int) -> list[dict[str, Any]]:
    async with asyncio.timeout(150):
        while len(found := await whole.cases()) < wanted:
            await asyncio.sleep(0.1)
    return found


async def test_a_killed_hub_loses_no_mail_and_takes_none_twice(whole: Whole) -> None:
    for number in range(12):
        who = f"r{number}@resident.test"
        await whole.send(written(f"Письмо {number}", sender=who, to=HOUSE, subject=who), who)
        if number == 5:
            await whole.hub.kill()
    await whole.hub.start()
    await whole.hub.serves(whole.url)
    cases = await count(whole, 12)
    assert sorted(case["subject"] for case in cases) == sorted(
        f"r{number}@resident.test" for number in range(12)
    )
    mails = whole.exim.residents.mails
    await until(lambda: len({to for _, (to,), _ in mails}) == 12, seconds=150)

    (first,) = [case for case in cases if case["subject"] == "r0@resident.test"]
    await whole.call(
        "POST", f"/cases/{first['number']}/reply", {"text": "Слесарь в пути.", "key": "k"}
    )

    def answered() -> list[bytes]:
        return [raw for _, _, raw in mails if b"auto-replied" not in raw]

    await until(answered, seconds=150)
    mail = email.message_from_bytes(answered()[0], policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    back = mail["Reply-To"].addresses[0].addr_spec
    thanks = written("Спасибо", sender="r0@resident.test", to=back, subject="ок")
    await whole.send(thanks, "r0@resident.test", back)
    async with asyncio.timeout(150):
        while True:
            case = await whole.call("GET", f"/cases/{first['number']}")
            if case["thread"][-1]["text"] == "Спасибо":
                break
            await asyncio.sleep(0.1)
    assert len(await whole.cases()) == 12
