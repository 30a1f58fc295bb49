"""Keys that open the desk: each kind where Telegram would show it, none where none could use it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from bots.common.opening import open_case, open_list
from bots.common.staffbot import StaffBot

APP, DESK = "https://hub.example.org/mini/open/staff", "https://hub.example.org/desk"


def talk(chat: int, app: str = "", desk: str = "") -> Any:
    bot = StaffBot("staff", None, frozenset({"operator"}), app, desk)  # type: ignore[arg-type]
    return SimpleNamespace(bot=bot, chat=chat, label=lambda name: name)


def test_in_a_private_chat_the_card_opens_inside_telegram() -> None:
    (key,) = open_case(talk(502, APP, DESK), 7)
    assert key.content() == {"text": "open_page", "web_app": {"url": f"{APP}?case=7"}}
    (key,) = open_list(talk(502, APP, DESK))
    assert key.content() == {"text": "open_list", "web_app": {"url": APP}}


def test_in_a_group_it_is_a_link_since_telegram_takes_no_mini_app_there() -> None:
    (key,) = open_case(talk(-1001, APP, DESK), 7)
    assert key.content() == {"text": "open_page", "url": f"{DESK}/cases/7"}
    (key,) = open_list(talk(-1001, APP, DESK))
    assert key.content() == {"text": "open_list", "url": DESK}


def test_without_https_it_is_a_link_too() -> None:
    (key,) = open_case(talk(502, "", DESK), 7)
    assert key.content() == {"text": "open_page", "url": f"{DESK}/cases/7"}


@pytest.mark.parametrize("chat", [502, -1001])
def test_without_an_address_there_is_no_key(chat: int) -> None:
    assert open_case(talk(chat), 7) == []
    assert open_list(talk(chat)) == []
