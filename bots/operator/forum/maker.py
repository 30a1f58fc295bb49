"""Topics are made once, however often a process dies over it."""

from __future__ import annotations

from datetime import timedelta

from aiogram.methods import CreateForumTopic

from bots.operator.forum.voice import Halt, Voice
from hub.domain.forum import ForumPlace, Topic
from hub.domain.message import Deferred, Unsure
from hub.ports.saving import Conflict
from hub.services.deps import Deps

PATIENCE = timedelta(seconds=4)
"""A topic whose making was cut off is told to us by Telegram itself: so long we wait for that."""


class TopicMaker:
    """Makes topics. The name is written down before the call, the number right after it."""

    def __init__(self, deps: Deps, voice: Voice) -> None:
        self._deps = deps
        self._voice = voice

    async def make(self, place: ForumPlace, topic: Topic, name: str) -> bool:
        """Make it. True if another one may have been made before it."""
        now = self._deps.clock.now()
        doubt = bool(topic.making)
        if doubt and topic.at + PATIENCE > now:
            raise Halt(Deferred("topic_made", (topic.at + PATIENCE - now).total_seconds(), "chat"))
        turn = await self._voice.turn(place)
        topic.making, topic.at = name, now
        try:
            await self._deps.forums.save_topic(topic)
        except BaseException:
            await self._voice.give_back(place, turn)
            raise
        try:
            create = CreateForumTopic(chat_id=place.chat, name=name)
            made = await self._voice.call(place, create, turn=turn)
        except Halt as halt:
            if not isinstance(halt.outcome, Unsure):
                # Nothing was made, for sure.
                topic.making = ""
                await self._deps.forums.save_topic(topic)
            raise
        await self.made(topic, made.message_thread_id, name)
        return doubt

    async def made(self, topic: Topic, thread: int, name: str) -> None:
        """Write down what was made; Telegram's own word of it may have come first."""
        while True:
            topic.thread, topic.name, topic.making = thread, name, ""
            try:
                await self._deps.forums.save_topic(topic)
            except Conflict:
                what = topic.case or topic.id.partition(":")[2]
                topic.rev = (await self._deps.forums.topic(topic.place, what, topic.at)).rev
                continue
            return

    async def heard(self, place: ForumPlace, thread: int, name: str) -> int:
        """Telegram says that we made this topic. Returns the number of one too many, 0 for none."""
        if await self._deps.forums.at_thread(place.id, thread) is not None:
            return 0
        known = await self._deps.forums.called(place.id, name)
        # The answer to our call may have been written down since the first look.
        if not known or any(topic.thread == thread for topic in known):
            return 0
        for topic in known:
            if topic.making == name and not topic.thread:
                await self.made(topic, thread, name)
                return 0
        return thread
