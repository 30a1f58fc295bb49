"""Who is who: proven and claimed identities, what staff wrote, merging."""

from __future__ import annotations

import pytest

from hub.domain.contact import Contact
from hub.domain.errors import MergeCircle
from hub.domain.message import Identity, Sender
from tests.support.cases import NOW, address, inbound, later

TELEGRAM = Identity("telegram", "77")
PHONE = Identity("phone", "+79161234567")
MAIL = Identity("email", "anna@example.org")


def contact(id_: str = "c1") -> Contact:
    return Contact(id=id_, created_at=NOW, updated_at=NOW)


def met(*claims: Identity, name: str = "Анна", language: str = "") -> Contact:
    anna = contact()
    anna.meet(
        Sender(identity=TELEGRAM, name=name, claims=claims, language=language), address(), NOW
    )
    return anna


def test_who_writes_is_proven_by_the_channel() -> None:
    anna = met()
    assert anna.verified == ["telegram:77"]
    known = anna.identity("telegram:77")
    assert known is not None
    assert (known.address, known.since) == (address(), NOW)
    assert anna.name == "Анна"


def test_what_is_only_said_is_a_claim() -> None:
    anna = met(PHONE, MAIL)
    assert anna.verified == ["telegram:77"]
    assert [known.key for known in anna.identities if not known.verified] == [PHONE.key, MAIL.key]
    assert (anna.phone, anna.email) == ("+79161234567", "anna@example.org")


def test_meeting_again_changes_nothing() -> None:
    anna = met(PHONE)
    sender = Sender(identity=TELEGRAM, name="Анна", claims=(PHONE,))
    assert not anna.meet(sender, address(), later(days=1))
    assert anna.updated_at == NOW


def test_name_once_known_stays() -> None:
    anna = met()
    anna.meet(Sender(identity=TELEGRAM, name="Котик"), address(), NOW)
    assert anna.name == "Анна"


def test_what_staff_wrote_is_never_overwritten() -> None:
    anna = met()
    anna.edit({"name": "Анна Петрова", "phone": "", "vip": True}, later(hours=1))
    anna.meet(Sender(identity=TELEGRAM, name="Котик", claims=(PHONE,)), address(), NOW)
    assert (anna.name, anna.phone, anna.vip) == ("Анна Петрова", "", True)
    assert sorted(anna.edited) == ["name", "phone", "vip"]


def test_proof_makes_an_identity_of_a_claim() -> None:
    anna = met(PHONE)
    assert anna.prove(PHONE, later(hours=1))
    assert anna.verified == ["telegram:77", PHONE.key]
    assert not anna.prove(PHONE, later(hours=2))


def test_claim_never_weakens_a_proof() -> None:
    anna = met()
    anna.prove(PHONE, NOW)
    anna.meet(Sender(identity=TELEGRAM, claims=(PHONE,)), address(), NOW)
    assert PHONE.key in anna.verified


def test_who_blocked_the_bot_is_reached_again_when_they_write() -> None:
    anna = met()
    assert anna.lose("telegram:77", "blocked")
    assert not anna.lose("telegram:77", "blocked")
    known = anna.identity("telegram:77")
    assert known is not None
    assert known.unreachable == "blocked"
    anna.meet(Sender(identity=TELEGRAM), address(), NOW)
    assert known.unreachable == ""


def test_reach_of_what_is_not_known_changes_nothing() -> None:
    assert not met().lose("phone:+7", "blocked")
    assert not met().regain("telegram:77")


def test_address_follows_the_person() -> None:
    anna = met()
    assert anna.meet(Sender(identity=TELEGRAM), address("new"), NOW)
    known = anna.identity("telegram:77")
    assert known is not None
    assert known.address == address("new")


def test_language_is_that_of_the_last_message() -> None:
    anna = met(language="ru")
    anna.meet(Sender(identity=TELEGRAM, language="uz"), address(), NOW)
    anna.meet(Sender(identity=TELEGRAM), address(), NOW)
    assert anna.language == "uz"


def test_merge_is_a_pointer_and_no_circle() -> None:
    one, two = contact("c1"), contact("c2")
    one.merge_into(two, NOW)
    assert one.merged_into == "c2"
    with pytest.raises(MergeCircle):
        two.merge_into(one, NOW)
    with pytest.raises(MergeCircle):
        two.merge_into(two, NOW)


def test_names_of_programs_are_their_own() -> None:
    assert Identity("external", "5", "site").key != Identity("external", "5", "crm").key
    assert Identity("phone", "+7").key == "phone:+7"


def test_a_house_by_its_link_is_where_they_write_about() -> None:
    anna = met()
    assert anna.come_to("Ленина, 5", "Ленина, 5, подъезд 2", "k7m2xw4", NOW)
    assert (anna.place, anna.premises) == ("Ленина, 5, подъезд 2", "Ленина, 5, подъезд 2")
    assert anna.asked_flat("k7m2xw4")
    assert not anna.asked_flat("p3n8yt6")
    assert not anna.come_to("Ленина, 5", "Ленина, 5, подъезд 1", "b9c4rz5", NOW)
    # A house whose address only begins alike is another one.
    assert anna.come_to("Ленина, 5а", "Ленина, 5а", "b9c4rz5", NOW)


def test_what_staff_wrote_of_the_address_stays_and_wins_when_written_later() -> None:
    anna = met()
    anna.edit({"premises": "Лесная, 1"}, NOW)
    anna.come_to("Ленина, 5", "Ленина, 5", "k7m2xw4", NOW)
    assert (anna.premises, anna.place) == ("Лесная, 1", "Ленина, 5")
    anna.edit({"premises": "Лесная, 2"}, NOW)
    assert anna.place == "Лесная, 2"


def test_one_question_takes_one_message_or_album() -> None:
    anna = met()
    anna.ask_why(7, NOW)
    first, second = inbound(name="1", album="a"), inbound(name="2", album="a")
    other = inbound(name="3")
    assert all(anna.may_answer(one) for one in (first, second, other))
    anna.answer(first, NOW)
    anna.answer(other, NOW)
    assert [anna.may_answer(one) for one in (first, second, other)] == [True, True, False]
