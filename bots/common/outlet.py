"""Rows of a case's outbox that go to staff: notices, cards redrawn, marks of deliveries."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from bots.common.cards import Cards, carries_out
from bots.common.entries import GONE_OUT, STUCK, UNSETTLED, Entries, meant_for
from bots.common.teller import MAX_UPLOAD, Teller
from bots.common.views import View
from hub.botapi.limits import limits
from hub.domain.case import Case
from hub.domain.message import Accepted, Deferred, Outcome
from hub.domain.outbox import Row
from hub.domain.staff import Directory, Staff
from hub.domain.thread import Entry
from hub.ports.channel import Limit
from hub.ports.outlet import Skip
from hub.ports.shown import Shown
from hub.services.addresses import next_address
from hub.services.deps import Deps
from hub.services.oldentries import standing
from hub.services.unsent import retried

PATIENCE = 1.5
"""Seconds that a redraw waits for its turn; after that the row comes again later."""

# Notices that bring a card of their own, and those that say one thing about a case.
WITH_CARD = frozenset(
    {
        "new",
        "released",
        "assigned",
        "transferred",
        "transferred_group",
        "responsible",
        "reopened",
        "unstaffed",
        "escalated",
    }
)


class StaffOutlet:
    """Carries rows of kinds notice, card and mark."""

    def __init__(self, deps: Deps, teller: Teller) -> None:
        self._deps = deps
        self._teller = teller
        self._cards = Cards(deps.texts, phones=deps.policy.executors_see_phone)
        self._entries = Entries(deps.texts)

    def limits(self, case: Case, row: Row) -> Sequence[Limit]:
        """The bot's budgets; a card that looks right already must not use any of them up, so what
        is redrawn spends when it is known to have changed."""
        if row.kind in {"card", "mark"}:
            return ()
        return limits(row.account, int(row.data.get("chat", "0")))

    async def send(self, case: Case, row: Row) -> Outcome | Skip:
        """Say it, unless nothing is left to say."""
        directory = await self._deps.staff.directory()
        person = directory.staff.get(row.data.get("login", ""))
        link = person.link(row.account) if person and person.active else None
        if person is None or link is None or not self._teller.knows(row.account):
            return Skip()
        if row.kind == "card":
            return await self._card(case, row, person, link.chat, directory)
        if row.kind == "mark":
            return await self._mark(case, row, person, link.chat)
        return await self._notice(case, row, person, link.chat, directory)

    async def _entry(self, case: Case, seq: int) -> Entry | None:
        return await standing(self._deps.cases, case, seq)

    async def _latest(
        self, row: Row, chat: int, what: str, case: int, entry: int = 0
    ) -> Shown | None:
        return await self._deps.shown.latest(row.account, chat, what, case, entry)

    # ── in place ─────────────────────────────────────────────────────────────────────────────

    async def _card(
        self, case: Case, row: Row, person: Staff, chat: int, directory: Directory
    ) -> Outcome | Skip:
        what = "task" if carries_out(case, person) else "card"
        shown = await self._latest(row, chat, what, case.number)
        if shown is None:
            return Skip()
        view = self._cards.again(case, shown, person, directory, self._deps.clock.now())
        return await self._redraw(shown, view)

    async def _mark(self, case: Case, row: Row, person: Staff, chat: int) -> Outcome | Skip:
        entry = await self._entry(case, row.entry)
        shown = await self._latest(row, chat, "mark", case.number, row.entry)
        if entry is None:
            return Skip()
        marked: Outcome | Skip = Skip()
        if shown is not None:
            told = bool(shown.data.get("told"))
            view = self._entries.mark(case, entry, person.language, told=told)
            marked = await self._redraw(shown, view)
        gone_out = entry.delivery is not None and entry.delivery.state in GONE_OUT
        if isinstance(marked, Skip | Accepted) and gone_out:
            over = await self._settle(case, row, person, chat, entry)
            return marked if isinstance(over, Skip) else over
        return marked

    async def _settle(
        self, case: Case, row: Row, person: Staff, chat: int, entry: Entry
    ) -> Outcome | Skip:
        """The trouble that was told of is over, or told of anew: its keys go."""
        if not retried(case, entry.seq):
            return Skip()
        shown = await self._latest(row, chat, "trouble", case.number, entry.seq)
        if shown is None or UNSETTLED not in shown.data:
            return Skip()
        return await self._redraw(shown, self._entries.settled(case, entry, person.language))

    async def _redraw(self, shown: Shown, view: View) -> Outcome | Skip:
        if shown.data.get("digest") != view.digest:
            budgets = limits(shown.account, shown.chat)
            wait = await self._deps.budget.spend(budgets)
            if 0 < wait <= PATIENCE:
                await asyncio.sleep(wait)
                wait = await self._deps.budget.spend(budgets)
            if wait > 0:
                return Deferred("rate_limit", wait, "chat")
        return await self._teller.redraw(shown, view)

    # ── news ─────────────────────────────────────────────────────────────────────────────────

    async def _notice(
        self, case: Case, row: Row, person: Staff, chat: int, directory: Directory
    ) -> Outcome | Skip:
        what = row.data.get("what", "")
        entry = await self._entry(case, row.entry)
        if what in WITH_CARD:
            return await self._with_card(case, row, person, chat, directory, entry)
        if what == "task" and person.login not in case.executors:
            # Taken away before it was told.
            return Skip()
        if what == "task":
            view = self._cards.task(case, person, directory, self._deps.clock.now())
            said = await self._say_once(case, row, chat, [view])
            for one in [one for one in case.thread if one.direction == "in" and one.files]:
                if isinstance(said, Accepted):
                    said = await self._then_files(said, case, row, chat, one)
            return said
        if what == "message" and entry is not None:
            if _files_alone(entry) and any(file.state == "pending" for file in entry.files):
                # A picture speaks for itself; a notice comes when it is here.
                return Skip()
            return await self._message(case, row, person, chat, entry)
        if what == "file" and entry is not None:
            return await self._files(case, row, chat, entry)
        if what == "comment" and entry is not None:
            views = self._entries.comment(case, entry, person, directory)
            under = await self._under(case, row, chat)
            said = await self._say_once(case, row, chat, views, under=under)
            return await self._then_files(said, case, row, chat, entry)
        if what == "edited" and entry is not None:
            before = await self._latest(row, chat, "message", case.number, entry.seq)
            view = self._entries.edited(case, entry, person)
            under = before.message if before else await self._under(case, row, chat)
            return await self._say(row, chat, [view], under=under)
        if what == "revised" and entry is not None and entry.edits:
            before = await self._latest(row, chat, "comment", case.number, entry.seq)
            view = self._entries.revised(case, entry, person)
            under = before.message if before else await self._under(case, row, chat)
            return await self._say(row, chat, [view], under=under)
        if what == "edit_failed" and entry is not None:
            return await self._edit_failed(case, row, person, chat, entry)
        if what in STUCK:
            return await self._trouble(case, row, person, chat, entry)
        return await self._plain(case, row, person, chat, directory, what)

    async def _with_card(
        self,
        case: Case,
        row: Row,
        person: Staff,
        chat: int,
        directory: Directory,
        entry: Entry | None,
    ) -> Outcome | Skip:
        what = row.data["what"]
        note = entry.text if entry is not None and what.startswith("transferred") else ""
        view = self._cards.of(
            case, person, directory, self._deps.clock.now(), headline=what, note=note
        )
        said = await self._say_once(case, row, chat, [view])
        return await self._then_files(said, case, row, chat, entry if what == "new" else None)

    async def _message(
        self, case: Case, row: Row, person: Staff, chat: int, entry: Entry
    ) -> Outcome | Skip:
        if _files_alone(entry):
            return await self._files(case, row, chat, entry)
        under = await self._under(case, row, chat)
        views = self._entries.message(case, entry, person, named=not under)
        said = await self._say_once(case, row, chat, views, under=under)
        return await self._then_files(said, case, row, chat, entry)

    async def _trouble(
        self, case: Case, row: Row, person: Staff, chat: int, entry: Entry | None
    ) -> Outcome | Skip:
        if entry is None or entry.delivery is None or entry.delivery.state not in STUCK:
            return Skip()
        mark = await self._latest(row, chat, "mark", case.number, entry.seq)
        refused = entry.delivery.state == "failed" and entry.delivery.to
        other = await next_address(self._deps, case, refused) if refused else None
        view = self._entries.trouble(case, entry, person.language, other=other)
        # What was said of an earlier try has served; a wait for that would say this one late.
        await self._settle(case, row, person, chat, entry)
        return await self._say(row, chat, [view], under=mark.message if mark else 0)

    async def _edit_failed(
        self, case: Case, row: Row, person: Staff, chat: int, entry: Entry
    ) -> Outcome | Skip:
        if entry.delivery is None or entry.delivery.edit != "failed":
            return Skip()
        mark = await self._latest(row, chat, "mark", case.number, entry.seq)
        view = self._entries.edit_failed(case, entry, person.language)
        return await self._say(row, chat, [view], under=mark.message if mark else 0)

    async def _plain(
        self, case: Case, row: Row, person: Staff, chat: int, directory: Directory, what: str
    ) -> Outcome | Skip:
        text = self._deps.texts.html(
            "bot/staff/notice",
            person.language,
            what=what,
            case=case,
            operator=directory.name(case.operator) if case.operator else "",
        )
        view = View(text=text, what="notice", case=case.number, version=case.version)
        lost = case.address if what == "unreachable" else None
        if lost is not None and await next_address(self._deps, case, lost) is not None:
            view.keys = [[self._cards.key("via", case, person)]]
        return await self._say(row, chat, [view], under=await self._under(case, row, chat))

    # ── files ────────────────────────────────────────────────────────────────────────────────

    async def _files(self, case: Case, row: Row, chat: int, entry: Entry) -> Outcome | Skip:
        """Files of an entry that this chat has not seen yet and that can be had."""
        under = await self._latest(row, chat, "message", case.number, entry.seq)
        quoted = under.message if under else await self._under(case, row, chat)
        last: Outcome | Skip = Skip()
        for file in entry.files:
            what = f"file:{file.id}"
            if file.state == "pending" or await self._latest(row, chat, what, case.number):
                continue
            shown = {"what": what, "case": case.number, "entry": 0, "data": meant_for(entry)}
            if file.state == "failed" or file.size > MAX_UPLOAD:
                text = self._deps.texts.html("bot/operator/file_lost", case=case, file=file)
                view = View(text=text, what=what, case=case.number, data=meant_for(entry))
                last = await self._teller.show(row.account, chat, view, reply_to=quoted)
                if not isinstance(last, Accepted):
                    return last
                continue
            caption = self._deps.texts.html("bot/operator/file", case=case, entry=entry, file=file)
            if row.repeat and isinstance(last, Skip):
                caption = self._repeated(caption)
            last = await self._teller.file(
                row.account,
                chat,
                file,
                caption=caption,
                reply_to=quoted,
                shown=shown,
                silent=_silent(row),
            )
            if not isinstance(last, Accepted):
                return last
        return last

    async def _then_files(
        self, said: Outcome | Skip, case: Case, row: Row, chat: int, entry: Entry | None
    ) -> Outcome | Skip:
        if not isinstance(said, Accepted) or entry is None or not entry.files:
            return said
        followed = await self._files(case, row, chat, entry)
        return said if isinstance(followed, Skip) else followed

    # ── saying ───────────────────────────────────────────────────────────────────────────────

    async def _under(self, case: Case, row: Row, chat: int) -> int:
        """The card of the case in this chat, 0 if there is none."""
        for what in ("card", "task"):
            shown = await self._latest(row, chat, what, case.number)
            if shown is not None:
                return shown.message
        return 0

    async def _say_once(
        self, case: Case, row: Row, chat: int, views: Sequence[View], *, under: int = 0
    ) -> Outcome | Skip:
        """Say it, unless an earlier try came so far and only a file after it met a limit."""
        if views and (row.tries > 1 or row.repeat or row.reason):
            first = views[0]
            shown = await self._latest(row, chat, first.what, case.number, first.entry)
            if shown is not None and (first.entry or shown.at >= row.at):
                return Accepted()
        return await self._say(row, chat, views, under=under)

    def _repeated(self, text: str) -> str:
        return self._deps.texts.html("bot/staff/repeated") + "\n" + text

    async def _say(
        self, row: Row, chat: int, views: Sequence[View], *, under: int = 0
    ) -> Outcome | Skip:
        said: Outcome | Skip = Skip()
        for view in views:
            view.silent = _silent(row)
            if row.repeat and view is views[0]:
                view.text = self._repeated(view.text)
            said = await self._teller.show(row.account, chat, view, reply_to=under)
            if not isinstance(said, Accepted):
                return said
        return said


def _silent(row: Row) -> bool:
    """The person is at rest, and this is of use only while it is fresh."""
    return bool(row.data.get("silent"))


def _files_alone(entry: Entry) -> bool:
    """Nothing but files was sent."""
    return bool(entry.files) and not (entry.text or entry.location or entry.shared_contact)
