"""Bytes are read as what they are, whatever their label says."""

from __future__ import annotations

import pytest

from channels.email.wire.charsets import codec, decode, tidy
from tests.corpora.mail.conversations import conversations

RUSSIAN = "Здравствуйте! Во втором подъезде с потолка течёт вода, третий этаж."
CYRILLIC = ("koi8-r", "cp1251", "cp866", "iso-8859-5", "mac-cyrillic")


@pytest.mark.parametrize("charset", [*CYRILLIC, "utf-8", "utf-16", "utf-16-le", "utf-7"])
def test_honest_label(charset: str) -> None:
    said = decode(RUSSIAN.encode(charset), charset)
    assert said.text.lstrip("\ufeff") == RUSSIAN
    assert not said.problem


@pytest.mark.parametrize("label", ["", "us-ascii", "x-unknown", "unknown-8bit", "х-кои", "\0", "0"])
@pytest.mark.parametrize("charset", [*CYRILLIC[:4], "utf-8", "utf-16-le", "utf-16-be"])
def test_missing_or_unknown_label(charset: str, label: str) -> None:
    said = decode(RUSSIAN.encode(charset), label)
    assert said.text == RUSSIAN
    assert said.problem in {"charset_guessed", "charset_unknown"}


@pytest.mark.parametrize("label", ["cp1251", "koi8-r", "iso-8859-1", "windows-1252", "iso-8859-5"])
@pytest.mark.parametrize("charset", ["cp1251", "koi8-r", "utf-8"])
def test_lying_label(charset: str, label: str) -> None:
    assert decode(RUSSIAN.encode(charset), label).text == RUSSIAN


@pytest.mark.parametrize("charset", ["cp1251", "koi8-r", "cp866"])
def test_label_that_does_not_fit(charset: str) -> None:
    said = decode(RUSSIAN.encode(charset), "utf-8")
    assert said.text == RUSSIAN
    assert said.problem == "charset_lies"


def test_few_broken_bytes_do_not_spoil_the_rest() -> None:
    data = RUSSIAN.encode()[:-1] + b"\xd0 " + RUSSIAN.encode()
    said = decode(data, "utf-8")
    assert said.text.count("подъезде") == 2
    assert said.problem == "charset_broken"


def test_western_text_stays_western() -> None:
    words = "Où est la clé du garage ? Merci beaucoup, à bientôt, Zoë."
    assert decode(words.encode("iso-8859-1"), "iso-8859-1").text == words
    assert decode("Größe 5 €".encode("cp1252"), "iso-8859-1").text == "Größe 5 €"


def test_short_russian_word_under_a_western_label() -> None:
    assert decode("Спасибо".encode("cp1251"), "iso-8859-1").text == "Спасибо"


def test_ukrainian_and_capitals_are_left_as_labelled() -> None:
    for words in ("Дякую, чекаємо на майстра", "СРОЧНО! НЕТ ВОДЫ", "№ 5, кв. 12", "ЁЖ"):
        assert decode(words.encode("cp1251"), "windows-1251").text == words


@pytest.mark.parametrize(
    "label", ["idna", "punycode", "unicode_escape", "raw_unicode_escape", "base64", "rot13", "hex"]
)
def test_codecs_that_are_no_charsets_are_unknown(label: str) -> None:
    assert codec(label) == ""


@pytest.mark.parametrize(
    ("label", "name"),
    [('"KOI8-R"', "koi8-r"), ("win-1251", "cp1251"), ("CP-866", "cp866"), ("utf8", "utf-8")],
)
def test_labels_as_programs_misspell_them(label: str, name: str) -> None:
    assert codec(label) == name


def test_japanese_without_label() -> None:
    assert decode("まみむめも".encode("iso2022_jp")).text == "まみむめも"


def test_what_no_page_can_hold_is_taken_out() -> None:
    assert tidy("a\0b\x08\r\nc\rd\u2028e\ud800") == "ab\nc\nd\ne\ufffd"


@pytest.mark.parametrize("data", [b"", b"\xff", b"\xff\xfe", b"\xef\xbb\xbf", b"\x1b$B", b"+2AA-"])
def test_scraps(data: bytes) -> None:
    for label in ("", "utf-8", "utf-16", "utf-7", "iso-2022-jp", "cp1251", "gb2312"):
        tidy(decode(data, label).text).encode()


WRITTEN = sorted({one.text for talk in conversations() for one in talk.letters if one.text})


@pytest.mark.parametrize("charset", CYRILLIC)
def test_all_that_residents_wrote(charset: str) -> None:
    """An honest label is believed, however short the text; of a longer one none is needed."""
    for words in WRITTEN:
        try:
            data = words.encode(charset)
        except UnicodeEncodeError:
            continue
        assert decode(data, charset).text == words
        letters = sum(one > "\x7f" for one in words)
        if letters >= 12 and charset != "mac-cyrillic":
            assert decode(data, "", rescue=False).text == words
            assert decode(data, "utf-8", rescue=False).text == words
            assert decode(data, "iso-8859-1", rescue=False).text == words
