"""The `hub` command beside a running hub and without one."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest
from aiohttp import ClientSession

from bots.emulator.server import Emulator, Person
from tests.e2e.api import Api
from tests.e2e.house import DOM, SHIFT, House
from tests.support.desk import PASSWORD
from tests.support.phone import Phone
from tests.support.ports import free_port
from tests.support.processes import Hub, attempt, command, environment

pytestmark = pytest.mark.asyncio(loop_scope="package")

CONFIG = """
[[channel]]
id = "residents"
kind = "telegram"
token = "{dom}"
api = "{api}"

[[bot]]
id = "staff"
roles = ["operator"]
token = "{shift}"
api = "{api}"
username = "smena_bot"
"""


async def test_beside_a_running_hub(house: House) -> None:
    """Each finds the embedded stores of the running one, and what it does works at once."""
    env, given = house.env, f"{PASSWORD}\n"
    wrong = env | {"HUB_BOT_STAFF_TOKEN": "7200000009:nobody-knows-this-token-at-all"}
    person = ("staff", "add", "zoya", "--role", "supervisor", "--name", "Зоя Б")
    added, token, seeded, init, well, ill = await asyncio.gather(
        attempt(env, *person, given=given),
        attempt(env, "token", "add", "crm", "--scope", "cases:read"),
        attempt(env, "seed", "--cases", "20"),
        attempt(env, "init"),
        attempt(env, "doctor"),
        attempt(wrong, "doctor"),
    )
    for ran in (added, token, seeded, init, well):
        assert ran.code == 0, (ran.out, ran.err)
    assert ill.code == 1
    assert "staff" in ill.out
    assert "nobody-knows" not in ill.out + ill.err
    _, http = await house.browser("zoya")
    async with http.get("/desk") as page:
        assert page.status == 200
    reader = await house.program(token.last_word)
    assert len((await reader.get("/cases?limit=200"))["items"]) >= 20

    link, again = await asyncio.gather(
        attempt(env, "staff", "link", "zoya"), attempt(env, *person, given=given)
    )
    assert link.last_word.startswith("https://t.me/smena_bot?start=")
    assert again.code != 0
    assert "zoya" in again.err
    house.said.append(link.last_word.partition("start=")[2])


async def test_what_could_not_be_understood_is_taken_again(house: House) -> None:
    """A row in quarantine, and a row that was done: replayed, and nothing stands twice."""
    text = "Повторно принятое письмо"
    _, said = await house.post({"id": "replayed", "from": {"external_id": "r"}, "text": text})
    row = said["inbox_id"]
    number = (await house.api.find(text))["number"]
    await _done(house, row)
    async with house.office() as office:
        # As if the version before had not understood it.
        now = office.services.deps.clock.now()
        await office.store.inbox.quarantine(row, "unreadable", now)
    assert (await house.api.get(f"/inbox/{row}"))["state"] == "quarantined"
    out = await command(house.env, "replay", "--quarantined")
    assert "1" in out
    await _done(house, row)
    again, nothing = await asyncio.gather(
        attempt(house.env, "replay", row), attempt(house.env, "replay", "0" * 32)
    )
    assert (again.code, nothing.code) == (0, 1)
    await _done(house, row)
    case = await house.api.get(f"/cases/{number}")
    assert [entry["text"] for entry in case["thread"]] == [text]


async def test_without_a_running_hub(tmp_path: Path) -> None:
    """The first starts the stores of the folder, others use them, whoever ends first; and nothing
    is left behind."""
    person = Person(901, "Ия", bot_username=SHIFT.username)
    emulator = Emulator([DOM, SHIFT], [person])
    try:
        api = await emulator.start()
        config = tmp_path / "hub.toml"
        config.write_text(CONFIG.format(dom=DOM.token, shift=SHIFT.token, api=api))
        config.chmod(0o600)
        env = environment(HUB_CONFIG=str(config), HUB_DATA_DIR=str(tmp_path / "data"))
        added, token, seeded = await asyncio.gather(
            attempt(env, "staff", "add", "iya", "--role", "operator", given=f"{PASSWORD}\n"),
            attempt(env, "token", "add", "crm", "--scope", "*"),
            attempt(env, "seed", "--cases", "20"),
        )
        for ran in (added, token, seeded):
            assert ran.code == 0, ran.err
        assert "20" in seeded.out
        link, well = await asyncio.gather(
            attempt(env, "staff", "link", "iya"), attempt(env, "doctor")
        )
        assert well.code == 0, well.out
        await _comes_in(tmp_path, env, api, link.last_word, token.last_word)
    finally:
        await emulator.stop()


async def _comes_in(folder: Path, env: dict[str, str], api: str, link: str, token: str) -> None:
    """The link and the token that were made without a hub are good for the hub that starts."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    hub = Hub("later", env, folder, "run", "--port", str(port))
    await hub.start()
    try:
        await hub.serves(url)
        async with ClientSession(base_url=url) as http:
            assert len((await Api(http, token).get("/cases?limit=200"))["items"]) == 20
        async with Phone(api, 901, SHIFT.username) as phone:
            await phone.start(link.partition("start=")[2])
            await phone.wait_for("Здравствуйте")
        code, _ = await hub.stop()
        assert code == 0
    finally:
        if hub.alive:
            await hub.kill()


async def _done(house: House, row: str) -> None:
    until = time.monotonic() + 90
    while (await house.api.get(f"/inbox/{row}"))["state"] != "done":
        assert time.monotonic() < until
        await asyncio.sleep(0.05)
