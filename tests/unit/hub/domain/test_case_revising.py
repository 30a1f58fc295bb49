"""What staff wrote and then changed, and albums that come in several messages."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hub.domain.case import Case
from hub.domain.errors import Invalid, WrongState
from hub.domain.events import DeliveryChanged, FilesAdded, ReplyAdded, Revised
from hub.domain.message import Attachment
from tests.support.cases import EMMA, NOW, OLEG, later, opened

HOLD = timedelta(seconds=2)


def answered(state: str = "sent") -> Case:
    case = opened()
    case.reply("Дали", [], EMMA, NOW, key="r")
    if state != "queued":
        case.delivery(2, state, NOW, external_ids=("x",))  # type: ignore[arg-type]
        case.outbox = []
    return case


def photo(name: str) -> Attachment:
    return Attachment(id=name, name=f"{name}.jpg", kind="photo")


def test_an_answer_that_has_left_is_changed_there_and_its_former_words_stay() -> None:
    case = answered()
    assert case.revise(2, "Дадим", EMMA, later(minutes=1)) == [Revised(entry=2, by="emma")]
    entry = case.entry(2)
    assert (entry.text, [one.text for one in entry.edits]) == ("Дадим", ["Дали"])
    assert [(row.kind, row.to, row.entry) for row in case.outbox] == [
        ("revise", "resident:site:anna", 2)
    ]
    assert case.revised(2, True, NOW) == [DeliveryChanged(entry=2, state="edited")]
    assert entry.delivery is not None
    assert (entry.delivery.state, entry.delivery.edit) == ("sent", "done")


def test_what_the_channel_refused_to_change_says_what_stands_there() -> None:
    case = answered()
    case.revise(2, "Дадим", EMMA, NOW)
    version = case.version
    assert case.revised(2, False, NOW, reason="message_gone") == [
        DeliveryChanged(entry=2, state="edit_failed")
    ]
    entry = case.entry(2)
    assert entry.delivery is not None
    assert (entry.text, entry.edits, entry.delivery.edit) == ("Дали", [], "failed")
    assert case.version > version
    assert case.revised(2, True, NOW) == []


def test_an_answer_that_has_not_left_takes_the_new_words_along() -> None:
    for state in ("queued", "failed", "uncertain"):
        case = answered(state)
        case.revise(2, "Дадим", EMMA, NOW)
        assert "revise" not in {row.kind for row in case.outbox}
        assert case.entry(2).text == "Дадим"


def test_two_changes_before_the_channel_heard_of_one_are_one() -> None:
    case = answered()
    case.revise(2, "Дадим", EMMA, NOW)
    case.revise(2, "Дадим завтра", EMMA, NOW)
    assert [row.kind for row in case.outbox] == ["revise"]
    assert case.revise(2, "Дадим завтра", EMMA, NOW) == []


def test_only_ones_own_words_are_changed_and_not_into_nothing() -> None:
    case = answered()
    with pytest.raises(WrongState):
        case.revise(2, "Дадим", OLEG, NOW)
    with pytest.raises(WrongState):
        case.revise(1, "Есть вода", EMMA, NOW)
    with pytest.raises(Invalid):
        case.revise(2, " ", EMMA, NOW)


def test_what_colleagues_say_makes_no_key_old() -> None:
    case = opened()
    version = case.version
    case.comment("Стояк", [photo("a")], EMMA, NOW, key="c")
    case.grow(2, "", [photo("b")], EMMA, NOW)
    case.revise(2, "Стояк и кран", EMMA, later(minutes=1))
    assert case.version == version
    assert case.updated_at >= NOW
    assert [one.text for one in case.entry(2).edits] == ["Стояк"]


def test_an_album_is_one_answer_while_its_first_part_waits() -> None:
    case = opened()
    case.reply("Акт", [photo("a")], EMMA, NOW, key="r", hold=HOLD)
    assert case.outbox_due == NOW + HOLD
    assert case.grow(2, "", [photo("b")], EMMA, NOW) == [ReplyAdded(entry=2, by="emma")]
    assert case.grow(2, "", [photo("b")], EMMA, NOW) == []
    assert [file.id for file in case.entry(2).files] == ["a", "b"]
    assert len([row for row in case.outbox if row.kind == "deliver"]) == 1


def test_what_comes_after_the_album_has_left_is_not_lost_in_it() -> None:
    case = opened()
    case.reply("Акт", [photo("a")], EMMA, NOW, key="r", hold=HOLD)
    case.outbox[0].state, case.outbox[0].tries = "sending", 1
    assert case.grow(2, "", [photo("b")], EMMA, NOW) == []
    assert case.grow(2, "", [photo("b")], OLEG, NOW) == []


def test_more_pictures_of_a_comment_join_it() -> None:
    case = opened()
    case.comment("Стояк", [photo("a")], EMMA, NOW, key="c")
    assert case.grow(2, "и вид сверху", [photo("b")], EMMA, NOW) == [FilesAdded(entry=2, by="emma")]
    assert case.entry(2).text == "Стояк\nи вид сверху"
