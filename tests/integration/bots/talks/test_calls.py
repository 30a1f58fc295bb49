"""Somebody calls: what the operator's bot shows, and what its keys do."""

from __future__ import annotations

from datetime import timedelta

from hub.domain.call import Call, call_id
from hub.domain.callevent import CallEvent, CallEventKind, Party
from hub.domain.contact import Contact
from hub.domain.staff import Actor
from tests.support.botworld import BotWorld

ANNA, LINE = "+79161234567", "+74950000001"


async def hear(world: BotWorld, kind: CallEventKind, *, name: str = "c1", **said: object) -> Call:
    told = {
        "key": f"pbx:{name}:{kind}",
        "account": "pbx",
        "channel": "cti",
        "call": name,
        "kind": kind,
        "at": world.clock.now(),
        "direction": "in",
        "line": LINE,
        "caller": Party(ANNA),
        **said,
    }
    await world.services.call_intake.take(CallEvent(**told))  # type: ignore[arg-type]
    found = await world.store.calls.get(call_id("pbx", name))
    assert found is not None
    return found


async def extension(world: BotWorld, login: str, *numbers: str) -> None:
    person = await world.store.staff.get(login)
    assert person is not None
    person.extensions = list(numbers)
    await world.store.staff.save(person)
    world.store.staff.forget()


async def known(world: BotWorld) -> None:
    """Anna stands in the address book with her number."""
    now = world.clock.now()
    anna = Contact(
        id="anna",
        name="Захарова Анна",
        phone=ANNA,
        premises="Ленина, 5, кв. 12",
        edited=["phone"],
        created_at=now,
        updated_at=now,
    )
    await world.store.contacts.add_many([anna])


async def test_an_incoming_call_shows_who_calls_and_makes_a_case(world: BotWorld) -> None:
    await known(world)
    await extension(world, "emma", "510")
    call = await hear(world, "ringing", leg="a", extension="510")
    shown = await world.emma.wait_for("Поступил звонок")
    assert "+7 (916) 123-45-67" in shown.text
    assert "Захарова Анна · Ленина, 5, кв. 12" in shown.text
    assert "Обращений ещё не было" in shown.text
    assert shown.buttons == [["Создать обращение"]]
    assert not any("звонок" in seen.text for seen in await world.vera.history())
    answer = await world.emma.press("Создать обращение", on=shown)
    assert answer.text == "Создано обращение №1, звонок прикреплён"
    await world.emma.wait_for("№1 ·")
    # Pressed twice it is the same case.
    await world.emma.press("Создать обращение", on=shown)
    case = await world.services.book.load(1)
    assert case.contact.id == "anna"
    assert case.premises == "Ленина, 5, кв. 12"
    assert [one.call.id for one in case.thread if one.call] == [call.id]
    assert await world.store.cases.get(2) is None


async def test_the_call_goes_into_a_case_that_is_open(world: BotWorld) -> None:
    await known(world)
    await extension(world, "emma", "510")
    emma = Actor.of(await world.services.people.get("emma"))
    first = await hear(world, "ended", name="c0", extension="510", result="answered")
    await world.services.calls.open_case(first.id, "Течёт кран", emma)
    call = await hear(world, "ringing", leg="a", extension="510")
    shown = await world.emma.wait_for(lambda seen: "Открытых обращений: 1" in seen.text)
    assert "Течёт кран" in shown.text
    assert shown.buttons == [["№1", "Прикрепить к №1"], ["Создать обращение"]]
    answer = await world.emma.press("Прикрепить к №1", on=shown)
    assert answer.text == "Звонок прикреплён к №1"
    case = await world.services.book.load(1)
    assert [one.call.id for one in case.thread if one.call] == [first.id, call.id]


async def test_a_stranger_with_a_hidden_number_is_said_to_be_one(world: BotWorld) -> None:
    await extension(world, "emma", "510")
    await hear(world, "ringing", leg="a", extension="510", caller=Party(name="anonymous"))
    shown = await world.emma.wait_for("Поступил звонок")
    assert "Номер скрыт" in shown.text


async def test_a_missed_call_that_nobody_calls_back_reaches_the_supervisor(
    world: BotWorld,
) -> None:
    vera = await world.store.staff.get("vera")
    assert vera is not None
    vera.roles = ["operator", "supervisor"]
    await world.store.staff.save(vera)
    world.store.staff.forget()
    at = world.clock.now() - timedelta(minutes=12)
    await hear(world, "ended", result="cancelled", at=at)
    await world.timers.callbacks()
    shown = await world.vera.wait_for("Не перезвонили вовремя")
    assert "+7 (916) 123-45-67" in shown.text
    assert "Пропущено звонков: 1" in shown.text
    await world.vera.press("Перезвоню", on=shown)
    taken = await world.vera.wait_for(lambda seen: "Перезванивает" in seen.text)
    assert taken.buttons == [["Готово"]]
    await world.vera.press("Готово", on=taken)
    await world.vera.wait_for(lambda seen: seen.text.startswith("✓"))
    assert await world.services.callbacks.waiting() == 0


async def test_whoever_did_not_get_through_is_told_at_once(world: BotWorld) -> None:
    await known(world)
    await extension(world, "emma", "510")
    await hear(world, "ringing", leg="a", extension="510")
    await hear(world, "ended", result="cancelled")
    shown = await world.emma.wait_for("Пропущенный звонок")
    assert "перезвоните, ещё" in shown.text
    assert "Захарова Анна" in shown.text
    assert shown.buttons == [["Перезвоню", "Готово"]]
    await hear(world, "ended", name="c2", direction="out", result="answered", callee=Party(ANNA))
    await world.emma.press("Готово", on=shown)
    told = await world.emma.wait_for(lambda seen: seen.text.startswith("✓"))
    assert "перезвонили" in told.text
