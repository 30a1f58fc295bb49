"""A mail's parts: what is text, what is a file, and what is wrong with it."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest

from channels.email.wire.mail import NotMail, read
from tests.corpora.mail.building import HEAD, PNG, mixed, part, plain, several


def test_what_a_plain_mail_says() -> None:
    mail = read(
        b"Return-Path: <anna@resident.example>\r\nDelivered-To: case+77-x@uk.example\r\n"
        b"X-Original-To: case+77-x@uk.example\r\nReply-To: Home <home@resident.example>\r\n"
        b"Cc: case+5@uk.example\r\nIn-Reply-To: <b@uk>\r\nReferences: <a@uk> <b@uk>\r\n"
        + plain("Добрый день.\n\nАнна")
    )
    assert mail.sender.address == "anna@resident.example"
    assert mail.sender.name == "Anna"
    assert [one.address for one in mail.reply_to] == ["home@resident.example"]
    assert mail.return_path == "anna@resident.example"
    assert [one.address for one in mail.to] == ["case@uk.example"]
    assert mail.delivered_to == ("case+77-x@uk.example",)
    assert [(one.token, one.envelope) for one in mail.plus] == [("77-x", True), ("5", False)]
    assert mail.message_id == "1@resident.example"
    assert mail.in_reply_to == ("b@uk",)
    assert mail.references == ("b@uk", "a@uk")
    assert mail.date == datetime(2026, 11, 16, 6, 12, tzinfo=UTC)
    assert mail.text == "Добрый день.\n\nАнна"
    assert (mail.quote, mail.html, mail.files, mail.automatic) == ("", "", (), ())
    assert mail.problems == ()


@pytest.mark.parametrize("raw", [b"", b"\0\0\0", b"no mail at all", b"{}", b"X-Y: z\r\n\r\n", PNG])
def test_what_is_no_mail_has_a_name(raw: bytes) -> None:
    with pytest.raises(NotMail):
        read(raw)


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_every_kind_of_line_end(end: str) -> None:
    raw = plain("one\ntwo").replace(b"\r\n", end.encode())
    mail = read(raw)
    assert (mail.subject, mail.text) == ("Test", "one\ntwo")


def test_html_alone_is_shown_as_text_and_cleaned() -> None:
    mail = read(plain("<p>Нет <b>воды</b></p><script>x</script>", kind="text/html; charset=utf-8"))
    assert mail.text == "Нет воды"
    assert mail.html == "<p>Нет <b>воды</b></p>"


def test_html_names_its_charset_itself() -> None:
    words = '<meta http-equiv="Content-Type" content="text/html; charset=koi8-r"><p>Ё</p>'
    raw = HEAD + b"Content-Type: text/html\r\n\r\n" + words.encode("koi8-r")
    assert read(raw).text == "Ё"


def test_plain_of_an_alternative_is_the_text_unless_it_says_nothing() -> None:
    rich = part("text/html; charset=utf-8", "<p>Вода <i>есть</i></p>".encode())
    said = part("text/plain; charset=utf-8", "Вода есть".encode())
    mail = read(mixed(said, rich, kind="alternative"))
    assert (mail.text, mail.html) == ("Вода есть", "<p>Вода <i>есть</i></p>")
    for empty in (b" \r\n", b"Your mail client does not support HTML."):
        assert read(mixed(part("text/plain", empty), rich, kind="alternative")).text == "Вода есть"


def test_picture_within_the_html_keeps_its_reference() -> None:
    rich = part("text/html", b'<p>x <img src="cid:p1@x"><img src="https://t.example/1.gif"></p>')
    picture = part("image/png", PNG, "Content-ID: <p1@x>", encode=True)
    mail = read(mixed(rich, picture, kind="related"))
    (file,) = mail.files
    assert (file.content_id, file.inline, file.data) == ("p1@x", True, PNG)
    assert 'src="cid:p1@x"' in mail.html
    assert 'data-remote="https://t.example/1.gif"' in mail.html
    assert ' src="http' not in mail.html
    assert mail.blocked == 1


def test_pasted_picture_becomes_a_file() -> None:
    data = base64.b64encode(PNG).decode()
    mail = read(plain(f'<p>x<img src="data:image/png;base64,{data}"></p>', kind="text/html"))
    (file,) = mail.files
    assert (file.name, file.mime, file.data, file.inline) == ("file-1.png", "image/png", PNG, True)
    assert f'src="cid:{file.content_id}"' in mail.html
    assert mail.blocked == 0


def test_files_and_their_names() -> None:
    mail = read(
        mixed(
            part("text/plain", b"see"),
            part('image/png; name="../../etc/passwd"', PNG, encode=True),
            part(
                "application/pdf",
                b"%PDF",
                "Content-Disposition: attachment; filename*=koi8-r''%C1%CB%D4.pdf",
            ),
            part("text/plain; name=notes.txt", "заметки".encode()),
            part(
                "application/octet-stream",
                b"x",
                'Content-Disposition: attachment; filename="a\u202egpj.exe"',
            ),
            part("image/jpeg", b"y"),
        )
    )
    assert [one.name for one in mail.files] == [
        "passwd", "акт.pdf", "notes.txt", "agpj.exe", "file-5.jpg",
    ]  # fmt: skip
    assert mail.text == "see"
    assert mail.files[0].data == PNG


def test_long_name_keeps_its_ending() -> None:
    field = f'Content-Disposition: attachment; filename="{"я" * 400}.pdf"'
    (file,) = read(mixed(part("application/pdf", b"x", field))).files
    assert len(file.name) == 150
    assert file.name.endswith("я.pdf")


def test_mail_within_the_mail_is_a_file() -> None:
    inner = plain("Внутри", head=HEAD.replace(b"Test", b"Re: =?utf-8?b?0JDQutGC?="))
    mail = read(mixed(part("text/plain", b"see below"), part("message/rfc822", inner)))
    (file,) = mail.files
    assert (file.name, file.mime) == ("Акт.eml", "message/rfc822")
    assert read(file.data).text == "Внутри"
    assert mail.text == "see below"


def test_mail_that_only_carries_another_shows_that_one() -> None:
    mail = read(mixed(part("message/rfc822", plain("Нет воды"))))
    assert mail.text == "Нет воды"
    assert mail.forwarded
    assert len(mail.files) == 1


def test_flowed_lines_are_joined() -> None:
    words = "Длинная строка \nпродолжается\n> цитата \n> дальше\n-- \nподпись"
    kind = "text/plain; charset=utf-8; format=flowed"
    mail = read(plain(words, kind=kind))
    assert mail.text == "Длинная строка продолжается"
    assert mail.quote == "> цитата дальше\n--\nподпись"
    assert read(plain("сло \nво", kind=f"{kind}; delsp=yes")).text == "слово"


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("base64", "0JTQsA=="),
        ("BASE64", "0JTQ\r\nsA"),
        ("quoted-printable", "=D0=94=D0=B0"),
        ("Quoted Printable", "=D0=94=\r\n=D0=B0"),
        ("x-uuencode", "begin 644 x\r\n$T)30L```\r\n`\r\nend"),
        ("8bits", "Да"),
        ("x-odd", "Да"),
    ],
)
def test_transfer_encodings(encoding: str, body: str) -> None:
    field = f"Content-Transfer-Encoding: {encoding}\r\n".encode()
    assert read(plain(body, head=HEAD + field)).text == "Да"


def test_file_that_an_old_program_put_into_the_text() -> None:
    mail = read(plain("see\nbegin 644 a.txt\n#86)C\n`\nend\nbye"))
    assert [(one.name, one.data) for one in mail.files] == [("a.txt", b"abc")]
    assert "begin" not in mail.text
    assert mail.text.startswith("see")


def test_broken_mime_loses_nothing_that_can_be_read() -> None:
    text = part("text/plain; charset=utf-8", "привет".encode())
    without_end = (HEAD + several("mixed", [text])).replace(b"--bb--\r\n", b"")
    assert read(without_end).text == "привет"
    wrong_mark = (HEAD + several("mixed", [text])).replace(b'boundary="bb"', b'boundary="cc"')
    assert read(wrong_mark).text == "привет"
    assert read(wrong_mark).problems == ("mime_broken",)
    no_parts = HEAD + 'Content-Type: multipart/mixed; boundary="x"\r\n\r\nпривет'.encode()
    assert read(no_parts).text == "привет"


def test_similar_boundaries_are_told_apart() -> None:
    inner = several("alternative", [part("text/plain", b"in")], boundary="bb-1")
    mail = read(mixed(inner, part("image/png", PNG)))
    assert (mail.text, len(mail.files)) == ("in", 1)


def test_zeros_are_taken_out_and_said() -> None:
    mail = read(plain("a\0b"))
    assert (mail.text, mail.problems) == ("ab", ("nul",))


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ("", "no_date"),
        ("Date: soon\r\n", "date_broken"),
        ("Date: Mon, 99 Foo 2026\r\n", "date_broken"),
    ],
)
def test_missing_and_broken_dates(said: str, problem: str) -> None:
    mail = read(f"From: a@b.ru\r\n{said}\r\nx".encode())
    assert mail.date is None
    assert mail.problems == (problem,)


def test_date_without_zone_is_utc_and_always_aware() -> None:
    mail = read(b"From: a@b.ru\r\nDate: Mon, 16 Nov 2026 09:12:00 -0000\r\n\r\nx")
    assert mail.date is not None
    assert mail.date.utcoffset() == timedelta(0)


def test_nobody_wrote_it() -> None:
    mail = read(b"Subject: x\r\nDate: Mon, 16 Nov 2026 09:12:00 +0300\r\n\r\ny")
    assert mail.sender.address == ""
    assert mail.problems == ("no_sender",)


def test_body_hash_is_of_what_it_says_not_of_how_it_travelled() -> None:
    words = "Нет воды. "
    plainly = read(plain(words))
    coded = read(
        HEAD
        + b"Content-Type: text/plain; charset=koi8-r\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.b64encode(words.encode("koi8-r"))
    )
    again = read(b"Received: by a\r\n" + plain(words + "\n"))
    assert plainly.body_hash == again.body_hash
    assert plainly.fingerprint == again.fingerprint
    assert read(plain("Есть вода")).body_hash != plainly.body_hash
    assert coded.body_hash == plainly.body_hash


def test_fingerprint_tells_mails_without_id_and_with_a_used_one_apart() -> None:
    bare = HEAD.replace(b"Message-ID: <1@resident.example>\r\n", b"")
    later = bare.replace(b"09:12", b"09:13")
    marks = [
        read(plain(words, head=head)).fingerprint for words in "ab" for head in (HEAD, bare, later)
    ]
    assert len(set(marks)) == 6
    assert marks[1] == read(plain("a", head=bare)).fingerprint


def test_an_invitation_that_came_alone_is_a_file() -> None:
    """«Accepted» of somebody's calendar filled a case with BEGIN:VCALENDAR."""
    mail = read(HEAD + b"Content-Type: text/calendar; method=REPLY\r\n\r\nBEGIN:VCALENDAR\r\n")
    assert mail.text == ""
    assert [(one.name, one.mime) for one in mail.files] == [("file-1.ics", "text/calendar")]
