"""What leaves by SMTP, and what it means where a server fails in every way."""

from __future__ import annotations

import asyncio
import email
import email.policy
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aiosmtpd.smtp import SMTP, AuthResult

from channels.email.channel import Correspondence, build
from hub.domain.message import (
    Accepted,
    Address,
    Deferred,
    Outbound,
    OutboundFile,
    Rejected,
    Unsure,
)
from hub.ports.channel import CheckFailed
from hub.ports.channel_build import Account, BadAccount, ChannelDeps
from hub.texts import TemplateTexts
from tests.support.samples import png

NOW = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)


class StoppedClock:
    def now(self) -> datetime:
        return NOW


class Files:
    """Two stored files."""

    def __init__(self) -> None:
        self.held = {"pic": png(), "act": b"%PDF-1.4 act", "big": b"x" * 1_700_000}

    async def read(
        self, file_id: str, start: int = 0, end: int | None = None
    ) -> AsyncIterator[bytes]:
        yield self.held[file_id][start:end]


class Server:
    """Takes mails in, or answers as it is told at a step: mail, rcpt, data."""

    def __init__(self) -> None:
        self.says: dict[str, str] = {}
        self.taken: list[tuple[str, list[str], bytes]] = []
        self.hang = False

    async def handle_MAIL(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if "+" in address and "plus" in self.says:
            return self.says["plus"]
        if "mail" in self.says:
            return self.says["mail"]
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if "rcpt" in self.says:
            return self.says["rcpt"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.hang:
            # The mail is there, and its answer never arrives.
            session.peer = None
            server.transport.abort()
        self.taken.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        return self.says.get("data", "250 2.0.0 queued")

    def mail(self) -> EmailMessage:
        read = email.message_from_bytes(self.taken[-1][2], policy=email.policy.default)
        assert isinstance(read, EmailMessage)
        return read


def entered(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    known = data.login == b"case" and data.password == b"secret"
    return AuthResult(success=known, handled=False)


@pytest.fixture
async def served() -> AsyncIterator[tuple[Server, int]]:
    server = Server()

    def line() -> SMTP:
        return SMTP(
            server, authenticator=entered, auth_require_tls=False, data_size_limit=2_000_000
        )

    loop = asyncio.get_running_loop()
    listening = await loop.create_server(line, "127.0.0.1", 0)
    yield server, listening.sockets[0].getsockname()[1]
    listening.close()


def mailbox(port: int, **more: object) -> Correspondence:
    options: dict[str, object] = {
        "address": "case@uk.example",
        "imap": "imap://case:secret@127.0.0.1:9/INBOX",
        "smtp": f"smtp://case:secret@127.0.0.1:{port}",
        "name": "УК «Уют»",
        **more,
    }
    deps = ChannelDeps(
        clock=StoppedClock(),
        files=Files(),
        public_url="",
        file_url=str,
        secret=b"x",
        texts=TemplateTexts(StoppedClock(), ZoneInfo("Europe/Moscow")),
    )
    made = build(Account(id="office", kind="email", options=options), deps)
    assert isinstance(made, Correspondence)
    return made


def answer(**more: Any) -> Outbound:
    to = Address("office", "email", more.pop("to", "inna@mail.example"), "email:x", "x")
    held: dict[str, Any] = {
        "id": "77-3",
        "to": to,
        "text": "Электрик придёт <в среду>.\n\nhttps://uk.example/plan",
        "case": 77,
        "subject": "Лампа",
        "signature": "УК «Уют»",
        "references": ("1@mail.example", "mail:5f"),
        "in_reply_to": "2@mail.example",
    }
    return Outbound(**{**held, **more})


async def test_an_answer_says_where_it_comes_from_and_finds_its_way_back(
    served: tuple[Server, int],
) -> None:
    server, port = served
    outcome = await mailbox(port).send(answer())
    mail = server.mail()
    assert outcome == Accepted((str(mail["Message-ID"]).strip("<>"),))
    assert mail["Subject"] == "Re: Лампа [#77]"
    assert mail["From"].addresses[0].display_name == "УК «Уют»"
    assert mail["From"].addresses[0].addr_spec == "case@uk.example"
    assert mail["Reply-To"].addresses[0].addr_spec.startswith("case+77-")
    assert server.taken[0][0].startswith("case+77.3-")
    assert mail["In-Reply-To"] == "<2@mail.example>"
    assert str(mail["References"]).split() == ["<1@mail.example>", "<2@mail.example>"]
    assert mail["Auto-Submitted"] is None
    plain = mail.get_body(("plain",))
    html = mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert "Электрик придёт <в среду>." in plain.get_content()
    assert "Обращение №77" in plain.get_content()
    assert "Электрик придёт &lt;в среду&gt;." in html.get_content()
    assert '<a href="https://uk.example/plan"' in html.get_content()


async def test_the_message_id_is_the_same_at_every_repeat_and_no_other(
    served: tuple[Server, int],
) -> None:
    server, port = served
    made = mailbox(port)
    for out in (answer(), answer(), answer(id="77-4"), answer(id="closed:77:1")):
        await made.send(out)
    ids = [email.message_from_bytes(one[2])["Message-ID"] for one in server.taken]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 3


async def test_pictures_stand_in_the_text_and_files_beside_it(served: tuple[Server, int]) -> None:
    server, port = served
    files = (
        OutboundFile(id="pic", name="лампа.png", mime="image/png", size=80, kind="photo"),
        OutboundFile(id="act", name="акт.pdf", mime="application/pdf", size=12),
    )
    assert isinstance(await mailbox(port).send(answer(files=files)), Accepted)
    mail = server.mail()
    html = mail.get_body(("html",))
    assert html is not None
    assert "cid:pic@uk.example" in html.get_content()
    (related,) = [one for one in mail.walk() if one.get("Content-ID") == "<pic@uk.example>"]
    assert related.get_content() == png()
    (attached,) = list(mail.iter_attachments())
    assert (attached.get_filename(), attached.get_content()) == ("акт.pdf", b"%PDF-1.4 act")


async def test_in_english_for_who_speaks_it_and_automatic_as_such(
    served: tuple[Server, int],
) -> None:
    server, port = served
    await mailbox(port).send(answer(language="en", automatic=True, subject=""))
    mail = server.mail()
    assert mail["Subject"] == "Re: Your request [#77]"
    assert mail["Auto-Submitted"] == "auto-replied"
    plain = mail.get_body(("plain",))
    assert plain is not None
    assert "This is an automatic mail." in plain.get_content()


REFUSALS = [
    ("rcpt", "550 5.1.1 no such user", Rejected("mailbox_missing", "5.1.1 no such user", True)),
    ("rcpt", "550 mailbox unavailable", Rejected("mailbox_refused", "mailbox unavailable")),
    ("rcpt", "552 5.2.2 mailbox full", Rejected("mailbox_full", "5.2.2 mailbox full")),
    ("rcpt", "451 4.7.1 greylisted", Deferred("mail_later", 300.0)),
    ("rcpt", "452 4.2.2 later", Deferred("mail_later", 300.0)),
    ("mail", "550 5.7.1 not from you", Rejected("mail_policy", "5.7.1 not from you")),
    ("data", "554 5.7.1 looks like spam", Rejected("mail_policy", "5.7.1 looks like spam")),
    ("data", "554 no", Rejected("refused", "no")),
    ("data", "451 4.3.0 try again", Deferred("mail_later", 300.0)),
    ("rcpt", "421 4.3.2 going down", Deferred("server", 30.0, "account")),
]


@pytest.mark.parametrize(("step", "said", "expected"), REFUSALS)
async def test_what_a_refusal_means(
    served: tuple[Server, int], step: str, said: str, expected: object
) -> None:
    server, port = served
    server.says[step] = said
    assert await mailbox(port).send(answer()) == expected


async def test_an_answer_that_is_lost_after_the_mail_is_uncertain(
    served: tuple[Server, int],
) -> None:
    server, port = served
    server.hang = True
    assert isinstance(await mailbox(port).send(answer()), Unsure)
    assert len(server.taken) == 1


async def test_a_server_that_refuses_plus_addresses_is_given_the_bare_one(
    served: tuple[Server, int],
) -> None:
    server, port = served
    server.says["plus"] = "553 5.7.1 not owned by user"
    made = mailbox(port)
    assert isinstance(await made.send(answer()), Accepted)
    assert isinstance(await made.send(answer(id="77-4")), Accepted)
    assert [one[0] for one in server.taken] == ["case@uk.example", "case@uk.example"]


async def test_a_wrong_password_waits_for_a_right_one(served: tuple[Server, int]) -> None:
    _, port = served
    made = mailbox(port, smtp=f"smtp://case:wrong@127.0.0.1:{port}")
    assert await made.send(answer()) == Deferred("credentials", 300.0, "account")


async def test_a_server_that_is_away_is_asked_again() -> None:
    assert await mailbox(9).send(answer()) == Deferred("network", 30.0, "account")


async def test_a_mail_larger_than_the_server_takes_is_not_sent(served: tuple[Server, int]) -> None:
    server, port = served
    big = OutboundFile(id="big", name="b.bin", mime="application/octet-stream", size=1_700_000)
    outcome = await mailbox(port).send(answer(files=(big,)))
    assert isinstance(outcome, Rejected)
    assert outcome.reason == "mail_too_large"
    assert server.taken == []


@pytest.mark.parametrize("to", ["nobody", "a@b@c d", "имя@mail.example", "a@x\r\nBcc: b@c", "@x"])
async def test_what_is_no_address_is_refused_before_anything_is_asked(to: str) -> None:
    outcome = await mailbox(9).send(answer(to=to))
    assert outcome == Rejected("address_broken", gone=True)


async def test_a_domain_in_cyrillic_is_written_in_latin(served: tuple[Server, int]) -> None:
    server, port = served
    assert isinstance(await mailbox(port).send(answer(to="ivan@почта.рф")), Accepted)
    assert server.taken[0][1] == ["ivan@xn--80a1acny.xn--p1ai"]


async def test_the_doctor_says_which_server_and_why(served: tuple[Server, int]) -> None:
    _, port = served
    with pytest.raises(CheckFailed, match="imap_network"):
        await mailbox(port).check()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("address", "case"),
        ("address", "case+1@uk.example"),
        ("imap", "http://x"),
        ("imap", "imaps://user:pw@host:port/INBOX"),
        ("smtp", "smtp://"),
        ("max_bytes", "much"),
        ("begin", "yesterday"),
    ],
)
def test_settings_that_cannot_be_used_are_named(key: str, value: str) -> None:
    with pytest.raises(BadAccount) as wrong:
        mailbox(9, **{key: value})
    assert wrong.value.key == key
