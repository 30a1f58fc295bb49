"""People outside, and how they are known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from hub.domain.contact import Contact
from hub.ports.paging import Page


class Contacts(Protocol):
    """Contacts; a verified identity belongs to one contact only."""

    async def get(self, contact_id: str) -> Contact | None:
        """As stored; the pointer of a merged one is not followed."""

    async def resolve(self, contact_id: str) -> Contact | None:
        """As `get`, merges followed."""

    async def by_identities(self, keys: Iterable[str]) -> dict[str, Contact]:
        """Who holds these identities (verified), merges followed."""

    async def claiming(self, keys: Iterable[str], limit: int) -> list[Contact]:
        """Contacts that hold one of these keys, proven or claimed."""

    async def at_phones(self, numbers: Iterable[str], limit: int) -> list[Contact]:
        """Contacts that hold one of these numbers (E.164), claim it, or stand in the book with a
        number that ends alike; merged ones, too."""

    async def add_many(self, contacts: Sequence[Contact], *, carried: bool = False) -> list[str]:
        """Insert; returns ids that did NOT get in since an identity is held. `carried`: a save that
        follows makes them durable with itself."""

    async def save(self, contact: Contact) -> None:
        """On {_id, rev}. Raises Conflict, Duplicate."""

    async def search(
        self, words: str, phone: str, cursor: str | None, limit: int
    ) -> Page[Contact]: ...

    async def merged_from(self, contact_id: str) -> list[str]:
        """Contacts that this one stands for."""
