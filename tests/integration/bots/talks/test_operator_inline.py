"""`@bot слово`: quick replies while somebody types, filled for the case in their sight."""

from __future__ import annotations

import json
from typing import Any

from hub.domain.catalog import QuickReply
from hub.domain.staff import Actor
from hub.services.newcases import NewCase, NewContact
from tests.support.botworld import BotWorld
from tests.support.phone import Phone, Seen

BOT = "shift_bot"


async def asked(phone: Phone, words: str) -> list[dict[str, Any]]:
    """What is offered under the line while the person types."""
    body = await phone._post("inline", {"bot": BOT, "query": words})
    found: list[dict[str, Any]] = body["results"]
    return found


async def choose(phone: Phone, words: str, result: dict[str, Any]) -> Seen:
    """Tap one of the offers: it is said in the chat."""
    return await phone._said("choose", {"bot": BOT, "query": words, "result": result})


async def taken(world: BotWorld) -> Seen:
    await world.resident.say("Нет горячей воды")
    await world.emma.press("Взять")
    return await world.emma.wait_for("у меня")


async def test_offers_are_filled_for_the_case_in_sight(world: BotWorld) -> None:
    await taken(world)
    (offer,) = await asked(world.emma, "мастер")
    assert offer["title"] == "Мастер едет"
    assert offer["content"]["text"] == "Светлана, мастер будет сегодня. Аксакова Э. Ю."


async def test_without_a_case_in_sight_variables_stay_visible(world: BotWorld) -> None:
    (offer,) = await asked(world.emma, "мастер")
    assert offer["content"]["text"] == "{имя}, мастер будет сегодня. Аксакова Э. Ю."
    assert len(await asked(world.emma, "")) == 2


async def test_what_was_chosen_is_previewed_and_sent_by_a_tap_alone(world: BotWorld) -> None:
    await taken(world)
    (offer,) = await asked(world.emma, "мастер")
    await choose(world.emma, "мастер", offer)
    preview = await world.emma.wait_for("получит")
    assert preview.has_button("Изменить")
    assert len(await world.entries(1)) == 1
    await world.emma.press("Отправить", on=preview)
    await world.resident.wait_for("Светлана, мастер будет сегодня.")


async def test_without_a_case_in_sight_the_bot_asks_what_to_do_with_it(world: BotWorld) -> None:
    (offer,) = await asked(world.emma, "показания")
    await choose(world.emma, "показания", offer)
    assert (await world.emma.wait_for("У вас нет открытых обращений")).buttons == []


async def test_only_linked_operators_are_offered_anything(world: BotWorld) -> None:
    await taken(world)
    assert await asked(world.stranger, "мастер") == []
    assert await asked(world.roma, "мастер") == []


async def test_private_replies_are_offered_to_their_owner_alone(world: BotWorld) -> None:
    mine = QuickReply(
        id="p1", title="Моё", text="Это моё", owner="emma", updated_at=world.clock.now()
    )
    await world.store.catalog.put_quick_reply(mine, new=True)
    assert [one["title"] for one in await asked(world.emma, "моё")] == ["Моё"]
    assert await asked(world.vera, "моё") == []


async def test_many_offers_come_in_pages(world: BotWorld) -> None:
    for number in range(45):
        reply = QuickReply(
            id=f"m{number}", title=f"Ответ {number:02}", text="Да", updated_at=world.clock.now()
        )
        await world.store.catalog.put_quick_reply(reply, new=True)
    body = await world.emma._post("inline", {"bot": BOT, "query": "ответ"})
    assert len(body["results"]) == 20
    assert body["next"] == "20"


async def test_chosen_in_a_swipe_it_goes_out_filled_for_that_case(world: BotWorld) -> None:
    """Telegram sends what was chosen as an answer where one was being written."""
    card = await taken(world)
    chat = {"id": 502, "type": "private", "first_name": "Э"}
    sender = {"id": 502, "is_bot": False, "first_name": "Э"}
    message = {
        "message_id": 900,
        "date": 1,
        "chat": chat,
        "from": sender,
        "via_bot": {"id": 200, "is_bot": True, "first_name": "Смена", "username": BOT},
        "reply_to_message": {"message_id": card.id, "date": 1, "chat": chat},
        "text": "{имя}, мастер будет сегодня по заявке {номер}.",
    }
    body = json.dumps({"update_id": 77, "message": message}).encode()
    await world.bots.conversation.handle("row", "shift", body)
    await world.resident.wait_for("Светлана, мастер будет сегодня по заявке 1.")


async def test_a_case_that_is_over_is_not_in_sight(world: BotWorld) -> None:
    await taken(world)
    emma = Actor.of(await world.services.people.get("emma"))
    await world.services.casework.close(1, emma)
    (offer,) = await asked(world.emma, "мастер")
    assert offer["content"]["text"].startswith("{имя}")


async def test_chosen_before_the_case_was_named_it_is_filled_and_shown_first(
    world: BotWorld,
) -> None:
    await taken(world)
    emma = Actor.of(await world.services.people.get("emma"))
    await world.services.casework.close(1, emma)
    contact = (await world.services.book.load(1)).contact
    person = NewContact(id=contact.id)
    new = NewCase(text="Скрипит дверь", key="k", contact=person)
    await world.services.new_cases.open(new, emma)
    await world.services.casework.take(2, emma)
    (offer,) = await asked(world.emma, "мастер")
    await choose(world.emma, "мастер", offer)
    await world.emma.press("Ответ в №2")
    preview = await world.emma.wait_for("получит")
    assert "{имя}" not in preview.text
    assert not [one for one in await world.entries(2) if one[0] == "out"]
