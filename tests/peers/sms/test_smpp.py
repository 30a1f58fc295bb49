"""Against an SMPP centre (smpp34): in, out, receipts, Cyrillic, long messages, kills in between."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
import smpp34

from hub.domain.errors import StoreDown
from hub.domain.message import Accepted, Deferred, Rejected
from hub.sms import udh
from tests.peers.sms.cable import Cable
from tests.peers.sms.centre import Centre
from tests.peers.sms.hubside import HubSide, until
from tests.support.ports import free_port

WHO = "79161234567"
LONG = (
    "Добрый день! По адресу ул. Питкярантская, д. 16, кв. 56 с утра нет горячей воды, из крана "
    "идёт ржавая вода. Просим прислать сантехника сегодня до 18:00, дома маленький ребёнок. 😀"
)


class Bench:
    """Hub and centre; `listener` runs as in the bots' process."""

    def __init__(self, hub: HubSide, centre: Centre, cable: Cable) -> None:
        self.hub, self.centre, self.cable = hub, centre, cable
        self.listener: asyncio.Task[None] | None = None

    def listen(self) -> None:
        self.listener = asyncio.create_task(self.hub.gateway.listen(self.hub.ingress.accept))

    async def stop_listening(self) -> None:
        if self.listener is not None:
            self.listener.cancel()
            with suppress(asyncio.CancelledError):
                await self.listener


@asynccontextmanager
async def bench(listens: bool = True, **more: Any) -> AsyncIterator[Bench]:
    options = more.pop("options", {})
    centre = Centre(**more)
    await centre.start()
    cable = Cable(centre.port)
    await cable.mend()
    hub = HubSide(
        "smpp",
        {
            "host": "127.0.0.1",
            "port": cable.port,
            "system_id": "hub",
            "password": "Sesame26",
            "sender": "UKDOM",
            **options,
        },
        free_port(),
    )
    one = Bench(hub, centre, cable)
    try:
        if listens:
            one.listen()
            await until(lambda: centre.bound == 1)
        yield one
    finally:
        await one.stop_listening()
        await hub.gateway.close()
        await cable.cut()
        await centre.stop()


def pieces(text: str, ref: int) -> list[bytes]:
    data = text.encode("utf-16-be")
    cut = [data[at : at + 134] for at in range(0, len(data), 134)]
    return [udh.header(ref, len(cut), at) + piece for at, piece in enumerate(cut, 1)]


async def test_words_in_every_coding() -> None:
    async with bench() as one:
        said = {"source_addr": WHO, "destination_addr": "1234"}
        one.centre.deliver(**said, short_message="Нет воды".encode("utf-16-be"), data_coding=8)
        one.centre.deliver(**said, short_message=b"Hello, phone", data_coding=0)
        one.centre.deliver(**said, short_message=b"mail\x00dom.ru", data_coding=0)
        one.centre.deliver(**said, short_message="Лифт стоит".encode("cp1251"), data_coding=0)
        one.centre.deliver(**said, short_message="Темно".encode("iso8859-5"), data_coding=6)
        payload = smpp34.Tlv(smpp34.TLV_MESSAGE_PAYLOAD, LONG.encode("utf-16-be"))
        one.centre.deliver(**said, short_message=b"", data_coding=8, tlvs=[payload])
        await one.hub.hears(
            ["Нет воды", "Hello, phone", "mail@dom.ru", "Лифт стоит", "Темно", LONG]
        )
        await until(lambda: one.centre.waiting == 0)


@pytest.mark.parametrize("how", ["udh", "sar"])
async def test_a_long_message_backwards_with_a_repeat(how: str) -> None:
    async with bench() as one:
        said = {"source_addr": WHO, "destination_addr": "1234", "data_coding": 8}
        parts = pieces(LONG, 7)
        for at in (3, 2, 1, 3):
            part = parts[at - 1]
            if how == "udh":
                one.centre.deliver(**said, short_message=part, esm_class=0x40)
                continue
            tlvs = [
                smpp34.Tlv(smpp34.TLV_SAR_MSG_REF_NUM, b"\0\7"),
                smpp34.Tlv(smpp34.TLV_SAR_TOTAL_SEGMENTS, bytes([len(parts)])),
                smpp34.Tlv(smpp34.TLV_SAR_SEGMENT_SEQNUM, bytes([at])),
            ]
            one.centre.deliver(**said, short_message=part[6:], tlvs=tlvs)
        await one.hub.hears([LONG])
        await until(lambda: one.centre.waiting == 0)
        await one.hub.hears([LONG])


async def test_a_resident_who_says_it_twice_said_it_twice() -> None:
    async with bench() as one:
        said = {"source_addr": WHO, "destination_addr": "1234", "short_message": b"Da"}
        one.centre.deliver(**said)
        await until(lambda: one.centre.waiting == 0)
        one.centre.deliver(**said)
        await one.hub.hears(["Da", "Da"])


def hexed(number: int) -> str:
    return f"{number:08X}"


def plain(number: int) -> str:
    return str(number)


@pytest.mark.parametrize(
    ("said", "told", "tlv"),
    [(plain, plain, True), (hexed, plain, True), (hexed, plain, False), (plain, hexed, False)],
)
async def test_an_answer_goes_out_in_parts_and_its_receipt_comes_back(
    said: Callable[[int], str], told: Callable[[int], str], tlv: bool
) -> None:
    async with bench(id_said=said, id_told=told, tlv=tlv) as one:
        await answered(one, WHO, LONG)
        entry = await one.hub.delivered(1, "delivered")
        assert len(entry.external_ids) == 3
        parts = one.centre.submitted
        assert [part.wants for part in parts] == [2, 2, 1]
        assert {part.esm for part in parts} == {0x40}
        assert b"".join(part.data[6:] for part in parts).decode("utf-16-be") == LONG
        assert one.centre.receipts == 1
        assert one.centre.bound == 1


async def answered(one: Bench, who: str, text: str) -> None:
    """A resident asks, an operator answers."""
    one.centre.deliver(source_addr=who, destination_addr="1234", short_message=b"Help")
    await one.hub.hears(["Help"])
    olga = await one.hub.staff("olga")
    await one.hub.group("one")
    await one.hub.services.casework.take(1, olga)
    await one.hub.services.replies.send(1, olga, text)


async def test_what_was_not_delivered_fails_with_its_reason() -> None:
    async with bench() as one:
        await answered(one, "79160000000", "Мастер будет завтра")
        entry = await one.hub.delivered(1, "failed")
        assert entry.delivery is not None
        assert entry.delivery.reason == "undelivered"


async def test_what_is_refused_is_refused_for_good() -> None:
    async with bench() as one:
        outcome = await one.hub.send("+79160000099", "Hello")
        assert outcome == Rejected("number", "0x0000000b")


async def test_a_long_answer_in_one_payload_in_latin_letters() -> None:
    async with bench(options={"long": "payload", "transliterate": True}) as one:
        assert isinstance(await one.hub.send(f"+{WHO}", LONG.rstrip("😀")), Accepted)
        (part,) = one.centre.submitted
        (payload,) = part.tlvs.values()
        assert payload.startswith(b"Dobry den! Po adresu ul. Pitkyarantskaya")
        assert (part.dcs, part.esm, part.data) == (0, 0, b"")


async def test_who_does_not_listen_sends_by_a_connection_of_its_own() -> None:
    async with bench(listens=False) as one:
        outcome = await one.hub.send(f"+{WHO}", "Hello")
        assert outcome == Accepted((f"700001@{WHO}",))
        assert one.centre.bound == 0
        await one.cable.cut()
        await until(lambda: not one.hub.gateway._line._session.alive)
        assert await one.hub.send(f"+{WHO}", "Hello") == Deferred("network", 10.0, "account")
        await one.cable.mend()
        assert isinstance(await one.hub.send(f"+{WHO}", "Hello"), Accepted)


async def test_the_centre_dies_in_the_middle_and_nothing_is_lost_or_doubled() -> None:
    async with bench() as one:
        texts = [f"Сообщение {at}" for at in range(60)]
        said = {"source_addr": WHO, "destination_addr": "1234", "data_coding": 8}
        for text in texts:
            one.centre.deliver(**said, short_message=text.encode("utf-16-be"))
        await until(lambda: len(one.hub.inbox.kept) >= 10)
        for _ in range(3):
            await one.cable.cut()
            await until(lambda: one.hub.gateway._listening is None)
            await one.cable.mend()
            await until(lambda: one.hub.gateway._listening is not None)
        await one.hub.hears(texts)
        await until(lambda: one.centre.waiting == 0)


async def test_the_hub_dies_before_it_answers_and_the_message_comes_again() -> None:
    async with bench() as one:
        keep, reached = one.hub.inbox.keep, asyncio.Event()

        async def kept_and_dead(raw: Any, key: Any) -> Any:
            await keep(raw, key)
            reached.set()
            await asyncio.Event().wait()

        one.hub.inbox.keep = kept_and_dead  # type: ignore[method-assign]
        one.centre.deliver(source_addr=WHO, destination_addr="1234", short_message=b"Once")
        await reached.wait()
        await one.stop_listening()
        one.hub.inbox.keep = keep  # type: ignore[method-assign]
        one.hub.gateway._ledger = type(one.hub.gateway._ledger)()
        one.listen()
        await until(lambda: one.centre.waiting == 0)
        await one.hub.hears(["Once"])


async def test_while_the_store_is_away_the_centre_keeps_its_messages() -> None:
    async with bench() as one:
        keep, refused = one.hub.inbox.keep, []

        async def down(*_: object) -> Any:
            refused.append(1)
            raise StoreDown

        one.hub.inbox.keep = down  # type: ignore[method-assign]
        one.centre.deliver(source_addr=WHO, destination_addr="1234", short_message=b"Wait")
        await until(lambda: len(refused) > 2)
        assert one.centre.waiting == 1
        one.hub.inbox.keep = keep  # type: ignore[method-assign]
        await one.hub.hears(["Wait"])
        await until(lambda: one.centre.waiting == 0)


async def test_settings_are_checked_by_binding() -> None:
    async with bench() as one:
        assert await one.hub.gateway.check() == {"host": "127.0.0.1"}
