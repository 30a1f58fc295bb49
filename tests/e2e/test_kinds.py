"""Everything that a resident can send arrives in the case as it was, however fast it comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from bots.emulator.server import Person
from tests.e2e.house import CROWD, House
from tests.support.phone import Phone
from tests.support.samples import ogg, png

pytestmark = pytest.mark.asyncio(loop_scope="package")

_crowd = iter(CROWD)


@pytest_asyncio.fixture(loop_scope="package")
async def resident(house: House) -> AsyncIterator[Phone]:
    """A phone that nobody used before."""
    person: Person = next(_crowd)
    phone = house.phone(person)
    await phone.start()
    yield phone


def incoming(case: dict[str, Any]) -> list[dict[str, Any]]:
    """What the resident sent."""
    return [one for one in case["thread"] if one["direction"] == "in"]


def ready(files: list[dict[str, Any]]) -> bool:
    return bool(files) and all(file["state"] == "ready" for file in files)


async def bytes_of(house: House, file: dict[str, Any], **headers: str) -> tuple[int, bytes]:
    path = file["url"].removeprefix("/api/v1")
    return await house.api.call("GET", path, headers=headers)


async def test_three_messages_one_after_the_other_are_three(house: House, resident: Phone) -> None:
    texts = [f"Срочно по фонарю, сообщение {word}" for word in ("первое", "второе", "третье")]
    house.said += texts
    for text in texts:
        await resident.say(text)
    case = await house.api.find(texts[0], lambda case: len(incoming(case)) >= 3)
    assert [one["text"] for one in incoming(case)] == texts
    # From a program as well, all at once.
    who = {"name": "Программа", "external_id": "торопливый"}
    posts = [{"id": f"fast-{at}", "from": who, "text": f"Быстро {at}"} for at in range(3)]
    answers = await asyncio.gather(*(house.post(post) for post in posts))
    assert [status for status, _ in answers] == [202] * 3
    case = await house.api.find("Быстро 0", lambda case: len(incoming(case)) >= 3)
    assert sorted(one["text"] for one in incoming(case)) == ["Быстро 0", "Быстро 1", "Быстро 2"]


async def test_an_album_is_one(house: House, resident: Phone) -> None:
    pictures = [png(8 + at, 8, (at * 40, 0, 0)) for at in range(3)]
    house.said.append("Три снимка подвала")
    await resident.album(pictures, "Три снимка подвала")

    def whole(case: dict[str, Any]) -> bool:
        files = [file for one in incoming(case) for file in one["files"]]
        return len(files) == 3 and ready(files)

    case = await house.api.find("Три снимка подвала", whole)
    entries = incoming(case)
    assert [entry["text"] for entry in entries] == ["Три снимка подвала", "", ""]
    # They stand one after another under one name, as Telegram sent them.
    assert len({entry["album"] for entry in entries}) == 1
    assert entries[0]["album"]
    files = [file for entry in entries for file in entry["files"]]
    assert [file["kind"] for file in files] == ["photo"] * 3
    stored = [(await bytes_of(house, file))[1] for file in files]
    assert len(set(stored)) == 3
    assert await _cases_of(house, "Три снимка подвала") == 1


async def test_files_arrive_and_are_read_in_parts(house: House, resident: Phone) -> None:
    voice, act = ogg(3), b"%PDF-1.4 " + bytes(range(256)) * 40
    house.said.append("Акт приложен к письму")
    await resident.document("акт.pdf", act, "Акт приложен к письму")
    await resident.voice(voice)

    def whole(case: dict[str, Any]) -> bool:
        return len(incoming(case)) == 2 and all(ready(one["files"]) for one in incoming(case))

    case = await house.api.find("Акт приложен к письму", whole)
    document, spoken = (one["files"][0] for one in incoming(case))
    assert (document["name"], document["size"]) == ("акт.pdf", len(act))
    assert (spoken["kind"], spoken["duration"]) == ("voice", 3)
    assert await bytes_of(house, document) == (200, act)
    assert await bytes_of(house, document, Range="bytes=9-264") == (206, act[9:265])
    assert await bytes_of(house, document, Range="bytes=-5") == (206, act[-5:])
    assert await bytes_of(house, spoken) == (200, voice)
    # The same by the desk's own address, for who is logged in and for nobody else.
    browser, _ = await house.browser("emma")
    page = await browser.get(f"/files/{document['id']}")
    assert (page.status, page.headers["X-Content-Type-Options"]) == (200, "nosniff")
    assert (await house.stranger.get(f"/files/{document['id']}", allow_redirects=False)).status in {
        302,
        303,
        401,
        404,
    }


async def test_places_people_and_edits(house: House, resident: Phone) -> None:
    house.said += ["Труба течёт тут", "Труба течёт там"]
    said = await resident.say("Труба течёт тут")
    await resident.location(61.7849, 34.3469)
    await resident.contact()
    await resident.edit(said.id, "Труба течёт там")

    def whole(case: dict[str, Any]) -> bool:
        lines = incoming(case)
        return len(lines) >= 2 and bool(lines[0]["edits"])

    case = await house.api.find("Труба течёт там", whole)
    first, place, *_ = incoming(case)
    assert first["text"] == "Труба течёт там"
    assert [edit["text"] for edit in first["edits"]] == ["Труба течёт тут"]
    assert place["location"] == pytest.approx({"latitude": 61.7849, "longitude": 34.3469}, 1e-4)
    person = next(one for one in CROWD if one.id == resident.person_id)
    # Shared by its owner: proven, and the person is found by it from now on.
    await house.api.until(case["number"], lambda case: case["contact"]["phone"] == person.phone)
    (contact,) = (await house.api.get(f"/contacts?phone={person.phone.replace('+', '%2B')}"))[
        "items"
    ]
    assert contact["id"] == case["contact"]["id"]


async def test_who_blocked_the_bot_is_told_to_the_operator(house: House, resident: Phone) -> None:
    house.said += ["Перезвоните мне, пожалуйста", "Звоним вам сейчас"]
    await resident.say("Перезвоните мне, пожалуйста")
    case = await house.api.find("Перезвоните мне")
    number = case["number"]
    await house.api.post(f"/cases/{number}/take")
    await resident.block()
    await house.api.post(f"/cases/{number}/reply", {"text": "Звоним вам сейчас"})

    def failed(case: dict[str, Any]) -> bool:
        answers = [one for one in case["thread"] if one["text"] == "Звоним вам сейчас"]
        return bool(answers) and answers[0]["delivery"]["state"] == "failed"

    case = await house.api.until(number, failed)
    delivery = next(one["delivery"] for one in case["thread"] if one["text"] == "Звоним вам сейчас")
    assert delivery["reason"] == "blocked"
    assert await _unreachable(house, case["contact"]["id"]) == ["blocked"]
    # Back again: what failed can be repeated and arrives.
    await resident.unblock()
    entry = next(one["id"] for one in case["thread"] if one["text"] == "Звоним вам сейчас")
    await house.api.post(f"/cases/{number}/retry", {"message": entry})
    await resident.wait_for("Звоним вам сейчас")


async def _unreachable(house: House, contact: str) -> list[str]:
    """Why nothing reaches this contact by Telegram, once it is known: it is written down after the
    answer is."""
    async with asyncio.timeout(90):
        while True:
            said = await house.api.get(f"/contacts/{contact}")
            known = [one for one in said["identities"] if one["key"].startswith("tel")]
            if why := [one["unreachable"] for one in known if one["unreachable"]]:
                return why
            await asyncio.sleep(0.05)


async def _cases_of(house: House, words: str) -> int:
    found = 0
    for item in (await house.api.get("/cases?limit=200"))["items"]:
        case = await house.api.get(f"/cases/{item['number']}")
        found += any(words in entry["text"] for entry in case["thread"])
    return found
