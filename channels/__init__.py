"""Channels, one folder each, found by discovery: adding one edits nothing elsewhere."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from types import ModuleType

from hub.ports.channel_build import Account, BadAccount, ChannelDeps


@cache
def discover() -> dict[str, ModuleType]:
    """Every kind with its `channel` module, which has `build(account, deps)`."""
    return {
        found.name: importlib.import_module(f"{__name__}.{found.name}.channel")
        for found in pkgutil.iter_modules(__path__)
        if found.ispkg
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
