"""What a digest and a shift look like."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bots.common.digest import SHOWN, digest
from bots.common.letters import StaffLetterOutlet
from bots.common.views import View
from hub.domain.case import Case
from hub.domain.message import Accepted, Deferred, Outcome, Unsure
from hub.domain.notices import NoticeSettings, Quiet
from hub.domain.outbox import Letter
from hub.domain.staff import Directory, Role, Staff
from hub.ports.outlet import Skip
from hub.services.shifts import ShiftView
from hub.texts import TemplateTexts
from tests.support.cases import EMMA, NOW, OLEG, opened
from tests.support.world import World


class Clock:
    def now(self):  # type: ignore[no-untyped-def]
        return NOW


TEXTS = TemplateTexts(Clock(), ZoneInfo("Europe/Moscow"))


def person(login: str, *roles: Role) -> Staff:
    return Staff(login=login, name=login, roles=list(roles), created_at=NOW, updated_at=NOW)


PEOPLE = {
    "emma": person("emma", "operator"),
    "oleg": person("oleg", "operator"),
    "ivan": person("ivan", "executor"),
}
DIRECTORY = Directory(PEOPLE, {})


def case(number: int, **fields: Any) -> Case:
    found = opened("Нет воды")
    found.number = number
    for name, value in fields.items():
        setattr(found, name, value)
    return found


def shown(counts: dict[str, int], *cases: Case, to: str = "emma", **more: Any) -> Any:
    return digest(TEXTS, "rest", counts, cases, PEOPLE[to], DIRECTORY, **more)


def test_counts_are_words_and_each_case_has_a_key() -> None:
    view = shown({"new": 4, "comment": 2, "message": 1}, case(5), case(4))
    head, _, rest = view.text.partition("\n")
    assert head == "<b>Пока вас не было:</b> 4 новых, 2 комментария, 1 сообщение жителя."
    assert "№5 · новое" in rest
    assert [[key.text for key in row] for row in view.keys] == [["№5", "№4"]]
    assert view.keys[0][0].data == "c:open:5:0:0"


def test_what_others_have_or_what_is_over_is_counted_only() -> None:
    taken, over = case(1), case(2)
    taken.take(OLEG, NOW)
    over.close(EMMA, NOW)
    mine = case(3)
    mine.take(EMMA, NOW)
    view = shown({"new": 3}, taken, over, mine)
    assert [key.text for row in view.keys for key in row] == ["№3"]
    assert "у вас" in view.text


def test_an_executor_gets_tasks_and_a_repeat_says_so() -> None:
    task = case(7, executors=["ivan"])
    view = shown({"comment": 1}, task, case(8, operator="emma"), to="ivan", again=True)
    assert view.text.startswith("(повтор)")
    assert [key.data for row in view.keys for key in row] == ["c:task_open:7:0:0"]


def test_a_long_list_says_how_much_more_there_is() -> None:
    view = shown({"new": 30}, *(case(number) for number in range(1, 31)))
    assert sum(len(row) for row in view.keys) == SHOWN
    assert f"И ещё {30 - SHOWN}." in view.text


@pytest.mark.parametrize(
    "what",
    [
        "new",
        "message",
        "comment",
        "edited",
        "revised",
        "file",
        "released",
        "transferred_group",
        "reopened",
        "overdue",
        "escalated",
    ],
)
def test_every_kind_of_news_has_words_of_its_own(what: str) -> None:
    assert "изменени" not in shown({what: 5}, case(1)).text


def test_what_people_write_is_no_markup() -> None:
    assert "&lt;b&gt;" in shown({"new": 1}, case(1, text="<b>", subject="")).text


class Line:
    """A connection whose first answer is lost."""

    def __init__(self) -> None:
        self.said: list[View] = []

    def knows(self, account: str) -> bool:
        return True

    async def show(self, account: str, chat: int, view: View) -> Outcome:
        self.said.append(view)
        return Unsure("timeout") if len(self.said) == 1 else Accepted()


async def test_a_digest_whose_answer_was_lost_goes_again_and_says_so() -> None:
    world = World()
    await world.staff("emma")
    await world.say("Нет воды")
    line = Line()
    outlet = StaffLetterOutlet(replace(world.deps, texts=TEXTS), line)  # type: ignore[arg-type]
    letter = Letter(
        id="digest:1:staff",
        kind="staff",
        to="staff:emma:staff",
        account="staff",
        body={
            "method": "digest",
            "params": {
                "chat_id": 4,
                "login": "emma",
                "why": "digest",
                "counts": {"new": 1},
                "cases": [1, 99],
            },
        },
        due=NOW,
        at=NOW,
    )
    assert await outlet.send(letter) == Deferred("timeout", 0)
    assert await outlet.send(letter) == Accepted()
    assert [view.text.startswith("(повтор)") for view in line.said] == [False, True]
    person = await world.store.staff.get("emma")
    assert person is not None
    person.bots = []
    await world.store.staff.save(person)
    assert await outlet.send(letter) == Skip()


@pytest.mark.parametrize(
    ("state", "words"),
    [(None, "не отмечали"), ("on", "Вы на смене"), ("break", "Перерыв"), ("off", "закончена")],
)
def test_a_shift_in_words(state: Any, words: str) -> None:
    since = NOW - timedelta(hours=2) if state else None
    view = ShiftView(state=state, since=since, worked=12_000, rested=900)
    said = TEXTS.html("bot/staff/shift", view=view, name="")
    assert words in said
    assert said.endswith("Сегодня на смене: 3 ч 20 мин, перерывы: 15 мин")
    if state:
        assert "сегодня, 10:00" in said


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        (NoticeSettings(), ["обо всём в моих группах", "Тихие часы: нет", "Когда: сразу"]),
        (
            NoticeSettings(scope="none", quiet=Quiet(1320, 450), digest="hourly"),
            ["только срочное", "с 22:00 до 7:30", "раз в час"],
        ),
        (NoticeSettings(scope="mine", digest="at", hours=(9, 13, 17)), ["в 9, 13 и 17 ч"]),
        (NoticeSettings(digest="at", hours=(9,)), ["в 9 ч"]),
    ],
)
def test_choices_in_words(chosen: NoticeSettings, words: list[str]) -> None:
    said = TEXTS.html("bot/staff/notices", chosen=chosen)
    assert all(one in said for one in words), said
