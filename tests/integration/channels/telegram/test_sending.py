"""What a resident sees of what we send, and what we are told when it does not work."""

from __future__ import annotations

from typing import Any

import pytest
from aiogram import Bot

from bots.emulator.server import Emulator, Limits
from channels.telegram.channel import PolledTelegram
from hub.domain.message import (
    Accepted,
    Button,
    Deferred,
    OutboundFile,
    Rejected,
    Unsure,
)
from tests.integration.channels.telegram.conftest import (
    SVETLANA,
    Listening,
    StoredBytes,
    outbound,
    understood,
)
from tests.support.kept import KeptRows
from tests.support.phone import Phone
from tests.support.samples import ogg, png


def stored(files: StoredBytes, name: str, mime: str, data: bytes) -> OutboundFile:
    files.held[name] = data
    return OutboundFile(id=name, name=name, mime=mime, size=len(data))


async def shown(phone: Phone) -> list[Any]:
    return [seen for seen in await phone.history() if seen.from_bot]


async def sent(channel: PolledTelegram, *args: Any, **more: Any) -> Accepted:
    outcome = await channel.send(outbound(*args, **more))
    assert isinstance(outcome, Accepted), outcome
    return outcome


async def test_markup_that_somebody_wrote_stays_what_it_is(
    phone: Phone, channel: PolledTelegram
) -> None:
    await phone.start()
    await sent(channel, "<b>Дом</b> & *сад* _и_ [ссылка](x) <script>", signature="УК «Уют»")
    assert [seen.text for seen in await shown(phone)] == [
        "<b>Дом</b> & *сад* _и_ [ссылка](x) <script>\n\nУК «Уют»"
    ]


async def test_a_long_text_goes_in_parts_whose_names_all_come_back(
    phone: Phone, channel: PolledTelegram
) -> None:
    await phone.start()
    paragraphs = "\n\n".join(f"{number}. {'слово ' * 150}".strip() for number in range(10))
    outcome = await sent(channel, paragraphs)
    seen = await shown(phone)
    assert len(seen) == len(outcome.external_ids) == 3
    assert "\n\n".join(one.text for one in seen) == paragraphs
    assert outcome.external_ids[0] == f"100:{SVETLANA.id}:{seen[0].id}"


async def test_files_go_as_what_they_are(
    phone: Phone, channel: PolledTelegram, files: StoredBytes
) -> None:
    await phone.start()
    pictures = tuple(stored(files, f"{n}.png", "image/png", png(n + 5)) for n in range(3))
    rest = (
        stored(files, "акт.pdf", "application/pdf", b"%PDF-1.4 x"),
        stored(files, "v.ogg", "audio/ogg", ogg(2)),
    )
    outcome = await sent(channel, "Готово", files=pictures + rest)
    seen = await shown(phone)
    assert [one.media for one in seen] == ["photo", "photo", "photo", "document", "voice"]
    assert [one.text for one in seen] == ["Готово", "", "", "", ""]
    assert len(outcome.external_ids) == 5
    assert await phone.fetch(seen[3]) == b"%PDF-1.4 x"


async def test_words_too_long_for_a_caption_come_before_the_files(
    phone: Phone, channel: PolledTelegram, files: StoredBytes
) -> None:
    await phone.start()
    await sent(channel, "а" * 1025, files=(stored(files, "1.png", "image/png", png()),))
    assert [(one.media, len(one.text)) for one in await shown(phone)] == [("", 1025), ("photo", 0)]


async def test_buttons_and_standing_keys(
    phone: Phone, channel: PolledTelegram, inbox: KeptRows, listening: Listening
) -> None:
    await phone.start()
    keys = ((Button("Написать"), Button("Мой телефон", ask="phone")),)
    await sent(channel, "Здравствуйте", keyboard=keys)
    await sent(channel, "Решено?", buttons=((Button("Да", "ok:1842"), Button("Нет", "no:1842")),))
    async with listening():
        await phone.key("Мой телефон")
        pressing = phone.press("Нет", timeout=0.01)
        answer = await pressing
        assert not answer.given
        rows = await inbox.until(3)
        found = understood(channel, rows)
        assert [getattr(one, "name", "") for one in found] == ["start", "contact", "button"]
        assert getattr(found[2], "value", "") == "no:1842"
        await channel.acknowledge(getattr(found[2], "callback", ""))


async def test_a_card_is_edited_in_place_and_the_same_again_is_fine(
    phone: Phone, channel: PolledTelegram
) -> None:
    await phone.start()
    card = (await sent(channel, "Принято")).external_ids[0]
    for _ in range(2):
        assert await sent(channel, "В работе", edit=card)
    assert [(one.text, one.edited) for one in await shown(phone)] == [("В работе", True)]
    lost = await channel.send(outbound("Выполнено", edit=f"100:{SVETLANA.id}:999"))
    assert lost == Rejected("message_gone", getattr(lost, "detail", ""))
    other = await channel.send(outbound("Выполнено", edit=f"777:{SVETLANA.id}:1"))
    assert other == Rejected("message_gone")


async def test_words_under_a_picture_are_edited_too(
    phone: Phone, channel: PolledTelegram, files: StoredBytes
) -> None:
    await phone.start()
    picture = stored(files, "1.png", "image/png", png())
    card = (await sent(channel, "Принято", files=(picture,))).external_ids[0]
    await sent(channel, "В работе", edit=card)
    assert [one.text for one in await shown(phone)] == ["В работе"]


async def test_a_reaction_and_a_quote(
    phone: Phone, channel: PolledTelegram, inbox: KeptRows, listening: Listening
) -> None:
    await phone.start()
    await phone.say("Нет воды")
    async with listening():
        rows = await inbox.until(2)
    message = understood(channel, rows)[1]
    theirs = getattr(message, "external_id", "")
    await sent(channel, in_reply_to=theirs, reaction="👀")
    await sent(channel, "Уже едем", in_reply_to=theirs)
    history = await phone.history()
    assert next(one for one in history if one.text == "Нет воды").reactions == ["👀"]
    assert (await shown(phone))[-1].reply == "Нет воды"


async def test_blocked_by_the_person_is_gone(phone: Phone, channel: PolledTelegram) -> None:
    await phone.start()
    await phone.block()
    outcome = await channel.send(outbound("Ответ"))
    assert isinstance(outcome, Rejected)
    assert (outcome.reason, outcome.gone) == ("blocked", True)


async def test_a_chat_that_never_began_is_gone(channel: PolledTelegram) -> None:
    outcome = await channel.send(outbound("Ответ"))
    assert isinstance(outcome, Rejected)
    assert outcome.gone


async def test_429_pauses_the_chat_for_as_long_as_telegram_says(
    emulator: Emulator, phone: Phone, channel: PolledTelegram
) -> None:
    await phone.start()
    emulator.world.faults.add("429", method="sendMessage", count=1, seconds=17)
    assert await channel.send(outbound("Ответ")) == Deferred("rate_limit", 17.0, "chat")
    assert await shown(phone) == []


async def test_a_lost_answer_is_unsure_and_nothing_is_sent_twice(
    emulator: Emulator, phone: Phone, channel: PolledTelegram
) -> None:
    await phone.start()
    emulator.world.faults.add("lost", method="sendMessage", count=1)
    assert await channel.send(outbound("Ответ")) == Unsure("network")
    assert [one.text for one in await shown(phone)] == ["Ответ"]


async def test_502_may_have_been_carried_out(
    emulator: Emulator, phone: Phone, channel: PolledTelegram
) -> None:
    await phone.start()
    emulator.world.faults.add("5xx", method="sendMessage", count=1)
    assert await channel.send(outbound("Ответ")) == Unsure("server")


@pytest.mark.parametrize("fault", ["lost", "5xx"])
async def test_an_edit_may_be_repeated_so_it_is_never_unsure(
    fault: str, emulator: Emulator, phone: Phone, channel: PolledTelegram
) -> None:
    await phone.start()
    card = (await sent(channel, "Принято")).external_ids[0]
    emulator.world.faults.add(fault, method="editMessageText", count=1)
    assert isinstance(await channel.send(outbound("В работе", edit=card)), Deferred)
    await sent(channel, "В работе", edit=card)
    assert [one.text for one in await shown(phone)] == ["В работе"]


async def test_a_refused_connection_pauses_the_account(
    emulator: Emulator, phone: Phone, channel: PolledTelegram
) -> None:
    await phone.start()
    await emulator.stop()
    outcome = await channel.send(outbound("Ответ"))
    assert isinstance(outcome, Deferred)
    assert (outcome.reason, outcome.scope) == ("network", "account")


async def test_a_wrong_token_pauses_the_account_and_refuses_no_message(
    emulator: Emulator, phone: Phone, channel: PolledTelegram, bot: Bot
) -> None:
    await phone.start()
    del emulator.world.bots[100]
    outcome = await channel.send(outbound("Ответ"))
    assert outcome == Deferred("token", 60.0, "account")


async def test_breaking_off_in_the_middle_is_unsure(
    emulator: Emulator, phone: Phone, channel: PolledTelegram, files: StoredBytes
) -> None:
    """Sent again as a whole, the beginning would stand there twice."""
    await phone.start()
    emulator.world.faults.add("429", method="sendDocument", count=1, seconds=60)
    document = stored(files, "акт.pdf", "application/pdf", b"%PDF-1.4 x")
    outcome = await channel.send(outbound("а" * 1025, files=(document,)))
    assert outcome == Unsure("partly_sent")


async def test_a_file_that_cannot_be_read_is_tried_later_and_nothing_stands_there(
    phone: Phone, channel: PolledTelegram
) -> None:
    await phone.start()
    missing = OutboundFile(id="gone", name="акт.pdf", mime="application/pdf", size=10)
    outcome = await channel.send(outbound("Ответ", files=(missing,)))
    assert outcome == Deferred("file_read", 3.0)
    assert await shown(phone) == []


async def test_too_large_a_file_is_refused_before_it_is_read(channel: PolledTelegram) -> None:
    huge = OutboundFile(id="x", name="x", mime="video/mp4", size=50 * 1024 * 1024 + 1)
    assert await channel.send(outbound(files=(huge,))) == Rejected("file_size")


async def test_our_budget_keeps_within_what_the_server_bears(
    emulator: Emulator, phone: Phone, channel: PolledTelegram
) -> None:
    """A burst as large as the chat's budget passes; the budget names are the same everywhere."""
    await phone.start()
    emulator.world.limiter.limits = Limits(mode="lenient")
    account, chat = channel.limits(outbound("x"))
    assert (account.name, account.count) == ("telegram:residents", 30)
    assert chat.name == f"telegram:residents:{SVETLANA.id}"
    for number in range(chat.count):
        await sent(channel, str(number))
