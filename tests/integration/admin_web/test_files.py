"""Files on the web: both ways, in ranges, with the case's rights, never as pages of the desk."""

from __future__ import annotations

from aiohttp import FormData

from hub.domain.staff import Actor
from tests.support.desk import Browser, browsing, furnished, hire
from tests.support.samples import png
from tests.support.world import World


async def _upload(browser: Browser, name: str, data: bytes, *, csrf: str | None = None) -> tuple:  # type: ignore[type-arg]
    form = FormData()
    form.add_field("file", data, filename=name, content_type="text/html")
    answer = await browser.post("/desk/files", form, csrf=csrf)
    return answer.status, (await answer.json()) if answer.status == 201 else None


async def test_an_uploaded_file_goes_with_the_answer_and_is_read_by_who_reads_the_case() -> None:
    world = World()
    services, pages, _ = furnished(world)
    emma = Actor.of(await hire(services, "emma"))
    await hire(services, "ivan", "executor")
    await world.say("Нет воды")
    await services.casework.take(1, emma)
    async with browsing(pages) as browser, browsing(pages) as other:
        await browser.come_in("emma")
        await other.come_in("ivan")
        status, stored = await _upload(browser, "счётчик.png", png())
        assert (status, stored["mime"]) == (201, "image/png")
        assert (await other.get(f"/files/{stored['id']}")).status == 403
        sent = await browser.post(
            "/desk/cases/1/reply", {"text": "Вот", "files": stored["id"], "key": "k"}
        )
        assert sent.status == 303
        read = await browser.get(f"/files/{stored['id']}")
        assert await read.read() == png()
        assert read.content_type == "image/png"
        assert (await other.get(f"/files/{stored['id']}")).status == 403
        await services.casework.executors(1, emma, add=["ivan"])
        assert (await other.get(f"/files/{stored['id']}")).status == 200


async def test_ranges() -> None:
    world = World()
    services, pages, _ = furnished(world)
    await hire(services, "emma")
    data = bytes(range(256)) * 8
    async with browsing(pages) as browser:
        await browser.come_in("emma")
        _, stored = await _upload(browser, "voice.bin", data)
        address = f"/files/{stored['id']}"
        for asked, start, stop in [
            ("bytes=0-9", 0, 10),
            ("bytes=100-", 100, len(data)),
            ("bytes=-16", len(data) - 16, len(data)),
            ("bytes=2000-99999", 2000, len(data)),
        ]:
            part = await browser.get(address, Range=asked)
            assert part.status == 206
            assert await part.read() == data[start:stop]
            assert part.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{len(data)}"
        beyond = await browser.get(address, Range="bytes=5000-")
        assert beyond.status == 416
        assert beyond.headers["Content-Range"] == f"bytes */{len(data)}"
        whole = await browser.get(address)
        again = await browser.get(address, **{"If-None-Match": whole.headers["ETag"]})
        assert again.status == 304


async def test_what_could_run_is_downloaded_and_sandboxed() -> None:
    world = World()
    services, pages, _ = furnished(world)
    await hire(services, "emma")
    evil = b"<!doctype html><html><script>alert(1)</script></html>"
    async with browsing(pages) as browser:
        await browser.come_in("emma")
        for name in ("page.html", "picture.svg", "photo.png", 'a";b; filename=c.html'):
            _, stored = await _upload(browser, name, evil)
            answer = await browser.get(f"/files/{stored['id']}")
            assert answer.content_type not in {"text/html", "image/svg+xml"}
            assert answer.headers["Content-Disposition"].startswith("attachment")
            assert "sandbox" in answer.headers["Content-Security-Policy"]
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert "X-Evil" not in answer.headers


async def test_an_upload_without_the_token_stores_nothing() -> None:
    world = World()
    services, pages, _ = furnished(world)
    await hire(services, "emma")
    async with browsing(pages) as browser:
        await browser.come_in("emma")
        status, _ = await _upload(browser, "a.txt", b"text", csrf="")
        assert status == 403
        status, _ = await _upload(browser, "a.txt", b"text", csrf="wrong")
        assert status == 403


async def test_a_file_over_the_limit_is_refused() -> None:
    from dataclasses import replace

    from hub.services.services import Services

    world = World()
    services, pages, _ = furnished(world)
    deps = replace(services.deps, policy=replace(services.deps.policy, max_file=1000))
    services = Services.of(deps)
    await hire(services, "emma")
    async with browsing(replace(pages, services=services)) as browser:
        await browser.come_in("emma")
        assert (await _upload(browser, "a.bin", b"x" * 1000))[0] == 201
        assert (await _upload(browser, "a.bin", b"x" * 1001))[0] == 413
