"""`hub run --demo` from an empty folder, as `make run` starts it: once, again, and after a kill."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiohttp import ClientSession, CookieJar

from tests.support.phone import Phone
from tests.support.ports import free_port
from tests.support.processes import Hub, environment

MEGABYTES = 700
# How long starts and stops take is printed; of a machine that does nothing else ten seconds are
# promised for each.


async def test_the_demonstration_starts_again_and_survives_a_kill(tmp_path: Path) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    env = environment()
    args = ("run", "--demo", "--data", str(tmp_path / "data"), "--port", str(port))

    first = Hub("first", env, tmp_path, *args)
    await first.start()
    try:
        from_nothing = await first.serves(url)
        phones = await _told(first, url)
        await _works(url, phones, "Потёк кран на кухне")
        family = _family(first.pid)
        used = sum(_memory(pid) for pid in family)
        code, stopped = await first.stop()
    finally:
        await _surely_ended(first)
    assert code == 0
    assert used < MEGABYTES
    assert [pid for pid in family if _lives(pid)] == []

    second = Hub("second", env, tmp_path, *args)
    await second.start()
    try:
        again = await second.serves(url)
        await _works(url, phones, "И ещё кран в ванной")
        family = _family(second.pid)
        await second.kill()
    finally:
        await _surely_ended(second)

    third = Hub("third", env, tmp_path, *args)
    await third.start()
    try:
        after_kill = await third.serves(url)
        # Nobody of the killed family holds a port or a lock any more.
        assert [pid for pid in family if _lives(pid)] == []
        await _works(url, phones, "Кран больше не течёт")
        code, _ = await third.stop()
    finally:
        await _surely_ended(third)
    assert code == 0
    print(
        f"\nready from nothing {from_nothing:.1f} s, second start {again:.1f} s, "
        f"after kill -9 {after_kill:.1f} s; {used:.0f} MB of {len(family)} processes; "
        f"SIGTERM to exit {stopped:.1f} s"
    )


async def _told(hub: Hub, url: str) -> str:
    """What a person reads when it stands; returns the address of the phones."""
    async with asyncio.timeout(60):
        while "hub seed" not in hub.out.read_text():
            await asyncio.sleep(0.05)
    told = hub.out.read_text()
    assert f"{url}/desk" in told
    assert "demo-2026" in told
    addresses = re.findall(r"http://[\w.:]+/?(?=\s)", told)
    phones = next(one for one in addresses if urlsplit(one).port != urlsplit(url).port)
    return phones.rstrip("/")


async def _works(url: str, phones: str, text: str) -> None:
    """Health, metrics, pages, and a message that goes from phone to phone."""
    async with ClientSession() as http:
        async with http.get(f"{url}/health/live") as answer:
            assert answer.status == 200
        async with http.get(f"{url}/health/ready") as answer:
            checks = (await answer.json())["checks"]
            assert {"mongo", "redis", "clock"} <= set(checks)
        async with http.get(f"{phones}/") as answer:
            assert answer.status == 200
        async with http.get(f"{url}/api/v1/openapi.json") as answer:
            assert (await answer.json())["openapi"].startswith("3.1")
        async with (
            Phone(phones, 5000001, "dom_na_lenina_bot") as resident,
            Phone(phones, 5000002, "smena_bot") as operator,
        ):
            await resident.say(text)
            message = await operator.wait_for(text, 60)
            await operator.reply(message.id, f"Ответ: {text}")
            await resident.wait_for(f"Ответ: {text}")
            await _opens_inside(await operator.do("app"))
        # Who is killed in the middle of sending is waited for as long as a lease; tests/chaos
        # looks at that. Here the outbox is empty at the kill.
        async with asyncio.timeout(60):
            while 'hub_waiting{queue="outbox"} 0.0' not in (metrics := await _metrics(http, url)):
                await asyncio.sleep(0.1)
    kept = re.search(r'hub_intake_total\{account="residents",outcome="kept"\} ([\d.]+)', metrics)
    assert kept is not None, metrics
    assert float(kept[1]) >= 1
    assert "hub_deliveries_total" in metrics


async def _opens_inside(opened: dict[str, Any]) -> None:
    """The desk opens behind the button beside the operator's input field, once."""
    address, _, fragment = opened["app"]["url"].partition("#")
    data = parse_qs(fragment)["tgWebAppData"][0]
    for wanted in (200, 403):
        async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as browser:
            async with browser.get(address) as answer:
                token = re.search(r'name="csrf" value="(\w+)"', await answer.text())
            assert token is not None
            form = {"csrf": token[1], "data": data, "case": "1"}
            async with browser.post(address, data=form) as answer:
                assert answer.status == wanted
                assert (answer.url.path == "/mini/desk/cases/1") == (wanted == 200)


async def _metrics(http: ClientSession, url: str) -> str:
    async with http.get(f"{url}/metrics") as answer:
        assert answer.status == 200
        return await answer.text()


def _family(pid: int) -> list[int]:
    """A process and everybody that it started."""
    found = [pid]
    for one in found:
        for task in Path(f"/proc/{one}/task").glob("*/children"):
            found += [int(child) for child in task.read_text().split()]
    return found


def _memory(pid: int) -> float:
    """Megabytes that a process takes, what is shared counted in parts."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    found = re.search(r"^Pss:\s+(\d+) kB", rollup, re.MULTILINE)
    assert found is not None
    return int(found[1]) / 1024


def _lives(pid: int) -> bool:
    """Whether it runs; who ended and was not yet buried does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


async def _surely_ended(hub: Hub) -> None:
    if hub.alive:
        await hub.kill()
