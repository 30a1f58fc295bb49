"""General: the queue as one message that is changed in place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiogram.methods import DeleteForumTopic, PinChatMessage

from bots.common.views import View
from bots.operator.forum.fixed import link
from bots.operator.forum.voice import FREE, Halt, Voice, again
from hub.domain.case import Case
from hub.domain.forum import QUEUE, ForumPlace, Topic
from hub.domain.message import Accepted, Deferred, Outcome
from hub.domain.outbox import Letter
from hub.domain.status import AT_WORK
from hub.ports.cases import CaseFilter
from hub.ports.channel import Limit
from hub.ports.outlet import Skip
from hub.ports.saving import Conflict
from hub.services.deps import Deps

REST = 15.0
"""Seconds between two drawings: what changes meanwhile is drawn together."""
LINES = 20
LOOKED_AT = 60
"""Cases looked through for those that wait longest."""


@dataclass(frozen=True)
class Line:
    """A case that waits."""

    case: Case
    since: datetime
    overdue: bool
    link: str


def waits(case: Case) -> bool:
    """Stands in the queue: nobody has taken it."""
    return case.status in AT_WORK and not case.operator


class Board:
    """Asks for a drawing (a letter that waits for its time) and draws."""

    def __init__(self, deps: Deps, voice: Voice, *, rest: float = REST) -> None:
        self._deps = deps
        self._voice = voice
        self._rest = timedelta(seconds=rest)

    async def notice(self, place: ForumPlace, topic: Topic, case: Case) -> None:
        """What the queue says of this case may be different now."""
        now = self._deps.clock.now()
        line = f"{topic.thread}:{case.overdue(now)}" if waits(case) else ""
        if line == topic.line:
            return
        await self.ask(place)
        topic.line = line
        await self._deps.forums.save_topic(topic)

    async def ask(self, place: ForumPlace) -> None:
        """Draw the queue as soon as that may be. While one drawing waits, a second is the same."""
        now = self._deps.clock.now()
        board = await self._deps.forums.topic(place.id, QUEUE, now)
        due = max(now, board.drawn + self._rest) if board.drawn else now
        letter = Letter(
            id=_name(board),
            kind="forum",
            to=f"forum:{place.id}",
            account=place.account,
            body={"do": "queue", "place": place.id},
            due=due,
            at=now,
        )
        await self._deps.letters.add([letter])
        await self._deps.engine.post([letter.to])

    async def draw(self, place: ForumPlace, letter: Letter) -> None:
        """The queue as it is now. Raises Halt."""
        now = self._deps.clock.now()
        board = await self._deps.forums.topic(place.id, QUEUE, now)
        if _name(board) == letter.id:
            # From here on a change asks for a drawing of its own.
            board.draws, board.drawn = board.draws + 1, now
            await self._deps.forums.save_topic(board)
        view = await self._view(place, now)
        if board.card and board.look != view.digest:
            try:
                await self._voice.redraw(place, board.card, view)
            except Halt as halt:
                if halt.reason != "message_gone":
                    raise
                board.card, board.pinned = 0, False
        if not board.card:
            board.card = (await self._voice.say(place, 0, view)).message_id
        board.look = view.digest
        await self._deps.forums.save_topic(board)
        if not board.pinned:
            pin = PinChatMessage(
                chat_id=place.chat, message_id=board.card, disable_notification=True
            )
            await self._voice.call(place, pin, harmless=True, turn=FREE)
            board.pinned = True
            await self._deps.forums.save_topic(board)

    async def _view(self, place: ForumPlace, now: datetime) -> View:
        cases = self._deps.cases
        chosen = CaseFilter(view="queue", groups=[place.group], ended=False)
        found = (await cases.page(chosen, None, LOOKED_AT)).items
        found = sorted(filter(waits, found), key=_since)
        total = len(found)
        if total == LOOKED_AT:
            total = (await cases.counts("", [place.group], now))["queue"]
        lines = []
        for case in found[:LINES]:
            topic = await self._deps.forums.known(place.id, case.number)
            where = link(place, topic.thread if topic else 0)
            lines.append(Line(case, _since(case), case.overdue(now), where))
        text = self._deps.texts.html(
            "bot/operator/forum/queue",
            total=total,
            overdue=sum(case.overdue(now) for case in found),
            lines=lines,
            more=max(total - len(lines), 0),
        )
        return View(text=text, what="board")


class ForumLetterOutlet:
    """Carries letters of kind forum."""

    def __init__(self, deps: Deps, voice: Voice, board: Board) -> None:
        self._deps = deps
        self._voice = voice
        self._board = board

    def limits(self, letter: Letter) -> Sequence[Limit]:
        """Each call takes its own turn, when it is known to be needed."""
        return ()

    async def send(self, letter: Letter) -> Outcome | Skip:
        """Draw what it names."""
        if letter.body["do"] == "goodbye":
            return await self._goodbye(letter)
        place = await self._deps.forums.place(str(letter.body["place"]))
        if place is None or not place.works or not self._voice.knows(place.account):
            return Skip()
        try:
            if letter.body["do"] == "drop":
                thread = int(str(letter.body["thread"]))
                drop = DeleteForumTopic(chat_id=place.chat, message_thread_id=thread)
                await self._voice.call(place, drop, harmless=True)
            else:
                with again([letter.repeat], letter.at):
                    await self._board.draw(place, letter)
        except Halt as halt:
            return halt.outcome
        except Conflict:
            return Deferred("conflict", 0.2, "chat")
        return Accepted()

    async def _goodbye(self, letter: Letter) -> Outcome | Skip:
        """To a group that is no desk any more."""
        gone = ForumPlace(
            id=str(letter.body["place"]),
            account=letter.account,
            chat=int(str(letter.body["chat"])),
            group=str(letter.body["group"]),
            at=letter.at,
        )
        if not self._voice.knows(gone.account) or letter.repeat:
            return Skip()
        group = (await self._deps.staff.directory()).groups.get(gone.group)
        name = group.name if group else gone.group
        text = self._deps.texts.html("bot/operator/forum/let_go", group=name)
        try:
            await self._voice.say(gone, 0, View(text=text))
        except Halt as halt:
            return halt.outcome
        return Accepted()


def _since(case: Case) -> datetime:
    return case.asks_since or case.created_at


def _name(board: Topic) -> str:
    return f"board:{board.place}:{board.at.timestamp():.0f}:{board.draws}"
