"""People, groups, one-time links and API tokens."""

from __future__ import annotations

import asyncio
import secrets
import time
from datetime import datetime

from pymongo import ReturnDocument

from hub.domain.catalog import OneTimeLink, Token
from hub.domain.forum import ForumPlace
from hub.domain.staff import HOUSE_ZONE, Directory, Group, Staff
from hub.store.client import Mongo, repeated
from hub.store.codec import document, struct
from hub.store.rows import add, put, swap, with_rev

FRESH = 2.0
"""Seconds for which the directory is not asked for again."""


class StaffStore:
    """See hub.ports.staff.StaffStore."""

    def __init__(self, database: Mongo, zone: str = HOUSE_ZONE) -> None:
        self._zone = zone
        self._staff, self._groups = database["staff"], database["groups"]
        self._forums = database["forums"]
        self._links, self._tokens = database["links"], database["tokens"]
        self._directory: Directory | None = None
        self._read_at = 0.0
        self._changes = 0
        # Of many who ask when it is too old one reads it.
        self._reading = asyncio.Lock()

    async def directory(self) -> Directory:
        """Everybody; may be up to two seconds old."""
        async with self._reading:
            known = self._directory
            if known is None or time.monotonic() - self._read_at > FRESH:
                asked_at, changes = time.monotonic(), self._changes
                known = await self._read()
                # What changed while it was read is not in it for sure.
                self._directory = known if changes == self._changes else None
                self._read_at = asked_at
            return known

    def forget(self) -> None:
        """The next `directory` is fresh."""
        self._directory = None
        self._changes += 1

    @repeated
    async def _read(self) -> Directory:
        people = [struct(Staff, one) async for one in self._staff.find()]
        groups = [struct(Group, one) async for one in self._groups.find()]
        places = [struct(ForumPlace, one) async for one in self._forums.find()]
        return Directory(
            {person.login: person for person in people},
            {group.id: group for group in groups},
            self._zone,
            {place.id: place for place in places},
        )

    @repeated
    async def get(self, login: str) -> Staff | None:
        """As stored, never from memory."""
        found = await self._staff.find_one({"_id": login})
        return None if found is None else struct(Staff, found)

    async def add(self, staff: Staff) -> None:
        """Raises Duplicate."""
        await add(self._staff, with_rev(staff))
        self.forget()

    async def save(self, staff: Staff) -> None:
        """On {_id, rev}. Raises Conflict."""
        await swap(self._staff, staff, with_rev(staff))
        self.forget()

    async def put_group(self, group: Group) -> None:
        """Insert or replace."""
        await put(self._groups, document(group))
        self.forget()

    async def add_link(self, link: OneTimeLink) -> None:
        """Raises Duplicate."""
        await add(self._links, document(link))

    async def use_link(self, link_id: str, now: datetime) -> OneTimeLink | None:
        """Use it up, once; None if used, unknown or expired."""
        return await self._use_link(link_id, now, secrets.token_hex(8))

    @repeated
    async def _use_link(self, link_id: str, now: datetime, mark: str) -> OneTimeLink | None:
        found = await self._links.find_one_and_update(
            {"_id": link_id, "used_at": None, "expires_at": {"$gt": now}},
            {"$set": {"used_at": now, "mark": mark}},
            return_document=ReturnDocument.AFTER,
        )
        if found is None:
            # The answer to our own first attempt may have been lost.
            found = await self._links.find_one({"_id": link_id, "mark": mark})
        return None if found is None else struct(OneTimeLink, found)

    async def add_token(self, token: Token) -> None:
        """Raises Duplicate."""
        await add(self._tokens, document(token))

    @repeated
    async def token(self, token_id: str) -> Token | None:
        """The token of this hash, revoked or not."""
        found = await self._tokens.find_one({"_id": token_id})
        return None if found is None else struct(Token, found)

    @repeated
    async def tokens(self) -> list[Token]:
        """All, oldest first."""
        found = [struct(Token, one) async for one in self._tokens.find()]
        return sorted(found, key=lambda token: token.created_at)

    @repeated
    async def revoke_token(self, name: str) -> bool:
        """False when there is none by this name that still works."""
        done = await self._tokens.update_many(
            {"name": name, "revoked": None}, {"$set": {"revoked": True}}
        )
        return bool(done.matched_count)
