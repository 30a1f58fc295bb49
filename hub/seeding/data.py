"""Reads data/*.toml into types; a file that does not fit its type fails at once, in tests."""

from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from hub.domain.catalog import CaseType, FirstDeadline, ResultCode
from hub.domain.staff import Group, Role

FOLDER = Path(__file__).parent / "data"


class Person(msgspec.Struct, frozen=True):
    login: str
    name: str
    position: str
    roles: list[Role]
    groups: list[str] = []


class Template(msgspec.Struct, frozen=True):
    folder: str
    title: str
    text: str


class House(msgspec.Struct, frozen=True):
    address: str


class Organisation(msgspec.Struct, frozen=True):
    name: str
    phone: str


class Topic(msgspec.Struct, frozen=True):
    type: str
    weight: int
    subject: str
    first: list[str]
    replies: list[str]


class Start(msgspec.Struct, frozen=True):
    """What a new installation begins with."""

    group: list[Group]
    type: list[CaseType]
    result: list[ResultCode]
    deadline: list[FirstDeadline]


class Demo(msgspec.Struct, frozen=True):
    organisation: Organisation
    group: list[Group]
    staff: list[Person]
    house: list[House]
    reply: list[Template]


class People(msgspec.Struct, frozen=True):
    surnames: list[str]
    men: list[str]
    women: list[str]
    patronymics_men: list[str]
    patronymics_women: list[str]
    streets: list[str]
    flat: str


class Topics(msgspec.Struct, frozen=True):
    days: list[str]
    thanks: list[str]
    urges: list[str]
    comments: list[str]
    topic: list[Topic]


def _read(name: str, kind: Any) -> Any:
    raw = (FOLDER / f"{name}.toml").read_bytes()
    # Catalogue structs call their key ``_id``, as the store does; a file says ``id``.
    found = msgspec.toml.decode(raw)
    for rows in found.values():
        if isinstance(rows, list) and rows and isinstance(rows[0], dict) and "id" in rows[0]:
            for order, row in enumerate(rows):
                row["_id"] = row.pop("id")
                row.setdefault("order", order)
    return msgspec.convert(found, kind)


@cache
def start() -> Start:
    found: Start = _read("start", Start)
    return found


@cache
def demo() -> Demo:
    found: Demo = _read("demo", Demo)
    return found


@cache
def people() -> People:
    found: People = _read("people", People)
    return found


@cache
def topics() -> Topics:
    found: Topics = _read("topics", Topics)
    return found
