"""Entries of a thread as messages of a bot: what the resident wrote, comments, deliveries."""

from __future__ import annotations

from bots.common.callbacks import press
from bots.common.views import Key, View, listing, parts
from hub.domain.case import Case
from hub.domain.message import Address
from hub.domain.staff import Directory, Staff
from hub.domain.thread import Entry
from hub.ports.texts import Texts

# What may be done about a delivery that stands so.
STUCK = frozenset({"failed", "uncertain"})
GONE_OUT = frozenset({"sent", "delivered", "read"})
UNSETTLED = "stuck"
"""Remembered with a message of trouble that is not over."""


class Entries:
    """Draws entries."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    def message(self, case: Case, entry: Entry, person: Staff, *, named: bool) -> list[View]:
        """What the resident wrote; in several messages where it is long. `named`: no card of the
        case stands in this chat, so the message says whose it is."""
        pieces = parts(entry.text)
        views = []
        for at, piece in enumerate(pieces):
            text = self._texts.html(
                "bot/operator/message",
                person.language,
                case=case,
                entry=entry,
                text=piece,
                first=at == 0,
                named=named,
                edited=False,
            )
            views.append(
                View(
                    text=text,
                    what="message",
                    case=case.number,
                    entry=entry.seq,
                    version=case.version,
                )
            )
        return views

    def edited(self, case: Case, entry: Entry, person: Staff) -> View:
        """«Было / стало»."""
        text = self._texts.html(
            "bot/operator/edited",
            person.language,
            case=case,
            entry=entry,
            before=parts(entry.edits[-1].text, 1200)[0] if entry.edits else "",
            after=parts(entry.text, 1200)[0],
        )
        return View(text=text, what="message", case=case.number, entry=entry.seq)

    def revised(self, case: Case, entry: Entry, person: Staff) -> View:
        """A colleague changed a comment: «было / стало»."""
        text = self._texts.html(
            "bot/staff/comment_revised",
            person.language,
            case=case,
            entry=entry,
            before=parts(entry.edits[-1].text, 1200)[0] if entry.edits else "",
            after=parts(entry.text, 1200)[0],
        )
        return View(text=text, what="comment", case=case.number, entry=entry.seq)

    def comment(self, case: Case, entry: Entry, person: Staff, directory: Directory) -> list[View]:
        """A comment of a colleague."""
        author = directory.staff.get(entry.author.login)
        dispatcher = author is not None and "executor" not in author.roles
        return [
            View(
                text=self._texts.html(
                    "bot/staff/comment",
                    person.language,
                    case=case,
                    entry=entry,
                    text=piece,
                    first=at == 0,
                    dispatcher=dispatcher and "operator" not in person.roles,
                ),
                what="comment",
                case=case.number,
                entry=entry.seq,
            )
            for at, piece in enumerate(parts(entry.text))
        ]

    def mark(self, case: Case, entry: Entry, language: str, *, told: bool) -> View:
        """How a delivery fares: ⏳, ✓, or the reason and what can be done. `told`: with the text
        that was sent, where the mark does not stand under it."""
        delivery = entry.delivery
        state = delivery.state if delivery else "queued"
        text = self._texts.html(
            "bot/operator/mark",
            language,
            number=case.number,
            state=state,
            reason=delivery.reason if delivery else "",
            edit=delivery.edit if delivery else "",
            text=parts(entry.text)[0] if told else "",
        )
        return View(
            text=text,
            keys=self.repair(case, entry, language),
            what="mark",
            case=case.number,
            entry=entry.seq,
            version=case.version,
            data={"told": "1"} if told else {},
        )

    def trouble(
        self, case: Case, entry: Entry, language: str, *, other: Address | None = None
    ) -> View:
        """A delivery failed, or nobody knows whether it went out. `other` is the way that is
        offered next where the channel refused for good."""
        assert entry.delivery is not None
        text = self._texts.html(
            "bot/operator/trouble",
            language,
            case=case,
            entry=entry,
            state=entry.delivery.state,
            reason=entry.delivery.reason,
        )
        keys = self.repair(case, entry, language)
        data = {UNSETTLED: "1"}
        if other is not None:
            label = self._texts.render("bot/operator/send_by", language, address=other)
            keys = [[Key(label, press("retry_to", case.number, case.version))], *keys]
            data |= listing([other.identity])
        return View(
            text=text, keys=keys, what="trouble", case=case.number, entry=entry.seq, data=data
        )

    def settled(self, case: Case, entry: Entry, language: str) -> View:
        """What `trouble` becomes when it is over, or when a newer one is said: no key of it would
        do anything any more."""
        text = self._texts.html(
            "bot/operator/settled",
            language,
            case=case,
            entry=entry,
            state=entry.delivery.state if entry.delivery else "",
        )
        return View(text=text, what="trouble", case=case.number, entry=entry.seq)

    def edit_failed(self, case: Case, entry: Entry, language: str) -> View:
        """The resident still has the former words."""
        text = self._texts.html(
            "bot/operator/edit_failed",
            language,
            case=case,
            entry=entry,
            reason=entry.delivery.reason if entry.delivery else "",
        )
        return View(text=text, what="trouble", case=case.number, entry=entry.seq)

    def repair(self, case: Case, entry: Entry, language: str) -> list[list[Key]]:
        """[Повторить] and another address, while the delivery is stuck."""
        if entry.delivery is None or entry.delivery.state not in STUCK:
            return []

        def label(name: str) -> str:
            return self._texts.render("bot/staff/buttons", language, name=name, count=0)

        return [
            [
                Key(label("retry"), press("retry", case.number, 0, entry.seq)),
                Key(label("elsewhere"), press("elsewhere", case.number, 0, entry.seq)),
            ]
        ]


def meant_for(entry: Entry) -> dict[str, str]:
    """What is remembered with a file: an answer to one that colleagues sent stays inside."""
    return {"inward": "1"} if entry.kind == "comment" else {}
