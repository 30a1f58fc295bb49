"""One case as it could have happened, told through the domain's own methods."""

from datetime import datetime, timedelta
from random import Random

from hub.domain.call import Call
from hub.domain.callback import Callback
from hub.domain.callnote import CallNote
from hub.domain.case import Case, ContactRef
from hub.domain.catalog import FirstDeadline, first_deadline
from hub.domain.contact import Contact
from hub.domain.message import Identity, Inbound, Sender, stable_id
from hub.domain.staff import Actor, Directory
from hub.seeding.data import Topic, topics
from hub.seeding.residents import ACCOUNT, CALLED
from hub.seeding.ringing import call

MINUTE = timedelta(minutes=1)
# Cases older than this are mostly at an end.
FRESH = timedelta(days=3)


class Teller:
    """Tells cases with the people who work here; ``now`` is where all stories stop. ``calls`` and
    ``owed`` callbacks are what came of it beside the cases."""

    def __init__(
        self,
        dice: Random,
        operators: list[Actor],
        executors: list[Actor],
        group: str,
        results: list[str],
        rules: list[FirstDeadline],
        directory: Directory,
        now: datetime,
    ) -> None:
        self._dice = dice
        self._operators = operators
        self._executors = executors
        self._group = group
        self._results = results
        self._rules = rules
        self._directory = directory
        self.calls: list[Call] = []
        self.owed: list[Callback] = []
        self._now = now
        self._topics = topics()
        self._weights = [one.weight for one in self._topics.topic]

    def case(self, number: int, contact: Contact, at: datetime, occasion: int = 0) -> Case:
        """The case ``number``, begun at ``at``; ``occasion`` tells apart cases of one contact."""
        (topic,) = self._dice.choices(self._topics.topic, self._weights)
        address = next((one.address for one in contact.identities if one.address), None)
        channel = address.channel if address else CALLED
        place = address.conversation if address else f"{ACCOUNT}:{contact.id}"
        conversation = f"{place}:{occasion}" if occasion else place
        case = Case(
            number=number,
            type=topic.type,
            channel=channel,
            account=ACCOUNT,
            conversation=conversation,
            current=True,
            contact=ContactRef(
                id=contact.id, name=contact.name, phone=contact.phone, vip=contact.vip
            ),
            premises=contact.premises,
            group=self._group,
            deadline=first_deadline(self._rules, topic.type, channel, at),
            created_at=at,
            updated_at=at,
        )
        case.subject = topic.subject
        if address:
            self._receive(case, contact, self._said(topic.first, contact), at)
            self._work(case, contact, topic, at)
        else:
            case.text = self._said(topic.first, contact)
            self._ring(case, contact, topic, at)
        # What these stories would send was sent long ago, in the story.
        case.outbox, case.outbox_due = [], None
        for entry in case.thread:
            if entry.delivery is not None:
                entry.delivery.state, entry.delivery.attempts = "read", 1
        return case

    def _work(self, case: Case, contact: Contact, topic: Topic, at: datetime) -> None:
        dice = self._dice
        done = self._now - at > FRESH and dice.random() < 0.93
        if not self._operators or (not done and dice.random() < 0.35):
            return
        operator = dice.choice(self._operators)
        at = self._later(at, 2, 90)
        case.take(operator, at)
        for turn in range(dice.choice((1, 1, 2, 2, 3, 5))):
            at = self._later(at, 3, 240)
            said = dice.choice(topic.replies)
            case.reply(said, [], operator, at, key=f"{ACCOUNT}:{case.number}:r{turn}")
            if self._executors and dice.random() < 0.3:
                executor = dice.choice(self._executors)
                case.change_executors([executor.login], [], operator, at)
                said = dice.choice(self._topics.comments)
                case.comment(said, [], executor, at, key=f"{ACCOUNT}:{case.number}:c{turn}")
            if dice.random() < 0.5:
                at = self._later(at, 5, 600)
                self._receive(case, contact, dice.choice(self._topics.urges), at, turn + 1)
        if not done:
            return
        at = self._later(at, 30, 2000)
        case.resolve(dice.choice(self._results), "", operator, at)
        if dice.random() < 0.4:
            at = self._later(at, 1, 90)
            self._receive(case, contact, dice.choice(self._topics.thanks), at, 9)
            at = self._later(at, 1, 30)
            case.resolve(dice.choice(self._results), "", operator, at)
        case.close(operator, self._later(at, 60, 4320))

    def _ring(self, case: Case, contact: Contact, topic: Topic, at: datetime) -> None:
        """It was told by telephone: whoever took the call opened the case."""
        if not self._operators:
            return
        operator = self._dice.choice(self._operators)
        made = call(self._dice, ACCOUNT, CALLED, f"case-{case.number}", contact.phone, at, operator)
        self._belongs(made, contact)
        made.cases = [case.number]
        note = CallNote.of(made, self._directory)
        case.attach_call(note, at, "in", CALLED, operator, at)
        case.take(operator, at)
        self.calls.append(made)
        if self._executors and self._dice.random() < 0.5:
            executor = self._dice.choice(self._executors)
            at = self._later(at, 2, 30)
            case.change_executors([executor.login], [], operator, at)
            said = self._dice.choice(self._topics.comments)
            case.comment(said, [], executor, at, key=f"{ACCOUNT}:{case.number}:c0")
        if self._now - at > FRESH or self._dice.random() < 0.4:
            at = self._later(at, 30, 2000)
            case.resolve(self._dice.choice(self._results), "", operator, at)
            if self._now - at > FRESH:
                case.close(operator, self._later(at, 60, 4320))

    def missed(self, number: int, contact: Contact, at: datetime) -> None:
        """A call of somebody who did not get through, and was called back if that is long ago."""
        made = call(self._dice, ACCOUNT, CALLED, f"missed-{number}", contact.phone, at, None)
        self._belongs(made, contact)
        self.calls.append(made)
        owed = Callback.of(made, at)
        if self._now - at > FRESH / 24:
            who = self._dice.choice(self._operators).login if self._operators else ""
            owed.done(who, "", self._later(at, 3, 20))
        else:
            # Nobody is woken for what nobody did.
            owed.alerted_at = at
        self.owed.append(owed)

    def _belongs(self, made: Call, contact: Contact) -> None:
        made.contact, made.name, made.premises = contact.id, contact.name, contact.premises

    def _receive(
        self, case: Case, contact: Contact, text: str, at: datetime, turn: int = 0
    ) -> None:
        (address, *_) = [one.address for one in contact.identities if one.address is not None]
        external = f"{case.number}:{turn}"
        message = Inbound(
            key=stable_id(ACCOUNT, external),
            account=ACCOUNT,
            channel=case.channel,
            conversation=case.conversation,
            sender=Sender(identity=Identity(ACCOUNT, address.to), name=contact.name),
            reply_to=address,
            text=text,
            sent_at=at,
            external_id=external,
        )
        case.receive(message, at)

    def _said(self, texts: list[str], contact: Contact) -> str:
        return self._dice.choice(texts).format(
            flat=contact.premises.rpartition(" ")[2],
            entrance=self._dice.randint(1, 6),
            floor=self._dice.randint(2, 16),
            day=self._dice.choice(self._topics.days),
        )

    def _later(self, at: datetime, low: int, high: int) -> datetime:
        """Some minutes on, never past the present."""
        return min(at + self._dice.randint(low, high) * MINUTE, self._now)
