"""What is to be said → calls, and texts as Telegram counts them."""

from __future__ import annotations

from aiogram import methods
from aiogram.types import (
    BufferedInputFile,
    InlineKeyboardMarkup,
    InputFile,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)
from hypothesis import given
from hypothesis import strategies as st

from channels.telegram.ids import Ids
from channels.telegram.plan import plan
from channels.telegram.texts import split, units
from hub.botapi.bot import make_bot
from hub.domain.message import Address, Button, Outbound, OutboundFile

IDS = Ids("a", "100")
TO = Address("a", "telegram", "5", "telegram:5", "a:5")


def out(text: str = "", **more: object) -> Outbound:
    return Outbound(id="o", to=TO, text=text, **more)  # type: ignore[arg-type]


def opened(file: OutboundFile) -> InputFile:
    return BufferedInputFile(b"x", file.name)


def calls(outbound: Outbound) -> list[methods.TelegramMethod[object]]:
    return [step.method for step in plan(outbound, IDS, opened)]


def file(name: str, mime: str, size: int = 100) -> OutboundFile:
    return OutboundFile(id=name, name=name, mime=mime, size=size)


def test_nothing_to_say_is_no_call() -> None:
    assert calls(out("   ")) == []


def prepared(method: methods.TelegramMethod[object]) -> dict[str, object]:
    """The fields of a call as they leave."""
    bot = make_bot("100:x")
    fields = method.model_dump(warnings=False)
    found = {k: bot.session.prepare_value(v, bot=bot, files={}) for k, v in fields.items()}
    return {key: value for key, value in found.items() if value is not None}


@given(st.text(max_size=200), st.booleans())
def test_words_leave_as_they_are_and_never_as_markup(text: str, with_file: bool) -> None:
    files = (file("1", "image/png"),) if with_file else ()
    for method in calls(out(text, files=files, signature="<УК> & «Уют»")):
        sent = prepared(method)
        assert not {"parse_mode", "entities", "caption_entities"} & sent.keys()
        words = str(sent.get("text", sent.get("caption", "")))
        assert words in ("", f"{text}\n\n<УК> & «Уют»".strip(), f"{text}\n\n<УК> & «Уют»")


def test_eleven_pictures_are_an_album_and_one_more() -> None:
    made = calls(out("Двор", files=tuple(file(str(n), "image/jpeg") for n in range(11))))
    album, last = made
    assert isinstance(album, methods.SendMediaGroup)
    assert isinstance(last, methods.SendPhoto)
    assert [media.caption for media in album.media] == ["Двор", *[None] * 9]
    assert last.caption is None


def test_a_large_picture_and_an_unusual_one_go_as_documents() -> None:
    large = file("large.png", "image/png", 10 * 1024 * 1024 + 1)
    made = calls(out(files=(large,)))
    assert isinstance(made[0], methods.SendDocument)
    assert isinstance(calls(out(files=(file("x.svg", "image/svg+xml"),)))[0], methods.SendDocument)


def test_buttons_of_an_album_hang_on_the_words() -> None:
    """An album bears no keyboard, so its words are a message of their own."""
    pictures = (file("1", "image/png"), file("2", "image/png"))
    words, album = calls(out("Решено?", files=pictures, buttons=((Button("Да", "ok"),),)))
    assert isinstance(words, methods.SendMessage)
    assert isinstance(words.reply_markup, InlineKeyboardMarkup)
    assert isinstance(album, methods.SendMediaGroup)


def test_keyboard_on_the_first_and_buttons_on_the_last_message() -> None:
    first, last = calls(
        out("а" * 5000, buttons=((Button("Да", "ok"),),), keyboard=((Button("Меню"),),))
    )
    assert isinstance(first, methods.SendMessage)
    assert isinstance(last, methods.SendMessage)
    assert isinstance(first.reply_markup, ReplyKeyboardMarkup)
    assert isinstance(last.reply_markup, InlineKeyboardMarkup)


def test_a_quote_of_another_chat_or_bot_is_left_away() -> None:
    for foreign in ("100:6:7", "200:5:7", "junk", "100:5:x"):
        (made,) = calls(out("x", in_reply_to=foreign))
        assert isinstance(made, methods.SendMessage)
        assert made.reply_parameters is None
    (made,) = calls(out("x", in_reply_to="100:5:7"))
    assert isinstance(made, methods.SendMessage)
    assert made.reply_parameters is not None
    assert made.reply_parameters.message_id == 7


def test_cut_between_paragraphs_then_lines_then_words() -> None:
    assert split("aaa bbb\n\nccc", 9) == ["aaa bbb", "ccc"]
    assert split("aaa bbb\nccc", 9) == ["aaa bbb", "ccc"]
    assert split("aaa bbb ccc", 9) == ["aaa bbb", "ccc"]
    assert split("a" * 20, 9) == ["a" * 9, "a" * 9, "aa"]


@given(st.text(alphabet=st.sampled_from("аб 😀\n"), max_size=300), st.integers(4, 50))
def test_parts_hold_everything_and_fit(text: str, limit: int) -> None:
    parts = split(text, limit)
    assert all(0 < units(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


def test_a_sign_at_a_message_is_one_harmless_call() -> None:
    (step,) = plan(out("", in_reply_to="100:5:7", reaction="👀"), IDS, opened)
    assert isinstance(step.method, methods.SetMessageReaction)
    assert (step.method.message_id, step.harmless, step.optional) == (7, True, False)


def test_keys_that_served_are_taken_away() -> None:
    (made,) = calls(out("Записали", no_keyboard=True))
    assert isinstance(made, methods.SendMessage)
    assert isinstance(made.reply_markup, ReplyKeyboardRemove)
