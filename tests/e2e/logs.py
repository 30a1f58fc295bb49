"""What the processes of a house wrote down."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from tests.e2e.house import CROWD, DOM, EMMA, PAVEL, ROMA, SHIFT, SITE_SECRET, SVETA, VERA, House
from tests.support.desk import PASSWORD


def lines(house: House) -> list[dict[str, Any]]:
    """Every line of every log; each is a JSON object."""
    return [json.loads(line) for hub in house.hubs for line in hub.log.read_text().splitlines()]


def private(house: House, *said: str) -> None:
    """No log holds what people said, who they are, or what opens a door."""
    assert said
    people = [SVETA, PAVEL, EMMA, VERA, ROMA, *CROWD]
    who = [name for one in people for name in (one.first_name, one.last_name) if name]
    numbers = [one.phone.lstrip("+") for one in people]
    doors = [DOM.token, SHIFT.token, SITE_SECRET, PASSWORD, *house.tokens, *_own(house)]
    doors += [token.partition(":")[2] for token in (DOM.token, SHIFT.token)]
    found = [
        (hub.name, number, _kind(word, said, doors))
        for hub in house.hubs
        for path in (hub.log, hub.out)
        for number, line in enumerate(path.read_text().splitlines(), 1)
        for word in (*said, *who, *numbers, *doors)
        if word in line
    ]
    assert not found, f"{len(found)}: {found[:5]}"


def faults(house: House) -> list[dict[str, Any]]:
    """Lines that tell of an exception or of an error."""
    return [one for one in lines(house) if "exception" in one or one["level"] == "error"]


def _own(house: House) -> Iterable[str]:
    """Secrets that the hub made for itself."""
    data = house.folder / "data"
    yield (data / "secret.key").read_text().strip()
    stores = data / "stores.json"
    if stores.exists():
        held = json.loads(stores.read_text())
        yield from (held[name]["password"] for name in ("mongo", "redis"))


def _kind(word: str, said: Iterable[str], doors: Iterable[str]) -> str:
    return "message" if word in said else "secret" if word in doors else f"person {word}"
