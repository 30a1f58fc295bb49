"""Whoever rejects a case in the desk reads beforehand whether the resident will see why."""

from __future__ import annotations

import pytest

from tests.support.desk import browsing, furnished, hire
from tests.support.world import World

SEEN = "Житель получит эту причину сообщением."
KEPT = "Житель её не увидит: она останется в обращении."


@pytest.mark.parametrize(("answerable", "said"), [(True, SEEN), (False, KEPT)])
async def test_the_form_says_who_reads_the_reason(answerable: bool, said: str) -> None:
    world = World()
    services, pages, _ = furnished(world)
    await hire(services, "emma")
    await world.say("Течёт стояк")
    case = await services.book.load(1)
    if not answerable:
        case.address = None
        await world.store.cases.save(case, "unreachable")
    async with browsing(pages) as browser:
        await browser.come_in("emma")
        form = await (await browser.get("/desk/cases/1/forms/reject", htmx=True)).text()
        assert [line in form for line in (SEEN, KEPT)] == [line == said for line in (SEEN, KEPT)]
        body = {"reason": "Дом не наш", "version": str(case.version)}
        answer = await browser.post("/desk/cases/1/reject", body, htmx=True)
        assert answer.status == 200
    await world.settle()
    case = await services.book.load(1)
    assert (case.status, case.reason) == ("rejected", "Дом не наш")
    heard = [out.text for out in world.channel.sent if "Дом не наш" in out.text]
    assert len(heard) == int(answerable)
