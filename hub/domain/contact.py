"""Contact: who writes or calls; one person however many ways they have to reach us."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

import msgspec

from hub.domain.errors import MergeCircle
from hub.domain.message import Address, Identity, Inbound, Sender
from hub.domain.premises import within
from hub.domain.thread import Author, HistoryLine


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


class Asked(msgspec.Struct, frozen=True, omit_defaults=True):
    """A question that the hub put to somebody and the next thing they write may answer.

    `what`: flat (`about` is the code of a house), why (`about` is the number of a case they rated),
    code (`about` is the key of the identity that a code was sent to), link (which telephone or
    mailbox is theirs too).
    `by` names the message (or its album) that answered it, `message` is the provider's id of it.
    """

    what: Literal["flat", "why", "code", "link"]
    about: str
    at: datetime
    by: str = ""
    message: str = ""

    def taken_by(self, message: Inbound) -> bool:
        """Whether this message, or another of its album, was taken for the answer."""
        return bool(self.by) and self.by in {message.key, message.album}


NOBODY = Author()
LINES = 200
"""Lines of a contact's history that are kept, the newest."""
PATIENCE = timedelta(hours=1)
"""For so long what somebody writes is taken for the reason of their rating."""


class Contact(msgspec.Struct, kw_only=True, omit_defaults=True):
    """`id` is random. `edited` names the fields that staff wrote: a channel never overwrites
    them. `merged_into` points at the contact that stands for this one now. `here` is the address
    that the person named last, by the link of a house: only said, but what they write next is about
    it. `joined`: others were merged into it at some time; `refused` are identities of which staff
    said that they are not this person's."""

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
    joined: bool = False
    refused: list[str] = []
    history: list[HistoryLine] = []
    here: str = ""
    asked: Asked | None = None
    created_at: datetime
    updated_at: datetime

    @property
    def verified(self) -> list[str]:
        """Keys that no other contact may hold."""
        return [known.key for known in self.identities if known.verified]

    def identity(self, key: str) -> KnownIdentity | None:
        """Find an identity by its key."""
        return next((known for known in self.identities if known.key == key), None)

    @property
    def place(self) -> str:
        """The address that what they write next is about."""
        return self.here or self.premises

    def come_to(self, house: str, shown: str, code: str, now: datetime) -> bool:
        """The person followed the link of a house: `house` is its address, `shown` the same with
        the entrance. They are to be asked for their flat, unless they were. True if anything
        changed."""
        if within(self.place, house):
            return False
        self._live(shown, now)
        self.asked = Asked("flat", code, now)
        return True

    def tell_flat(self, address: str, message: Inbound, now: datetime) -> None:
        """They answered which flat of the house is theirs."""
        self._live(address, now)
        self.answer(message, now)

    def correct_flat(self, address: str, now: datetime) -> bool:
        """They changed the message that told their flat."""
        if self.place == address:
            return False
        self._live(address, now)
        return True

    def ask_why(self, number: int, now: datetime) -> None:
        """They rated the answer to a case badly: what they write next may say why."""
        self.asked, self.updated_at = Asked("why", str(number), now), now

    def ask_code(self, key: str, now: datetime) -> None:
        """A code went to an identity that they say is theirs: what they write next may be it."""
        self.asked, self.updated_at = Asked("code", key, now), now

    def ask_link(self, now: datetime) -> None:
        """They want to name a telephone or a mailbox of theirs."""
        self.asked, self.updated_at = Asked("link", "", now), now

    def say_of_self(self, claim: Identity, now: datetime) -> bool:
        """They named a telephone or a mailbox of theirs; it is not proven by that."""
        self.refused = [key for key in self.refused if key != claim.key]
        return self._known(claim, now, verified=False)

    def asked_flat(self, code: str) -> bool:
        """Whether they still may say which flat of this house is theirs."""
        asked = self.asked
        return asked is not None and (asked.what, asked.about, asked.by) == ("flat", code, "")

    def answer(self, message: Inbound, now: datetime) -> None:
        """This message is what was asked for."""
        if self.asked is not None and not self.asked.by:
            self.updated_at = now
            self.asked = msgspec.structs.replace(
                self.asked, by=message.album or message.key, message=message.external_id
            )

    def drop_question(self) -> bool:
        """They did not answer, and are not asked again. True if there was a question."""
        asked, self.asked = self.asked, None
        return asked is not None

    def may_answer(self, message: Inbound) -> bool:
        """Whether this message may be (or was) the answer to what they were asked."""
        return self.asked is not None and (not self.asked.by or self.asked.taken_by(message))

    def _live(self, address: str, now: datetime) -> None:
        self.here, self.updated_at = address, now
        if "premises" not in self.edited:
            self.premises = address

    def meet(self, sender: Sender, address: Address, now: datetime) -> bool:
        """Take in what a message tells about its sender. True if anything changed."""
        changed = self._known(sender.identity, now, verified=True, address=address)
        for claim in sender.claims:
            changed |= self._known(claim, now, verified=False)
        changed |= self._learn("name", sender.name)
        changed |= self._learn("premises", sender.premises)
        for said in (sender.identity, *sender.claims):
            if said.kind in {"phone", "email"} and said.key not in self.refused:
                changed |= self._learn(said.kind, said.value)
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

    def edit(self, fields: dict[str, str | bool], now: datetime, by: Author = NOBODY) -> None:
        """Staff wrote these fields: name, phone, email, premises, vip, kind."""
        for name, value in fields.items():
            if getattr(self, name) != value:
                old = str(getattr(self, name) or "")
                self.note(now, by, "edited", field=name, old=old, new=str(value or ""))
            setattr(self, name, value)
            if name not in self.edited:
                self.edited = [*self.edited, name]
        if "premises" in fields:
            self.here = ""
        self.updated_at = now

    def merge_into(
        self, other: Contact, now: datetime, by: Author = NOBODY, *, why: str = ""
    ) -> None:
        """Let `other` stand for this contact. Nothing moves: undo clears the pointer. `why`: the
        identity that proved it, where nobody decided."""
        if other.id == self.id or other.merged_into == self.id:
            raise MergeCircle()
        self.merged_into = other.id
        self.note(now, by, "merged", into=other.id, name=other.name, why=why)

    def part(self, now: datetime, by: Author = NOBODY) -> None:
        """Undo a merge."""
        if self.merged_into:
            self.note(now, by, "split", contact=self.merged_into)
            self.merged_into = ""

    def let_go(self, key: str, now: datetime, by: Author = NOBODY) -> None:
        """An identity is not this person's: it leaves, and is not believed when it is only said
        again."""
        self.identities = [known for known in self.identities if known.key != key]
        self.refused = list(dict.fromkeys([*self.refused, key]))
        kind, _, value = key.partition(":")
        if kind in {"phone", "email"} and getattr(self, kind) == value and kind not in self.edited:
            setattr(self, kind, "")
        self.note(now, by, "let_go", identity=key)

    def note(self, now: datetime, by: Author, action: str, **data: str) -> None:
        """A line of history: who did what."""
        line = HistoryLine(at=now, who=by, action=action, data={k: v for k, v in data.items() if v})
        self.history = [*self.history, line][-LINES:]
        self.updated_at = now

    def _known(
        self, identity: Identity, now: datetime, *, verified: bool, address: Address | None = None
    ) -> bool:
        known = self.identity(identity.key)
        if known is None and not verified and identity.key in self.refused:
            return False
        if known is None:
            self.refused = [key for key in self.refused if key != identity.key]
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
