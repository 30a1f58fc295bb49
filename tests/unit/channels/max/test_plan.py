"""What is to be said → messages, texts as MAX counts them, and whose a shared number is."""

from __future__ import annotations

import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.max import vcard
from channels.max.plan import LABEL, TEXT, edited, groups, kind_of, plan
from channels.max.shapes import Markup, Payload, User
from channels.max.texts import cut, opened_links, split, units
from hub.domain.message import Address, Button, Outbound, OutboundFile

TO = Address("a", "max", "5", "max:5", "a:5")
VCF = "BEGIN:VCARD\r\nVERSION:3.0\r\nTEL;TYPE=cell:79161234567\r\nFN:Мария\r\nEND:VCARD\r\n"


def out(text: str = "", **more: object) -> Outbound:
    return Outbound(id="o", to=TO, text=text, **more)  # type: ignore[arg-type]


def file(name: str, mime: str, size: int = 100) -> OutboundFile:
    return OutboundFile(id=name, name=name, mime=mime, size=size)


def test_nothing_to_say_is_no_message() -> None:
    assert plan(out("  \n ")) == []


@given(st.text(max_size=200))
def test_words_leave_as_they_are_and_never_as_markup(text: str) -> None:
    for step in plan(out(text, signature="УК «Уют»")):
        body = step.body({})
        assert set(body) == {"text", "attachments", "link"}
        assert body["text"] in f"{text}\n\nУК «Уют»"


@given(st.text(st.sampled_from("аб 😀\n"), max_size=400), st.integers(5, 60))
def test_parts_fit_and_lose_no_word(text: str, limit: int) -> None:
    parts = split(text, limit)
    assert all(0 < units(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


def test_only_the_first_quotes_and_only_the_last_words_bear_buttons() -> None:
    long = "слово " * (TEXT // 3)
    steps = plan(
        out(
            long,
            in_reply_to="mid.1",
            buttons=((Button("Да", "ok"),),),
            files=(file("1", "image/png"), file("2", "application/pdf")),
        )
    )
    assert [bool(step.quoted) for step in steps] == [True] + [False] * (len(steps) - 1)
    bearing = [step for step in steps if step.rows]
    assert len(bearing) == 1
    assert bearing[0].text
    assert bearing[0].files == [file("1", "image/png")]
    assert steps[-1].files == [file("2", "application/pdf")]


def test_pictures_and_films_go_together_sounds_and_files_alone() -> None:
    many = [file(f"{number}", "image/png") for number in range(11)]
    rest = [file("v", "video/mp4"), file("a", "audio/mpeg"), file("b", "audio/mpeg")]
    assert [len(group) for group in groups([*many, *rest])] == [10, 2, 1, 1]


@pytest.mark.parametrize(
    ("mime", "size", "kind"),
    [
        ("image/jpeg", 1, "image"),
        ("image/jpeg", 51 * 1024 * 1024, "file"),
        ("image/webp", 1, "file"),
        ("video/webm; codecs=vp9", 1, "video"),
        ("audio/ogg", 1, "file"),
        ("audio/mpeg", 1, "audio"),
        ("application/pdf", 1, "file"),
    ],
)
def test_only_what_max_names_goes_as_media(mime: str, size: int, kind: str) -> None:
    assert kind_of(file("x", mime, size)) == kind


def test_labels_are_cut_to_what_max_takes() -> None:
    (step,) = plan(out("?", buttons=((Button("я" * 200, "case:1:add"),),)))
    label = step.rows[0][0]["text"]
    assert len(label) == LABEL
    assert label.endswith("…")
    assert cut("😀" * 80, LABEL) == "😀" * 63 + "…"


def test_an_edit_takes_buttons_away_but_no_files() -> None:
    assert edited(out("Готово"))["attachments"] == []
    assert edited(out("Готово", files=(file("1", "image/png"),)))["attachments"] is None
    (keyboard,) = edited(out("Готово", buttons=((Button("Да", "ok"),),)))["attachments"]
    assert keyboard["type"] == "inline_keyboard"


def test_addresses_behind_words_are_written_out() -> None:
    marks = [
        Markup(type="link", start=3, length=4, url="https://a.example"),
        Markup(type="strong", start=0, length=2),
        Markup(type="link", start=90, length=9, url="https://b.example"),
        Markup(type="link", start=-4, length=3, url="https://c.example"),
    ]
    assert opened_links("😀 сайт здесь", marks) == "😀 сайт (https://a.example) здесь"


# ── whose number it is ───────────────────────────────────────────────────────────────────────────


def signed(vcf: str, token: str = "token") -> str:
    return hmac.digest(token.encode(), vcf.encode(), "sha256").hex()


def whose(**payload: object) -> vcard.Card:
    return vcard.card(Payload(**payload), 7, "token")  # type: ignore[arg-type]


def test_only_a_signed_card_of_the_sender_is_proof() -> None:
    me, other = User(user_id=7), User(user_id=8)
    assert whose(vcf_info=VCF, hash=signed(VCF), max_info=me).own
    assert whose(vcf_info=VCF, hash=signed(VCF).upper(), max_info=me).own
    assert not whose(vcf_info=VCF, hash=signed(VCF), max_info=other).own
    assert not whose(vcf_info=VCF, hash=signed(VCF), max_info=None).own
    assert not whose(vcf_info=VCF, hash=None, max_info=me).own
    assert not whose(vcf_info=VCF, hash="", max_info=me).own
    assert not whose(vcf_info=VCF, hash=signed(VCF, "another"), max_info=me).own
    altered = VCF.replace("79161234567", "79160000000")
    assert not whose(vcf_info=altered, hash=signed(VCF), max_info=me).own
    empty = VCF.replace("79161234567", "")
    assert not whose(vcf_info=empty, hash=signed(empty), max_info=me).own


@pytest.mark.parametrize(
    ("written", "phone"),
    [
        ("79161234567", "+79161234567"),
        ("+7 916 123-45-67", "+79161234567"),
        ("8 916 123-45-67", "+79161234567"),
        ("tel:+79161234567", "+79161234567"),
        ("+375291234567", "+375291234567"),
        ("112", "112"),
    ],
)
def test_numbers_are_read_as_they_are_written(written: str, phone: str) -> None:
    card = whose(vcf_info=f"BEGIN:VCARD\nTEL;TYPE=cell:{written}\nFN:Пётр\nEND:VCARD")
    assert (card.phone, card.name, card.own) == (phone, "Пётр", False)
