"""What a topic is called, and which message its card holds in full."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from bots.common.cards import Cards
from bots.common.forumcards import MAX_NAME, ForumCards, on_card, sign
from bots.common.where import EVERYBODY, written_here
from hub.domain.case import Case
from hub.domain.staff import Directory
from hub.domain.status import Status
from hub.texts import TemplateTexts
from tests.support.cases import EMMA, NOW, inbound, opened
from tests.support.world import StoppedClock

TEXTS = TemplateTexts(StoppedClock(), ZoneInfo("Europe/Moscow"))


def case(name: str = "Иванов Пётр Сергеевич", premises: str = "Ленина 5-12") -> Case:
    made = opened()
    made.number, made.premises, made.contact.name = 1842, premises, name
    return made


@pytest.mark.parametrize(
    ("name", "premises", "called"),
    [
        ("Иванов Пётр Сергеевич", "Ленина 5-12", "1842 · Ленина 5-12 · Иванов"),
        ("Светлана Иванова", "Ленина 5-12", "1842 · Ленина 5-12 · Иванова"),
        ("ООО «Ромашка»", "", "1842 · ООО «Ромашка»"),
        ("", "", "1842"),
    ],
)
def test_a_topic_is_called_by_number_address_and_surname(
    name: str, premises: str, called: str
) -> None:
    assert ForumCards(TEXTS).name(case(name, premises)) == called


def test_a_name_fits_however_long_its_parts_are() -> None:
    name = ForumCards(TEXTS).name(case("Ы" * 200, "Й" * 200))
    assert len(name) <= MAX_NAME
    assert name.startswith("1842 · Й")


@pytest.mark.parametrize(
    ("status", "operator", "shown"),
    [
        ("new", "", "new"),
        ("assigned", "", "new"),
        ("assigned", "emma", "taken"),
        ("in_progress", "emma", "taken"),
        ("waiting", "emma", "waiting"),
        ("resolved", "emma", "closed"),
        ("closed", "emma", "closed"),
        ("spam", "", "spam"),
    ],
)
def test_states_that_look_alike_rename_nothing(status: Status, operator: str, shown: str) -> None:
    one = case()
    one.status, one.operator = status, operator
    assert sign(one) == shown


def test_keys_of_the_pinned_card_do_not_grow_old() -> None:
    one = case()
    before = Cards(TEXTS).operator(one, EVERYBODY, Directory({}, {}), NOW)
    one.receive(inbound("Уже второй день", name="2"), NOW)
    after = Cards(TEXTS).operator(one, EVERYBODY, Directory({}, {}), NOW)
    assert after.version > before.version
    assert after.digest == before.digest


def test_a_case_that_is_offered_may_be_accepted_or_given_back_by_whoever_it_is() -> None:
    one = case()
    one.take(EMMA, NOW)
    one.transfer("Нужен сварщик", EMMA, NOW, key="k", operator="oleg")
    card = Cards(TEXTS).operator(one, EVERYBODY, Directory({}, {}), NOW)
    assert [key.text for key in card.keys[0]] == ["Принять", "Вернуть", "Ответы", "Передать"]


def test_a_long_first_message_is_said_in_full_below_the_card() -> None:
    short, long = case(), case()
    assert on_card(short) is short.thread[0]
    long.text = long.thread[0].text = "Ы" * 700
    assert on_card(long) is None


@pytest.mark.parametrize(
    ("key", "here"),
    [
        ("comment:staff:emma:here:shift:-100:row:1", True),
        ("staff:emma:menu:shift:-100:77", True),
        ("comment:staff:emma:here:shift:-200:row:1", False),
        ("reply:staff:emma:row:1", False),
    ],
)
def test_what_was_written_in_a_group_is_known_by_its_key(key: str, here: bool) -> None:
    assert written_here(key, "shift", -100) is here


def test_a_card_names_the_result_as_the_private_one_does() -> None:
    ended = case()
    ended.resolve("done", "Кран заменён", EMMA, NOW, name="Выполнено")
    shown = ForumCards(TEXTS).card(ended, Directory({}, {}), NOW, [])
    assert "Результат: Выполнено. Кран заменён" in shown.text
