"""People of the house, their groups, links and tokens."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from hub.domain.catalog import (
    OneTimeLink,
    Token,
)
from hub.domain.staff import Directory, Group, Staff


class StaffStore(Protocol):
    """People and groups."""

    async def directory(self) -> Directory:
        """Everybody; may be up to two seconds old."""

    def forget(self) -> None:
        """The next `directory` is fresh."""

    async def get(self, login: str) -> Staff | None: ...

    async def add(self, staff: Staff) -> None:
        """Raises Duplicate."""

    async def save(self, staff: Staff) -> None:
        """On {_id, rev}. Raises Conflict."""

    async def put_group(self, group: Group) -> None: ...

    async def add_link(self, link: OneTimeLink) -> None: ...

    async def use_link(self, link_id: str, now: datetime) -> OneTimeLink | None:
        """Use it up, once; None if used, unknown or expired."""

    async def add_token(self, token: Token) -> None: ...

    async def token(self, token_id: str) -> Token | None: ...

    async def tokens(self) -> list[Token]: ...

    async def revoke_token(self, name: str) -> bool: ...
