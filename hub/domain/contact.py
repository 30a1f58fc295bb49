"""Contact: who writes or calls; one person however many ways they have to reach us."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from hub.domain.errors import MergeCircle
from hub.domain.message import Address, Identity, Sender


class KnownIdentity(msgspec.Struct, kw_only=True, omit_defaults=True):
    """An identity of a contact.

    `verified`: proven by the platform; only such ones join contacts and are unique in the store.
    A claim (not verified) is shown to staff as a possible match. `address` is where an answer by
    this identity goes, if it can; `unreachable` says why it cannot any more (a text key).
    """

    key: str
    verified: bool
    since: datetime
    address: Address | None = None
    unreachable: str = ""


class Contact(msgspec.Struct, kw_only=True, omit_defaults=True):
    """`id` is random. `edited` names the fields that staff wrote: a channel never overwrites
    them. `merged_into` points at the contact that stands for this one now."""

    id: str = msgspec.field(name="_id")
    rev: int = 0
    kind: Literal["person", "company", "trader"] = "person"
    name: str = ""
    phone: str = ""
    email: str = ""
    premises: str = ""
    vip: bool = False
    language: str = ""
    identities: list[KnownIdentity] = []
    edited: list[str] = []
    merged_into: str = ""
    created_at: datetime
    updated_at: datetime

    @property
    def verified(self) -> list[str]:
        """Keys that no other contact may hold."""
        return [known.key for known in self.identities if known.verified]

    def identity(self, key: str) -> KnownIdentity | None:
        """Find an identity by its key."""
        return next((known for known in self.identities if known.key == key), None)

    def meet(self, sender: Sender, address: Address, now: datetime) -> bool:
        """Take in what a message tells about its sender. True if anything changed."""
        changed = self._known(sender.identity, now, verified=True, address=address)
        for claim in sender.claims:
            changed |= self._known(claim, now, verified=False)
        changed |= self._learn("name", sender.name)
        for claim in sender.claims:
            if claim.kind in {"phone", "email"}:
                changed |= self._learn(claim.kind, claim.value)
        chosen = "language" in self.edited
        if sender.language and sender.language != self.language and not chosen:
            self.language = sender.language
            changed = True
        if changed:
            self.updated_at = now
        return changed

    def prove(self, identity: Identity, now: datetime) -> bool:
        """An identity is proven now (a shared contact that is the sender's own)."""
        changed = self._known(identity, now, verified=True)
        if identity.kind in {"phone", "email"}:
            changed |= self._learn(identity.kind, identity.value)
        return changed

    def lose(self, key: str, reason: str) -> bool:
        """The person cannot be reached by this identity any more."""
        return self._reach(key, reason)

    def regain(self, key: str) -> bool:
        """The person can be reached by this identity again."""
        return self._reach(key, "")

    def choose_language(self, language: str, now: datetime) -> bool:
        """The person wants to be spoken to in this language, whatever their device says."""
        if self.language == language and "language" in self.edited:
            return False
        self.language, self.updated_at = language, now
        self.edited = list(dict.fromkeys([*self.edited, "language"]))
        return True

    def edit(self, fields: dict[str, str | bool], now: datetime) -> None:
        """Staff wrote these fields: name, phone, email, premises, vip, kind."""
        for name, value in fields.items():
            setattr(self, name, value)
            if name not in self.edited:
                self.edited = [*self.edited, name]
        self.updated_at = now

    def merge_into(self, other: Contact, now: datetime) -> None:
        """Let `other` stand for this contact. Nothing moves: undo clears the pointer."""
        if other.id == self.id or other.merged_into == self.id:
            raise MergeCircle()
        self.merged_into = other.id
        self.updated_at = now

    def _known(
        self, identity: Identity, now: datetime, *, verified: bool, address: Address | None = None
    ) -> bool:
        known = self.identity(identity.key)
        if known is None:
            self.identities = [
                *self.identities,
                KnownIdentity(key=identity.key, verified=verified, since=now, address=address),
            ]
            return True
        changed = False
        if verified and not known.verified:
            known.verified = changed = True
        if address is not None and (known.address != address or known.unreachable):
            known.address, known.unreachable, changed = address, "", True
        return changed

    def _learn(self, field: str, value: str) -> bool:
        if not value or field in self.edited or getattr(self, field):
            return False
        setattr(self, field, value)
        return True

    def _reach(self, key: str, reason: str) -> bool:
        known = self.identity(key)
        if known is None or known.unreachable == reason:
            return False
        known.unreachable = reason
        return True
