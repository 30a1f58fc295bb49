"""Staff, catalogue, letters, shown messages, leases."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from hub.domain.catalog import (
    CaseType,
    FirstDeadline,
    OneTimeLink,
    QuickReply,
    ResultCode,
    Token,
)
from hub.domain.outbox import Letter
from hub.domain.staff import BotLink, Group, Staff
from hub.ports.saving import Conflict, Duplicate
from hub.ports.shown import Shown
from tests.contract.store.samples import at


def person(login: str, **fields: Any) -> Staff:
    return Staff(login=login, name="Анна", created_at=at(), updated_at=at(), **fields)


async def test_people_and_groups(ports: Any) -> None:
    ann = person("ann", roles=["operator"], bots=[BotLink("staff", 5, 6)])
    await ports.staff.add(ann)
    with pytest.raises(Duplicate):
        await ports.staff.add(person("ann", position="другая"))
    await ports.staff.put_group(Group(id="g", name="Север", default=True))
    await ports.staff.put_group(Group(id="g", name="Юг", accounts=["site"]))
    directory = await ports.staff.directory()
    assert directory.staff["ann"] == await ports.staff.get("ann") == ann
    assert directory.groups["g"] == Group(id="g", name="Юг", accounts=["site"])
    assert await ports.staff.get("bob") is None


async def test_a_person_is_saved_by_one_at_a_time(ports: Any) -> None:
    await ports.staff.add(person("ann"))
    one, two = await ports.staff.get("ann"), await ports.staff.get("ann")
    one.position = "диспетчер"
    await ports.staff.save(one)
    two.position = "мастер"
    with pytest.raises(Conflict):
        await ports.staff.save(two)
    ports.staff.forget()
    assert (await ports.staff.directory()).staff["ann"].position == "диспетчер"
    with pytest.raises(Conflict):
        await ports.staff.save(person("nobody"))


async def test_a_link_works_once(ports: Any) -> None:
    for name in ("one", "old"):
        expires = at(60) if name == "one" else at(-1)
        await ports.staff.add_link(
            OneTimeLink(id=name, purpose="staff", login="ann", expires_at=expires)
        )
    used = await asyncio.gather(*(ports.staff.use_link("one", at(1)) for _ in range(6)))
    (link,) = [one for one in used if one is not None]
    assert (link.login, link.used_at) == ("ann", at(1))
    assert await ports.staff.use_link("old", at(1)) is None
    assert await ports.staff.use_link("none", at(1)) is None


async def test_tokens(ports: Any) -> None:
    token = Token(id="hash", name="crm", scopes=["cases:read"], created_at=at())
    await ports.staff.add_token(token)
    await ports.staff.add_token(Token(id="h2", name="app", scopes=["*"], created_at=at(1)))
    assert await ports.staff.token("hash") == token
    assert [one.name for one in await ports.staff.tokens()] == ["crm", "app"]
    assert await ports.staff.revoke_token("crm") is True
    assert await ports.staff.revoke_token("crm") is False
    assert (await ports.staff.token("hash")).revoked
    assert await ports.staff.token("none") is None


async def test_quick_replies(ports: Any) -> None:
    reply = QuickReply(id="r1", title="Вода", text="Здравствуйте, {имя}", updated_at=at())
    gone = QuickReply(id="r2", title="Старый", text="-", deleted=True, updated_at=at())
    await ports.catalog.put_quick_reply(reply, new=True)
    await ports.catalog.put_quick_reply(gone, new=True)
    clash = QuickReply(id="r1", title="Иной", text="-", updated_at=at())
    with pytest.raises(Duplicate):
        await ports.catalog.put_quick_reply(clash, new=True)
    assert [one.id for one in await ports.catalog.quick_replies()] == ["r1"]
    assert {one.id for one in await ports.catalog.quick_replies(deleted=True)} == {"r1", "r2"}
    mine, stale = await ports.catalog.quick_reply("r1"), await ports.catalog.quick_reply("r1")
    mine.text = "Добрый день"
    await ports.catalog.put_quick_reply(mine)
    with pytest.raises(Conflict):
        await ports.catalog.put_quick_reply(stale)
    await ports.catalog.count_use("r1", "2026-11")
    await ports.catalog.count_use("r1", "2026-11")
    found = await ports.catalog.quick_reply("r1")
    assert (found.text, found.used, found.rev) == ("Добрый день", {"2026-11": 2}, 1)
    assert await ports.catalog.quick_reply("none") is None


async def test_result_codes_types_and_deadlines(ports: Any) -> None:
    await ports.catalog.put_result(ResultCode(id="b", name="Нет", order=2))
    await ports.catalog.put_result(ResultCode(id="a", name="Да", order=1))
    await ports.catalog.put_result(ResultCode(id="b", name="Отказ", order=0, tell=False))
    assert [one.name for one in await ports.catalog.results()] == ["Отказ", "Да"]
    await ports.catalog.put_type(CaseType(id="request", name="Запрос", order=1))
    await ports.catalog.put_type(CaseType(id="claim", name="Претензия"))
    assert [one.id for one in await ports.catalog.types()] == ["claim", "request"]
    await ports.catalog.put_deadline(FirstDeadline(id="d", minutes=60))
    await ports.catalog.put_deadline(FirstDeadline(id="d", type="claim", minutes=30))
    assert await ports.catalog.deadlines() == [FirstDeadline(id="d", type="claim", minutes=30)]
    await ports.catalog.drop_deadline("d")
    assert await ports.catalog.deadlines() == []


def letter(ident: str, to: str = "chat", *, seconds: float = 0, **fields: Any) -> Letter:
    body: dict[str, object] = {"text": "привет", "n": 1, "deep": {"list": [1, "a", None]}}
    return Letter(
        id=ident,
        kind="staff",
        to=to,
        account="staff",
        body=body,
        due=fields.pop("due", at(seconds)),
        at=at(seconds),
        **fields,
    )


async def test_letters_go_one_by_one_in_order(ports: Any) -> None:
    first, second = letter("1"), letter("2", order=1)
    await ports.letters.add([second, first, letter("3", "other", seconds=50)])
    await ports.letters.add([letter("1", seconds=99), letter("4", "other", seconds=60)])
    await ports.letters.add([])
    assert await ports.letters.due(at(10), 10) == ["chat"]
    one = await ports.letters.claim("chat", "me", at(10), 60)
    assert (one.id, one.state, one.tries, one.repeat, one.body) == (
        "1",
        "sending",
        1,
        False,
        first.body,
    )
    assert await ports.letters.claim("chat", "you", at(11), 60) is None
    one.state = "sent"
    await ports.letters.settle(one)
    await ports.letters.add([first])
    two = await ports.letters.claim("chat", "me", at(12), 60)
    assert two.id == "2"
    two.state, two.reason = "failed", "blocked"
    await ports.letters.settle(two)
    assert await ports.letters.claim("chat", "me", at(13), 60) is None
    assert sorted(await ports.letters.due(at(100), 10)) == ["other"]


async def test_a_letter_waits_for_its_time_and_keeps_others_back(ports: Any) -> None:
    await ports.letters.add([letter("1"), letter("2", seconds=1)])
    one = await ports.letters.claim("chat", "me", at(1), 60)
    one.state, one.due = "waiting", at(100)
    await ports.letters.settle(one)
    assert await ports.letters.claim("chat", "me", at(99), 60) is None
    again = await ports.letters.claim("chat", "me", at(100), 60)
    assert (again.id, again.tries, again.repeat) == ("1", 2, False)


async def test_a_letter_whose_taker_died_says_so(ports: Any) -> None:
    await ports.letters.add([letter("1")])
    await ports.letters.claim("chat", "dead", at(1), 60)
    assert await ports.letters.due(at(60), 10) == []
    assert await ports.letters.due(at(61), 10) == ["chat"]
    again = await ports.letters.claim("chat", "me", at(61), 60)
    assert (again.repeat, again.tries) == (True, 2)


async def test_a_letter_is_claimed_by_one(ports: Any) -> None:
    await ports.letters.add([letter("1")])
    won = await asyncio.gather(*(ports.letters.claim("chat", f"t{n}", at(1), 60) for n in range(6)))
    assert sum(one is not None for one in won) == 1


def shown(message: int, *, chat: int = 1, case: int = 5, what: str = "card", **given: Any) -> Shown:
    return Shown(
        account="staff",
        chat=chat,
        message=message,
        what=what,
        case=case,
        at=at(given.pop("seconds", message)),
        **given,
    )


async def test_shown_messages(ports: Any) -> None:
    for one in (shown(1), shown(2), shown(3, chat=2), shown(4, case=6), shown(5, what="message")):
        await ports.shown.add(one)
    await ports.shown.add(shown(6, entry=3, what="message"))
    await ports.shown.add(shown(7, case=0, what="prompt", data={"a": "b"}))
    assert (await ports.shown.at("staff", 1, 2)) == shown(2)
    assert await ports.shown.at("staff", 2, 2) is None
    assert (await ports.shown.latest("staff", 1, "card", 5)).message == 2
    assert (await ports.shown.latest("staff", 1, "message", 5)).message == 5
    assert (await ports.shown.latest("staff", 1, "message", 5, 3)).message == 6
    assert (await ports.shown.latest("staff", 1, "prompt", 0)).data == {"a": "b"}
    assert await ports.shown.latest("staff", 9, "card", 5) is None
    assert {(one.chat, one.message) for one in await ports.shown.chats(5, "card")} == {
        (1, 2),
        (2, 3),
    }
    await ports.shown.add(shown(2, case=8))
    assert (await ports.shown.latest("staff", 1, "card", 5)).message == 1
    await ports.shown.drop(shown(1))
    assert await ports.shown.latest("staff", 1, "card", 5) is None


async def test_a_lease_has_one_holder(ports: Any) -> None:
    leases = ports.leases
    assert await leases.hold("poll:a", "one", at(), 30)
    assert not await leases.hold("poll:a", "two", at(10), 30)
    assert await leases.hold("poll:a", "one", at(20), 30)
    assert not await leases.hold("poll:a", "two", at(49), 30)
    assert await leases.hold("poll:a", "two", at(50), 30)
    await leases.drop("poll:a", "one")
    assert not await leases.hold("poll:a", "one", at(51), 30)
    await leases.drop("poll:a", "two")
    assert await leases.hold("poll:a", "one", at(51), 30)
    won = await asyncio.gather(*(leases.hold("poll:b", f"t{n}", at(), 30) for n in range(6)))
    assert sum(won) == 1
