"""A whole hub at an SMPP centre, killed in the middle again and again: nothing lost, nothing
doubled, and what is answered afterwards gets there."""

from __future__ import annotations

import asyncio
from pathlib import Path
from random import Random
from typing import Any

from aiohttp import ClientSession

from hub.sms import udh
from tests.e2e.api import Api
from tests.peers.sms.centre import Centre
from tests.peers.sms.hubside import until
from tests.support.ports import free_port
from tests.support.processes import Hub, command, environment

CONFIG = """
[[channel]]
id = "sms"
kind = "smpp"
host = "127.0.0.1"
port = {port}
system_id = "hub"
password = "Sesame26"
sender = "UKDOM"
"""
LONG = "Нет горячей воды второй день, из крана идёт ржавая вода, просим прислать сантехника"
KILLS = 2


def deliveries() -> tuple[list[dict[str, Any]], list[str]]:
    """What phones send, and what it says: short and long messages of eight residents, the parts of
    the long ones apart from each other."""
    dice, pdus, texts = Random(1842), [], []
    for at in range(36):
        said = {"source_addr": f"791600000{at % 8 + 11}", "destination_addr": "1234"}
        if at % 3:
            texts.append(f"Сообщение {at}")
            data = texts[-1].encode("utf-16-be")
            pdus.append({**said, "data_coding": 8, "short_message": data})
            continue
        texts.append(f"{at}: {LONG}")
        data = texts[-1].encode("utf-16-be")
        pieces = [data[begin : begin + 134] for begin in range(0, len(data), 134)]
        for index, piece in enumerate(pieces, 1):
            words = udh.header(at + 1, len(pieces), index) + piece
            pdus.append({**said, "data_coding": 8, "short_message": words, "esm_class": 0x40})
    dice.shuffle(pdus)
    return pdus, sorted(texts)


async def said(api: Api) -> list[tuple[str, bool]]:
    """Everything that residents said, and whether it was corrected later."""
    found = []
    for item in (await api.get("/cases?limit=200"))["items"]:
        case = await api.get(f"/cases/{item['number']}")
        found += [
            (one["text"], bool(one["edits"])) for one in case["thread"] if one["direction"] == "in"
        ]
    return sorted(found)


async def test_killed_in_the_middle_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    centre = Centre()
    await centre.start()
    (tmp_path / "hub.toml").write_text(CONFIG.format(port=centre.port))
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    env = environment(HUB_CONFIG=str(tmp_path / "hub.toml"), HUB_DATA_DIR=str(tmp_path / "data"))
    hub = Hub("hub", env, tmp_path, "run", "--host", "127.0.0.1", "--port", str(port))
    try:
        await hub.start()
        await hub.serves(url)
        asked = await command(env, "token", "add", "test", "--scope", "*")
        pdus, texts = deliveries()
        for kill in range(KILLS):
            await until(lambda: centre.bound >= 1)
            for pdu in pdus[kill::KILLS]:
                centre.deliver(**pdu)
            half = centre.waiting // 2
            await until(lambda half=half: centre.waiting <= half)
            await hub.kill()
            await hub.start()
            await hub.serves(url)
        await until(lambda: centre.waiting == 0)
        async with ClientSession(url) as http:
            api = Api(http, asked.split()[-1])
            async with asyncio.timeout(180):
                while [text for text, _ in await said(api)] != texts:
                    assert len(await said(api)) <= len(texts)
                    await asyncio.sleep(0.3)
            case = await api.find("Сообщение 1")
            await api.call("POST", f"/cases/{case['number']}/take", {})
            status, told = await api.call(
                "POST", f"/cases/{case['number']}/reply", {"text": LONG, "key": "one"}
            )
            assert status == 200, told

            def delivered(case: Any) -> bool:
                return any(
                    one["delivery"] and one["delivery"]["state"] == "delivered"
                    for one in case["thread"]
                )

            await api.until(case["number"], delivered)
            words = b"".join(one.data[6:] for one in centre.submitted)
            assert words.decode("utf-16-be") == LONG
        code, _ = await hub.stop()
        assert code == 0
    finally:
        if hub.alive:
            await hub.stop()
        await centre.stop()
