"""What tells a resident how it stands without anybody's words: the one status card that is edited
in place, and the sign at a message that it was seen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from hub.domain.case import Case
from hub.domain.message import Accepted, Button, Deferred, Outbound, Outcome, Rejected, Unsure
from hub.domain.outbox import Row
from hub.ports.channel import Limit, Sender
from hub.ports.outlet import Skip
from hub.ports.texts import Texts
from hub.services.afterhours import tell_closed
from hub.services.deps import Deps
from hub.services.hours import WorkingHours
from hub.services.notices import anybody_on_shift
from hub.services.reaction import TOLD
from hub.services.saidbefore import said_before

Buttons = tuple[tuple[Button, ...], ...]

VERBS: dict[str, tuple[tuple[str, ...], ...]] = {
    "accepted": (("add", "cancel"),),
    "working": (("add",),),
    "done": (("good", "bad"), ("again",)),
    "rated": (("again",),),
    "rejected": (("again",),),
    "withdrawn": (("resume",),),
}
"""Which buttons stand under what is said of a case."""
ENDS = {"resolved": "done", "rejected": "rejected"}
"""Messages that tell how a case ended, by their event, and the state that they tell of."""
CONFIRMATIONS, DAY = 3, 24 * 3600.0
"""Notices of receipt that one address is sent a day."""
SIGN_TRIES, SIGN_AGE = 3, timedelta(minutes=2)
"""A sign that comes late says nothing any more."""


def state_of(case: Case) -> str:
    """What the resident is told of where their case stands."""
    if case.status == "closed":
        for line in reversed(case.history):
            if line.action in {"withdrawn", "resolved", "reopened"}:
                return "withdrawn" if line.action == "withdrawn" else "done"
    return TOLD.get(case.status, "done")


def verbs_of(case: Case) -> tuple[tuple[str, ...], ...]:
    """What the resident may do with it now."""
    state = state_of(case)
    return VERBS["rated" if state == "done" and case.rating else state]


def case_buttons(
    texts: Texts, number: int, language: str, verbs: tuple[tuple[str, ...], ...]
) -> Buttons:
    """These verbs as buttons."""
    return tuple(
        tuple(
            Button(texts.render(f"bot/resident/buttons/{verb}", language), f"case:{number}:{verb}")
            for verb in line
        )
        for line in verbs
    )


def told_end(case: Case) -> bool:
    """Whether a message told how it ended: then the buttons stand under that one, which asks what
    the resident thinks of it."""
    since, state = case.resolved_at, state_of(case)
    if state == "rejected":
        ended = (line.at for line in reversed(case.history) if line.action == "rejected")
        since = next(ended, None)
    return since is not None and any(
        ENDS.get(entry.event) == state and entry.at >= since for entry in case.thread
    )


class StatusOutlet:
    """Sends rows of kinds status and react through the channel of their account."""

    def __init__(self, deps: Deps, hours: WorkingHours) -> None:
        self._deps = deps
        self._hours = hours

    def limits(self, case: Case, row: Row) -> Sequence[Limit]:
        """The channel's own budgets for this recipient."""
        sender = self._deps.senders.get(row.account)
        if sender is None or case.address is None:
            return ()
        reaction = "?" if row.kind == "react" else ""
        return sender.limits(Outbound(id="", to=case.address, text="", reaction=reaction))

    async def send(self, case: Case, row: Row) -> Outcome | Skip:
        """Send one row. What may have gone out already goes again only where that is harmless."""
        sender = self._deps.senders.get(row.account)
        if row.kind == "react":
            return await self._seen(sender, case, row) if sender else Skip()
        if sender is None:
            # Nobody can be told there; a row that waits for it would wake for ever.
            return Skip()
        return await self._status(sender, case, row)

    async def _seen(self, sender: Sender, case: Case, row: Row) -> Outcome | Skip:
        """A failure is nobody's business: the message stands in the case all the same."""
        entry, to = case.by_seq(row.entry), case.address
        if not sender.caps.reactions or entry is None or to is None or self._late(row):
            return Skip()
        if entry.conversation != to.conversation or not entry.external_ids:
            return Skip()
        await tell_closed(self._deps, self._hours, case, entry)
        outcome = await sender.send(
            Outbound(
                id=f"{case.number}-seen-{entry.seq}",
                to=to,
                text="",
                case=case.number,
                in_reply_to=entry.external_ids[0],
                reaction=self._deps.texts.render("bot/resident/seen"),
            )
        )
        return outcome if isinstance(outcome, Accepted | Deferred) else Skip(tried=True)

    def _late(self, row: Row) -> bool:
        return row.tries > SIGN_TRIES or self._deps.clock.now() - row.at > SIGN_AGE

    async def _status(self, sender: Sender, case: Case, row: Row) -> Outcome | Skip:
        if case.address is None or case.status not in TOLD:
            return Skip()
        if not sender.caps.status_card:
            return await self._confirm(sender, case, row) if sender.caps.confirms else Skip()
        if row.repeat and not case.status_card:
            return Unsure("interrupted")
        told = told_end(case)
        heard = told and case.status == "rejected"
        if heard and not case.status_card:
            # A card that was not there yet would say the same a second time.
            return Skip()
        language = case.contact.language or "ru"
        verbs = () if told else verbs_of(case)
        out = Outbound(
            id=f"{case.number}-status-{row.id}",
            to=case.address,
            text=await status_words(self._deps, self._hours, case, language),
            case=case.number,
            edit=case.status_card,
            buttons=case_buttons(self._deps.texts, case.number, language, verbs),
        )
        outcome = await sender.send(out)
        anew = out.edit and isinstance(outcome, Rejected) and not outcome.gone
        if anew and not heard:
            # They deleted the card, or speak with us elsewhere now.
            outcome = await sender.send(msgspec.structs.replace(out, edit=""))
        return outcome

    async def _confirm(self, sender: Sender, case: Case, row: Row) -> Outcome | Skip:
        """A short notice that the first message came, where nothing else shows it: once for a
        case, and seldom enough that two programs do not answer each other for ever."""
        to = case.address
        again = any(line.action == "reopened" for line in case.history)
        if to is None or case.status_card or case.answered_at or again:
            return Skip()
        if state_of(case) != "accepted":
            return Skip()
        # A repeat bears the same name: a notice twice is better than none.
        often = Limit(f"confirm:{to.account}:{to.to}", CONFIRMATIONS, DAY)
        if row.tries <= 1 and await self._deps.budget.spend([often]) > 0:
            return Skip()
        language = case.contact.language or "ru"
        return await sender.send(
            Outbound(
                id=f"{case.number}-accepted",
                to=to,
                text=await status_words(self._deps, self._hours, case, language),
                case=case.number,
                subject=case.subject,
                language=language,
                references=said_before(case, None, to),
                signature=self._deps.policy.organisation,
                automatic=True,
            )
        )


async def _nobody(deps: Deps, case: Case) -> bool:
    """Within hours, and yet nobody is there to take it up."""
    return not case.operator and not anybody_on_shift(await deps.staff.directory(), case.group)


async def status_words(deps: Deps, hours: WorkingHours, case: Case, language: str) -> str:
    """How a case stands. Nothing is promised that has passed, or for when nobody works."""
    now, state = deps.clock.now(), state_of(case)
    opens = await hours.opens(case.group) if state == "accepted" else None
    deadline: datetime | None = case.deadline
    if deadline is not None and deadline <= (opens or now):
        deadline = None
    return deps.texts.render(
        "bot/resident/status",
        language,
        case=case,
        state=state,
        deadline=deadline,
        opens=opens,
        nobody=state == "accepted" and opens is None and await _nobody(deps, case),
        asks=state == "done" and not case.rating and not told_end(case),
        organisation=deps.policy.organisation,
        phone=deps.policy.phone,
    )
