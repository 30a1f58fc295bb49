"""The house of the drawings with a telephone exchange and a morning of calls."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec

from admin_web.pages import Pages
from hub.domain.call import Call, call_id
from hub.domain.callevent import CallEvent, CallEventKind, Party, Recording
from hub.domain.contact import Contact
from hub.domain.staff import Actor
from hub.services.services import Services
from tests.browser.house import sample
from tests.support.callworld import LINE, TestExchange
from tests.support.desk import Radio
from tests.support.world import World

MOROZ, UNKNOWN, SVETA = "+79161234567", "+79214561230", "+79110002233"
SOUND = b"RIFF" + (36 + 16000).to_bytes(4, "little") + b"WAVEfmt " + (16).to_bytes(4, "little")
SOUND += b"\x01\x00\x01\x00" + (8000).to_bytes(4, "little") * 2 + b"\x01\x00\x08\x00data"
SOUND += (16000).to_bytes(4, "little") + b"\x80" * 16000
"""Two seconds of silence, as exchanges give it."""


class CallHouse:
    """Everything of the sample house, and `hear`: what its exchange tells."""

    def __init__(self, world: World, services: Services, pages: Pages, radio: Radio) -> None:
        self.world, self.radio = world, radio
        self.pbx = TestExchange()
        self.services = Services.of(replace(services.deps, exchanges={"pbx": self.pbx}))
        self.pages = replace(pages, services=self.services, login_tries=1000)
        self._told = 0

    async def hear(self, kind: CallEventKind, call: str, number: str, **said: object) -> Call:
        """The exchange tells something."""
        self._told += 1
        out = said.get("direction") == "out"
        values: dict[str, Any] = {
            "key": f"pbx:{self._told}",
            "account": "pbx",
            "channel": "mango",
            "call": call,
            "kind": kind,
            "at": self.world.clock.now(),
            "direction": "in",
            "line": LINE,
            "caller": Party(extension="510") if out else Party(number),
            "callee": Party(number) if out else Party(),
            **said,
        }
        event = msgspec.convert(values, CallEvent, from_attributes=True)
        await self.services.call_intake.take(event)
        found = await self.world.store.calls.get(call_id("pbx", call))
        assert found is not None
        return found

    async def morning(self) -> None:
        """Calls of all kinds, one of them with its recording in case 6."""
        now = self.world.clock.now()

        def at(minutes: float) -> object:
            return now - timedelta(minutes=minutes)

        emma = Actor.of(await self.services.people.get("emma"))
        self.pbx.sounds["r1"] = [SOUND]
        talked = {"leg": "a", "extension": "510"}
        await self.hear("ringing", "c1", MOROZ, at=at(95), **talked)
        await self.hear("answered", "c1", MOROZ, at=at(94.8), **talked)
        await self.hear("summary", "c1", MOROZ, at=at(92), talk=165, waiting=12, result="answered")
        first = await self.hear(
            "recording",
            "c1",
            MOROZ,
            at=at(91),
            recording=Recording(id="r1", ref="r1", mime="audio/wav", duration=165),
        )
        await self.services.calls.attach(first.id, 6, emma)
        await self.services.recordings.sweep()
        for name, number, minutes in (("c2", UNKNOWN, 14.0), ("c3", SVETA, 6.0)):
            await self.hear("ringing", name, number, at=at(minutes), queue="Диспетчерская")
            await self.hear(
                "ended", name, number, at=at(minutes - 0.5), result="cancelled", waiting=30
            )
        out = {"direction": "out", "extension": "510"}
        await self.hear("ringing", "c4", SVETA, at=at(40), **out)
        await self.hear("answered", "c4", SVETA, at=at(39.8), **out)
        await self.hear("ended", "c4", SVETA, at=at(38), result="answered", **out)
        hidden = Party(name="anonymous")
        await self.hear("ringing", "c5", "", at=at(60), caller=hidden, **talked)
        await self.hear("answered", "c5", "", at=at(59.5), caller=hidden, **talked)
        await self.hear("ended", "c5", "", at=at(58), caller=hidden, result="answered")
        await self.hear("recording", "c5", "", at=at(58), recording=Recording(id="r5", ref="later"))

    async def ring(self, number: str = MOROZ, name: str = "now") -> Call:
        """Somebody calls this very moment."""
        return await self.hear("ringing", name, number, leg="a", extension="510")


async def call_house() -> CallHouse:
    """The sample house with an exchange; the dispatcher sits at extension 510."""
    house = CallHouse(*await sample())
    store, now = house.world.store, house.world.clock.now()
    emma = await store.staff.get("emma")
    assert emma is not None
    emma.extensions = ["510"]
    await store.staff.save(emma)
    store.staff.forget()
    book = Contact(
        id="moroz-book",
        name="Мороз Андрей Викторович",
        phone=MOROZ,
        premises="ул. Питкярантская, д. 16, кв. 56",
        edited=["phone", "name"],
        created_at=now,
        updated_at=now,
    )
    await store.contacts.add_many([book])
    return house
