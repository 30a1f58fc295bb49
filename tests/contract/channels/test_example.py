"""What hub.example.toml shows of each channel is what that channel takes."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

import channels
from hub.ports.channel_build import Account
from tests.contract.channels.samples import deps, kinds

EXAMPLE = Path(__file__).parents[3] / "hub.example.toml"
ALIKE = {"smsc_ru": {"sms_ru", "exolve"}, "mango": {"megafon", "zadarma", "uis", "cti"}}
"""Kinds that the example names beside the one it shows."""


def shown() -> list[dict[str, object]]:
    """Tables of channels, those that are commented out among them."""
    text = re.sub(r"^# (?=\[\[channel\]\]|[a-z_0-9]+ = )", "", EXAMPLE.read_text(), flags=re.M)
    tables: list[dict[str, object]] = tomllib.loads(
        text.partition("[[channel]]")[2].join(["[[channel]]", ""]).partition("\n[[bot]]")[0]
    )["channel"]
    return tables


@pytest.mark.parametrize("options", shown(), ids=lambda one: str(one["kind"]))
def test_it_is_built(options: dict[str, object]) -> None:
    rest = {name: value for name, value in options.items() if name not in {"id", "kind"}}
    account = Account(id=str(options["id"]), kind=str(options["kind"]), options=rest)
    assert channels.build(account, deps()) is not None


def test_every_kind_is_named() -> None:
    named = {str(one["kind"]) for one in shown()}
    named |= {kind for one in named for kind in ALIKE.get(one, ())}
    assert named == set(kinds())
