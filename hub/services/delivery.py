"""Rows that leave for residents: answers, and changes of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from hub.domain.case import Case, progress
from hub.domain.decision import address_of, catch_up
from hub.domain.message import (
    Address,
    Deferred,
    Outbound,
    OutboundFile,
    Outcome,
    Rejected,
    Unsure,
)
from hub.domain.outbox import Letter, Row
from hub.domain.thread import Entry
from hub.ports.cases import Cases
from hub.ports.channel import Limit, Sender
from hub.ports.outlet import Skip
from hub.ports.texts import Texts
from hub.services.deps import Policy
from hub.services.oldentries import change_paged
from hub.services.saidbefore import said_before
from hub.services.statuscard import ENDS, case_buttons, state_of, verbs_of


class ChannelOutlet:
    """Sends rows of kinds deliver and revise through the channel of their account."""

    def __init__(
        self, senders: Mapping[str, Sender], cases: Cases, texts: Texts, policy: Policy
    ) -> None:
        self._senders = senders
        self._cases = cases
        self._texts = texts
        self._policy = policy

    def limits(self, case: Case, row: Row) -> Sequence[Limit]:
        """The channel's own budgets for this recipient."""
        sender = self._senders.get(row.account)
        entry = case.by_seq(row.entry) if row.entry else None
        to = entry.delivery.to if entry and entry.delivery else address_of(row) or case.address
        if sender is None or to is None:
            return ()
        return sender.limits(Outbound(id="", to=to, text=""))

    async def send(self, case: Case, row: Row) -> Outcome | Skip:
        """Send one row. What may have gone out already goes again only where that is harmless."""
        sender = self._senders.get(row.account)
        if sender is None:
            return Deferred("channel_off", 60)
        entry = case.by_seq(row.entry) or await self._paged(case, row)
        if entry is None or entry.delivery is None:
            return Skip()
        out = self._answer(case, entry, entry.delivery.to)
        if ENDS.get(entry.event) == state_of(case) and sender.caps.buttons:
            language = case.contact.language or "ru"
            out.buttons = case_buttons(self._texts, case.number, language, verbs_of(case))
        if row.kind == "revise":
            return await self._revised(sender, out, entry)
        if row.repeat and not sender.caps.idempotent:
            return Unsure("interrupted")
        outcome = await sender.send(out)
        if isinstance(outcome, Unsure) and sender.caps.idempotent:
            return Deferred(outcome.reason, 0)
        return outcome

    async def _paged(self, case: Case, row: Row) -> Entry | None:
        """An answer on an older page, in the words decided last; it says that it is on its way
        before it is."""

        def leaves(entry: Entry) -> bool:
            changed = catch_up(entry, case.outbox)
            leaving = row.kind == "deliver" and progress(entry, "sending", row.at)
            return leaving or changed

        entry, _ = await change_paged(self._cases, case.number, row.entry, leaves)
        return entry

    async def _revised(self, sender: Sender, out: Outbound, entry: Entry) -> Outcome | Skip:
        """The message that stands at the resident's says the new words."""
        if not entry.external_ids:
            # It never came there: the answer itself takes the new words along.
            return Skip()
        out.edit, out.in_reply_to = entry.external_ids[0], ""
        return await sender.send(out)

    def _answer(self, case: Case, entry: Entry, to: Address) -> Outbound:
        quoted = case.by_seq(entry.in_reply_to) if entry.in_reply_to else None
        last = quoted.external_ids[0] if quoted and quoted.external_ids else ""
        if not last and to == case.address:
            last = case.last_external_id
        signature = self._policy.organisation
        if self._policy.sign_with_operator and entry.author.name:
            signature = ", ".join(part for part in (entry.author.name, signature) if part)
        return Outbound(
            id=f"{case.number}-{entry.seq}",
            to=to,
            text=entry.text,
            case=case.number,
            in_reply_to=last,
            files=tuple(
                OutboundFile(
                    id=file.id, name=file.name, mime=file.mime, size=file.size, kind=file.kind
                )
                for file in entry.files
            ),
            signature=signature,
            subject=case.subject,
            language=case.contact.language,
            references=said_before(case, entry, to),
            automatic=entry.automatic,
        )


class ResidentLetters:
    """Sends letters to residents: greetings, lists, refusals. Their body is an Outbound."""

    def __init__(self, senders: Mapping[str, Sender]) -> None:
        self._senders = senders

    def limits(self, letter: Letter) -> Sequence[Limit]:
        """The channel's own budgets."""
        sender = self._senders.get(letter.account)
        return sender.limits(_outbound(letter)) if sender else ()

    async def send(self, letter: Letter) -> Outcome | Skip:
        """Send one; a repeat that could double it is not sent."""
        sender = self._senders.get(letter.account)
        if sender is None:
            return Rejected("channel_off")
        out = _outbound(letter)
        harmless = sender.caps.idempotent or out.edit or out.reaction
        if letter.repeat and not harmless:
            return Unsure("interrupted")
        return await sender.send(out)


def _outbound(letter: Letter) -> Outbound:
    return msgspec.convert(letter.body, Outbound)
