"""How long the pages of the desk take, by number of cases, as a browser asks for them."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from time import perf_counter
from typing import Any

import aiohttp

from hub import wiring
from hub.bench.figures import percentile_ms
from hub.bench.house import House, house
from hub.domain.case import Case, ContactRef
from hub.domain.message import Identity, Inbound, Sender
from hub.domain.staff import SYSTEM
from hub.seeding.residents import resident
from hub.seeding.seed import Seeder

SIZES = (1_000, 10_000)
ROUNDS = 40
LONG_THREAD = 10_000
SAVED_TOGETHER = 50
CSRF = re.compile(r'name="csrf" value="([^"]+)"')
LOGIN, PASSWORD = "bench", "a password of the measurement"


async def measure(sizes: Sequence[int] = SIZES) -> dict[str, Any]:
    """The same house grows from size to size."""
    found = []
    dice = Random(1842)  # noqa: S311
    async with house("") as own, wiring.opened(own.settings, own.urls, prepare=True) as hub:
        await hub.services.people.add(LOGIN, LOGIN, ["admin"], SYSTEM, password=PASSWORD)
        long = await _long_case(hub)
        stands = 0
        for size in sorted(sizes):
            now = datetime.now(UTC)
            seeder = Seeder(hub.services, dice)
            await seeder.seed(size - stands, now - timedelta(days=90), now)
            stands = size
            found.append({"cases": size, "pages": await _pages(own, long)})
    return {"sizes": found}


async def _long_case(hub: wiring.Hub) -> int:
    """One case with a thread so long that most of it stands in pages of its own."""
    deps = hub.services.deps
    (number,) = await deps.cases.numbers(1)
    at = datetime.now(UTC) - timedelta(days=30)
    contact = resident(Random(number), 9_999_999, at)  # noqa: S311
    (address,) = [one.address for one in contact.identities if one.address is not None]
    await deps.contacts.add_many([contact])
    case = Case(
        number=number,
        channel=address.channel,
        account=address.account,
        conversation=address.conversation,
        current=True,
        contact=ContactRef(id=contact.id, name=contact.name, phone=contact.phone),
        created_at=at,
        updated_at=at,
    )
    for turn in range(LONG_THREAD):
        at += timedelta(minutes=4)
        case.receive(
            Inbound(
                key=f"long:{turn}",
                account=address.account,
                channel=address.channel,
                conversation=address.conversation,
                sender=Sender(identity=Identity(address.account, address.to), name=contact.name),
                reply_to=address,
                text=f"{contact.premises} {turn}",
                sent_at=at,
                external_id=f"long:{turn}",
            ),
            at,
        )
        if turn == 0:
            await deps.cases.open(case, deps.ids.new())
        elif turn % SAVED_TOGETHER == 0 or turn == LONG_THREAD - 1:
            await deps.cases.save(case, deps.ids.new())
    return number


async def _log_in(session: aiohttp.ClientSession) -> None:
    async with session.get("/login") as door:
        csrf = CSRF.search(await door.text())
    form = {"login": LOGIN, "password": PASSWORD, "csrf": csrf[1] if csrf else ""}
    async with session.post("/login", data=form, allow_redirects=False) as answer:
        if answer.status >= 400:
            raise RuntimeError(f"the desk did not let us in: {answer.status}")


async def _pages(own: House, long: int) -> dict[str, dict[str, float]]:
    # A jar keeps no cookies of an address without a name unless it is told to.
    jar = aiohttp.CookieJar(unsafe=True)
    async with (
        own.hub("web"),
        aiohttp.ClientSession(own.settings.base_url, cookie_jar=jar) as session,
    ):
        await _log_in(session)
        addresses = {
            "list": "/desk?view=all",
            "list_part": "/desk/list?view=all",
            "open_only": "/desk/list?view=all&status=in_progress",
            "channel": "/desk/list?view=all&channel=telegram",
            "search": "/desk/list?view=all&q=лифт",
            "search_rare": "/desk/list?view=all&q=насос подвал",
            "case": f"/desk/cases/{long + 1}",
            "case_10000_messages": f"/desk/cases/{long}",
        }
        return {name: await _page(session, address) for name, address in addresses.items()}


async def _page(session: aiohttp.ClientSession, address: str) -> dict[str, float]:
    times, size = [], 0
    for _ in range(ROUNDS):
        started = perf_counter()
        async with session.get(address) as answer:
            body = await answer.read()
            answer.raise_for_status()
        times.append(perf_counter() - started)
        size = len(body)
    return {
        "p50_ms": percentile_ms(times, 0.5),
        "p95_ms": percentile_ms(times, 0.95),
        "bytes": size,
    }
