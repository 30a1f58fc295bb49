"""Twins of the small aggregates: staff, catalogue, letters, shown messages, leases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from hub.domain.catalog import (
    CaseType,
    FirstDeadline,
    OneTimeLink,
    QuickReply,
    ResultCode,
    Token,
)
from hub.domain.outbox import Letter
from hub.domain.staff import Directory, Group, Staff
from hub.ports.dialogues import Dialogue
from hub.ports.marks import Mark
from hub.ports.shown import Shown
from tests.support.memory.forums import MemoryForums
from tests.support.memory.table import Table


class MemoryStaff:
    def __init__(self, forums: MemoryForums | None = None) -> None:
        self._staff, self._groups = Table(Staff), Table(Group)
        self._links, self._tokens = Table(OneTimeLink), Table(Token)
        self._directory: Directory | None = None
        self.forums = forums or MemoryForums()

    async def directory(self) -> Directory:
        if self._directory is None:
            self._directory = Directory(
                {person.login: person for person in self._staff},
                {group.id: group for group in self._groups},
                forums={place.id: place for place in self.forums.rows},
            )
        return self._directory

    def forget(self) -> None:
        self._directory = None

    async def get(self, login: str) -> Staff | None:
        return self._staff.get(login)

    async def add(self, staff: Staff) -> None:
        self._staff.add(staff)
        self.forget()

    async def save(self, staff: Staff) -> None:
        self._staff.swap(staff)
        self.forget()

    async def put_group(self, group: Group) -> None:
        self._groups.put(group)
        self.forget()

    async def add_link(self, link: OneTimeLink) -> None:
        self._links.add(link)

    async def use_link(self, link_id: str, now: datetime) -> OneTimeLink | None:
        link = self._links.get(link_id)
        if link is None or link.used_at is not None or link.expires_at <= now:
            return None
        link.used_at = now
        self._links.put(link)
        return link

    async def add_token(self, token: Token) -> None:
        self._tokens.add(token)

    async def token(self, token_id: str) -> Token | None:
        return self._tokens.get(token_id)

    async def tokens(self) -> list[Token]:
        return sorted(self._tokens, key=lambda token: token.created_at)

    async def revoke_token(self, name: str) -> bool:
        live = [token for token in self._tokens if token.name == name and not token.revoked]
        for token in live:
            token.revoked = True
            self._tokens.put(token)
        return bool(live)


class MemoryCatalog:
    def __init__(self) -> None:
        self._replies, self._results = Table(QuickReply), Table(ResultCode)
        self._types, self._deadlines = Table(CaseType), Table(FirstDeadline)

    async def quick_replies(self, *, deleted: bool = False) -> list[QuickReply]:
        found = [reply for reply in self._replies if deleted or not reply.deleted]
        return sorted(found, key=lambda reply: (reply.folder, reply.title))

    async def quick_reply(self, reply_id: str) -> QuickReply | None:
        return self._replies.get(reply_id)

    async def put_quick_reply(self, reply: QuickReply, *, new: bool = False) -> None:
        if new:
            self._replies.add(reply)
        else:
            self._replies.swap(reply)

    async def count_use(self, reply_id: str, month: str) -> None:
        reply = self._replies.get(reply_id)
        if reply is not None:
            reply.used = {**reply.used, month: reply.used.get(month, 0) + 1}
            self._replies.put(reply)

    async def results(self) -> list[ResultCode]:
        return sorted(self._results, key=lambda result: (result.order, result.id))

    async def put_result(self, result: ResultCode) -> None:
        self._results.put(result)

    async def types(self) -> list[CaseType]:
        return sorted(self._types, key=lambda type_: (type_.order, type_.id))

    async def put_type(self, type_: CaseType) -> None:
        self._types.put(type_)

    async def deadlines(self) -> list[FirstDeadline]:
        return sorted(self._deadlines, key=lambda rule: rule.id)

    async def put_deadline(self, rule: FirstDeadline) -> None:
        self._deadlines.put(rule)

    async def drop_deadline(self, rule_id: str) -> None:
        self._deadlines.drop(rule_id)


class MemoryLetters:
    def __init__(self) -> None:
        self._rows = Table(Letter)
        self._unfinished: dict[str, dict[str, None]] = {}

    def _put(self, letter: Letter) -> None:
        """Write a letter, and whether its recipient waits for it."""
        self._rows.put(letter)
        if letter.state in {"waiting", "sending"}:
            self._unfinished.setdefault(letter.to, {})[letter.id] = None
        elif letter.to in self._unfinished:
            self._unfinished[letter.to].pop(letter.id, None)
            if not self._unfinished[letter.to]:
                del self._unfinished[letter.to]

    async def add(self, letters: Sequence[Letter]) -> None:
        for letter in letters:
            if letter.id not in self._rows:
                self._put(letter)

    async def claim(self, to: str, by: str, now: datetime, seconds: float) -> Letter | None:
        unfinished = [self._rows.peek(one) for one in self._unfinished.get(to, ())]
        unfinished.sort(key=lambda row: (row.at, row.order, row.id))
        if not unfinished or (unfinished[0].lease or unfinished[0].due) > now:
            return None
        letter = self._rows.get(unfinished[0].id)
        assert letter is not None
        letter.repeat = letter.repeat or letter.state == "sending"
        letter.state, letter.by, letter.tries = "sending", by, letter.tries + 1
        letter.lease = now + timedelta(seconds=seconds)
        self._put(letter)
        return letter

    async def settle(self, letter: Letter) -> None:
        letter.lease = None
        self._put(letter)

    async def due(self, now: datetime, limit: int) -> list[str]:
        rows = [self._rows.peek(one) for to in self._unfinished.values() for one in to]
        rows.sort(key=lambda row: (row.due, row.id))
        found = [row.to for row in rows if (row.lease or row.due) <= now]
        return list(dict.fromkeys(found))[:limit]


class MemoryShown:
    def __init__(self) -> None:
        self._rows: dict[tuple[str, int, int], Shown] = {}
        self._of_case: dict[int, dict[tuple[str, int, int], None]] = {}

    async def add(self, shown: Shown) -> None:
        await self.drop(shown)
        place = shown.account, shown.chat, shown.message
        self._rows[place] = shown
        self._of_case.setdefault(shown.case, {})[place] = None

    def _about(self, case: int) -> list[Shown]:
        return [self._rows[place] for place in self._of_case.get(case, ())]

    async def at(self, account: str, chat: int, message: int) -> Shown | None:
        return self._rows.get((account, chat, message))

    async def latest(
        self, account: str, chat: int, what: str, case: int, entry: int = 0
    ) -> Shown | None:
        wanted = (account, chat, what, case, entry)
        found = [
            row
            for row in self._about(case)
            if (row.account, row.chat, row.what, row.case, row.entry) == wanted
        ]
        return max(found, key=lambda row: (row.at, row.message), default=None)

    async def chats(self, case: int, what: str) -> list[Shown]:
        newest: dict[tuple[str, int], Shown] = {}
        for row in sorted(self._about(case), key=lambda row: (row.at, row.message)):
            if (row.case, row.what) == (case, what):
                newest[row.account, row.chat] = row
        return list(newest.values())

    async def drop(self, shown: Shown) -> None:
        place = shown.account, shown.chat, shown.message
        held = self._rows.pop(place, None)
        if held is not None:
            del self._of_case[held.case][place]


class MemoryLeases:
    def __init__(self) -> None:
        self._held: dict[str, tuple[str, datetime]] = {}

    async def hold(self, name: str, by: str, now: datetime, seconds: float) -> bool:
        holder, until = self._held.get(name, (by, now))
        if holder != by and until > now:
            return False
        self._held[name] = by, now + timedelta(seconds=seconds)
        return True

    async def drop(self, name: str, by: str) -> None:
        if self._held.get(name, ("", None))[0] == by:
            del self._held[name]


class MemoryDialogues:
    def __init__(self) -> None:
        self._rows = Table(Dialogue)

    async def get(self, dialogue_id: str) -> Dialogue | None:
        return self._rows.get(dialogue_id)

    async def put(self, dialogue: Dialogue) -> None:
        self._rows.put(dialogue)


class MemoryMarks:
    """See hub.ports.marks."""

    def __init__(self) -> None:
        self._rows = Table(Mark)

    async def get(self, mark_id: str) -> Mark | None:
        return self._rows.get(mark_id)

    async def put(self, mark: Mark) -> None:
        self._rows.put(mark)
