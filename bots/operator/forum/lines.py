"""Lines of the fixed topics about a case, and its goodbye where it has gone to another group."""

from __future__ import annotations

from aiogram.methods import CloseForumTopic, EditForumTopic

from bots.common.callbacks import press
from bots.common.cards import Cards
from bots.common.entries import STUCK
from bots.common.forumcards import MAX_NAME, ended
from bots.common.views import Key, View
from bots.common.where import EVERYBODY, written_here
from bots.operator.forum.entries import trouble
from bots.operator.forum.fixed import FixedTopics
from bots.operator.forum.maker import TopicMaker
from bots.operator.forum.voice import Halt, Voice
from hub.domain.case import Case
from hub.domain.forum import ForumPlace, Topic
from hub.domain.staff import Directory
from hub.domain.thread import Entry, HistoryLine
from hub.services.deps import Deps


class Lines:
    """Each is said once; what was said stands in the topic of the case."""

    def __init__(self, deps: Deps, voice: Voice, maker: TopicMaker) -> None:
        self._deps = deps
        self._voice = voice
        self._cards = Cards(deps.texts)
        self._fixed = FixedTopics(deps, voice, maker)

    async def say(self, place: ForumPlace, case: Case, topic: Topic, directory: Directory) -> None:
        """Overdue, spam, what failed, who was called."""
        if case.overdue_at is not None and topic.overdue != case.overdue_at and not ended(case):
            operator = directory.name(case.operator) if case.operator else ""
            await self._fixed.line(
                place, "overdue", "overdue", case, thread=topic.thread, said={"operator": operator}
            )
            topic.overdue = case.overdue_at
            await self._deps.forums.save_topic(topic)
        await self._spam(place, case, topic)
        for entry in case.thread:
            stamp = trouble(entry)
            if stamp and entry.delivery is not None and entry.delivery.state in STUCK:
                await self._once(
                    place,
                    case,
                    topic,
                    f"{entry.seq}:{stamp}",
                    entry.delivery.state,
                    reason=entry.delivery.reason,
                )
        await self._called(place, case, topic, directory)
        if any(one.startswith("doubt:") for one in topic.told):
            await self._once(place, case, topic, f"said_doubt:{topic.remade}", "doubt")
            topic.told = [one for one in topic.told if not one.startswith("doubt:")]
            await self._deps.forums.save_topic(topic)
        if topic.remade and topic.thread:
            await self._once(place, case, topic, f"remade:{topic.remade}", "remade")
        await self._arrived(place, case, topic, directory)

    async def _called(
        self, place: ForumPlace, case: Case, topic: Topic, directory: Directory
    ) -> None:
        """Nobody took it in time, or nobody was there to take it: somebody else was called."""
        steps = (line for line in reversed(case.history) if line.action == "escalated")
        step = next(steps, None)
        if step is not None:
            group = step.data.get("group", "")
            name = _group(directory, group) if group else ""
            key = f"escalated:{step.at.isoformat()}"
            await self._once(place, case, topic, key, "escalated", group=name)
        elif case.alerted:
            await self._once(place, case, topic, "unstaffed", "unstaffed")

    async def elsewhere(
        self, place: ForumPlace, case: Case, topic: Topic | None, directory: Directory
    ) -> None:
        """The case is of another group: a goodbye, or a call for help."""
        if topic is not None and topic.thread and not topic.left:
            await self._goodbye(place, case, topic, directory)
        elif place.group in case.escalated[1:]:
            known = await self._deps.forums.topic(place.id, case.number, self._deps.clock.now())
            group = _group(directory, case.group)
            key = f"called:{len(case.escalated)}:{case.group}"
            await self._once(place, case, known, key, "called", group=group)

    async def _goodbye(
        self, place: ForumPlace, case: Case, topic: Topic, directory: Directory
    ) -> None:
        moved = _moved(case)
        note = _note(case, moved)
        said = {
            "group": _group(directory, case.group),
            "author": moved.who.name if moved else "",
            "note": note.text if note else "",
        }
        save = self._deps.forums.save_topic
        text = self._deps.texts.html("bot/operator/forum/said", what="moved", case=case, **said)
        try:
            card = self._cards.operator(case, EVERYBODY, directory, self._deps.clock.now())
            last = View(text=f"{text}\n\n{card.text}", what="card", case=case.number)
            if topic.card and topic.look != last.digest:
                # Nothing is to be pressed here any more.
                await self._voice.redraw(place, topic.card, last)
                topic.look = last.digest
                await save(topic)
            if not (_told_here(place, note) or f"moved:{case.group}" in topic.told):
                view = View(text=text, what="said", case=case.number)
                await self._voice.say(place, topic.thread, view)
                topic.told = [*topic.told, f"moved:{case.group}"]
                await save(topic)
            if topic.sign != "moved":
                name = self._deps.texts.render("bot/operator/forum/topic", case=case, sign="moved")[
                    :MAX_NAME
                ]
                edit = EditForumTopic(chat_id=place.chat, message_thread_id=topic.thread, name=name)
                await self._voice.call(place, edit, harmless=True)
                topic.sign, topic.name = "moved", name
                await save(topic)
            if not topic.closed:
                close = CloseForumTopic(chat_id=place.chat, message_thread_id=topic.thread)
                await self._voice.call(place, close, harmless=True)
                topic.closed = True
                await save(topic)
        except Halt as halt:
            if halt.reason not in {"topic_gone", "message_gone", "unchanged"}:
                raise
        await self._fixed.line(place, "service", "moved", case, thread=topic.thread, said=said)
        topic.left = True
        topic.told = [one for one in topic.told if not one.startswith("moved:")]
        await save(topic)

    async def _arrived(
        self, place: ForumPlace, case: Case, topic: Topic, directory: Directory
    ) -> None:
        """It came from the desk of another group."""
        moved = _moved(case)
        if not topic.thread or moved is None or moved.data.get("group") != case.group:
            return
        for other in await self._deps.forums.topics(case.number):
            before = directory.forums.get(other.place)
            if before is not None and other.thread and before.group != case.group:
                group = _group(directory, before.group)
                key = f"arrived:{moved.at.isoformat()}"
                await self._once(place, case, topic, key, "arrived", group=group)

    async def _spam(self, place: ForumPlace, case: Case, topic: Topic) -> None:
        if (case.status == "spam") == bool(topic.spam):
            return
        if case.status == "spam":
            label = self._deps.texts.render("bot/staff/buttons", name="unspam", count=0)
            key = Key(label, press("unspam", case.number))
            topic.spam = await self._fixed.line(
                place, "spam", "spam", case, thread=topic.thread, key=key
            )
        else:
            text = self._deps.texts.html("bot/operator/done", act="unspam", case=case)
            try:
                await self._voice.redraw(place, topic.spam, View(text=text))
            except Halt as halt:
                if halt.reason != "message_gone":
                    raise
            topic.spam = 0
        await self._deps.forums.save_topic(topic)

    async def _once(
        self, place: ForumPlace, case: Case, topic: Topic, key: str, what: str, **said: str
    ) -> None:
        if key in topic.told:
            return
        await self._fixed.line(place, "service", what, case, thread=topic.thread, said=said)
        topic.told = [*topic.told, key]
        await self._deps.forums.save_topic(topic)


def _group(directory: Directory, group: str) -> str:
    known = directory.groups.get(group)
    return known.name if known else group


def _moved(case: Case) -> HistoryLine | None:
    """The last transfer to a group."""
    found = (line for line in reversed(case.history) if line.action == "transferred_group")
    return next(found, None)


def _note(case: Case, moved: HistoryLine | None) -> Entry | None:
    """The explanation that was given with it."""
    if moved is None:
        return None
    comments = (
        entry
        for entry in reversed(case.thread)
        if entry.kind == "comment" and entry.author.login == moved.who.login
    )
    return next(comments, None)


def _told_here(place: ForumPlace, note: Entry | None) -> bool:
    """The menu by which it was handed over has said so already."""
    return note is not None and written_here(note.key, place.account, place.chat)
