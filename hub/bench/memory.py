"""Stores in memory, as far as an update of a staff bot looks into them: for the bench alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from hub.domain.outbox import Letter
from hub.domain.staff import BotLink, Directory, Group, Staff
from hub.ports.clock import RandomIds, SystemClock
from hub.ports.dialogues import Dialogue
from hub.ports.paging import Page
from hub.services.deps import Deps, Policy
from hub.services.services import Services
from hub.texts import TemplateTexts

PERSON = 502
HIRED = datetime(2026, 11, 1, tzinfo=UTC)


class Dialogues:
    """Where talks stand."""

    def __init__(self) -> None:
        self._rows: dict[str, Dialogue] = {}

    async def get(self, dialogue_id: str) -> Dialogue | None:
        return self._rows.get(dialogue_id)

    async def put(self, dialogue: Dialogue) -> None:
        self._rows[dialogue.id] = dialogue


class _People:
    def __init__(self) -> None:
        emma = Staff(
            login="emma",
            name="Emma",
            roles=["operator"],
            bots=[BotLink("shift", PERSON, PERSON)],
            created_at=HIRED,
            updated_at=HIRED,
        )
        group = Group(id="main", name="main", default=True)
        self._directory = Directory({"emma": emma}, {"main": group})

    async def directory(self) -> Directory:
        return self._directory


class _Letters:
    def __init__(self) -> None:
        self._rows: dict[str, Letter] = {}

    async def add(self, letters: Sequence[Letter]) -> None:
        self._rows.update((letter.id, letter) for letter in letters)


class _Cases:
    async def page(self, *asked: object) -> Page[object]:
        """Nobody has a case here."""
        return Page([], None)


class _Engine:
    async def post(self, recipients: Iterable[str]) -> None:
        """Whoever sends letters is not part of this."""


def services() -> Services:
    """The services over these stores; whatever else they would ask is not there."""
    clock = SystemClock()
    absent = cast(Any, None)
    ports = dict.fromkeys((name for name in Deps.__dataclass_fields__), absent)
    given: dict[str, Any] = {
        "clock": clock,
        "ids": RandomIds(),
        "staff": _People(),
        "letters": _Letters(),
        "cases": _Cases(),
        "engine": _Engine(),
        "texts": TemplateTexts(clock, ZoneInfo("Europe/Moscow")),
        "senders": {},
        "policy": Policy(organisation="bench", staff_bots=("shift",)),
    }
    return Services.of(Deps(**(ports | given)))
