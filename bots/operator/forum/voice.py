"""Everything that is done in a forum group passes here: its budget, its moves, its losses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any, TypeVar

import msgspec
import structlog
from aiogram.methods import EditMessageText, SendMessage, TelegramMethod
from aiogram.types import Message

from bots.common.staffbot import StaffBot
from bots.common.teller import MAX_UPLOAD, Teller, quoting
from bots.common.views import View
from bots.operator.forum.admins import tell_admins
from bots.operator.forum.turns import Turns, patient
from hub.botapi.limits import account_budget, chat_budget
from hub.botapi.outcome import attempt, unsaid
from hub.domain.forum import ForumPlace, Trouble
from hub.domain.message import Accepted, Attachment, Deferred, Outcome, Rejected
from hub.ports.outlet import Skip
from hub.ports.shown import Shown
from hub.services.deps import Deps
from hub.services.places import ForumPlaces

log = structlog.get_logger(__name__)
T = TypeVar("T")

# Refusals that mean that nothing can be said in the group at all.
LOSSES: Mapping[str, Trouble] = {
    "blocked": "kicked",
    "no_chat": "kicked",
    "no_rights": "rights",
    "no_topics": "topics",
}


FREE = ""
"""In place of a turn: what is done takes none."""

_AGAIN: ContextVar[list[bool] | None] = ContextVar("forum_again", default=None)


@contextmanager
def again(doubt: list[bool], since: datetime) -> Iterator[None]:
    """What was asked for at `since` is drawn. With one True in `doubt`, what is said first within
    may have been said before (every further step was written down before the next one began): it
    says so, and `doubt` is empty then."""
    token = _AGAIN.set(doubt)
    try:
        with patient(since.timestamp()):
            yield
    finally:
        _AGAIN.reset(token)


class Halt(Exception):
    """It goes on another time, or never, as `outcome` says; what was done so far stands."""

    def __init__(self, outcome: Outcome | Skip) -> None:
        super().__init__(type(outcome).__name__)
        self.outcome = outcome

    @property
    def reason(self) -> str:
        """Why not, as a key."""
        return getattr(self.outcome, "reason", "")


class Voice:
    """Speaks in forum groups. Every method raises Halt where it could not be done."""

    def __init__(
        self, bots: Mapping[str, StaffBot], deps: Deps, places: ForumPlaces, teller: Teller
    ) -> None:
        self._bots = bots
        self._deps = deps
        self._places = places
        self._teller = teller
        self._turns = Turns(deps.budget)

    def knows(self, account: str) -> bool:
        """The account is one of ours."""
        return account in self._bots

    async def turn(self, place: ForumPlace) -> str:
        """Take one from the budget of the group; edits and topics count as messages do. Returns
        what it is given back by."""
        mark = self._deps.ids.new()
        wait = await self._turns.take(place, mark)
        if wait > 0:
            raise Halt(Deferred("rate_limit", wait, "chat"))
        return mark

    async def give_back(self, place: ForumPlace, turn: str) -> None:
        """Nothing was done with it."""
        if turn != FREE:
            await self._turns.give_back(place, turn)

    async def call(
        self,
        place: ForumPlace,
        method: TelegramMethod[T],
        *,
        harmless: bool = False,
        turn: str | None = None,
    ) -> T:
        """One call; `turn` was taken for it before, or it is FREE."""
        if turn is None:
            turn = await self.turn(place)
        bot = self._bots[place.account].bot
        result = await attempt(bot, method, harmless=harmless, follow=False)
        answer, outcome = result
        if isinstance(outcome, Accepted):
            if answer is None:
                # Somebody was quicker to draw the same.
                raise Halt(Rejected("unchanged"))
            return answer
        raise await self._halted(place, outcome, turn)

    async def say(
        self, place: ForumPlace, thread: int, view: View, *, reply_to: int = 0
    ) -> Message:
        """A new message in a topic (0: in General), remembered as what it stands for."""
        here = {"message_thread_id": thread} if thread else {}
        shown = view.shown()
        view = msgspec.structs.replace(view, text=self._marked(view.text))
        params = {**view.content(), "chat_id": place.chat, **here, **quoting(reply_to)}
        said = await self.call(place, SendMessage(**params))
        await self._teller.remember(place.account, place.chat, said.message_id, shown)
        return said

    async def redraw(self, place: ForumPlace, message: int, view: View) -> None:
        """Change a message in place."""
        edit = EditMessageText(**view.content(), chat_id=place.chat, message_id=message)
        try:
            await self.call(place, edit, harmless=True)
        except Halt as halt:
            if halt.reason != "unchanged":
                raise
        await self._teller.remember(place.account, place.chat, message, view.shown())

    async def file(
        self,
        place: ForumPlace,
        thread: int,
        file: Attachment,
        *,
        caption: str,
        reply_to: int,
        shown: Mapping[str, Any],
    ) -> None:
        """A stored file."""
        if file.size > MAX_UPLOAD:
            raise Halt(Rejected("file_size"))
        turn = await self.turn(place)
        outcome = await self._teller.file(
            place.account,
            place.chat,
            file,
            caption=self._marked(caption),
            reply_to=reply_to,
            shown=shown,
            thread=thread,
        )
        if not isinstance(outcome, Accepted):
            raise await self._halted(place, outcome, turn)

    def _marked(self, text: str) -> str:
        """Say that it may be a repeat, once."""
        waiting = _AGAIN.get()
        if not waiting or not waiting.pop():
            return text
        return self._deps.texts.html("bot/staff/repeated") + "\n" + text

    async def latest(self, place: ForumPlace, what: str, case: int, entry: int = 0) -> Shown | None:
        """The newest message there that stands for this."""
        return await self._deps.shown.latest(place.account, place.chat, what, case, entry)

    async def _halted(self, place: ForumPlace, outcome: Outcome, turn: str) -> Halt:
        if unsaid(outcome):
            await self.give_back(place, turn)
        if isinstance(outcome, Deferred) and outcome.scope != "row":
            name = (
                account_budget(place.account)
                if outcome.scope == "account"
                else chat_budget(place.account, place.chat)
            )
            await self._deps.budget.pause(name, outcome.after)
        if isinstance(outcome, Rejected):
            if outcome.reason == "migrated":
                # What was to be done is done again under the new number, from the beginning.
                await self._places.moved(place.id, int(outcome.detail))
                return Halt(Deferred("migrated", 0.0, "chat"))
            if outcome.reason in LOSSES:
                await self.lost(place, LOSSES[outcome.reason])
        return Halt(outcome)

    async def lost(self, place: ForumPlace, trouble: Trouble) -> None:
        """Nothing can be said there: admins are told once."""
        if await self._places.trouble(place.id, trouble):
            log.warning("forum.lost", place=place.id, trouble=trouble)
            await tell_admins(self._deps, place, trouble)
