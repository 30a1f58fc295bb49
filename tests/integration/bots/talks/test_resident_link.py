"""A resident brings their telephone and their chat together by a code."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence

from hub.domain.message import Accepted, Address, Identity, Outbound, Outcome
from hub.ports.channel import Capabilities, Limit
from tests.support.botworld import BotWorld


class Phones:
    """A gateway that brings texts to telephones and remembers them."""

    caps = Capabilities(max_text=670, two_way=True)

    def __init__(self) -> None:
        self.sent: list[Outbound] = []
        self.came = asyncio.Event()

    def reach(self, identity: Identity) -> Address | None:
        if identity.kind != "phone":
            return None
        return Address("sms", "kannel", identity.value, identity.key, f"sms:{identity.value}")

    def limits(self, out: Outbound) -> Sequence[Limit]:
        return ()

    async def send(self, out: Outbound) -> Outcome:
        self.sent.append(out)
        self.came.set()
        return Accepted(("1",))


async def test_a_phone_is_linked_by_a_code_typed_in_the_chat(world: BotWorld) -> None:
    phones = Phones()
    world.deps.senders["sms"] = phones  # type: ignore[index]
    await world.resident.say("Не горит свет")
    await world.resident.wait_for("№1 принято")
    await world.resident.say("/link")
    await world.resident.wait_for("телефон или адрес почты")
    await world.resident.say("8 916 123-45-67")
    await world.resident.wait_for("Мы отправили код на +7 (916) 123-45-67")
    async with asyncio.timeout(60):
        await phones.came.wait()
    (out,) = phones.sent
    assert out.to.to == "+79161234567"
    found = re.search(r"Код: (\d{6})", out.text)
    assert found is not None
    assert len(out.text) < 670
    wrong = "111111" if found[1] != "111111" else "222222"
    await world.resident.say(wrong)
    await world.resident.wait_for("Осталось попыток: 4")
    await world.resident.say(found[1])
    await world.resident.wait_for("Подтверждено: +7 (916) 123-45-67")
    held = await world.store.contacts.by_identities(["phone:+79161234567"])
    case = await world.store.cases.get(1)
    assert held["phone:+79161234567"].id == case.contact.id
    # None of it became a case or a message of one.
    assert [text for _, text in await world.entries(1)] == ["Не горит свет"]


async def test_what_is_no_phone_after_all_is_what_they_have_to_say(world: BotWorld) -> None:
    await world.resident.say("/link")
    await world.resident.wait_for("телефон или адрес почты")
    await world.resident.say("Не горит свет")
    await world.resident.wait_for("№1 принято")


async def test_where_nothing_reaches_it_is_said(world: BotWorld) -> None:
    await world.resident.say("/link")
    await world.resident.wait_for("телефон или адрес почты")
    await world.resident.say("anna@example.org")
    await world.resident.wait_for("Туда мы пока не можем отправить код")
