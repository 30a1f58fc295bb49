"""Two processes of every role side by side: the same result as with one, and nothing twice."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from pathlib import Path
from typing import Any, Literal

from tests.e2e.house import CROWD, DOM, EMMA, SHIFT, VERA, House
from tests.e2e.logs import private
from tests.e2e.polls import owner
from tests.support.processes import Hub
from tests.support.stores import Mongo, Valkey

RESIDENTS = 4
EACH = 3
LEASE = 15.0
"""Seconds that a poller holds its account; renewed every third of it."""


async def test_two_of_everything_are_one_hub(tmp_path: Path) -> None:
    """Both ways at once: most of the time is the lease of a killed poller."""
    async with asyncio.TaskGroup() as both:
        both.create_task(_embedded(tmp_path / "embedded"))
        both.create_task(_named(tmp_path / "named"))


async def _embedded(folder: Path) -> None:
    """Two `hub run` on the same data, the second a guest of the first one's stores."""
    folder.mkdir()
    async with House(folder, processes="runs") as house:
        await _are_one(house)


async def _named(folder: Path) -> None:
    """Web, bots, worker and scheduler twice, over stores that the settings name."""
    folder.mkdir()
    mongo, valkey = Mongo(folder), Valkey(folder)
    try:
        await asyncio.to_thread(mongo.start)
        await asyncio.to_thread(valkey.start)
        stores = {"HUB_MONGO_URL": mongo.url, "HUB_REDIS_URL": valkey.url}
        async with House(folder, processes="each", **stores) as house:
            await _are_one(house)
    finally:
        valkey.kill()
        mongo.kill()


async def _are_one(house: House) -> None:
    began, count = time.monotonic(), len(house.hubs)
    await _many_write(house)
    await _one_owner(house, "дело из ботов", by="bots")
    await _one_owner(house, "дело по API", by="api")
    taken_over = await _poller_moves(house)
    ends = await house.stop()
    assert {code for code, _ in ends} == {0}
    private(house, *house.said)
    print(
        f"\n{count} processes: {time.monotonic() - began:.1f} s, a killed poller's accounts were "
        f"polled again after {taken_over:.1f} s, stopped in {max(took for _, took in ends):.1f} s"
    )


async def _many_write(house: House) -> None:
    """Residents of both channels write, programs post to either address; each text once, in
    order, and each answered once."""
    phones = [house.phone(person) for person in CROWD[:RESIDENTS]]
    for phone in phones:
        await phone.start()
    posts = []
    for at in range(EACH):
        for phone in phones:
            await phone.say(f"телефон {phone.person_id} сообщение {at}")
        for resident in range(RESIDENTS):
            body = {
                "id": f"p{resident}-{at}",
                "from": {"external_id": f"жилец {resident}"},
                "text": f"программа {resident} сообщение {at}",
                "sent_at": f"2026-11-21T10:00:{at:02}+03:00",
            }
            # The same message to both processes: one is the repeat of the other.
            posts += [house.post(body, url) for url in house.urls]
    answers = await asyncio.gather(*posts)
    assert {status for status, _ in answers} == {202}
    house.said += [f"телефон {phone.person_id} сообщение" for phone in phones]

    wanted = {f"телефон {phone.person_id} сообщение" for phone in phones}
    wanted |= {f"программа {resident} сообщение" for resident in range(RESIDENTS)}
    cases = {
        words: await house.api.find(f"{words} 0", lambda case: len(_told(case)) == EACH)
        for words in wanted
    }
    for words, case in cases.items():
        assert _told(case) == [f"{words} {at}" for at in range(EACH)]
    assert len({case["number"] for case in cases.values()}) == len(wanted)

    for words, case in cases.items():
        body = {"text": f"Ответ на {words}", "key": f"a{case['number']}"}
        await house.api.post(f"/cases/{case['number']}/reply", body)
    for words, case in cases.items():
        await house.api.until(case["number"], lambda case: _arrived(case))
        if words.startswith("программа"):
            await house.site.heard(f"Ответ на {words}")
    ids = Counter(answer["id"] for answer in house.site.answers)
    assert set(ids.values()) == {1}
    for phone in phones:
        seen = [one.text for one in await phone.history() if one.from_bot]
        assert sum(f"Ответ на телефон {phone.person_id}" in text for text in seen) == 1
        assert sum("принято" in text for text in seen) == 1


async def _one_owner(house: House, text: str, *, by: Literal["bots", "api"]) -> None:
    """Two take the same case at once: one has it, the other hears so."""
    await house.post({"id": text, "from": {"external_id": text}, "text": text})
    number = (await house.api.find(text))["number"]
    if by == "bots":
        emma, vera = house.phone(EMMA), house.phone(VERA)
        cards = [await phone.wait_for(text, 30) for phone in (emma, vera)]
        taps = await asyncio.gather(
            *(
                phone.press("Взять", on=card, timeout=30)
                for phone, card in zip((emma, vera), cards, strict=True)
            )
        )
        case = await house.api.get(f"/cases/{number}")
        assert case["operator"] in {"emma", "vera"}
        late = [tap for tap in taps if tap.alert]
        assert len(late) == 1, taps
        assert ("Аксакова" if case["operator"] == "emma" else "Петрова") in late[0].text
        return
    seen = (await house.api.get(f"/cases/{number}"))["version"]
    programs = [await house.program(house.tokens[0], url) for url in house.urls]
    answers = await asyncio.gather(
        *(
            programs[at % 2].call(
                "POST",
                f"/cases/{number}/assign",
                {"operator": ("emma", "vera")[at % 2]},
                headers={"If-Match": f'"{seen}"'},
            )
            for at in range(6)
        )
    )
    statuses = Counter(status for status, _ in answers)
    assert statuses[200] == 1, answers
    assert statuses[412] + statuses[409] == 5, statuses


async def _poller_moves(house: House) -> float:
    """Exactly one process polls an account; another goes on where a killed one left."""
    holder = await _holder(house)
    await holder.kill()
    house.hubs.remove(holder)
    began = time.monotonic()
    phone = house.phone(CROWD[RESIDENTS])
    text = "После смены опросчика"
    house.said.append(text)
    await phone.say(text)
    if holder.name == "run0":
        house.urls.pop(0)
        house.api = await house.program(house.tokens[0], house.urls[0])
    case = await house.api.find(text, seconds=LEASE * 6)
    assert _told(case) == [text]
    return time.monotonic() - began


async def _holder(house: House) -> Hub:
    """Whose connection waits for the updates of the residents' bot; never were there two."""
    async with asyncio.timeout(LEASE * 6):
        while True:
            by_pid = {hub.pid: hub for hub in house.hubs}
            pid = owner(house.polls.port[DOM.token], list(by_pid))
            if pid is not None:
                break
            await asyncio.sleep(0.05)
    assert house.polls.most == {DOM.token: 1, SHIFT.token: 1}
    return by_pid[pid]


def _told(case: dict[str, Any]) -> list[str]:
    return [one["text"] for one in case["thread"] if one["direction"] == "in"]


def _arrived(case: dict[str, Any]) -> bool:
    answers = [one for one in case["thread"] if one["direction"] == "out" and not one["automatic"]]
    return bool(answers) and all(
        one["delivery"]["state"] in {"sent", "delivered"} for one in answers
    )
