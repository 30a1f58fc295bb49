"""What staff see: nothing from outside becomes markup, nothing is longer than Telegram takes."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.common.callbacks import Press, press
from bots.common.cards import Cards
from bots.common.entries import Entries
from bots.common.views import MAX_TEXT, View, parts
from hub.domain.case import Case, ContactRef, Result
from hub.domain.message import Address, Attachment, Location
from hub.domain.staff import Directory, Group, Staff
from hub.domain.status import STATUSES
from hub.domain.thread import Author, Change, Delivery, Entry
from hub.texts import TemplateTexts
from tests.support.examples import examples

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ADDRESS = Address("dom", "telegram", "1", "telegram:1", "dom:1")
ALLOWED = {"b", "i", "s", "a", "code"}


class Clock:
    def now(self) -> datetime:
        return NOW


TEXTS = TemplateTexts(Clock(), ZoneInfo("Europe/Moscow"))
CARDS, ENTRIES = Cards(TEXTS), Entries(TEXTS)


def staff(login: str, *roles: str) -> Staff:
    return Staff(
        login=login,
        name=f"{login.title()} Имя Отчество",
        roles=list(roles),  # type: ignore[arg-type]
        created_at=NOW,
        updated_at=NOW,
    )


EMMA, ROMA = staff("emma", "operator"), staff("roma", "executor")
DIRECTORY = Directory({"emma": EMMA, "roma": ROMA}, {"main": Group(id="main", name="Линия <1>")})


def entry(text: str, **fields: object) -> Entry:
    base: dict[str, object] = {
        "key": "k",
        "seq": 1,
        "kind": "message",
        "direction": "in",
        "at": NOW,
        "kept_at": NOW,
        "author": Author(name="Житель & Ко"),
    }
    return Entry(**(base | fields), text=text)  # type: ignore[arg-type]


def case(text: str = "", **fields: object) -> Case:
    base: dict[str, object] = {
        "number": 1842,
        "version": 3,
        "contact": ContactRef(id="c", name=text[:100], phone="+79220000001", vip=True),
        "subject": text,
        "premises": text[:200],
        "text": text,
        "group": "main",
        "deadline": NOW + timedelta(hours=2),
        "created_at": NOW,
        "updated_at": NOW,
        "thread": [entry(text)],
    }
    return Case(**(base | fields))  # type: ignore[arg-type]


class Tags(HTMLParser):
    """Which tags there are, and the words between them."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.words = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.words += data


def sound(view: View) -> Tags:
    """Fits into a message and has only our own tags; returns what can be read."""
    read = Tags(view.text)
    assert set(read.tags) <= ALLOWED, view.text
    assert len(read.words) <= MAX_TEXT
    for row in view.keys:
        for key in row:
            assert len(key.data.encode()) <= 64
            assert key.text.strip()
    return read


outside = st.text(
    alphabet=st.one_of(st.sampled_from("<>&\"'/ab \n"), st.characters(codec="utf-8")), max_size=300
) | st.sampled_from(
    ["<script>alert(1)</script>", "<b>", "</b></i>", "&lt;", "{{ 7*7 }}", "<a href='"]
)


@examples(60)
@given(outside)
def test_words_from_outside_are_never_markup(text: str) -> None:
    one = case(text, reason=text, executors=["roma"], responsible="emma")
    for status in STATUSES:
        one.status = status
        sound(CARDS.operator(one, EMMA, DIRECTORY, NOW, headline="transferred", note=text))
        sound(CARDS.task(one, ROMA, DIRECTORY, NOW))
    said = entry(text, edits=[Change(NOW, text)])
    for named in (True, False):
        for view in ENTRIES.message(one, said, EMMA, named=named):
            sound(view)
    sound(ENTRIES.edited(one, said, EMMA))
    for view in ENTRIES.comment(one, said, ROMA, DIRECTORY):
        sound(view)
    sent = entry(text, direction="out", delivery=Delivery(to=ADDRESS, at=NOW, state="failed"))
    sound(ENTRIES.mark(one, sent, "ru", told=True))
    sound(ENTRIES.trouble(one, sent, "ru"))
    sound(ENTRIES.trouble(one, sent, "ru", other=Address("s", "sms", text, f"phone:{text}", "s")))
    changed = entry(text, edits=[Change(NOW, text)], author=Author(name=text, login="roma"))
    sound(ENTRIES.revised(one, changed, EMMA))
    sound(ENTRIES.edit_failed(one, sent, "ru"))


@given(st.text(max_size=20_000))
@examples(40)
def test_long_words_lose_nothing_but_blanks_at_the_cuts(text: str) -> None:
    pieces = parts(text)
    assert all(len(piece) <= 3500 for piece in pieces)
    assert re.sub(r"\s", "", "".join(pieces)) == re.sub(r"\s", "", text)


@given(
    st.sampled_from(["transfer_page", "quick_folders", "deadline_own", "plain_reply"]),
    st.integers(0, 10**12),
    st.integers(0, 10**9),
    st.integers(0, 10**6),
)
def test_a_key_carries_what_it_was_given(act: str, number: int, version: int, n: int) -> None:
    data = press(act, number, version, n)
    assert len(data.encode()) <= 64
    read = Press.unpack(data)
    assert (read.act, read.case, read.v, read.n) == (act, number, version, n)


@pytest.mark.parametrize(
    ("fields", "shown", "hidden"),
    [
        ({}, {"Взять", "Передать", "Закрыть"}, {"Принять"}),
        ({"status": "in_progress", "operator": "emma"}, {"Ответы", "Закрыть"}, {"Взять"}),
        ({"status": "in_progress", "operator": "roma"}, {"Передать"}, {"Взять"}),
        (
            {"status": "assigned", "operator": "emma", "offered_by": "roma"},
            {"Принять", "Вернуть"},
            {"Взять"},
        ),
        ({"status": "resolved"}, {"Открыть снова"}, {"Взять", "Закрыть"}),
        ({"status": "spam"}, {"Не спам"}, {"Взять"}),
        ({"status": "merged", "merged_into": 7}, {"Открыть №7"}, {"Взять"}),
    ],
)
def test_a_card_offers_what_can_be_done(
    fields: dict[str, object], shown: set[str], hidden: set[str]
) -> None:
    view = CARDS.operator(case("Вода", **fields), EMMA, DIRECTORY, NOW)
    labels = {key.text for row in view.keys for key in row}
    assert shown <= labels
    assert not hidden & labels
    assert all(Press.unpack(key.data).v in {0, 3} for row in view.keys for key in row)


def test_a_task_shows_what_the_work_needs() -> None:
    mine = case("Кран", premises="Ленина 5-12", executors=["roma"])
    read = sound(CARDS.task(mine, ROMA, DIRECTORY, NOW))
    assert "Ленина 5-12" in read.words
    assert "сегодня, 14:00" in read.words


def test_the_phone_is_for_who_is_at_it_unless_the_house_keeps_it() -> None:
    one = case("Кран", executors=["roma"])
    seen = {}
    for step in ("", "accepted", "going", "there", "done"):
        one.steps = {"roma": step} if step else {}  # type: ignore[dict-item]
        seen[step] = "922" in sound(CARDS.task(one, ROMA, DIRECTORY, NOW)).words
    assert seen == {"": False, "accepted": True, "going": True, "there": True, "done": False}
    one.steps = {"roma": "going"}
    kept = Cards(TEXTS, phones=False).task(one, ROMA, DIRECTORY, NOW)
    assert "922" not in sound(kept).words


def test_a_case_without_an_address_shows_the_place_that_was_sent() -> None:
    point = entry("", location=Location(55.5, 37.5))
    hole = case("Яма", premises="", thread=[point], executors=["roma"])
    view = CARDS.task(hole, ROMA, DIRECTORY, NOW)
    assert 'href="https://yandex.ru/maps/?pt=37.5,55.5&amp;z=17"' in view.text


def test_a_suspected_sender_is_named_so_and_can_be_trusted() -> None:
    one = case("Нет воды", status="new")
    one.suspect(NOW, spam=False)
    view = CARDS.operator(one, EMMA, DIRECTORY, NOW)
    assert "раньше был в спаме" in view.text
    assert "Доверять" in {key.text for row in view.keys for key in row}


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (Result("done", "Заменили стояк", "Выполнено"), "Результат: Выполнено. Заменили стояк"),
        (Result("done", "", "Выполнено"), "Результат: Выполнено"),
        (Result("done", "Заменили стояк"), "Результат: Заменили стояк"),
        (Result("done"), None),
    ],
)
def test_a_card_names_the_result(result: Result, words: str | None) -> None:
    view = CARDS.operator(case("Вода", status="closed", result=result), EMMA, DIRECTORY, NOW)
    lines = [line for line in view.text.splitlines() if line.startswith("Результат")]
    assert lines == ([words] if words else [])


@pytest.mark.parametrize(
    ("state", "edit", "words"),
    [
        ("sent", "", "✓ №1842: отправлено"),
        ("sent", "queued", "⏳ №1842: исправляется у жителя"),
        ("delivered", "done", "✓ №1842: исправлено у жителя"),
        ("sent", "failed", "⚠️ №1842: у жителя осталось прежнее — канал не принял сообщение"),
        ("failed", "queued", "⚠️ №1842: не отправлено — канал не принял сообщение"),
    ],
)
def test_a_mark_says_how_an_edit_fares(state: str, edit: str, words: str) -> None:
    delivery = Delivery(to=ADDRESS, at=NOW, state=state, edit=edit)  # type: ignore[arg-type]
    sent = entry("Дали", direction="out", delivery=delivery)
    assert ENTRIES.mark(case("Вода"), sent, "ru", told=False).text == words


def test_a_card_reads_well() -> None:
    one = case("Нет воды", subject="", premises="ул. Ленина, 5-12")
    one.contact.name = "Иванова Светлана"
    words = html.unescape(sound(CARDS.operator(one, EMMA, DIRECTORY, NOW)).words)
    assert words == (
        "№1842 · новое\n"
        "Иванова Светлана ★, +7 (922) 000-00-01 · ул. Ленина, 5-12\n"
        "вручную · срок сегодня, 14:00 · Линия <1>\n"
        "\n"
        "Нет воды"
    )


@pytest.mark.parametrize(("album", "said"), [("", "📎 1 файл"), ("42", "📎 несколько файлов")])
def test_the_words_of_an_album_do_not_count_what_is_still_to_come(album: str, said: str) -> None:
    """Its pictures come one by one, the words with the first: «📎 1 файл» was all they said."""
    photo = Attachment(id="f", name="f.jpg")
    words = entry("Вот протечка", seq=2, files=[photo], album=album)
    (view,) = ENTRIES.message(case("Нет воды"), words, EMMA, named=False)
    assert sound(view).words.splitlines()[-1] == said


def test_an_album_that_came_last_leaves_its_words_on_the_card() -> None:
    """Only the first picture bears the caption; the card said «📎 1 файл» and nothing of it."""
    photos = [Attachment(id=f"f{at}", name=f"{at}.jpg") for at in range(3)]
    one = case("Нет воды", subject="")
    one.thread = [
        entry("Нет воды"),
        entry("Теперь и в подвале", key="a", seq=2, files=photos[:1]),
        entry("", key="b", seq=3, files=photos[1:2]),
        entry("", key="c", seq=4, files=photos[2:]),
    ]
    words = sound(CARDS.operator(one, EMMA, DIRECTORY, NOW)).words
    assert words.endswith("Нет воды\n\nТеперь и в подвале\n📎 3 файла")
