"""Files up and down."""

from __future__ import annotations

from io import BytesIO

import pytest
from aiohttp import FormData

from hub.domain.errors import TooLarge
from hub.domain.staff import SYSTEM
from hub.http.api.files import Span, span
from hub.http.api.problems import Unsatisfiable
from hub.services.deps import Policy
from tests.support.api import Program, furnish, serving
from tests.support.samples import png
from tests.support.world import World

PHOTO = png()


async def test_file_comes_down_as_it_went_up(api: Program) -> None:
    form = FormData()
    form.add_field("comment", "стояк")
    form.add_field("file", PHOTO, filename="стояк.png", content_type="text/html")
    response = await api.call("POST", "/files", data=form)
    stored = await response.json()
    assert response.status == 201
    assert (stored["name"], stored["size"]) == ("стояк.png", len(PHOTO))
    # The type is that of the bytes, whatever the form says.
    assert stored["mime"] == "image/png"
    assert response.headers["Location"] == stored["url"] == f"/api/v1/files/{stored['id']}"
    down = await api.call("GET", f"/files/{stored['id']}")
    assert await down.read() == PHOTO
    assert down.headers["Content-Type"] == "image/png"
    assert down.headers["Content-Length"] == str(len(PHOTO))


async def test_file_is_never_a_page(api: Program) -> None:
    file_id = await api.upload("page.html", b"<script>alert(1)</script>")
    down = await api.call("GET", f"/files/{file_id}")
    assert down.headers["Content-Disposition"].startswith("attachment")
    assert down.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in down.headers["Content-Security-Policy"]


async def test_answer_carries_the_file(api: Program, world: World) -> None:
    await world.say("Нет воды")
    file_id = await api.upload("акт.png", PHOTO)
    answer = await api.post("/cases/1/reply", {"text": "Акт", "files": [file_id]})
    (file,) = answer["entry"]["files"]
    assert (file["id"], file["name"], file["size"]) == (file_id, "акт.png", len(PHOTO))
    assert file["url"] == f"/api/v1/files/{file_id}"
    await world.settle()
    assert [one.id for one in world.channel.sent[-1].files] == [file_id]
    assert (await api.call("GET", f"/files/{file_id}")).status == 200


@pytest.mark.parametrize(
    ("given", "part", "shown"),
    [
        ("bytes=0-9", slice(0, 10), "bytes 0-9/100"),
        ("bytes=90-", slice(90, 100), "bytes 90-99/100"),
        ("bytes=-10", slice(90, 100), "bytes 90-99/100"),
        ("bytes=-1000", slice(0, 100), "bytes 0-99/100"),
        ("bytes=95-1000", slice(95, 100), "bytes 95-99/100"),
    ],
)
async def test_range_is_served(api: Program, given: str, part: slice, shown: str) -> None:
    body = bytes(range(100))
    file_id = await api.upload("a.bin", body)
    down = await api.call("GET", f"/files/{file_id}", headers={"Range": given})
    assert (down.status, down.headers["Content-Range"]) == (206, shown)
    assert await down.read() == body[part]


@pytest.mark.parametrize("given", ["bytes=0-1,4-5", "bytes=9-5", "items=0-5", "bytes=-", "bytes=a"])
async def test_range_that_is_not_understood_gives_all(api: Program, given: str) -> None:
    file_id = await api.upload("a.bin", b"0123456789")
    down = await api.call("GET", f"/files/{file_id}", headers={"Range": given})
    assert (down.status, await down.read()) == (200, b"0123456789")


@pytest.mark.parametrize("given", ["bytes=10-", "bytes=-0"])
async def test_range_behind_the_end(api: Program, given: str) -> None:
    file_id = await api.upload("a.bin", b"0123456789")
    down = await api.call("GET", f"/files/{file_id}", headers={"Range": given})
    assert (down.status, down.headers["Content-Range"]) == (416, "bytes */10")


async def test_range_of_another_file_gives_all(api: Program) -> None:
    file_id = await api.upload("a.bin", b"0123456789")
    for condition, status in ((f'"{file_id}"', 206), ('"old"', 200)):
        headers = {"Range": "bytes=0-1", "If-Range": condition}
        assert (await api.call("GET", f"/files/{file_id}", headers=headers)).status == status


def test_spans() -> None:
    assert span("bytes=0-0", 10) == Span(0, 1)
    assert span("bytes=5-", 10) == Span(5, 10)
    with pytest.raises(Unsatisfiable):
        span("bytes=0-", 0)
    with pytest.raises(Unsatisfiable):
        span("bytes=-5", 0)


async def test_file_over_the_limit() -> None:
    world = World()
    await furnish(world)
    object.__setattr__(world.deps, "policy", Policy(max_file=1000))
    async with serving(world.services) as api:
        for size in (1001, 300_000):
            form = FormData()
            form.add_field("file", BytesIO(b"x" * size), filename="big.bin")
            response = await api.call("POST", "/files", data=form)
            assert (response.status, (await response.json())["key"]) == (413, TooLarge.key)


async def test_form_without_a_file(api: Program) -> None:
    form = FormData(default_to_multipart=True)
    form.add_field("file", "no name")
    response = await api.call("POST", "/files", data=form)
    assert (response.status, (await response.json())["params"]["field"]) == (422, "file")


@pytest.mark.parametrize(
    ("mime", "body", "status"),
    [
        ("application/json", b"{}", 415),
        ("multipart/form-data", b"", 400),
        ("multipart/form-data; boundary=x", b"", 400),
        ("multipart/form-data; boundary=x", b"--x\r\nno headers", 400),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\nno end", 400),
        ("multipart/form-data; boundary=" + "x" * 200, b"--x", 400),
    ],
)
async def test_form_that_is_none(api: Program, mime: str, body: bytes, status: int) -> None:
    response = await api.call("POST", "/files", data=body, headers={"Content-Type": mime})
    assert response.status == status, await response.text()


@pytest.mark.parametrize(
    ("given", "kept"),
    [("../../etc/passwd", "passwd"), ("C:\\a\\b.txt", "b.txt"), ("...", "file"), ("a\tb", "ab")],
)
async def test_name_is_a_name_and_no_path(api: Program, given: str, kept: str) -> None:
    file_id = await api.upload(given, b"x")
    down = await api.call("GET", f"/files/{file_id}")
    assert down.headers["Content-Disposition"] == f"attachment; filename*=UTF-8''{kept}"


async def test_upload_of_another_program_is_not_shown(api: Program, world: World) -> None:
    file_id = await api.upload("a.bin", b"x")
    other = await world.services.people.add_token("other", ["cases:write"], SYSTEM)
    assert (await api.call("GET", f"/files/{file_id}", token=other)).status == 403


async def test_file_that_is_not_there(api: Program) -> None:
    assert (await api.call("GET", "/files/nothing")).status == 404
