"""Spam: confirmed, taken back within ten seconds or later, and what its sender writes next."""

from __future__ import annotations

import pytest

from bots.operator import closing
from hub.domain.staff import Actor
from tests.support.botworld import BotWorld


async def marked(world: BotWorld, key: str = "Да, спам") -> None:
    await world.resident.say("Купите слона")
    await world.emma.press("Взять")
    await world.emma.wait_for("у меня")
    await world.emma.press("Спам")
    await world.emma.press(key)
    await world.emma.wait_for("№1: спам.")


async def test_one_tap_takes_it_back_while_it_is_offered(
    world: BotWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closing, "UNDO", 1)
    await marked(world)
    said = await world.emma.wait_for(lambda seen: seen.has_button("Вернуть"))
    await world.emma.press("Вернуть", on=said)
    await world.emma.wait_for("не спам, вернулось на место")
    assert (await world.services.book.load(1)).status == "in_progress"
    # The change that was put off finds another message there and leaves it alone.
    await world.emma.say("/help")
    await world.emma.wait_for("/queue", fresh=True)
    letters = [one for one in world.store.letters._rows if one.to.startswith("later:")]
    await world.emma.wait_until(
        lambda _: (
            all(one.state == "sent" for one in world.store.letters._rows if one in letters)
            or not letters
        )
    )
    await world.emma.wait_for(lambda seen: seen.id == said.id and "не спам" in seen.text)


async def test_the_offer_goes_away_by_itself_and_the_card_still_takes_it_back(
    world: BotWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closing, "UNDO", 0.3)
    await marked(world)
    await world.emma.wait_for(
        lambda seen: "№1: спам." in seen.text and not seen.has_button("Вернуть")
    )
    await world.emma.press("Не спам")
    await world.emma.wait_for(lambda seen: "у меня" in seen.text and seen.has_button("Закрыть"))
    assert (await world.services.book.load(1)).status == "in_progress"


async def test_everything_later_from_the_sender_goes_to_spam_unseen(world: BotWorld) -> None:
    await marked(world, "Спам, и дальше всё от него")
    shown = len(await world.resident.history())
    heard = len([seen for seen in await world.vera.history() if seen.from_bot])
    await world.resident.say("/new")
    await world.resident.say("Купите двух слонов")
    await world.emma.say("/help")
    await world.emma.wait_for("/queue", fresh=True)
    (rule,) = (await world.store.spam_rules.known()).values()
    assert (rule.id, rule.what, rule.by) == ("telegram:501", "spam", "emma")
    cases = [await world.store.cases.get(number) for number in (1, 2)]
    assert {case.status for case in cases if case} == {"spam"}
    assert len([seen for seen in await world.vera.history() if seen.from_bot]) == heard
    told = [seen.text for seen in (await world.resident.history())[shown:] if seen.from_bot]
    assert not any("принято" in text for text in told)


async def test_asked_about_the_next_case_somebody_trusts_the_sender(world: BotWorld) -> None:
    await marked(world, "Спам, а дальше спрашивать")
    await world.resident.say("Прорвало трубу")
    card = await world.vera.wait_for("Прорвало трубу")
    assert "раньше был в спаме" in card.text
    await world.vera.press("Доверять", on=card)
    await world.vera.wait_for(
        lambda seen: seen.id == card.id and "в спаме" not in seen.text and "№2" in seen.text
    )
    assert await world.store.spam_rules.known() == {}
    assert (await world.services.book.load(2)).status == "new"


async def test_spam_is_not_marked_by_an_old_card(world: BotWorld) -> None:
    await world.resident.say("Купите слона")
    await world.emma.press("Спам")
    menu = await world.emma.wait_for("как спам?")
    vera = Actor.of(await world.services.people.get("vera"))
    await world.services.casework.take(1, vera)
    answer = await world.emma.press("Да, спам", on=menu)
    assert "взял(а) в работу" in answer.text
    assert "Петрова В. И." in answer.text
    assert (await world.services.book.load(1)).status == "in_progress"
