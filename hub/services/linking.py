"""A claimed telephone or mailbox becomes proven by a code: it is sent there by whichever channel
reaches it, and typed in the chat where the resident is. Who knows it is both of them."""

from __future__ import annotations

from typing import Literal

import msgspec

from hub.domain.case import author
from hub.domain.contact import Contact
from hub.domain.errors import Invalid, NotFound, TooManyTries
from hub.domain.linking import LASTS, TRIES, Code, digits_of, proof, written
from hub.domain.message import Address, Identity, Inbound, Outbound
from hub.domain.outbox import Letter
from hub.domain.person import held
from hub.domain.rights import require
from hub.domain.staff import SYSTEM, Actor
from hub.ports.channel import Limit
from hub.services.addresses import reaching
from hub.services.contacts import ContactBook
from hub.services.deps import Deps
from hub.services.senders import parts

HOUR, DAY = 3600.0, 86400.0
CASES = 20

Outcome = Literal["linked", "wrong", "over"]


class Sent(msgspec.Struct, frozen=True):
    """A code is on its way to `address`; it is awaited in a chat of the channel `chat`."""

    address: Address
    chat: str


class Answered(msgspec.Struct, frozen=True):
    """What became of a guess; `left` are the guesses that remain."""

    outcome: Outcome
    contact: Contact
    identity: str = ""
    left: int = 0


class Linking:
    """Asks for codes and takes them."""

    def __init__(self, deps: Deps, contacts: ContactBook) -> None:
        self._deps = deps
        self._contacts = contacts

    def reaches(self, key: str) -> bool:
        """Whether some channel can bring a code to this identity."""
        return bool(reaching(self._deps, key))

    async def ask(self, contact_id: str, key: str, by: Actor) -> Sent:
        """Send a code to an identity that this person only says is theirs. Raises Invalid where no
        channel leads there or nobody could type it, TooManyTries."""
        require(by, "contact.edit")
        standing = await self._deps.contacts.resolve(contact_id)
        if standing is None:
            raise NotFound(what="contact", id=contact_id)
        found = held(await parts(self._deps.contacts, standing.id), key)
        if found is None:
            raise NotFound(what="identity", id=key)
        if found[1].verified:
            raise Invalid(field="identity", reason="same")
        chat = await self._chat(standing, key)
        if chat is None:
            raise Invalid(field="identity", reason="no_chat")
        address = await self._send(standing, key, by)
        await self._prompt(standing, chat, address)
        return Sent(address, chat.channel)

    async def ask_self(self, contact: Contact, identity: Identity) -> Sent:
        """The person themselves named a telephone or a mailbox in the chat where they are."""
        return Sent(await self._send(contact, identity.key, SYSTEM, identity), "")

    async def answer(self, contact: Contact, message: Inbound) -> Answered | None:
        """Take what they typed; None if it is no code at all. May be called again with the same
        message after a crash."""
        asked = contact.asked
        assert asked is not None
        if asked.by and asked.taken_by(message):
            return await self._linked(contact, asked.about)
        digits = "" if message.attachments else written(message.text)
        now = self._deps.clock.now()
        if now - asked.at > 2 * LASTS:
            # Six digits of another day are a meter's.
            await self._contacts.change(contact.id, lambda one: one.drop_question())
            return None
        if not digits:
            return None
        code = await self._deps.codes.guess(contact.id, TRIES, now)
        if code is None:
            await self._contacts.change(contact.id, lambda one: one.drop_question())
            return Answered("over", contact)
        if not code.right(digits):
            return Answered("wrong", contact, code.identity, max(TRIES - code.tries, 0))
        await self._taken(contact, code.identity, message)
        answered = await self._linked(contact, code.identity)
        await self._deps.codes.drop(code)
        return answered

    async def _taken(self, contact: Contact, key: str, message: Inbound) -> None:
        """Whoever stands for both in a moment knows that this message was the code."""
        now = self._deps.clock.now()
        holder = (await self._deps.contacts.by_identities([key])).get(key)

        def decide(one: Contact) -> None:
            one.ask_code(key, now)
            one.answer(message, now)

        for one in {contact.id, holder.id if holder else contact.id}:
            await self._contacts.change(one, decide, follow=False)

    async def _linked(self, contact: Contact, key: str) -> Answered:
        kind, _, value = key.partition(":")
        fresh = await self._deps.contacts.resolve(contact.id)
        joined = await self._contacts.proven(fresh or contact, Identity(kind, value))
        return Answered("linked", joined, key)

    async def _send(
        self, contact: Contact, key: str, by: Actor, claim: Identity | None = None
    ) -> Address:
        address = next(iter(reaching(self._deps, key)), None)
        if address is None:
            raise Invalid(field="identity", reason="no_channel")
        wait = await self._deps.budget.spend(
            [
                # Nobody is flooded with codes, whoever names their number.
                Limit(f"code:{key}", 3, HOUR),
                Limit(f"code-day:{key}", 6, DAY),
                Limit(f"code-of:{contact.id}", 5, HOUR),
            ]
        )
        if wait > 0:
            raise TooManyTries(after=wait)
        now, salt = self._deps.clock.now(), self._deps.ids.new()
        digits = digits_of(self._deps.ids.new())
        await self._deps.codes.put(
            Code(
                id=contact.id,
                identity=key,
                salt=salt,
                proof=proof(digits, salt),
                expires_at=now + LASTS,
            )
        )

        def decide(one: Contact) -> None:
            if claim is not None:
                one.say_of_self(claim, now)
            one.ask_code(key, now)
            one.note(now, author(by), "code_sent", identity=key)

        changed = await self._contacts.change(contact.id, decide)
        text = self._words(changed, "code", code=digits, minutes=int(LASTS.total_seconds() // 60))
        await self._letter(f"code:{salt}", address, text)
        return address

    async def _prompt(self, contact: Contact, chat: Address, sent: Address) -> None:
        text = self._words(contact, "code_asked", to=sent.to)
        await self._letter(f"code-asked:{self._deps.ids.new()}", chat, text)

    def _words(self, contact: Contact, key: str, /, **params: object) -> str:
        organisation = self._deps.policy.organisation
        return self._deps.texts.render(
            f"bot/resident/{key}", contact.language or "ru", organisation=organisation, **params
        )

    async def _letter(self, name: str, to: Address, text: str) -> None:
        now, recipient = self._deps.clock.now(), f"resident:{to.account}:{to.to}"
        out = Outbound(id=name, to=to, text=text)
        letter = Letter(
            id=name,
            kind="resident",
            to=recipient,
            account=to.account,
            body=msgspec.to_builtins(out),
            due=now,
            at=now,
        )
        await self._deps.letters.add([letter])
        await self._deps.engine.post([recipient])

    async def _chat(self, standing: Contact, key: str) -> Address | None:
        """Where the person is: where they wrote last, else any way that takes answers."""
        found: list[Address] = []
        known = await parts(self._deps.contacts, standing.id)
        for part in known:
            for case in await self._deps.cases.of_contact(part.id, CASES):
                found += [case.address] if case.address is not None else []
        found += [one.address for part in known for one in part.identities if one.address]
        closed = {one.key for part in known for one in part.identities if one.unreachable}
        for address in found:
            sender = self._deps.senders.get(address.account)
            open_ = address.identity not in closed | {key}
            if sender is not None and sender.caps.two_way and open_:
                return address
        return None
