"""Reports about our own mails, and whether a person wrote."""

from __future__ import annotations

import pytest

from channels.email.wire.dsn import Fate
from channels.email.wire.mail import read
from tests.corpora.mail.building import HEAD, mixed, part, plain

DAEMON = (
    b"Return-Path: <>\r\nDelivered-To: case+77-abc@uk.example\r\nAuto-Submitted: auto-replied\r\n"
    + HEAD.replace(
        b"Anna <anna@resident.example>", b"Mail Delivery System <Mailer-Daemon@mx.example>"
    )
)
ORIGINAL = (
    b"Return-Path: <case+77-abc@uk.example>\r\nFrom: UK <case@uk.example>\r\n"
    b"Reply-To: case+77-abc@uk.example\r\nTo: anna@resident.example\r\n"
    b"Message-ID: <77-3.sign@uk.example>\r\nSubject: Re: Test [#77]\r\n"
)


def told(*groups: str, kind: str = "message/delivery-status") -> bytes:
    return part(kind, "\r\n\r\n".join(groups).encode())


def bounce(*groups: str, original: bytes | None = None, head: bytes = DAEMON) -> bytes:
    parts = [part("text/plain", b"Sorry."), told("Reporting-MTA: dns; mx.example", *groups)]
    if original is not None:
        parts.append(original)
    return mixed(*parts, kind="report; report-type=delivery-status", head=head)


FAILED = (
    "Final-Recipient: rfc822; Anna@Resident.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"
    "Diagnostic-Code: smtp; 550 5.1.1 no\r\n such user"
)


def test_failure_names_its_mail_by_the_original() -> None:
    for original in (
        part("message/rfc822", ORIGINAL + b"\r\nwords"),
        part("text/rfc822-headers", ORIGINAL),
        part("message/rfc822", ORIGINAL + b"\r\nwords", encode=True),
    ):
        mail = read(bounce(FAILED, original=original))
        assert mail.report is not None
        assert mail.report.kind == "delivery"
        assert mail.report.fates == (
            Fate(
                recipient="anna@resident.example",
                action="failed",
                status="5.1.1",
                diagnostic="550 5.1.1 no such user",
            ),
        )
        assert mail.report.original_id == "77-3.sign@uk.example"
        assert mail.report.original_to == ("anna@resident.example",)
        assert [one.token for one in mail.report.plus] == ["77-abc"]
        assert [one.token for one in mail.plus] == ["77-abc"]
        assert {"auto_submitted", "empty_return_path", "report", "daemon"} <= set(mail.automatic)


def test_without_original_what_it_refers_to_tells() -> None:
    head = DAEMON + b"In-Reply-To: <77-3.sign@uk.example>\r\n"
    mail = read(bounce("Original-Envelope-Id: env-1", FAILED, head=head))
    assert mail.report is not None
    assert mail.report.original_id == "77-3.sign@uk.example"
    assert mail.report.envelope_id == "env-1"


@pytest.mark.parametrize(
    ("fields", "action"),
    [
        ("Action: delayed\r\nStatus: 4.4.7", "delayed"),
        ("Action: Failed (too old)\r\nStatus: 4.4.7", "failed"),
        ("Action: relayed\r\nStatus: 2.1.9", "relayed"),
        ("Action: delivered", "delivered"),
        ("Status: 5.2.2 (mailbox full)", "failed"),
        ("Action: odd\r\nStatus: 4.2.2", "delayed"),
        ("Action: odd\r\nDiagnostic-Code: smtp; 452 4.2.2 full", "delayed"),
    ],
)
def test_late_is_not_failed(fields: str, action: str) -> None:
    mail = read(bounce(f"Final-Recipient: rfc822;a@b.example\r\n{fields}"))
    assert mail.report is not None
    assert [one.action for one in mail.report.fates] == [action]


def test_each_recipient_has_its_own_fate() -> None:
    other = (
        "Original-Recipient: rfc822;b@b.example\r\nFinal-Recipient: rfc822;x@y\r\nAction: delivered"
    )
    mail = read(bounce(FAILED, other))
    assert mail.report is not None
    assert [(one.recipient, one.action) for one in mail.report.fates] == [
        ("anna@resident.example", "failed"),
        ("b@b.example", "delivered"),
    ]


def test_servers_without_the_standards_parts() -> None:
    exim = read(plain("Sorry", head=DAEMON + b"X-Failed-Recipients: a@b.example, c@d.example\r\n"))
    assert exim.report is not None
    assert [one.recipient for one in exim.report.fates] == ["a@b.example", "c@d.example"]
    told_of = ("<a@b.example>:\n552 5.2.2 Mailbox full\n", "<c@d.example>:\n451 4.3.0 later\n")
    words = "\n".join(("Hi. This is qmail.\n", *told_of))
    qmail = read(plain(words, head=DAEMON))
    assert qmail.report is not None
    assert [(one.recipient, one.action, one.status) for one in qmail.report.fates] == [
        ("a@b.example", "failed", "5.2.2"),
        ("c@d.example", "delayed", "4.3.0"),
    ]


def test_a_person_who_quotes_a_report_has_written_a_mail() -> None:
    assert read(plain("<a@b.example>:\n552 5.2.2 Mailbox full\n")).report is None
    carried = mixed(part("text/plain", b"Look what I got"), told("Reporting-MTA: dns; x", FAILED))
    assert read(carried).report is None
    assert read(carried).text == "Look what I got"
    assert read(plain("x", head=HEAD + b"X-Failed-Recipients: a@b.example\r\n")).report is None


def test_read_receipt() -> None:
    said = "Original-Message-ID: <77-3.sign@uk.example>\r\nDisposition: manual-action/MDN-sent; {}"
    for words, kind in (("displayed", "read"), ("deleted", None)):
        mail = read(
            mixed(
                part("text/plain", b"read"),
                told(said.format(words), kind="message/disposition-notification"),
                kind="report; report-type=disposition-notification",
            )
        )
        assert (mail.report.kind if mail.report else None) == kind
        if mail.report:
            assert mail.report.original_id == "77-3.sign@uk.example"
        assert "report" in mail.automatic


@pytest.mark.parametrize(
    ("field", "reason"),
    [
        ("Auto-Submitted: auto-replied; owner=x", "auto_submitted"),
        ("Auto-Submitted: auto-generated", "auto_submitted"),
        ("Return-Path: <>", "empty_return_path"),
        ("List-Id: <news.example>", "list"),
        ("List-Unsubscribe: <https://x.example>", "list"),
        ("Precedence: bulk", "bulk"),
        ("Precedence: Junk", "bulk"),
        ("Precedence: auto_reply", "auto_reply"),
        ("X-Auto-Response-Suppress: OOF, DR", "auto_response_suppress"),
        ("X-Autoreply: yes", "auto_reply"),
        ("Subject: Автоответ: Re: x", "auto_reply"),
        ("Subject: Re: Out of office: x", "auto_reply"),
        ("From: postmaster@x.example", "daemon"),
        ("From: No-Reply@shop.example", "no_reply"),
    ],
)
def test_what_must_not_be_answered_automatically(field: str, reason: str) -> None:
    mail = read(f"{field}\r\nTo: case@uk.example\r\nFrom: a@b.example\r\n\r\nx".encode())
    assert reason in mail.automatic


@pytest.mark.parametrize(
    "field",
    ["Auto-Submitted: no", "Auto-Submitted: No", "Precedence: normal", "Subject: office",
     "X-Auto-Response-Suppress: None", "Return-Path: <a@b.example>", "From: reply@b.example"],
)  # fmt: skip
def test_what_a_person_wrote(field: str) -> None:
    assert read(f"{field}\r\nFrom: a@b.example\r\n\r\nx".encode()).automatic == ()


def test_reports_text_is_whole() -> None:
    words = "Sorry.\n\n-----Original Message-----\nFrom: us\n"
    raw = bounce(FAILED).replace(b"Sorry.", words.replace("\n", "\r\n").encode())
    assert "Original Message" in read(raw).text
