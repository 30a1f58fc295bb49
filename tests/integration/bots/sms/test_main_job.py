"""The main job by short messages: a case, the operator's answer, its delivery, no number."""

from __future__ import annotations

import asyncio
from typing import Any, cast
from urllib.parse import urlencode

import pytest

import channels
from channels.exolve.poller import ListPoller
from hub.domain.contact import Contact, KnownIdentity
from hub.ports.channel import RawRequest
from hub.ports.channel_build import Account, ChannelDeps
from hub.services.newcases import NewCase, NewContact
from tests.support.botworld import ADMIN, BotWorld
from tests.support.phone import Phone
from tests.support.smsvendors import Exolve, Smsc, SmsRu, Vendor

NUMBER = "79990000000"
PHONE = "79161234567"


class NoPhone:
    """Residents have no messenger here."""

    async def close(self) -> None:
        return


class SmsWorld(BotWorld):
    """Residents write short messages through `vendor`."""

    def __init__(self, kind: str, vendor: Vendor, **options: object) -> None:
        super().__init__()
        self.kind, self.vendor, self.options = kind, vendor, options

    async def residents_channel(self) -> object:
        options = {**self.options, "api": self.vendor.url}
        channel: Any = channels.build(
            Account(id="dom", kind=self.kind, options=options),
            ChannelDeps(
                clock=self.clock, files=self.store.files, public_url="", file_url=lambda file: file
            ),
        )
        if not hasattr(channel, "listen"):
            channel.listen = _posted_to
        elif isinstance(channel.poller, ListPoller):
            channel.poller._every = 0.05
        return channel

    def residents_phone(self) -> Phone:
        return cast(Phone, NoPhone())

    async def post(self, body: bytes, query: str = "") -> None:
        """What the vendor posts to us."""
        await self.accept(
            RawRequest(
                account="dom",
                method="POST",
                query=query,
                headers={},
                body=body,
                received_at=self.clock.now(),
            )
        )


async def _posted_to(accept: object) -> None:
    await asyncio.Event().wait()


async def test_smsc_there_and_back_with_its_report() -> None:
    async with Smsc() as vendor:
        world = SmsWorld("smsc_ru", vendor, api_key=Smsc.API_KEY, key="our-word")
        async with world:
            await world.hire()
            told = {"id": "1", "phone": PHONE, "mes": "Нет воды", "to": NUMBER}
            await world.post(urlencode(told).encode(), "key=our-word")
            card = await world.emma.wait_for("Нет воды")
            await world.emma.press("Взять")
            await world.emma.reply(card, "Мастер будет в 15:00")
            await vendor.until(1)
            assert (vendor.sent[0]["phones"], vendor.sent[0]["mes"]) == (
                PHONE,
                "Мастер будет в 15:00",
            )
            mark = await world.emma.wait_for("✓")
            report = {"id": vendor.sent[0]["id"], "phone": PHONE, "status": "1", "ts": "1795343453"}
            await world.post(urlencode(report).encode(), "key=our-word")
            await world.emma.wait_for(lambda seen: seen.id == mark.id and "✓✓" in seen.text)
            # The network vouches for the number: it is the contact's own.
            found = await world.store.contacts.by_identities([f"phone:+{PHONE}"])
            assert found


async def test_smsc_a_number_that_is_none_comes_back_to_the_operator() -> None:
    async with Smsc() as vendor:
        world = SmsWorld("smsc_ru", vendor, api_key=Smsc.API_KEY, key="our-word")
        async with world:
            await world.hire()
            told = {"id": "1", "phone": PHONE, "mes": "Нет воды", "to": NUMBER}
            await world.post(urlencode(told).encode(), "key=our-word")
            card = await world.emma.wait_for("Нет воды")
            await world.emma.press("Взять")
            await world.emma.reply(card, "Едем")
            await vendor.until(1)
            await world.emma.wait_for("✓")
            report = {
                "id": vendor.sent[0]["id"],
                "phone": PHONE,
                "status": "22",
                "ts": "1795343453",
            }
            await world.post(urlencode(report).encode(), "key=our-word")
            trouble = await world.emma.wait_for("ответ не дошёл")
            assert "нет такого номера" in trouble.text


async def test_exolve_there_and_back_by_asking() -> None:
    async with Exolve() as vendor:
        world = SmsWorld("exolve", vendor, api_key=Exolve.API_KEY, sender=NUMBER)
        async with world:
            await world.hire()
            vendor.incoming(PHONE, "Нет воды", NUMBER)
            card = await world.emma.wait_for("Нет воды")
            await world.emma.press("Взять")
            await world.emma.reply(card, "Мастер будет в 15:00")
            (told,) = await vendor.until(1)
            assert told == {
                "number": NUMBER,
                "destination": PHONE,
                "text": "Мастер будет в 15:00",
            }
            mark = await world.emma.wait_for("✓")
            vendor.listed[-1]["delivery_status"] = "DELIVERED"
            await world.emma.wait_for(lambda seen: seen.id == mark.id and "✓✓" in seen.text)


@pytest.mark.parametrize(("status", "state"), [("103", "delivered"), ("104", "failed")])
async def test_sms_ru_writes_first_to_a_number_that_is_proven(status: str, state: str) -> None:
    async with SmsRu() as vendor:
        world = SmsWorld("sms_ru", vendor, api_key=SmsRu.API_ID)
        async with world:
            await world.hire()
            now = world.clock.now()
            known = KnownIdentity(key=f"phone:+{PHONE}", verified=True, since=now)
            contact = Contact(
                id="c1", name="Мария", identities=[known], created_at=now, updated_at=now
            )
            await world.store.contacts.add_many([contact])
            new = NewCase(text="Просит перезвонить", key="k1", contact=NewContact(id="c1"))
            case = await world.services.new_cases.open(new, ADMIN)
            await world.services.replies.send(
                case.number, ADMIN, "Мастер будет завтра", to=known.key
            )
            (told,) = await vendor.until(1)
            assert (told["to"], told["text"]) == (PHONE, "Мастер будет завтра")
            await _until(world, "sent")
            await world.post(vendor.callback(f"sms_status\n202647-0000001\n{status}\n1795343453"))
            await _until(world, state)


async def _until(world: SmsWorld, state: str) -> None:
    """Wait until the last answer of the first case is in this state."""
    async with asyncio.timeout(60):
        while True:
            delivery = (await world.services.book.load(1)).thread[-1].delivery
            if delivery is not None and delivery.state == state:
                return
            await asyncio.sleep(0.02)
