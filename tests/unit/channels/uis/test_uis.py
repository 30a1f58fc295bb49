"""What UIS posts by our templates and by those of others."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from channels.uis import proof, shapes, wire
from hub.domain.callevent import CallEvent
from hub.ports.channel import Forged, Malformed, RawRequest, Unreadable

NOW = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)
KEY = "uis-key"
DOCUMENT = Path(__file__).parents[4] / "docs/channels/uis.md"


def raw(said: object, query: str = "") -> RawRequest:
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    return RawRequest(account="pbx", method="POST", query=query, body=body, received_at=NOW)


def parsed(**told: Any) -> CallEvent:
    (event,) = wire.parse("pbx", raw({"call_session_id": 7, "direction": "in", **told}), {})
    return event


def test_the_key_is_taken_out_of_the_address() -> None:
    request = raw({}, f"a=1&key={KEY}&b=%D0%96")
    proof.prove(request, KEY)
    assert request.query == "a=1&b=%D0%96"


@pytest.mark.parametrize(("query", "status"), [("", 401), ("key=", 401), ("key=other", 403)])
def test_anything_else_is_forged(query: str, status: int) -> None:
    with pytest.raises(Forged) as forged:
        proof.prove(raw({}, query), KEY)
    assert forged.value.status == status


@pytest.mark.parametrize("said", [{}, [], None, {"call_session_id": None}, b"", b"{", b"[" * 9999])
def test_what_has_no_name_is_refused(said: object) -> None:
    with pytest.raises(Malformed):
        wire.key("pbx", wire.read(raw(said).body))


def test_an_unknown_word_of_the_customers_waits_in_the_quarantine() -> None:
    with pytest.raises(Unreadable):
        parsed(event="sneezed")
    with pytest.raises(Unreadable):
        parsed(event="recorded", file_link=None)


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ({"file_link": "https://records.example.test/1.mp3", "file_duration": 3}, "recording"),
        ({"talk_time_duration": 3, "total_time_duration": 5, "wait_time_duration": 2}, "summary"),
        ({"talk_time_duration": 3, "leg_ids": [1]}, "ended"),
        ({"wait_time_duration": 2, "employee_ids": [1, 2]}, "summary"),
        ({"leg_id": 1}, "ringing"),
        ({"leg_ids": [1, 2]}, "answered"),
        ({"employee_phone_number": "79031112233"}, "ringing"),
        ({}, "ringing"),
    ],
)
def test_a_template_of_others_is_known_by_its_fields(told: dict[str, Any], kind: str) -> None:
    assert parsed(employee_id=1, **told).kind == kind


@pytest.mark.parametrize(
    ("told", "result", "talk"),
    [
        ({"event": "ended", "talk_time_duration": 40}, "answered", 40),
        ({"event": "ended", "talk_time_duration": "40"}, "answered", 40),
        ({"event": "ended", "talk_time_duration": 40.7}, "answered", 40),
        ({"event": "ended", "talk_time_duration": 0}, "missed", 0),
        ({"event": "ended", "talk_time_duration": 0, "direction": "out"}, "no_answer", 0),
        ({"event": "ended", "talk_time_duration": None}, None, None),
        ({"event": "ended", "talk_time_duration": "nan"}, None, None),
        ({"event": "lost", "talk_time_duration": 40}, "missed", 0),
    ],
)
def test_how_a_call_ended(told: dict[str, Any], result: str | None, talk: int | None) -> None:
    event = parsed(**told)
    assert (event.kind, event.result, event.talk) == ("summary", result, talk)


@pytest.mark.parametrize("said", [None, "", "soon", 5, 99999999999, "nan", "inf"])
def test_a_time_that_cannot_be_is_the_time_of_receipt(said: object) -> None:
    assert parsed(event="incoming", notification_timestamp=said).at == NOW


def test_an_object_of_the_customers_own_is_passed_over() -> None:
    event = parsed(
        event="incoming", tags=[{"id": 1}], mine={"a": 1}, contact_phone_number=79161234567
    )
    assert event.caller.number == "+79161234567"


TEMPLATES = re.findall(r"```json\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)


def test_every_event_has_its_published_template() -> None:
    words = {re.search(r'"event": "(\w+)"', one)[1] for one in TEMPLATES}  # type: ignore[index]
    assert words == shapes.EVENTS


VALUES = {
    "call_session_id": 1400500600,
    "virtual_phone_number": "74951234567",
    "contact_phone_number": "79161234567",
    "employee_phone_number": "79031112233",
    "extension_phone_number": "101",
    "direction": "in",
    "is_internal": False,
    "notification_timestamp": 1795343340,
    "talk_time_duration": 40,
    "file_link": "https://records.example.test/1.mp3",
}


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda one: one.split('"')[3])
@pytest.mark.parametrize("values", [VALUES, {**VALUES, "contact_phone_number": None}])
def test_a_published_template_is_understood_once_it_is_filled(
    template: str, values: dict[str, Any]
) -> None:
    """As UIS fills it: every placeholder becomes JSON, null where there is nothing."""
    filled = re.sub(r"\{\{(\w+)\}\}", lambda found: json.dumps(values.get(found[1])), template)
    (event,) = wire.parse("pbx", raw(filled.encode()), {})
    assert event.call == "1400500600"
    assert event.line == "+74951234567"
    assert event.at == datetime(2026, 11, 22, 10, 29, tzinfo=UTC)
