"""Channels, one folder each, found by discovery: adding one edits nothing elsewhere."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from importlib.util import find_spec
from types import ModuleType
from typing import cast

from hub.ports.channel_build import Account, BadAccount, ChannelDeps
from hub.ports.trial import Trial


@cache
def discover() -> dict[str, ModuleType]:
    """Every kind with its `channel` module, which has `build(account, deps)`. A folder without
    that module is no channel (yet)."""
    names = [f"{__name__}.{one.name}" for one in pkgutil.iter_modules(__path__) if one.ispkg]
    return {
        name.rpartition(".")[2]: importlib.import_module(f"{name}.channel")
        for name in names
        if find_spec(f"{name}.channel") is not None
    }


def build(account: Account, deps: ChannelDeps) -> object:
    """The channel of an account: an object with the roles of hub.ports.channel that it has.

    Raises BadAccount for settings that cannot be used.
    """
    module = discover().get(account.kind)
    if module is None:
        raise BadAccount(account.id, "kind")
    channel: object = module.build(account, deps)
    return channel


@cache
def trials() -> dict[str, Trial]:
    """Every kind that can make up genuine input of its own."""
    return {
        kind: cast(Trial, importlib.import_module(f"{__name__}.{kind}.trial"))
        for kind in discover()
        if find_spec(f"{__name__}.{kind}.trial") is not None
    }
