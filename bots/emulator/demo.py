"""The people and bots of the demonstration, read from `demo.json`."""

from __future__ import annotations

from importlib.resources import files

import msgspec

from bots.emulator.accounts import BotAccount, Person


class Cast(msgspec.Struct, frozen=True):
    """Who plays: accounts to hand to the `Emulator`."""

    bots: list[BotAccount]
    people: list[Person]


def demo_cast() -> Cast:
    return msgspec.json.decode((files("bots.emulator") / "demo.json").read_bytes(), type=Cast)
