"""A case in its topic: whatever happened, what is so now is brought there step by step."""

from __future__ import annotations

from aiogram.methods import CloseForumTopic, EditForumTopic, PinChatMessage, ReopenForumTopic

from bots.common.cards import Cards
from bots.common.forumcards import ForumCards, ended, sign
from bots.common.views import View
from bots.common.where import EVERYBODY
from bots.operator.forum.board import Board
from bots.operator.forum.entries import TopicEntries
from bots.operator.forum.lines import Lines
from bots.operator.forum.maker import TopicMaker
from bots.operator.forum.voice import FREE, Halt, Voice
from hub.domain.case import Case
from hub.domain.forum import ForumPlace, Topic
from hub.domain.message import Deferred
from hub.domain.staff import Directory
from hub.services.deps import Deps

YIELD = 1.0
"""Seconds by which a case without a topic lets those go first whose topic is half made."""
ROUNDS = 4
"""How often one drawing begins anew since something was deleted under it."""


class TopicDesk:
    """Every step is written down when it is done: cut off anywhere, the next drawing goes on from
    there. Steps in the order in which people need them, since the budget may end at any."""

    def __init__(self, deps: Deps, voice: Voice, maker: TopicMaker, board: Board) -> None:
        self._deps = deps
        self._voice = voice
        self._maker = maker
        self._board = board
        self._cards = Cards(deps.texts)
        self._names = ForumCards(deps.texts)
        self._entries = TopicEntries(deps, voice)
        self._lines = Lines(deps, voice, maker)

    async def mark(self, case: Case, place: ForumPlace, entry: int) -> None:
        """How one delivery fares."""
        await self._entries.mark(place, case, entry)

    async def draw(self, case: Case, place: ForumPlace, directory: Directory) -> None:
        """Everything that the place shows of the case. Raises Halt, Conflict."""
        forums, now = self._deps.forums, self._deps.clock.now()
        if place.group != case.group:
            known = await forums.known(place.id, case.number)
            await self._lines.elsewhere(place, case, known, directory)
            return
        for _ in range(ROUNDS):
            topic = await forums.topic(place.id, case.number, now)
            try:
                await self._steps(case, place, topic, directory)
                return
            except Halt as halt:
                if not await self._deleted(case, topic, halt.reason):
                    raise _after_those_begun(halt, topic) from None
            finally:
                await self._board.notice(place, topic, case)

    async def _deleted(self, case: Case, topic: Topic, reason: str) -> bool:
        """Somebody took away what we stand on: True if it is made again."""
        if reason == "topic_gone":
            topic.gone()
            if ended(case):
                topic.sign = sign(case)
        elif reason == "message_gone" and topic.card:
            topic.card, topic.look, topic.pinned = 0, "", False
        else:
            return False
        await self._deps.forums.save_topic(topic)
        return True

    async def _steps(
        self, case: Case, place: ForumPlace, topic: Topic, directory: Directory
    ) -> None:
        if topic.thread or not ended(case):
            await self._opened(case, place, topic, directory)
            await self._entries.say(place, topic, case, directory)
            await self._card(case, place, topic, directory)
            await self._entries.troubles(place, topic, case)
            await self._entries.edits(place, topic, case)
            await self._entries.files(place, topic, case)
            await self._pinned(place, topic)
            await self._named(case, place, topic)
        await self._lines.say(place, case, topic, directory)

    # ── the topic ────────────────────────────────────────────────────────────────────────────

    async def _opened(
        self, case: Case, place: ForumPlace, topic: Topic, directory: Directory
    ) -> None:
        """There is a topic, open if work goes on, with a card at its head."""
        save = self._deps.forums.save_topic
        if not topic.thread:
            doubt = await self._maker.make(place, topic, self._names.name(case))
            topic.sign, topic.status = sign(case), case.status
            skipped = self._entries.begin(place, topic, case)
            topic.told = [one for one in topic.told if not one.startswith("begun:")]
            topic.told += [f"begun:{skipped}"] if skipped or topic.remade else []
            topic.told += [f"doubt:{topic.remade}"] if doubt else []
            await save(topic)
        elif topic.closed and not ended(case):
            await self._switch(place, topic, closed=False)
        if topic.left:
            topic.left = False
            await save(topic)
        if not topic.card:
            await self._card(case, place, topic, directory)
        await self._begun(case, place, topic)

    async def _begun(self, case: Case, place: ForumPlace, topic: Topic) -> None:
        """What is to be known before the first message: what was left out, what was deleted, that
        work goes on again."""
        begun = next((one for one in topic.told if one.startswith("begun:")), "")
        if begun:
            what = "remade" if topic.remade else "late"
            await self._told(case, place, topic, what, skipped=int(begun.partition(":")[2]))
            topic.told = [one for one in topic.told if one != begun]
        if topic.status == case.status:
            if begun:
                await self._deps.forums.save_topic(topic)
            return
        again = topic.status in {"resolved", "closed", "rejected", "spam"} and not ended(case)
        if again:
            await self._told(case, place, topic, "reopened")
        topic.status = case.status
        await self._deps.forums.save_topic(topic)

    async def _told(
        self, case: Case, place: ForumPlace, topic: Topic, what: str, *, skipped: int = 0
    ) -> None:
        text = self._deps.texts.html(
            "bot/operator/forum/said", what=what, case=case, skipped=skipped
        )
        view = View(text=text, what="said", case=case.number)
        await self._voice.say(place, topic.thread, view)

    async def _card(
        self, case: Case, place: ForumPlace, topic: Topic, directory: Directory
    ) -> None:
        now = self._deps.clock.now()
        view = self._cards.operator(case, EVERYBODY, directory, now)
        if topic.card and topic.look == view.digest:
            return
        if topic.card:
            await self._voice.redraw(place, topic.card, view)
        else:
            topic.card = (await self._voice.say(place, topic.thread, view)).message_id
            topic.pinned = False
        topic.look = view.digest
        await self._deps.forums.save_topic(topic)

    async def _pinned(self, place: ForumPlace, topic: Topic) -> None:
        if topic.pinned:
            return
        # A pin is none of the messages that a group bears so many of.
        pin = PinChatMessage(chat_id=place.chat, message_id=topic.card, disable_notification=True)
        await self._voice.call(place, pin, harmless=True, turn=FREE)
        topic.pinned = True
        await self._deps.forums.save_topic(topic)

    async def _named(self, case: Case, place: ForumPlace, topic: Topic) -> None:
        """Renamed when the state looks different, closed when nobody works on it any more."""
        name = self._names.name(case)
        if topic.sign != sign(case):
            if topic.name != name:
                edit = EditForumTopic(chat_id=place.chat, message_thread_id=topic.thread, name=name)
                await self._changed(place, edit)
            topic.sign, topic.name = sign(case), name
            await self._deps.forums.save_topic(topic)
        if ended(case) and not topic.closed:
            await self._switch(place, topic, closed=True)

    async def _switch(self, place: ForumPlace, topic: Topic, *, closed: bool) -> None:
        method = CloseForumTopic if closed else ReopenForumTopic
        await self._changed(place, method(chat_id=place.chat, message_thread_id=topic.thread))
        topic.closed = closed
        await self._deps.forums.save_topic(topic)

    async def _changed(
        self, place: ForumPlace, method: EditForumTopic | CloseForumTopic | ReopenForumTopic
    ) -> None:
        """What is so already is fine."""
        try:
            await self._voice.call(place, method, harmless=True)
        except Halt as halt:
            if halt.reason != "unchanged":
                raise


def _after_those_begun(halt: Halt, topic: Topic) -> Halt:
    outcome = halt.outcome
    if isinstance(outcome, Deferred) and outcome.reason == "rate_limit" and not topic.thread:
        return Halt(Deferred(outcome.reason, outcome.after + YIELD, outcome.scope))
    return halt
