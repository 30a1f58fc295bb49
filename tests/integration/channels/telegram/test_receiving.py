"""Long polling and webhook against the local Telegram: nothing that was sent is lost."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest
from aiogram import Bot

from bots.emulator.server import Emulator
from channels.telegram.channel import PolledTelegram
from hub.domain.message import Action, Edit, Inbound
from hub.http.ingress import Ingress
from hub.http.server import build, serving
from hub.ports.channel import CheckFailed, FetchFailed
from hub.ports.clock import SystemClock
from tests.integration.channels.telegram.conftest import (
    ACCOUNT,
    Listening,
    StoredBytes,
    hooked,
    polled,
    understood,
)
from tests.support.kept import KeptRows
from tests.support.phone import Phone
from tests.support.samples import ogg, png


def texts(channel: PolledTelegram, inbox: KeptRows) -> list[str]:
    found = understood(channel, list(inbox.rows.values()))
    return [one.text for one in found if isinstance(one, Inbound)]


async def test_everything_a_resident_sends_is_understood(
    phone: Phone, channel: PolledTelegram, inbox: KeptRows, listening: Listening
) -> None:
    await phone.start("house-15")
    await phone.say("Нет <b>воды</b> & света")
    await phone.photo("Вот", data=png())
    await phone.album([png(), png(9, 9)], "Двор")
    await phone.document("act-15.pdf", b"%PDF-1.4 x", "Прошу")
    await phone.voice(ogg(3))
    await phone.location(55.75, 37.61)
    await phone.contact()
    await phone.edit("Нет", "Нет воды второй день")
    async with listening():
        rows = await inbox.until(10)
    start, text, photo, one, two, document, voice, place, contact, edit = understood(channel, rows)
    assert isinstance(start, Action)
    assert (start.name, start.value) == ("start", "house-15")
    assert isinstance(text, Inbound)
    assert text.text == "Нет <b>воды</b> & света"
    assert text.sender.name == "Светлана Иванова"
    assert isinstance(photo, Inbound)
    assert (photo.attachments[0].kind, photo.text) == ("photo", "Вот")
    assert isinstance(one, Inbound)
    assert isinstance(two, Inbound)
    assert one.album == two.album != ""
    assert isinstance(document, Inbound)
    assert document.attachments[0].name == "act-15.pdf"
    assert isinstance(voice, Inbound)
    assert (voice.attachments[0].kind, voice.attachments[0].duration) == ("voice", 3)
    assert isinstance(place, Inbound)
    assert place.location is not None
    assert isinstance(contact, Action)
    assert (contact.name, contact.value, contact.proven) == ("contact", "+79220000001", True)
    assert isinstance(edit, Edit)
    assert (edit.text, edit.external_id) == ("Нет воды второй день", text.external_id)
    order = [m.order for m in (text, photo, one, two, document, voice, place)]
    assert order == sorted(order, key=lambda number: number or 0)


async def test_blocking_and_unblocking_is_told(
    phone: Phone, channel: PolledTelegram, inbox: KeptRows, listening: Listening
) -> None:
    await phone.start()
    async with listening():
        await phone.block()
        await phone.unblock()
        rows = await inbox.until(3)
    found = understood(channel, rows)
    assert [one.name for one in found if isinstance(one, Action)] == [
        "start",
        "blocked",
        "unblocked",
    ]


async def test_killed_between_getupdates_and_keep_loses_nothing(
    phone: Phone, channel: PolledTelegram, inbox: KeptRows, listening: Listening
) -> None:
    """The measured loss of aiogram's own polling, 50 of 50: here it is none."""
    await phone.start()
    for number in range(50):
        await phone.say(f"Сообщение {number}")
    inbox.gate.clear()
    async with listening():
        # The whole batch has come and its first row is at the store when the process dies.
        await inbox.until_tried(1)
    assert not inbox.rows
    inbox.gate.set()
    async with listening():
        await inbox.until(51)
    assert texts(channel, inbox) == [f"Сообщение {number}" for number in range(50)]


async def test_killed_after_keep_repeats_are_the_same_rows(
    phone: Phone,
    bot: Bot,
    files: StoredBytes,
    channel: PolledTelegram,
    inbox: KeptRows,
    listening: Listening,
) -> None:
    await phone.start()
    await phone.say("Раз")
    async with listening():
        await inbox.until(2)
    # The offset was not confirmed: a new process, which remembers nothing, is given them again.
    again = polled(bot, files)
    accept = Ingress({ACCOUNT: again}, inbox, SystemClock()).accept
    task = asyncio.create_task(again.listen(accept))
    await phone.say("Два")
    await inbox.until(3)
    task.cancel()
    assert texts(channel, inbox) == ["Раз", "Два"]


async def test_one_chat_that_cannot_be_kept_holds_no_other_and_is_not_passed(
    phone: Phone,
    other_phone: Phone,
    channel: PolledTelegram,
    inbox: KeptRows,
    listening: Listening,
) -> None:
    await phone.start()
    await other_phone.start()
    inbox.down.add(f"{ACCOUNT}:{phone.person_id}")
    await phone.say("Меня не примут")
    await other_phone.say("А меня примут")
    async with listening():
        await inbox.until(2)
        assert texts(channel, inbox) == ["А меня примут"]
        inbox.down.clear()
        await inbox.until(4)
    assert sorted(texts(channel, inbox)) == ["А меня примут", "Меня не примут"]


@pytest.mark.parametrize("fault", ["double", "reorder"])
async def test_doubled_and_shuffled_updates_are_each_kept_once_in_order(
    fault: str,
    emulator: Emulator,
    phone: Phone,
    channel: PolledTelegram,
    inbox: KeptRows,
    listening: Listening,
) -> None:
    emulator.world.faults.add(fault)
    await phone.start()
    for number in range(5):
        await phone.say(str(number))
    async with listening():
        await inbox.until(6)
        emulator.world.faults.clear()
        await phone.say("5")
        await inbox.until(7)
    assert texts(channel, inbox) == ["0", "1", "2", "3", "4", "5"]


@pytest.mark.parametrize("fault", ["5xx", "429", "lost", "timeout"])
async def test_polling_goes_on_by_itself(
    fault: str,
    emulator: Emulator,
    phone: Phone,
    channel: PolledTelegram,
    inbox: KeptRows,
    listening: Listening,
) -> None:
    await phone.start()
    emulator.world.faults.add(fault, method="getUpdates", count=2, seconds=0.05)
    async with listening():
        await phone.say("Ещё здесь?")
        await inbox.until(2)
    assert texts(channel, inbox) == ["Ещё здесь?"]


async def test_polling_survives_a_restart_of_the_server(
    emulator: Emulator,
    api: str,
    phone: Phone,
    channel: PolledTelegram,
    inbox: KeptRows,
    listening: Listening,
) -> None:
    await phone.start()
    port = int(api.rpartition(":")[2])
    async with listening():
        await inbox.until(1)
        await emulator.stop()
        await emulator.start(port=port)
        await phone.close()
        await phone.say("После перезапуска")
        await inbox.until(2)
    assert texts(channel, inbox) == ["После перезапуска"]


async def test_a_webhook_set_behind_our_back_is_taken_away(
    bot: Bot, phone: Phone, inbox: KeptRows, listening: Listening
) -> None:
    """Telegram answers 409 to polling for as long as a webhook stands."""
    await phone.start()
    async with listening():
        await inbox.until(1)
        await bot.set_webhook("https://127.0.0.1:1/nowhere")
        await phone.say("Слышно?")
        await inbox.until(2)
    assert (await bot.get_webhook_info()).url == ""


async def test_webhook_repeats_until_kept_and_needs_the_secret(
    bot: Bot, phone: Phone, files: StoredBytes, inbox: KeptRows
) -> None:
    receivers: dict[str, object] = {}
    ingress = Ingress(receivers, inbox, SystemClock())  # type: ignore[arg-type]
    async with serving(build(ingress.routes()), "127.0.0.1", 0) as port:
        channel = hooked(bot, files, f"http://127.0.0.1:{port}")
        receivers[ACCOUNT] = channel
        inbox.all_down = True
        await channel.connect()
        await channel.connect()
        await phone.start()
        await phone.say("По вебхуку")
        await inbox.until_tried(2)
        assert not inbox.rows
        inbox.all_down = False
        rows = await inbox.until(2)
        async with (
            aiohttp.ClientSession() as http,
            http.post(f"http://127.0.0.1:{port}/in/{ACCOUNT}", data=rows[0].body) as answer,
        ):
            assert answer.status == 401
    found = understood(channel, rows)
    assert [type(one) for one in found] == [Action, Inbound]


async def test_files_are_fetched_and_their_loss_is_named(
    emulator: Emulator,
    phone: Phone,
    channel: PolledTelegram,
    inbox: KeptRows,
    listening: Listening,
) -> None:
    picture = png(40, 30)
    await phone.start()
    await phone.document("план.png", picture)
    async with listening():
        rows = await inbox.until(2)
    message = understood(channel, rows)[1]
    assert isinstance(message, Inbound)
    file = message.attachments[0]
    assert b"".join([chunk async for chunk in channel.fetch(file)]) == picture
    file.ref = "no-such-file"
    with pytest.raises(FetchFailed) as lost:
        [chunk async for chunk in channel.fetch(file)]
    assert lost.value.final
    file.size = 20 * 1024 * 1024 + 1
    with pytest.raises(FetchFailed, match="file_too_large"):
        [chunk async for chunk in channel.fetch(file)]
    await emulator.stop()
    file.size = 0
    with pytest.raises(FetchFailed) as away:
        [chunk async for chunk in channel.fetch(file)]
    assert not away.value.final
    assert "resident-secret" not in repr(away.getrepr(style="long"))


async def test_check_tells_who_the_bot_is_or_what_is_wrong(
    emulator: Emulator, channel: PolledTelegram
) -> None:
    assert (await channel.check())["username"] == "dom_bot"
    await emulator.stop()
    with pytest.raises(CheckFailed, match="api_unreachable"):
        await channel.check()
