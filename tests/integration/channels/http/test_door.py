"""The open door as a program meets it: 202, 202 again, 409, 400."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest

import channels
from channels.http.proof import signed
from hub.http.ingress import Ingress
from hub.http.server import build, serving
from hub.ports.channel_build import Account
from hub.ports.clock import SystemClock
from tests.contract.channels.samples import deps
from tests.support.kept import KeptRows

MESSAGE = {"id": "m-1", "from": {"external_id": "u1"}, "text": "Нет воды"}


class Program:
    def __init__(self, url: str, http: aiohttp.ClientSession) -> None:
        self._url, self._http = url, http

    async def post(self, body: object) -> tuple[int, Any]:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = signed(b"s3cret", datetime.now(UTC), raw)
        async with self._http.post(self._url, data=raw, headers=headers) as answer:
            return answer.status, await answer.json()


@pytest.fixture
def inbox() -> KeptRows:
    return KeptRows()


@pytest.fixture
def measured() -> list[tuple[str, str]]:
    return []


@pytest.fixture
async def program(inbox: KeptRows, measured: list[tuple[str, str]]) -> AsyncIterator[Program]:
    channel: Any = channels.build(
        Account(id="site", kind="http", options={"secret": "s3cret"}), deps()
    )

    def measure(account: str, outcome: str, seconds: float) -> None:
        assert seconds >= 0
        measured.append((account, outcome))

    ingress = Ingress({"site": channel}, inbox, SystemClock(), measure)
    async with (
        serving(build(ingress.routes()), "127.0.0.1", 0) as port,
        aiohttp.ClientSession() as http,
    ):
        yield Program(f"http://127.0.0.1:{port}/in/site", http)


async def test_repeat_and_other_body(
    program: Program, inbox: KeptRows, measured: list[tuple[str, str]]
) -> None:
    first = await program.post(MESSAGE)
    assert first == (202, {"inbox_id": next(iter(inbox.rows))})
    assert await program.post(MESSAGE) == first
    status, problem = await program.post({**MESSAGE, "text": "Другое"})
    assert (status, problem["status"], problem["error"]) == (409, 409, "conflict")
    assert problem["type"] == "urn:residents-hub:problem:conflict"
    assert len(inbox.rows) == 1
    assert [outcome for _, outcome in measured] == ["kept", "repeat", "conflict"]


async def test_the_same_message_sent_by_many_at_once_is_one_row(
    program: Program, inbox: KeptRows
) -> None:
    answers = await asyncio.gather(*(program.post(MESSAGE) for _ in range(20)))
    assert len({str(answer) for answer in answers}) == 1
    assert len(inbox.rows) == 1


async def test_a_wrong_shape_is_told_by_its_place_and_not_by_what_was_written(
    program: Program, inbox: KeptRows
) -> None:
    status, said = await program.post({**MESSAGE, "text": {"secret": "words"}})
    assert status == 400
    assert "$.text" in said["detail"]
    assert "words" not in said["detail"]
    assert (await program.post(b"no json"))[0] == 400
    assert not inbox.rows


async def test_what_is_kept_holds_no_proof(program: Program, inbox: KeptRows) -> None:
    await program.post(MESSAGE)
    (row,) = inbox.rows.values()
    assert set(row.headers) == {"content-type"}
    assert json.loads(row.body) == MESSAGE
