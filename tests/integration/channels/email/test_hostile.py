"""Nothing that is thrown at `read` breaks it or holds it up."""

from __future__ import annotations

import base64
import os
import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.email.wire.charsets import tidy
from channels.email.wire.mail import Mail, NotMail, read
from channels.email.wire.tnef import unpack
from tests.corpora.mail.building import HEAD, part, several
from tests.support.examples import examples

MEGABYTE = 1024 * 1024
ENOUGH = 10.0
"""Seconds of a processor, however slow; what is read again and again takes minutes."""
SAMPLES = os.environ.get("HUB_SAMPLES", "")


def full(piece: bytes | str, size: int = MEGABYTE) -> bytes:
    data = piece.encode() if isinstance(piece, str) else piece
    return (data * (size // len(data) + 1))[:size]


def text(body: bytes, kind: str = "text/plain; charset=utf-8", *fields: str) -> bytes:
    return HEAD + part(kind, body, *fields)


def page(body: str) -> bytes:
    return text(body.encode() * (MEGABYTE // len(body.encode()) + 1), "text/html; charset=utf-8")


def field(name: str, piece: bytes) -> bytes:
    return b"From: a@b.ru\r\n%s: %s\r\n\r\nx" % (name.encode(), full(piece))


def nested(depth: int) -> bytes:
    heads = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n)
        for n in range(depth)
    )
    return HEAD + heads + b"Content-Type: text/plain\r\n\r\nhi"


def noise() -> bytes:
    return random.Random(4).randbytes(MEGABYTE)


BOMBS: dict[str, Callable[[], bytes]] = {
    "honest text": lambda: text(full("Строка обычного текста, каких много.\r\n")),
    "honest page": lambda: page("<p>Строка <b>обычного</b> текста.</p>\n"),
    "honest file": lambda: text(
        base64.encodebytes(noise()), "application/pdf", "Content-Transfer-Encoding: base64"
    ),
    "one line": lambda: text(full("a")),
    "quoted": lambda: text(full("> цитата\r\n")),
    "marks": lambda: text(full(">")),
    "heads of quotes": lambda: text(full("On 12.05.2026 a@b.ru\r\n")),
    "heads of blocks": lambda: text(full("От: 12.05.2026\r\nx\r\n")),
    "answers between": lambda: text(full("12.05.2026, И <a@b.ru>:\r\n> q\r\nx\r\n")),
    "signs": lambda: text(full("--\r\n")),
    "flowed": lambda: text(full("> a \r\n"), "text/plain; format=flowed; delsp=yes"),
    "uuencode": lambda: text(full("begin 644 a\nMMM\nend\n")),
    "uuencode without end": lambda: text(full("begin 644 a\n")),
    "one field": lambda: field("X-A", b"a"),
    "many fields": lambda: HEAD + full(b"X-A: b\r\n") + b"\r\nx",
    "folds": lambda: field("X-A", b"a\r\n "),
    "words": lambda: field("Subject", b"=?utf-8?q?a?= "),
    "halves of words": lambda: field("Subject", b"=?a?b?"),
    "prefixes": lambda: field("Subject", b"Re: "),
    "addresses": lambda: field("To", b"a@b.c, "),
    "no address": lambda: field("To", b"a."),
    "quote marks": lambda: field("To", b'"<'),
    "brackets": lambda: field("To", b"("),
    "ids": lambda: field("References", b"<a@b> "),
    "no ids": lambda: field("References", b"a"),
    "parameters": lambda: field("Content-Type", b'; a="'),
    "pieces of parameters": lambda: field("Content-Type", b"x; n*0*=a'b'%41"),
    "date": lambda: field("Date", b"("),
    "parts": lambda: HEAD + several("mixed", [part("text/plain", b"hi")] * 10_000),
    "pages": lambda: HEAD + several("mixed", [part("text/html", b"<b>hi")] * 10_000),
    "files": lambda: HEAD + several("mixed", [part("image/png", b"x")] * 10_000),
    "empty parts": lambda: HEAD + several("mixed", []) + full(b"--bb\r\n"),
    "nested 300": lambda: nested(300),
    "nested 20000": lambda: nested(20_000),
    "nested in itself": lambda: (
        HEAD + full(b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n")
    ),
    "mails in mails": lambda: HEAD + full(b"Content-Type: message/rfc822\r\n\r\n"),
    "status": lambda: text(
        full("Action: failed\nFinal-Recipient: x;a@b.c\n\n"), "message/delivery-status"
    ),
    "noise": lambda: text(noise(), "text/plain"),
    "noise as utf-16": lambda: text(noise(), "text/plain; charset=utf-16"),
    "only noise": noise,
    "tnef": lambda: text(
        b"\x78\x9f\x3e\x22\0\0\x01\x03\x90\0\0\xff\xff\x0f\0\xff\xff\xff\xff"
        + full(b"\x01\x10\0\0\xff\xff\x03\0"),
        "application/ms-tnef",
    ),
    "deep page": lambda: page("<div>"),
    "deep formats": lambda: page("<b><p>"),
    "deep tables": lambda: page("<table><tr><td>x"),
    "deep quotes": lambda: page("<blockquote>x"),
    "deep lists": lambda: page("<ul><li>x"),
    "ampersands": lambda: page("&"),
    "less-thans": lambda: page("<"),
    "halves of tags": lambda: page('<a "'),
    "halves of comments": lambda: page("<!--"),
    "scripts": lambda: page("<script>"),
    "attributes": lambda: text(b"<a " + full(b"a=1 ") + b">", "text/html"),
    "wide cells": lambda: page("<table><tr><td rowspan=9999 colspan=9999>x"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_megabyte_holds_nobody_up(name: str) -> None:
    raw = BOMBS[name]()
    times: list[float] = []
    for _ in range(3):
        start = time.process_time()
        try:
            sound(read(raw))
        except NotMail:
            assert name == "only noise"
        times.append(time.process_time() - start)
        if times[-1] < ENOUGH:
            break
    assert min(times) < ENOUGH


def test_largest_mail_that_is_taken_in() -> None:
    start = time.process_time()
    mail = read(text(full("Строка обычного текста.\r\n", 25 * MEGABYTE)))
    assert "text_cut" in mail.problems
    assert time.process_time() - start < 4 * ENOUGH


def sound(mail: Mail) -> None:
    """Every text of it can be stored and shown."""
    words = [mail.text, mail.quote, mail.html, mail.subject, mail.message_id, mail.sender.name]
    words += [mail.sender.address, *mail.references, *mail.in_reply_to, *mail.delivered_to]
    words += [one.name for one in (*mail.to, *mail.cc, *mail.reply_to)]
    words += [text for file in mail.files for text in (file.name, file.mime, file.content_id)]
    if mail.report is not None:
        words += [one.diagnostic + one.recipient for one in mail.report.fates]
    for one in words:
        one.encode()
        assert "\0" not in one
    assert all(file.name and "/" not in file.name for file in mail.files)
    assert mail.date is None or mail.date.utcoffset() is not None


# fmt: off
PIECES = st.one_of(st.binary(max_size=60), st.sampled_from([
    HEAD, b"\r\n\r\n", b"\n", b"--bb\r\n", b"--bb--\r\n", b"; ", b'"', b"\0", b"=?utf-8?b?", b"?=",
    b"Content-Type: multipart/mixed; boundary=bb\r\n", b"Content-Type: text/html\r\n",
    b"Content-Type: message/rfc822\r\n", b"Content-Type: message/delivery-status\r\n",
    b"Content-Type: multipart/alternative; boundary=bb\r\n", b"charset=utf-7", b"utf-16\r\n",
    b"Content-Type: application/ms-tnef\r\n\r\n\x78\x9f\x3e\x22", b"Date: ", b"From: ",
    b"Content-Transfer-Encoding: base64\r\n", b"Content-Transfer-Encoding: x-uuencode\r\n",
    b"Content-Transfer-Encoding: quoted-printable\r\n", b"filename*0*=''%", b"References: <",
    b"Content-Type: text/plain; format=flowed; charset=", b"base64\r\n", b"Action: failed\n",
    b"Final-Recipient: rfc822;", b"begin 644 x\n", b"\nend\n", b"> ", b"<blockquote>", b"<table>",
    "От: а\nОтправлено: 1.1.2026\nКому: б\n".encode(), b"&#0;",
]))
# fmt: on


@examples(400)
@given(st.lists(PIECES, max_size=30))
def test_any_bytes_are_a_mail_or_named_none(pieces: list[bytes]) -> None:
    for raw in (b"".join(pieces), HEAD + b"".join(pieces)):
        try:
            mail = read(raw)
        except NotMail:
            continue
        sound(mail)
        assert read(raw) == mail


@examples(200)
@given(st.text(max_size=80), st.sampled_from(["utf-8", "cp1251", "utf-16", "koi8-r"]))
def test_any_words_come_through(words: str, charset: str) -> None:
    data = words.encode(charset, "replace")
    raw = text(
        base64.encodebytes(data),
        f"text/plain; charset={charset}",
        "Content-Transfer-Encoding: base64",
    )
    mail = read(raw)
    sound(mail)
    if charset == "utf-8" and not mail.problems:
        assert sorted(f"{mail.text}{mail.quote}".split()) == sorted(tidy(data.decode()).split())


@pytest.mark.skipif(not SAMPLES, reason="HUB_SAMPLES does not name the folder of foreign mails")
def test_every_foreign_mail_is_read() -> None:
    """Mails of public test suites, which are not ours to keep here."""
    read_ones, refused, slowest = 0, 0, 0.0
    folder = Path(SAMPLES) / "mail"
    for path in sorted((folder if folder.is_dir() else Path(SAMPLES)).rglob("*")):
        if not path.is_file():
            continue
        start = time.process_time()
        try:
            sound(read(path.read_bytes()))
            read_ones += 1
        except NotMail:
            refused += 1
        slowest = max(slowest, time.process_time() - start)
    print(f"read {read_ones}, no mails {refused}, slowest {slowest * 1000:.0f} ms")
    assert read_ones > 200
    assert slowest < ENOUGH


def test_pack_of_nothing_ends() -> None:
    assert unpack(b"\x78\x9f\x3e\x22" + full(b"\x02\x02\x90\0\0\0\0\0\0\0\0"), 1) is not None


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("honest text", "text_cut"),
        ("many fields", "headers_cut"),
        ("parts", "parts_cut"),
        ("files", "files_cut"),
        ("nested 300", "mime_too_deep"),
        ("deep page", "html_cut"),
        ("noise", "charset_guessed"),
    ],
)
def test_what_is_left_out_is_said(name: str, problem: str) -> None:
    assert problem in read(BOMBS[name]()).problems
