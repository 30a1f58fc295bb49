"""Nothing that the hub must not tell reaches a log line, by whatever road it comes."""

import asyncio
import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from hub.censor import HIDDEN, masked
from hub.log import configure, current_trace, trace

BOT_TOKEN = "123456789:AAF-abcdefghijklmnopqrstuvwxyz01234"


@pytest.fixture
def lines() -> Iterator[Any]:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    stream = io.StringIO()
    configure("info", "json", stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers[:] = before
    root.setLevel(level)
    structlog.reset_defaults()


def test_keys_that_carry_texts_people_or_secrets_are_replaced(lines: Any) -> None:
    structlog.get_logger("hub").info(
        "kept",
        account="residents",
        text="У меня течёт труба",
        contact_phone="+79161234567",
        sender={"name": "Иванов", "id": 7},
        bot_token=BOT_TOKEN,
    )
    (line,) = lines()
    assert line["account"] == "residents"
    assert line["sender"] == {"name": HIDDEN, "id": 7}
    assert line["text"] == line["contact_phone"] == line["bot_token"] == HIDDEN


def test_a_message_of_a_library_is_masked_too(lines: Any) -> None:
    logging.getLogger("aiogram").warning(
        "POST %s failed for %s", f"https://api.telegram.org/bot{BOT_TOKEN}/getMe", "+79161234567"
    )
    (line,) = lines()
    assert BOT_TOKEN not in json.dumps(line)
    assert "79161234567" not in line["event"]
    assert line["event"].startswith("POST https://api.telegram.org/bot***/getMe")


def test_an_exception_is_told_by_type_and_place_without_its_text(lines: Any) -> None:
    try:
        try:
            raise ValueError("Иванов Иван, кв. 12")
        except ValueError as error:
            raise ConnectionRefusedError("connect to 127.0.0.1:27017") from error
    except ConnectionRefusedError:
        structlog.get_logger("hub").exception("intake")
    (line,) = lines()
    told = "\n".join(line["exception"])
    assert "Иванов" not in json.dumps(line, ensure_ascii=False)
    assert "builtins.ValueError" in told
    assert "ConnectionRefusedError: connect to 127.0.0.1:27017" in told
    assert "test_log.py" in told


async def test_one_trace_goes_through_the_tasks_of_a_message(lines: Any) -> None:
    async def deliver() -> None:
        structlog.get_logger("hub").info("sent")

    with trace("t-1"):
        async with asyncio.TaskGroup() as group:
            group.create_task(deliver())
        logging.getLogger("aiohttp.client").info("done")
        assert current_trace() == "t-1"
    structlog.get_logger("hub").info("later")
    assert [line.get("trace") for line in lines()] == ["t-1", "t-1", None]


def test_access_lines_are_dropped_since_their_addresses_carry_proofs(lines: Any) -> None:
    logging.getLogger("aiohttp.access").info("GET /in/sms?key=abc")
    assert lines() == []


def test_the_console_form_is_one_readable_line() -> None:
    stream = io.StringIO()
    configure("info", "console", stream, role="web")
    structlog.get_logger("hub").info("serving", port=8080)
    structlog.reset_defaults()
    logging.getLogger().handlers.clear()
    assert stream.getvalue().rstrip().endswith("info    serving port=8080 role=web")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mongodb://hub:pa-ss@127.0.0.1:1/hub", "mongodb://***@127.0.0.1:1/hub"),
        ("GET /in/sms?id=1&key=abc HTTP", "GET /in/sms?id=1&key=*** HTTP"),
        ("call 89161234567 now", "call *** now"),
        ("from ivanov@uk.test", "from ***"),
        ("2026-11-22T00:55:57.123456Z", "2026-11-22T00:55:57.123456Z"),
        ("case 1842 version 12", "case 1842 version 12"),
    ],
)
def test_known_shapes_are_masked_and_nothing_else(text: str, expected: str) -> None:
    assert masked(text) == expected


@given(
    st.text(max_size=40),
    st.from_regex(r"\A[1-9][0-9]{7,9}:[A-Za-z0-9_-]{35}\Z"),
    st.sampled_from(["", " ", "/bot", "https://api.telegram.org/file/bot", "token="]),
)
def test_no_bot_token_survives_wherever_it_stands(text: str, token: str, before: str) -> None:
    assert token not in masked(f"{text}{before}{token}/x")
