"""Pictures of the work go with the result when who closes leaves them ticked."""

from __future__ import annotations

import pytest

from hub.domain.catalog import ResultCode
from hub.domain.message import Attachment
from hub.domain.staff import SYSTEM, Actor
from tests.support.desk import browsing, furnished, hire
from tests.support.world import World

PHOTO = Attachment(id="p1", name="стояк.jpg", mime="image/jpeg", kind="photo")


@pytest.mark.parametrize(("ticked", "shown"), [({"photos": "1"}, ["p1"]), ({}, [])])
async def test_the_form_offers_the_pictures(ticked: dict[str, str], shown: list[str]) -> None:
    world = World()
    services, pages, _ = furnished(world)
    emma, roma = await hire(services, "emma"), await hire(services, "roma", "executor")
    await world.store.catalog.put_result(ResultCode(id="done", name="Выполнено"))
    await world.say("Течёт стояк")
    await services.casework.take(1, Actor.of(emma))
    async with browsing(pages) as browser:
        await browser.come_in("emma")
        assert (
            "фото исполнителя"
            not in await (await browser.get("/desk/cases/1/forms/resolve", htmx=True)).text()
        )
        await services.casework.executors(1, SYSTEM, add=["roma"])
        now = world.clock.now()
        case = await services.book.change(
            1, lambda case: case.comment("Готово", [PHOTO], Actor.of(roma), now, key="r")
        )
        form = await (await browser.get("/desk/cases/1/forms/resolve", htmx=True)).text()
        assert "Показать жителю фото исполнителя: 1" in form
        assert "стояк.jpg" in form
        body = {"result": "done", "comment": "", "version": str(case.version)} | ticked
        answer = await browser.post("/desk/cases/1/resolve", body, htmx=True)
        assert answer.status == 200
    await world.settle()
    assert [file.id for file in world.channel.sent[-1].files] == shown
