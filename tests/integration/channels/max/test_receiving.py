"""Long polling and webhook against the local MAX: nothing that was sent is lost."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import Any

import aiohttp
import pytest

from channels.max.channel import PolledMax
from channels.max.poller import APART, MaxPoller
from hub.domain.message import Action, Attachment, Edit, Inbound
from hub.http.ingress import Ingress
from hub.http.server import build, serving
from hub.ports.channel import CheckFailed, FetchFailed
from hub.ports.clock import SystemClock
from tests.integration.channels.max.conftest import (
    ACCOUNT,
    Listening,
    StoredBytes,
    heard,
    hooked,
    polled,
    understood,
)
from tests.support.kept import KeptRows
from tests.support.messenger.phone import MaxPhone
from tests.support.messenger.server import MaxServer
from tests.support.samples import ogg, png


def texts(channel: PolledMax, inbox: KeptRows) -> list[str]:
    found = understood(channel, list(inbox.rows.values()))
    return [one.text for one in found if isinstance(one, Inbound)]


async def test_everything_a_resident_sends_is_understood(
    phone: MaxPhone, channel: PolledMax, inbox: KeptRows, listening: Listening
) -> None:
    await phone.start("house-15")
    said = await phone.say("Нет <b>воды</b> & света")
    await phone.album([png(), png(9, 9)], "Двор")
    await phone.document("act-15.pdf", b"%PDF-1.4 x", "Прошу")
    await phone.voice(ogg(3))
    await phone.location(55.75, 37.61)
    await phone.contact()
    await phone.reply(said, "И газа")
    await phone.edit(said, "Нет воды второй день")
    await phone.delete(said)
    await phone.block()
    async with listening():
        rows = await inbox.until(11)
    found = understood(channel, rows)
    again, start, text, album, document, voice, place, contact, reply, edit, gone, block = found
    assert isinstance(again, Action)
    assert again.name == "unblocked"
    assert isinstance(start, Action)
    assert (start.name, start.value) == ("start", "house-15")
    assert isinstance(text, Inbound)
    assert text.text == "Нет <b>воды</b> & света"
    assert (text.sender.name, text.sender.language) == ("Светлана Иванова", "ru")
    assert isinstance(album, Inbound)
    assert [one.kind for one in album.attachments] == ["photo", "photo"]
    assert isinstance(document, Inbound)
    assert document.attachments[0].name == "act-15.pdf"
    assert isinstance(voice, Inbound)
    assert voice.attachments[0].kind == "voice"
    assert isinstance(place, Inbound)
    assert place.location is not None
    assert isinstance(contact, Action)
    assert (contact.name, contact.value, contact.proven) == ("contact", "+79220000001", True)
    assert isinstance(reply, Inbound)
    assert reply.in_reply_to == text.external_id
    assert isinstance(edit, Edit)
    assert (edit.text, edit.external_id) == ("Нет воды второй день", text.external_id)
    assert isinstance(gone, Edit)
    assert (gone.deleted, gone.external_id) == (True, text.external_id)
    assert gone.conversation == text.conversation
    assert isinstance(block, Action)
    assert block.name == "blocked"
    order = [m.order for m in (text, album, document, voice, place, reply)]
    assert order == sorted(order, key=lambda number: number or 0)


async def test_killed_between_the_answer_and_the_keep_loses_nothing(
    phone: MaxPhone, channel: PolledMax, inbox: KeptRows, listening: Listening
) -> None:
    for number in range(50):
        await phone.say(f"Сообщение {number}")
    inbox.gate.clear()
    async with listening():
        # The whole batch has come and its first row is at the store when the process dies.
        await inbox.until_tried(1)
    assert not inbox.rows
    inbox.gate.set()
    async with listening():
        await inbox.until(50)
    assert texts(channel, inbox) == [f"Сообщение {number}" for number in range(50)]


async def test_a_new_process_goes_on_where_the_last_one_confirmed(
    phone: MaxPhone,
    messenger: MaxServer,
    files: StoredBytes,
    channel: PolledMax,
    inbox: KeptRows,
    listening: Listening,
) -> None:
    await phone.say("Раз")
    async with listening():
        await inbox.until(1)
    tried = inbox.tries
    # The marker was not confirmed: a process that remembers nothing is given it again.
    again = polled(messenger, files)
    await phone.say("Два")
    async with heard(again, inbox):
        await inbox.until(2)
        await messenger_confirmed(messenger, 2)
    assert texts(channel, inbox) == ["Раз", "Два"]
    assert inbox.tries == tried + 2
    # And what was confirmed is never given again.
    third = polled(messenger, files)
    await phone.say("Три")
    async with heard(third, inbox):
        await inbox.until(3)
    assert texts(channel, inbox) == ["Раз", "Два", "Три"]
    assert inbox.tries == tried + 3
    await again.close()
    await third.close()


async def messenger_confirmed(messenger: MaxServer, marker: int) -> None:
    async with asyncio.timeout(60), messenger.changes:
        await messenger.changes.wait_for(lambda: messenger.committed >= marker)


async def test_one_person_who_cannot_be_kept_holds_no_other_and_is_not_passed(
    phone: MaxPhone,
    other_phone: MaxPhone,
    messenger: MaxServer,
    channel: PolledMax,
    inbox: KeptRows,
    listening: Listening,
) -> None:
    inbox.down.add(f"{ACCOUNT}:{phone.person_id}")
    await phone.say("Меня не примут")
    await other_phone.say("А меня примут")
    async with listening():
        await inbox.until(1)
        assert texts(channel, inbox) == ["А меня примут"]
        assert messenger.committed == 0
        inbox.down.clear()
        await inbox.until(2)
    assert sorted(texts(channel, inbox)) == ["А меня примут", "Меня не примут"]


async def test_what_is_odd_is_kept_under_a_name_and_stops_nobody(
    phone: MaxPhone,
    messenger: MaxServer,
    channel: PolledMax,
    inbox: KeptRows,
    listening: Listening,
) -> None:
    messenger.updates += [
        {"update_type": "message_created", "message": {"body": None, "sender": "nobody"}},
        {"nothing": "at all"},
        {"update_type": "brand_new_thing", "timestamp": "soon"},
    ]
    await phone.say("А я тут")
    async with listening():
        rows = await inbox.until(3)
        await messenger_confirmed(messenger, 4)
    keys = [channel.key(raw) for raw in rows]
    assert sum(key.external_id.startswith("other:") for key in keys) == 2
    good = [raw for raw in rows if not channel.key(raw).external_id.startswith("other:")]
    assert [getattr(one, "text", "") for one in understood(channel, good)] == ["А я тут"]


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 500},
        {"status": 401, "code": "verify.token"},
        {"status": 429, "code": "too.many.requests"},
        {"status": 405, "code": "not.allowed"},
        {"cut": True},
        {"status": 200, "text": "<html>"},
        {"status": 200, "text": '{"updates": 5}'},
    ],
)
async def test_polling_goes_on_after_every_trouble(
    phone: MaxPhone,
    messenger: MaxServer,
    channel: PolledMax,
    inbox: KeptRows,
    listening: Listening,
    fault: dict[str, object],
) -> None:
    for _ in range(3):
        messenger.fail("GET", "/updates", **fault)
    await phone.say("Есть кто?")
    async with listening():
        await inbox.until(1)
    assert texts(channel, inbox) == ["Есть кто?"]


async def test_a_webhook_that_stands_is_removed_before_polling(
    phone: MaxPhone, messenger: MaxServer, inbox: KeptRows, listening: Listening
) -> None:
    messenger.subscriptions["https://old.example/in/max"] = {"secret": "x" * 10}
    await phone.say("Слышно?")
    async with listening():
        await inbox.until(1)
    assert messenger.subscriptions == {}


async def test_no_more_than_two_requests_a_second(
    phone: MaxPhone,
    channel: PolledMax,
    inbox: KeptRows,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # By the clock of who asks: between asking and being heard a busy machine takes its time.
    asked: list[float] = []
    call = channel._api.call

    async def timed(verb: str, path: str, *args: Any, **more: Any) -> bytes:
        if path == "/updates":
            asked.append(asyncio.get_running_loop().time())
        return await call(verb, path, *args, **more)

    monkeypatch.setattr(channel._api, "call", timed)
    channel.poller = MaxPoller(
        channel._ids, channel._api, SystemClock(), wait=1, apart=APART, pauses=(0.01,)
    )
    async with heard(channel, inbox):
        for number in range(4):
            await phone.say(f"{number}")
            await inbox.until(number + 1)
    apart = [later - early for early, later in pairwise(asked)]
    assert len(apart) >= 3
    assert min(apart) >= APART - 0.01
    assert channel.poller.trouble == ""


# ── webhook ──────────────────────────────────────────────────────────────────────────────────────


async def test_a_webhook_is_told_proven_and_comes_again_until_it_is_kept(
    phone: MaxPhone, messenger: MaxServer, files: StoredBytes, inbox: KeptRows
) -> None:
    channels: dict[str, object] = {}
    ingress = Ingress(channels, inbox, SystemClock())  # type: ignore[arg-type]
    async with serving(build(ingress.routes()), "127.0.0.1", 0) as port:
        channel = hooked(messenger, files, f"http://127.0.0.1:{port}")
        channels[ACCOUNT] = channel
        for _ in range(2):
            await channel.connect()
        (url,) = messenger.subscriptions
        assert url == f"http://127.0.0.1:{port}/in/{ACCOUNT}"
        inbox.all_down = True
        await phone.say("Нет воды")
        await inbox.until_tried(1)
        assert not inbox.rows
        inbox.all_down = False
        rows = await inbox.until(1)
        (message,) = understood(channel, rows)
        assert isinstance(message, Inbound)
        assert message.text == "Нет воды"
        secret = messenger.subscriptions[url]["secret"].encode()
        assert all(secret not in row for row in inbox.written)
        async with aiohttp.ClientSession() as http:
            for headers, status in (({}, 401), ({"X-Max-Bot-Api-Secret": "guess"}, 403)):
                async with http.post(url, json={"update_type": "x"}, headers=headers) as answer:
                    assert answer.status == status
    assert len(inbox.rows) == 1
    await channel.close()


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ({"status": 401, "code": "verify.token"}, "token_refused"),
        ({"status": 400, "code": "proto.payload"}, "api_refused"),
        ({"status": 200, "text": '{"success":false}'}, "api_refused"),
        ({"status": 503, "text": ""}, "api_unreachable"),
        ({"cut": True}, "api_unreachable"),
    ],
)
async def test_a_webhook_that_cannot_be_told_says_why(
    messenger: MaxServer, files: StoredBytes, fault: dict[str, object], why: str
) -> None:
    channel = hooked(messenger, files, "https://hub.example")
    messenger.fail("POST", "/subscriptions", **fault)
    with pytest.raises(CheckFailed, match=why):
        await channel.connect()
    await channel.close()


# ── who we are, and files ────────────────────────────────────────────────────────────────────────


async def test_who_we_are_and_where_we_are_opened(channel: PolledMax) -> None:
    assert await channel.check() == {"name": "Дом", "username": "dom_bot", "id": "500900100"}
    assert await channel.deep_link("h_k7m2xw4") == "https://max.ru/dom_bot?start=h_k7m2xw4"


async def test_a_wrong_token_is_said(messenger: MaxServer, files: StoredBytes) -> None:
    channel = polled(messenger, files, "wrong")
    with pytest.raises(CheckFailed, match="token_refused"):
        await channel.check()
    await channel.close()


async def fetched(channel: PolledMax, file: Attachment) -> bytes:
    return b"".join([chunk async for chunk in channel.fetch(file)])


async def received_file(channel: PolledMax, inbox: KeptRows, listening: Listening) -> Attachment:
    async with listening():
        rows = await inbox.until(1)
    (message,) = understood(channel, rows)
    assert isinstance(message, Inbound)
    return message.attachments[0]


async def test_a_picture_is_fetched_by_its_address(
    phone: MaxPhone, channel: PolledMax, inbox: KeptRows, listening: Listening
) -> None:
    await phone.photo("Вот", png(7, 7))
    file = await received_file(channel, inbox, listening)
    assert await fetched(channel, file) == png(7, 7)


async def test_a_film_is_asked_for_by_its_token_and_taken_as_large_as_may_be(
    phone: MaxPhone, channel: PolledMax, inbox: KeptRows, listening: Listening
) -> None:
    await phone.video(b"\0" * 2 * 1024 * 1024, small=b"small film")
    file = await received_file(channel, inbox, listening)
    assert await fetched(channel, file) == b"small film"


@pytest.mark.parametrize(
    ("ref", "reason", "final"),
    [
        ("{url}/files/none", "file_gone", True),
        ("http://10.0.0.1/secret", "file_address", True),
        ("file:///etc/passwd", "file_address", True),
        ("video:nobody", "file_gone", True),
        # Where MAX itself does not say, the address in the message is tried.
        ("video:nobody http://10.0.0.1/film", "file_address", True),
    ],
)
async def test_what_cannot_be_fetched_says_why(
    messenger: MaxServer, channel: PolledMax, ref: str, reason: str, final: bool
) -> None:
    file = Attachment(id="f", name="f", ref=ref.format(url=messenger.url), state="pending")
    with pytest.raises(FetchFailed) as failed:
        await fetched(channel, file)
    assert (failed.value.reason, failed.value.final) == (reason, final)


async def test_a_film_is_tried_again_when_max_is_away(
    messenger: MaxServer, channel: PolledMax
) -> None:
    messenger.fail("GET", "/videos/", status=500)
    with pytest.raises(FetchFailed) as failed:
        await fetched(channel, Attachment(id="f", name="f", ref="video:x"))
    assert not failed.value.final
