"""What was written and what was quoted; the programs' own styles are in test_conversations."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.email.wire.quotes import split

HEADS = [
    "Понедельник, 16 ноября 2026, 10:46 +03:00 от Анна <anna@a.example>:",
    ">Понедельник, 16 ноября 2026, 10:46 +03:00 от Анна <anna@a.example>:",
    '16.11.2026, 10:46, "Анна" <anna@a.example>:',
    "16.11.2026, 10:46, Анна (anna@a.example):",
    "пн, 16 нояб. 2026 г. в 10:46, Анна <anna@a.example>:",
    "пн, 16 нояб. 2026 г. в 10:46, Анна Константиновна Длиннофамильная\n<anna@a.example>:",
    "On Mon, Nov 16, 2026 at 10:46 AM Anna <anna@a.example> wrote:",
    "On Mon, Nov 16, 2026 at 10:46 AM Anna\n<anna@a.example> wrote:",
    "16 нояб. 2026 г., в 10:46, Анна <anna@a.example> написал(а):",
    "16.11.2026 10:46, Анна пишет:",
    "понедельник, 16 ноября 2026г., 10:46 +03:00 от Анна  anna@a.example:",
    "Понедельник, 16 ноября 2026, 10:46 +03:00 от Анна Петрова:",
    "Monday, November 16, 2026 10:46 AM +03:00 from Anna <anna@a.example>:",
    "пн, 16 нояб. 2026 г., 10:46 Анна <anna@a.example>:",
    "16 ноября 2026 г. 10:46:12 GMT+03:00, Анна <anna@a.example> пишет:",
    "В понедельник, 16 ноября 2026 г., 10:46:12 GMT+3, Анна <anna@a.example> написал(а):",
    "On Monday, November 16th, 2026 at 10:46 AM, Anna <anna@a.example> wrote:",
    "Анна <anna@a.example>, 16 нояб. 2026 г. 10:46:",
    "Анна писал(а) 2026-11-16 10:46:",
    "Вы писали 16 ноября 2026 г., 10:46:12:",
    "-----Original Message-----\nFrom: Anna\nSent: Monday\nTo: Us\nSubject: x",
    "-------- Исходное сообщение --------\nОт: Анна\nДата: 16.11.2026\nКому: Нам\nТема: x",
    "От: Анна <anna@a.example>\nОтправлено: 16 ноября 2026 г. 10:46\nКому: Нам\nТема: x",
    "*От:* Анна\n*Отправлено:* понедельник, 16 ноября 2026 г. 10:46\n*Кому:* Нам\n*Тема:* x",
    f"{'_' * 32}\nFrom: Anna <a@b.example>\nSent: Monday, November 16, 2026 10:46 AM\nTo: Us",
    "-------- Original message --------From: Anna <a@b.example> Date: 16/11/2026 10:46",
    "##- Пожалуйста, отвечайте выше этой линии -##",
    "Дата: 16.11.2026\nТема: x\nОт: anna@a.example\nКому: нам",
    '------------\nКому: Нам (a@b.example);\nТема: x;\n16.11.2026, 10:46, "Анна" <a@b.example>:',
    "От: Анна\nОтправлено: \u200e16\u200e.\u200e11\u200e.\u200e2026 10:46\nКому: Нам",
    "Am 16.11.2026 um 10:46 schrieb Anna <anna@a.example>:",
    "Le 16 nov. 2026 à 10:46, Anna <anna@a.example> a écrit :",
]
OUTLOOK = next(head for head in HEADS if head.startswith("От: "))
SIGNS = [
    "Отправлено с iPhone",
    "Послано с iPad",
    "Получить Outlook для Android",
    "Отправлено из myMail для Android",
    "Отправлено через BlueMail",
    "Отправлено из Почты Mail.ru",
    "Отправлено из мобильной Яндекс Почты",
    "Отправлено со смартфона Samsung Galaxy.",
    "Отправлено с помощью Outlook для Android",
    "Sent from my iPhone",
    "Sent from Yahoo Mail on Android",
    "Get Outlook for iOS",
    "-- \nАнна Петрова\nкв. 5",
    "--\nАнна\n\nОтправлено из Почты Mail",
    "--\xa0\nАнна",
]


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("mark", ["", "> "])
def test_quote_below_is_cut(head: str, mark: str) -> None:
    quote = f"{head}\n{mark}старые слова\n{mark}\n{mark}ещё"
    found = split(f"Новые слова.\n\nИ ещё.\n\n{quote}\n")
    assert found.text == "Новые слова.\n\nИ ещё."
    assert found.quote.split() == quote.split()
    assert not found.forwarded


@pytest.mark.parametrize("head", HEADS)
def test_what_has_only_a_quote_is_shown_whole(head: str) -> None:
    whole = f"{head}\n> старые слова"
    assert split(f"\n{whole}\n").text == whole
    assert split(f"Отправлено с iPhone\n\n{whole}").text.endswith("старые слова")


@pytest.mark.parametrize("sign", SIGNS)
def test_signature_is_cut_with_and_without_a_quote(sign: str) -> None:
    assert split(f"Нет воды.\n\n{sign}\n").text == "Нет воды."
    assert split(f"Нет воды.\n\n{sign}\n\n{HEADS[0]}\n> старое").text == "Нет воды."
    assert split(sign).text == sign


@pytest.mark.parametrize("head", HEADS[:19])
def test_written_under_the_quote(head: str) -> None:
    found = split(f"{head}\n> старые слова\n> ещё\n\nНовые слова.\n-- \nАнна")
    assert found.text == "Новые слова."
    assert "старые слова" in found.quote
    assert "Анна" in found.quote


def test_written_above_and_under() -> None:
    found = split(f"Сверху.\n\n{HEADS[2]}\n> старое\n\nСнизу.")
    assert found.text == "Сверху.\n\nСнизу."


def test_answers_between_the_lines_keep_them() -> None:
    words = f"{HEADS[2]}\n> Когда придёте?\nВ пять.\n> Куда?\nВ подвал."
    assert split(words).text == words


def test_marked_lines_at_the_end_without_a_head() -> None:
    assert split("Да.\n\n> Будете дома?\n> \n").text == "Да."


FORWARDS = [
    "---------- Forwarded message ---------\nОт: Анна <a@b.example>\nDate: пн\nSubject: x",
    '-------- Пересылаемое сообщение --------\n16.11.2026, 10:46, "Анна" <a@b.example>:',
    "-------- Перенаправленное сообщение --------\nТема: x\nДата: 16.11.2026\nОт: a@b.example",
    "Начало переадресованного сообщения:\n\n> От: Анна\n> Дата: 16 ноября 2026 г.",
    "Begin forwarded message:\n\n> From: Anna",
]


@pytest.mark.parametrize("head", FORWARDS)
@pytest.mark.parametrize("words", ["Смотрите ниже.", ""])
def test_what_is_passed_on_is_not_cut(head: str, words: str) -> None:
    found = split(f"{words}\n\n{head}\n\nВ доме нет воды.\n")
    assert found.forwarded
    assert found.text.startswith(words or head.split("\n")[0])
    assert "В доме нет воды." in found.text


def test_subject_says_that_outlooks_block_is_passed_on() -> None:
    words = f"Для сведения.\n\n{OUTLOOK}\n\nВ доме нет воды."
    assert split(words, forward=True).text == words
    assert split(words).text == "Для сведения."


def test_older_quote_below_a_marked_one() -> None:
    found = split(f"Да.\n\n{HEADS[6]}\n> второе\n\n{OUTLOOK}\n\nпервое")
    assert found.text == "Да."


@pytest.mark.parametrize(
    "words",
    [
        "Сосед пишет: «воды нет», и я тоже.",
        "Мастер сказал в 10:30 следующее:\nжду деталь.",
        "Прошу ответить на ivan@a.example до 16.11.2026:\nэто срочно.",
        "Показания:\nХВС: 120\nГВС: 80\nДата: 16.11.2026",
        "Список:\n- кран\n- лампа\n-- и ещё дверь",
        "Тема: вода\nАдрес: Лесная, 5",
        "Отправлено письмо в инспекцию.\nЖду ответа.",
        "> 5 человек болеют\nПриезжайте.",
        "Температура < 17 градусов\nи падает",
        "On 16.11.2026 we had no water.\nPlease help:\nflat 5",
    ],
)
def test_ordinary_words_are_left_alone(words: str) -> None:
    assert split(words).text == words


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from([*HEADS, *FORWARDS, *SIGNS, "> а", ">> б", "слова", "", "--", ">", "\xa0"])
    ),
    st.booleans(),
)
def test_text_and_quote_are_the_whole(pieces: list[str], forward: bool) -> None:
    """Nothing that was there is missing, and nothing is there twice."""
    words = "\n".join(pieces)
    found = split(words, forward=forward)
    said = f"{found.text}\n{found.quote}".split()
    assert sorted(said) == sorted(words.split())
    if words.strip(" \n\xa0"):
        assert found.text.strip()
