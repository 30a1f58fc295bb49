"""Pictures, voices, keyboards and faults, each by itself."""

from __future__ import annotations

import random
import struct

import pytest
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bots.emulator.errors import BotApiError
from bots.emulator.faults import Faults
from bots.emulator.keyboards import check_inline, check_shape
from bots.emulator.pictures import picture_size
from bots.emulator.sounds import is_voice, ogg_seconds
from tests.support.samples import ogg, png

JPEG = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x11\x08" + struct.pack(">HH", 30, 40) + b"\x03" * 9
WEBP = b"RIFF\0\0\0\0WEBPVP8X" + b"\x0a\0\0\0" + b"\0" * 4 + b"\x63\0\0\x31\0\0"


@pytest.mark.parametrize(
    ("data", "size"),
    [
        (png(7, 5), (7, 5)),
        (JPEG, (40, 30)),
        (b"GIF89a" + struct.pack("<HH", 3, 4), (3, 4)),
        (WEBP, (100, 50)),
        (b"<svg/>", None),
        (b"\xff\xd8\xff", None),
        (b"\x89PNG\r\n\x1a\n", None),
    ],
)
def test_size_of_a_picture(data: bytes, size: tuple[int, int] | None) -> None:
    assert picture_size(data) == size


def test_what_is_a_voice_and_how_long_it_is() -> None:
    assert is_voice(ogg(3), "audio/ogg")
    assert ogg_seconds(ogg(3)) == 3
    assert not is_voice(b"RIFF....WAVE", "audio/wav")
    assert ogg_seconds(b"OggS") == 0


def button(**fields: str) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Да", **fields)]])


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({}, "Text buttons are unallowed"),
        ({"callback_data": "я" * 33}, "BUTTON_DATA_INVALID"),
        ({"callback_data": ""}, "BUTTON_DATA_INVALID"),
        ({"url": "javascript:x"}, "Wrong HTTP URL"),
    ],
)
def test_buttons_that_are_refused(fields: dict[str, str], why: str) -> None:
    with pytest.raises(BotApiError, match=why):
        check_inline(button(**fields))


def test_a_keyboard_of_64_bytes_passes_and_an_empty_one_is_none() -> None:
    kept = check_inline(button(callback_data="я" * 32))
    assert kept == {"inline_keyboard": [[{"text": "Да", "callback_data": "я" * 32}]]}
    assert check_inline(InlineKeyboardMarkup(inline_keyboard=[[]])) is None
    with pytest.raises(BotApiError, match="object expected as reply markup"):
        check_shape({"buttons": []})


def test_a_fault_strikes_as_often_as_it_was_told() -> None:
    faults = Faults(random.Random(1))
    faults.add("429", count=2, method="sendMessage", bot="dom_bot")
    assert faults.strike(("429",), "dom_bot", "getMe") is None
    assert faults.strike(("429",), "other_bot", "sendMessage") is None
    assert faults.strike(("5xx",), "dom_bot", "sendMessage") is None
    assert [bool(faults.strike(("429",), "dom_bot", "sendmessage")) for _ in range(3)] == [
        True,
        True,
        False,
    ]
    assert faults.rules() == []


def test_a_share_is_a_share() -> None:
    faults = Faults(random.Random(1))
    faults.add("lost", share=0.3)
    struck = sum(bool(faults.strike(("lost",), "b", "m")) for _ in range(1000))
    assert 250 < struck < 350
    with pytest.raises(ValueError, match="no such fault"):
        faults.add("rain")
