"""The setting `lines` of an exchange's account: which of the hub's groups a number rings."""

from __future__ import annotations

from collections.abc import Mapping

from hub.phones import from_exchange
from hub.ports.channel_build import Account, BadAccount


def lines_of(account: Account) -> Mapping[str, str]:
    """Number (E.164; as written, where it is none) → id of the group. Raises BadAccount."""
    told = account.options.get("lines")
    if told in (None, ""):
        return {}
    if not isinstance(told, Mapping):
        raise BadAccount(account.id, "lines")
    lines: dict[str, str] = {}
    for number, group in told.items():
        if not isinstance(group, str) or not group:
            raise BadAccount(account.id, "lines")
        lines[from_exchange(number) or str(number)] = group
    return lines
