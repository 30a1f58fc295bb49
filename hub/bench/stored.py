"""How many updates of a staff bot a second are understood with everything stored, beside new
messages of residents in the same run and the same stores.

The updates are those of hub.bench.updates, of as many operators as there are connections, handed on
as a poller does. Half of the residents' messages come before them, half after. What the bot answers
is put away as letters; sending it is not part of this, but a pressed key is answered at once.
"""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random
from typing import Any

from hub import wiring
from hub.bench import posts, updates
from hub.bench.doors import handed_on
from hub.bench.house import House, house
from hub.bench.intake import CONNECTIONS, acked, understood
from hub.bench.recorder import TOKEN, recorder
from hub.domain.staff import BotLink, Group, Staff
from hub.ports.channel import RawRequest

UPDATES = 1500
STAFF_BOT = "staff"
FIRST = 5000


async def measure(count: int = UPDATES) -> dict[str, Any]:
    """``count`` updates, as many new messages."""
    dice = Random(1842)  # noqa: S311
    news = posts.bodies(count, count, "new", dice)
    asked = [
        RawRequest(
            account=STAFF_BOT,
            method="POLL",
            body=updates.body(number, FIRST + number // 3 % CONNECTIONS),
            received_at=datetime.now(UTC),
        )
        for number in range(count)
    ]
    async with recorder() as phones, house(_accounts(phones.api)) as own:
        await _hire(own)
        async with own.hub("web") as web:
            seconds = 0.0
            for part in (news[: count // 2], news[count // 2 :]):
                await acked(own, web.pid, map(posts.request, part))
                seconds += (await understood(own, len(part)))["seconds"]
                if part[0] is news[0]:
                    await handed_on(own, asked)
                    done = await understood(own, count, STAFF_BOT)
    stored, residents = count / done["seconds"], count / seconds
    return {
        "stored_per_s": round(stored),
        "understood_new_per_s": round(residents),
        "stored_ratio": round(stored / residents, 2),
        "stored_cpu_ms_per_update": round(done["cpu"] / count * 1000, 3),
    }


def _accounts(api: str) -> str:
    bot = f'[[bot]]\nid = "{STAFF_BOT}"\nroles = ["operator"]\ntoken = "{TOKEN}"\napi = "{api}"\n'
    return f"{posts.accounts()}\n{bot}"


async def _hire(own: House) -> None:
    """As many operators as there are connections, in one group."""
    now = datetime.now(UTC)
    async with wiring.opened(own.settings, own.urls, prepare=True) as hub:
        people = hub.services.deps.staff
        await people.put_group(Group(id="main", name="main", default=True))
        for number in range(FIRST, FIRST + CONNECTIONS):
            await people.add(
                Staff(
                    login=f"operator-{number}",
                    name=f"operator-{number}",
                    roles=["operator"],
                    groups=["main"],
                    bots=[BotLink(STAFF_BOT, number, number)],
                    created_at=now,
                    updated_at=now,
                )
            )
