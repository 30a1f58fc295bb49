"""Reads data/*.toml into types; a file that does not fit its type fails at once, in tests."""

from functools import cache
from pathlib import Path

import msgspec

FOLDER = Path(__file__).parent / "data"


class Topic(msgspec.Struct, frozen=True):
    type: str
    weight: int
    subject: str
    first: list[str]
    replies: list[str]


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


@cache
def people() -> People:
    return msgspec.toml.decode((FOLDER / "people.toml").read_bytes(), type=People)


@cache
def topics() -> Topics:
    return msgspec.toml.decode((FOLDER / "topics.toml").read_bytes(), type=Topics)
