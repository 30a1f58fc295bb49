"""Fields, words, parameters, ids, addresses, subjects: as written and as spoilt."""

from __future__ import annotations

import base64

import pytest

from channels.email.wire import subjects
from channels.email.wire.addresses import Mailbox, mailboxes, plus
from channels.email.wire.headers import ids, parameters, split, text, unbase64


def word(part: bytes, charset: str = "utf-8") -> bytes:
    return b"=?%s?b?%s?=" % (charset.encode(), base64.b64encode(part))


def test_fields_and_folds() -> None:
    fields, body = split(b"Subject: a\r\n b\r\n\tc\r\nX:\r\nTo : d@e.f\r\n\r\nbody\r\n")
    assert fields.raw("subject") == b"a b\tc"
    assert fields.raw("to") == b"d@e.f"
    assert fields.held["x"] == [b""]
    assert body == b"body\r\n"


@pytest.mark.parametrize("before", [b"\r\n\r\n", b"From x@y Mon Jan 1\n", b"\xef\xbb\xbf", b" \n"])
def test_what_gateways_put_before_the_first_field(before: bytes) -> None:
    fields, body = split(before + b"Subject: a\n\nb")
    assert (fields.raw("subject"), body) == (b"a", b"b")


def test_a_line_that_was_folded_without_a_blank_goes_on() -> None:
    fields, body = split(b"Subject: very\nlong\nFrom: a@b.ru\n\nbody")
    assert fields.raw("subject") == b"very long"
    assert fields.raw("from") == b"a@b.ru"
    assert body == b"body"
    assert fields.problems == ["header_broken"]


def test_missing_blank_line_loses_no_body() -> None:
    fields, body = split(b"Subject: a\nFrom: a@b.ru\nThis is the text already\n\nmore")
    assert fields.raw("from") == b"a@b.ru"
    assert body == b"This is the text already\n\nmore"


def test_words_cut_within_a_character() -> None:
    data = "Протечка воды".encode()
    assert text(word(data[:5]) + b"\r\n " + word(data[5:])) == "Протечка воды"
    quoted = b"=?utf-8?q?=D0?= =?UTF-8?Q?=9F?= =?utf-8?b?0LA=?="
    assert text(quoted) == "Па"


def test_base64_cut_within_a_group_of_four() -> None:
    said = base64.b64encode("Квартира".encode())
    assert text(b"=?utf-8?B?%s?= =?utf-8?B?%s?=" % (said[:7], said[7:])) == "Квартира"


def test_words_of_several_charsets_and_raw_bytes() -> None:
    mixed = word("Дом ".encode("koi8-r"), "koi8-r") + b" " + word("пять".encode("cp1251"), "cp1251")
    assert text(mixed) == "Дом пять"
    assert text("Протечка в подъезде".encode()) == "Протечка в подъезде"
    assert text("Протечка в подъезде".encode("cp1251")) == "Протечка в подъезде"
    assert text("Протечка в подъезде".encode("koi8-r")) == "Протечка в подъезде"
    assert text(b"Re: =?utf-8?q?a_b?= c") == "Re: a b c"


@pytest.mark.parametrize(
    "said",
    [
        b"=?",
        b"=?utf-8?b?",
        b"=?utf-8?b?=?=",
        b"=?x?q?=ZZ?=",
        b"=??b?AA?=",
        b"=?utf-8?b?A?=",
        b"=?=?=",
    ],
)
def test_broken_words_are_still_text(said: bytes) -> None:
    assert isinstance(text(said), str)


def test_base64_is_mended() -> None:
    assert unbase64(b"YWJj\r\nZGU") == b"abcde"
    assert unbase64(b"YW!Jj*ZA") == b"abcd"
    assert unbase64(b"A") == b""


def test_parameters_of_every_kind() -> None:
    kind, said = parameters(b"Text/Plain; charset=\"utf-8\"; name*0*=koi8-r'ru'%F0%D2; name*1*=%C9")
    assert kind == "text/plain"
    assert said == {"charset": "utf-8", "name": "При"}
    assert parameters(b"x; filename*=UTF-8''%D0%B0%D0%BA%D1%82.pdf")[1]["filename"] == "акт.pdf"
    encoded = b'x; filename="' + word("смета.xlsx".encode()) + b'"'
    assert parameters(encoded)[1]["filename"] == "смета.xlsx"
    assert (
        parameters('x; filename="смета 1.xlsx"'.encode("cp1251"))[1]["filename"] == "смета 1.xlsx"
    )
    assert parameters(rb'x; name="C:\TEMP\a\"b.png"')[1]["name"] == 'C:\\TEMP\\a"b.png'
    assert parameters(b"x; a=1; a=2; =3; b; c=")[1] == {"a": "1", "c": ""}


def test_ids() -> None:
    assert ids(b"<a@b> (comment) <c@d>") == ("a@b", "c@d")
    assert ids(b"<a\r\n b@c>") == ("ab@c",)
    assert ids(b"a@b, c@d") == ("a@b", "c@d")
    assert ids(b"Your message of Monday") == ()
    assert len(ids(b"<a@b>" * 5000)) == 100


def test_addresses() -> None:
    said = b'"Petrov, Ivan" <Ivan@UK.Example>, a@b.c (Anna), team: x@y.z, <q@r.s>;, Nobody'
    assert mailboxes(said) == (
        Mailbox("ivan@uk.example", "Petrov, Ivan"),
        Mailbox("a@b.c", "Anna"),
        Mailbox("x@y.z"),
        Mailbox("q@r.s"),
        Mailbox("", "Nobody"),
    )


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (word("Иван <i@b.ru>".encode()), Mailbox("i@b.ru", "Иван")),
        (word("Иванова, Анна".encode()) + b" <i@b.ru>", Mailbox("i@b.ru", "Иванова, Анна")),
        ('"Анна" <почта@дом.рф>'.encode(), Mailbox("почта@дом.рф", "Анна")),
        (b"<@relay.example:i@b.ru>", Mailbox("i@b.ru")),
        (b"mailto:i@b.ru", Mailbox("i@b.ru")),
        (b'"unclosed <i@b.ru', Mailbox("i@b.ru")),
        (b"Ivan <i@b.ru", Mailbox("i@b.ru")),
        (b"'Ivan' <'i@b.ru'>", Mailbox("i@b.ru", "Ivan")),
        (b"i@b.ru <i@b.ru>", Mailbox("i@b.ru", "i@b.ru")),
        (
            b"Pete(A nice \\) chap) <pete(his account)@silly.test>",
            Mailbox("pete@silly.test", "Pete(A nice ) chap)"),
        ),
    ],
)
def test_addresses_as_programs_spoil_them(said: bytes, expected: Mailbox) -> None:
    assert mailboxes(said) == (expected,)


@pytest.mark.parametrize("said", [b"", b"undisclosed-recipients:;", b"<>", b" , ;"])
def test_nobody(said: bytes) -> None:
    assert mailboxes(said) == ()


def test_plus_addresses() -> None:
    found = plus(["case+77-abc@uk.example", "case@uk.example", "+x@y", "a+@b"], envelope=True)
    assert [(one.base, one.token) for one in found] == [("case@uk.example", "77-abc")]


@pytest.mark.parametrize(
    ("said", "words", "prefixes", "numbers"),
    [
        ("Re: Протечка [#77]", "Протечка", ("re",), (77,)),
        ("RE: FW: НА: Ответ: [#5] дверь", "дверь", ("re", "fw", "на", "ответ"), (5,)),
        ("Re[2]: Re(3): Re^4: вода", "вода", ("re", "re", "re"), ()),
        ("Fwd:Fwd: свет", "свет", ("fwd", "fwd"), ()),
        ("Пересылка : Отв: x", "x", ("пересылка", "отв"), ()),
        ("[#1] [#2] [#1]", "", (), (1, 2)),
        ("Regarding: re", "Regarding: re", (), ()),
        ("[# 5] [#x]", "[# 5] [#x]", (), ()),
    ],
)
def test_subjects(
    said: str, words: str, prefixes: tuple[str, ...], numbers: tuple[int, ...]
) -> None:
    assert subjects.read(said) == subjects.Subject(words, prefixes, numbers)
