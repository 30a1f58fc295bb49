"""Keyboards under messages and in place of the keyboard."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from aiogram import types

from bots.emulator.errors import bad_request

CALLBACK_BYTES = 64
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
Markup = (
    types.InlineKeyboardMarkup
    | types.ReplyKeyboardMarkup
    | types.ReplyKeyboardRemove
    | types.ForceReply
)
_INLINE_ACTIONS = (
    "callback_data",
    "url",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
    "disabled",
)
_SHAPES = {"inline_keyboard", "keyboard", "remove_keyboard", "force_reply"}


def check_shape(markup: Any) -> None:
    """aiogram reads any object as some keyboard; Telegram wants to know which one."""
    if not isinstance(markup, dict) or not _SHAPES & set(markup):
        raise bad_request("object expected as reply markup")


def plain(markup: Any) -> dict[str, Any]:
    """The keyboard as the JSON that came, without defaults."""
    dumped: dict[str, Any] = markup.model_dump(mode="json", exclude_none=True)
    return dumped


def check_inline(
    markup: types.InlineKeyboardMarkup, *, private: bool = True
) -> dict[str, Any] | None:
    """JSON of an inline keyboard, or None if it has no buttons. Mini Apps are opened by buttons
    in private chats alone."""
    rows = [row for row in markup.inline_keyboard if row]
    if sum(len(row) for row in rows) > 100:
        raise bad_request("reply markup is too long")
    for row in rows:
        if len(row) > 8:
            raise bad_request("too many buttons in a row of the inline keyboard")
        for button in row:
            _check_button(button)
            if button.web_app is not None and not private:
                raise bad_request("BUTTON_TYPE_INVALID")
    return {"inline_keyboard": [[plain(b) for b in row] for row in rows]} if rows else None


def _check_button(button: types.InlineKeyboardButton) -> None:
    if not button.text:
        raise bad_request("inline keyboard button text must be non-empty")
    actions = [name for name in _INLINE_ACTIONS if getattr(button, name, None) is not None]
    if len(actions) != 1:
        raise bad_request(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    data = button.callback_data
    if data is not None and not 1 <= len(data.encode()) <= CALLBACK_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
    if button.url is not None and not button.url.startswith(("http://", "https://", "tg://")):
        raise bad_request(f"inline keyboard button URL '{button.url}' is invalid: Wrong HTTP URL")
    if button.web_app is not None:
        check_app(button.web_app.url, "inline keyboard button")


def check_app(url: str, where: str) -> None:
    """Telegram opens Mini Apps by HTTPS; here the hub may stand on the same machine without."""
    parts = urlsplit(url)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK):
        return
    raise bad_request(f"{where} Web App URL '{url}' is invalid: Only HTTPS links are allowed")


def check_reply(markup: Markup, *, private: bool = True) -> dict[str, Any]:
    """JSON of a reply keyboard, of its removal or of a forced reply."""
    if isinstance(markup, types.ReplyKeyboardMarkup):
        if not any(markup.keyboard):
            raise bad_request("reply markup is empty")
        for row in markup.keyboard:
            for button in row:
                if not button.text.strip():
                    raise bad_request("keyboard button text must be non-empty")
                if button.web_app is not None:
                    check_app(button.web_app.url, "keyboard button")
                asks = button.web_app or button.request_contact or button.request_location
                if asks and not private:
                    raise bad_request("BUTTON_TYPE_INVALID")
        hint = markup.input_field_placeholder
        if hint is not None and not 1 <= len(hint) <= 64:
            raise bad_request("input field placeholder is too long")
    return plain(markup)
