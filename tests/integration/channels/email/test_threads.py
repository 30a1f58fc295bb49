"""Strangers, reports, automatic mails, repeats: what becomes a case, and what does not."""

from __future__ import annotations

import asyncio
from email import policy
from email.message import EmailMessage

import pytest

from hub.domain.case import Case
from hub.domain.message import Rejected
from hub.domain.staff import Actor
from tests.support.mailworld import ACCOUNT, MailWorld, written

NEIGHBOUR = "neighbour@mail.example"


@pytest.fixture
async def world() -> MailWorld:
    made = MailWorld()
    await made.group("north")
    return made


async def asked(world: MailWorld) -> tuple[Case, Actor]:
    """A resident wrote, and was answered; the answer is the last mail that left."""
    emma = await world.staff("emma", bot=True)
    await world.take(written("С потолка течёт вода.", id="1@mail.example"))
    await world.services.replies.send(1, emma, "Слесарь будет сегодня.", key="r1")
    await world.settle()
    return (await world.cases())[0], emma


def answer(world: MailWorld, text: str, sender: str, **headers: str) -> bytes:
    """An answer to the last mail that left."""
    ours = world.letter()
    return written(
        text,
        sender=sender,
        to=str(ours["Reply-To"]),
        subject=f"Re: {ours['Subject']}",
        In_Reply_To=str(ours["Message-ID"]),
        **headers,
    )


async def test_the_same_mail_again_is_nothing_new(world: MailWorld) -> None:
    mail = written("Нет воды", id="1@mail.example")
    assert (await world.take(mail)).state == "new"
    assert (await world.take(mail)).state == "repeat"
    # By another way, with other headers of transport and other line ends.
    await world.take(b"Received: from a by b\r\n" + mail)
    await world.take(mail.replace(b"\r\n", b"\n"))
    assert [case.seqs for case in await world.cases()] == [1]


async def test_an_id_used_again_for_other_words_is_another_mail(world: MailWorld) -> None:
    await world.take(written("Нет воды", subject="Вода", id="same@mail.example"))
    await world.take(written("Нет света", subject="Свет", id="same@mail.example"))
    assert [case.subject for case in await world.cases()] == ["Вода", "Свет"]


async def test_a_stranger_with_the_token_is_put_before_the_staff(world: MailWorld) -> None:
    case, emma = await asked(world)
    await world.services.casework.take(1, emma)
    await world.take(answer(world, "А у меня сухо", NEIGHBOUR))
    case = (await world.cases())[0]
    entry = case.thread[-1]
    assert (entry.kind, entry.text) == ("comment", "А у меня сухо")
    assert entry.guest is not None
    assert entry.guest.state == "asked"
    assert case.address is not None
    assert case.address.to == "m.petrova@mail.example"
    assert ("emma", "comment", entry.seq) in world.phone.rows
    assert len(await world.cases()) == 1


async def test_an_accepted_stranger_writes_on_but_answers_do_not_go_there(world: MailWorld) -> None:
    case, emma = await asked(world)
    await world.take(answer(world, "А у меня сухо", NEIGHBOUR))
    seq = (await world.cases())[0].thread[-1].seq
    await world.services.guests.admit(1, seq, emma)
    await world.services.guests.admit(1, seq, emma)
    await world.take(answer(world, "И сегодня сухо", NEIGHBOUR))
    case = (await world.cases())[0]
    said = [(one.kind, one.direction, one.text) for one in case.thread if one.direction == "in"]
    assert said[1:] == [("message", "in", "А у меня сухо"), ("message", "in", "И сегодня сухо")]
    assert case.address is not None
    assert case.address.to == "m.petrova@mail.example"


async def test_a_stranger_may_get_a_case_of_their_own(world: MailWorld) -> None:
    _, emma = await asked(world)
    mail = EmailMessage(policy=policy.SMTP)
    mail["From"], mail["To"] = NEIGHBOUR, str(world.letter()["Reply-To"])
    mail["Subject"] = "Счётчик"
    mail.set_content("Поверьте счётчик")
    mail.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="a.pdf")
    await world.take(mail.as_bytes())
    seq = (await world.cases())[0].thread[-1].seq
    made = await world.services.guests.part(1, seq, emma)
    again = await world.services.guests.part(1, seq, emma)
    assert again.number == made.number == 2
    first, second = await world.cases()
    assert second.thread[0].text == "Поверьте счётчик"
    assert second.contact.name == NEIGHBOUR
    (file,) = second.thread[0].files
    info = await world.store.files.info(file.id)
    assert info is not None
    assert info.case == 2
    left = first.by_seq(seq)
    assert left is not None
    assert left.guest is not None
    assert (left.text, left.files, left.guest.case) == ("", [], 2)


async def test_a_stranger_is_answered_in_a_case_of_their_own_linked_to_this_one(
    world: MailWorld,
) -> None:
    _, emma = await asked(world)
    await world.take(answer(world, "А у меня сухо", NEIGHBOUR))
    seq = (await world.cases())[0].thread[-1].seq
    told, letters = len(world.phone.rows), len(world.sent)
    both = await asyncio.gather(*(world.services.guests.answer(1, seq, emma) for _ in range(2)))
    again = await world.services.guests.answer(1, seq, emma)
    await world.settle()
    assert {one.number for one in both} == {again.number}
    first, second = [one for one in await world.cases() if one.thread]
    assert second.number == again.number
    assert (second.linked, second.operator, second.status) == (1, "emma", "in_progress")
    assert [one.text for one in second.thread] == ["А у меня сухо"]
    left = first.by_seq(seq)
    assert left is not None
    assert left.guest is not None
    assert (left.text, left.guest.state) == ("А у меня сухо", "asked")
    assert left.guest.case == second.number
    assert {row[1] for row in world.phone.rows[told:]} <= {"card", "mark"}
    assert len(world.sent) == letters, "nothing leaves by itself"
    await world.services.replies.send(second.number, emma, "Спасибо, учтём.")
    await world.settle()
    assert world.letter()["To"].addresses[0].addr_spec == NEIGHBOUR
    back = written(
        "И вам спасибо",
        sender=NEIGHBOUR,
        to=str(world.letter()["Reply-To"]),
        In_Reply_To=str(world.letter()["Message-ID"]),
    )
    await world.take(back)
    held = await world.case_of(back)
    assert held is not None
    assert held.number == second.number
    # Accepted later it is a message here as well; a case of its own it has already.
    await world.services.guests.admit(1, seq, emma)
    parted = await world.services.guests.part(1, seq, emma)
    assert parted.number == second.number
    entry = (await world.services.book.load(1)).by_seq(seq)
    assert entry is not None
    assert entry.guest is not None
    assert (entry.kind, entry.text, entry.guest.state) == ("message", "А у меня сухо", "accepted")


async def test_a_strangers_number_in_the_subject_means_nothing(world: MailWorld) -> None:
    await asked(world)
    await world.take(written("Моя заявка", sender=NEIGHBOUR, subject="Re: Наряд [#1]"))
    assert [case.seqs for case in await world.cases()] == [2, 1]


async def test_a_forged_token_opens_nothing(world: MailWorld) -> None:
    await asked(world)
    await world.take(written("x", sender=NEIGHBOUR, to="case+1-aaaaaaaaaa@uk.example"))
    assert [case.seqs for case in await world.cases()] == [2, 1]


async def test_a_number_of_their_own_case_leads_there(world: MailWorld) -> None:
    await asked(world)
    await world.take(written("Ещё вопрос", subject="Вопрос по [#1]"))
    assert [case.seqs for case in await world.cases()] == [3]


async def test_an_answer_long_after_the_end_opens_a_linked_case(world: MailWorld) -> None:
    _, emma = await asked(world)
    await world.services.casework.close(1, emma)
    await world.settle()
    late = answer(world, "Опять течёт", "m.petrova@mail.example")
    world.clock.forward(days=3)
    await world.take(late)
    assert (await world.cases())[0].open
    await world.services.casework.close(1, emma)
    world.clock.forward(days=40)
    await world.take(answer(world, "И опять", "m.petrova@mail.example", Date="x"))
    cases = await world.cases()
    assert [(case.number, case.linked) for case in cases] == [(1, 0), (2, 1)]


async def test_two_cases_with_one_subject_take_no_guess(world: MailWorld) -> None:
    await world.take(written("Лампа", subject="Заявка", id="1@mail.example"))
    await world.take(written("Домофон", subject="Заявка", id="2@mail.example"))
    await world.take(written("Ну что там?", subject="Re: Заявка", id="3@mail.example"))
    assert [case.seqs for case in await world.cases()] == [1, 1, 1]


def report(world: MailWorld, action: str, status: str, number: int = 1) -> bytes:
    ours = world.letter()
    return (
        f"Return-Path: <>\r\nDelivered-To: {world.sent[-1].sender}\r\n"
        "From: Mailer-Daemon@mx.example\r\nTo: case@uk.example\r\n"
        f"Message-ID: <dsn{number}@mx.example>\r\nSubject: Mail delivery failed\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="d"\r\n\r\n'
        "--d\r\nContent-Type: text/plain\r\n\r\nIt failed.\r\n"
        "--d\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        f"Action: {action}\r\nFinal-Recipient: rfc822;m.petrova@mail.example\r\n"
        f"Status: {status}\r\nDiagnostic-Code: smtp; 550 {status} no such mailbox\r\n\r\n"
        f"--d\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: {ours['Message-ID']}\r\n"
        f"Subject: {number}\r\n\r\n.\r\n--d--\r\n"
    ).encode()


async def test_a_report_stands_at_the_answer_and_late_is_not_lost(world: MailWorld) -> None:
    await asked(world)
    await world.take(report(world, "delayed", "4.4.1"))
    sent = (await world.cases())[0].thread[-1]
    assert sent.delivery is not None
    assert sent.delivery.state == "sent"
    await world.take(report(world, "failed", "5.1.1", 2))
    case = (await world.cases())[0]
    sent = case.thread[-1]
    assert sent.delivery is not None
    assert (sent.delivery.state, sent.delivery.reason) == ("failed", "mailbox_missing")
    assert case.unreachable
    assert case.seqs == 2


async def test_a_storm_of_reports_makes_no_case(world: MailWorld) -> None:
    await asked(world)
    for number in range(50):
        await world.fetched(report(world, "failed", "5.1.1", number))
        foreign = report(world, "failed", "5.1.1", 1000 + number)
        foreign = foreign.replace(world.sent[-1].sender.encode(), b"case@uk.example")
        await world.fetched(foreign.replace(str(world.letter()["Message-ID"]).encode(), b"<x@y>"))
    await world.settle()
    assert [case.seqs for case in await world.cases()] == [2]
    assert (await world.store.inbox.stats(world.clock.now()))["quarantined"] == 0


async def test_an_old_servers_report_that_names_nothing_waits_for_a_person(
    world: MailWorld,
) -> None:
    await world.take(written("User unknown", sender="MAILER-DAEMON@old.example"))
    assert await world.cases() == []
    assert (await world.store.inbox.stats(world.clock.now()))["quarantined"] == 1


async def test_an_automatic_answer_is_shown_and_wakes_nothing(world: MailWorld) -> None:
    _, emma = await asked(world)
    await world.services.casework.close(1, emma)
    await world.settle()
    count = len(world.sent)
    away = answer(world, "Я в отпуске", "m.petrova@mail.example", Auto_Submitted="auto-replied")
    await world.take(away)
    case = (await world.cases())[0]
    assert case.status == "closed"
    assert case.thread[-1].automatic
    assert len(world.sent) == count


async def test_automatic_mails_are_never_confirmed(world: MailWorld) -> None:
    marks = [
        {"Auto_Submitted": "auto-generated"},
        {"Precedence": "bulk"},
        {"List_Id": "<news.example>"},
        {"X_Auto_Response_Suppress": "All"},
        {"Return_Path": "<>"},
    ]
    for number, mark in enumerate(marks):
        await world.take(written(f"{number}", sender=f"a{number}@mail.example", **mark))
    assert len(await world.cases()) == len(marks)
    assert world.sent == []


async def test_a_first_mail_is_confirmed_once_and_says_that_it_is_automatic(
    world: MailWorld,
) -> None:
    await world.take(written("Нет воды", subject="Вода", id="1@mail.example"))
    (notice,) = world.sent
    assert world.letter()["Auto-Submitted"] == "auto-replied"
    assert world.letter()["Subject"] == "Re: Вода [#1]"
    assert world.letter()["In-Reply-To"] == "<1@mail.example>"
    await world.take(written("И света", subject="Re: Вода", In_Reply_To="<1@mail.example>"))
    assert len(world.sent) == 1
    assert [case.seqs for case in await world.cases()] == [2]
    assert notice.sender.startswith("case+1-")


async def test_two_hubs_answering_each_other_stop_after_one_round() -> None:
    ours, theirs = MailWorld(), MailWorld("info@shop.example", b"another house")
    for world in (ours, theirs):
        await world.group("north")
    await ours.take(written("Заказ", sender="info@shop.example", subject="Заказ 5"))
    delivered = [0, 0]
    for _ in range(20):
        before = list(delivered)
        for at, (one, other) in enumerate(((ours, theirs), (theirs, ours))):
            for parcel in one.sent[delivered[at] :]:
                await other.take(b"Return-Path: <%s>\r\n" % parcel.sender.encode() + parcel.mail)
            delivered[at] = len(one.sent)
        if before == delivered:
            break
    assert delivered == [1, 0]
    assert len(await ours.cases()) == 1
    assert len(await theirs.cases()) == 1


async def test_a_program_that_never_stops_is_confirmed_three_times_a_day(
    world: MailWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hub.budget import Windows

    windows = Windows()

    async def spend(limits: object, mark: str = "") -> float:
        return windows.spend(limits)  # type: ignore[arg-type]

    monkeypatch.setattr(world.budget, "spend", spend)
    for number in range(8):
        await world.take(written(f"{number}", sender="robot@mail.example", subject=f"{number}"))
    assert len(await world.cases()) == 8
    assert len(world.sent) == 3


async def test_our_own_mail_that_comes_back_is_nothing(world: MailWorld) -> None:
    await asked(world)
    await world.take(world.delivered())
    assert [case.seqs for case in await world.cases()] == [2]


async def test_a_form_on_the_site_writes_for_its_visitor(world: MailWorld) -> None:
    mail = written("Где приём?", sender="case@uk.example", Reply_To=NEIGHBOUR)
    await world.take(mail)
    (case,) = await world.cases()
    assert case.address is not None
    assert case.address.to == NEIGHBOUR
    assert not case.address.identity.startswith("email:")
    assert world.sent == []


async def test_a_refusal_says_why_and_that_nobody_is_there(world: MailWorld) -> None:
    _, emma = await asked(world)
    world.outcomes = [Rejected("mailbox_missing", "550 5.1.1", gone=True)]
    await world.services.replies.send(1, emma, "Ещё", key="r2")
    await world.settle()
    case = (await world.cases())[0]
    delivery = case.thread[-1].delivery
    assert delivery is not None
    assert delivery.state == "failed"
    assert case.unreachable == "mailbox_missing"


async def test_the_mail_as_it_came_is_kept_with_the_rights_of_the_case(world: MailWorld) -> None:
    mail = written("Нет воды", id="1@mail.example")
    await world.take(mail)
    (case,) = await world.cases()
    original = case.thread[0].original
    assert original is not None
    info = await world.store.files.info(original.source)
    assert info is not None
    assert info.case == 1
    read = b"".join([chunk async for chunk in world.store.files.read(original.source)])
    assert read == mail


async def test_a_mail_that_was_too_large_is_a_case_that_says_so(world: MailWorld) -> None:
    await world.take(written("Начало"), **{"x-mail-size": "73400320"})
    (case,) = await world.cases()
    original = case.thread[0].original
    assert original is not None
    assert (original.size, original.problems[0]) == (73400320, "too_large")


async def test_mails_in_one_batch_find_each_other(world: MailWorld) -> None:
    await world.fetched(written("Нет воды", subject="Вода", id="1@mail.example"))
    later = written("И света", subject="Re: Вода", id="2@m", In_Reply_To="<1@mail.example>")
    await world.fetched(later)
    await world.settle()
    assert [case.seqs for case in await world.cases()] == [2]
    assert ACCOUNT in (await world.cases())[0].account


async def test_what_is_no_mail_at_all_is_kept_and_waits_for_a_person(world: MailWorld) -> None:
    for body in (b"", b"\x00\xff\xfe", b"no header here\r\n"):
        assert (await world.fetched(body)).state == "new"
    await world.settle()
    assert await world.cases() == []
    assert (await world.store.inbox.stats(world.clock.now()))["quarantined"] == 3
