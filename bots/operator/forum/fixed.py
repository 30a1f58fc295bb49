"""Просрочено, Спам, Служебное: topics that every forum group has, with a line for each thing."""

from __future__ import annotations

from collections.abc import Mapping

from bots.common.views import Key, View
from bots.operator.forum.maker import TopicMaker
from bots.operator.forum.voice import Halt, Voice
from hub.domain.case import Case
from hub.domain.forum import ForumPlace
from hub.services.deps import Deps

NOTHING: Mapping[str, str] = {}


class FixedTopics:
    """Made when their first line comes, and again when somebody deletes them."""

    def __init__(self, deps: Deps, voice: Voice, maker: TopicMaker) -> None:
        self._deps = deps
        self._voice = voice
        self._maker = maker

    async def line(
        self,
        place: ForumPlace,
        topic: str,
        what: str,
        case: Case,
        *,
        thread: int = 0,
        key: Key | None = None,
        said: Mapping[str, str] = NOTHING,
    ) -> int:
        """Say it in `topic`; returns the message. `thread` is the topic of the case."""
        text = self._deps.texts.html(
            "bot/operator/forum/line",
            what=what,
            case=case,
            link=link(place, thread),
            **{"operator": "", "group": "", "author": "", "note": "", "reason": "", **said},
        )
        view = View(text=text, keys=[[key]] if key else (), what=f"line_{what}", case=case.number)
        try:
            return await self._say(place, topic, view)
        except Halt as halt:
            if halt.reason != "topic_gone":
                raise
        known = await self._deps.forums.topic(place.id, topic, self._deps.clock.now())
        known.gone()
        await self._deps.forums.save_topic(known)
        return await self._say(place, topic, view)

    async def _say(self, place: ForumPlace, topic: str, view: View) -> int:
        name = self._deps.texts.render("bot/operator/forum/fixed", what=topic)
        known = await self._deps.forums.topic(place.id, topic, self._deps.clock.now())
        if not known.thread:
            await self._maker.make(place, known, name)
        if known.remade and f"remade:{known.remade}" not in known.told:
            text = self._deps.texts.html("bot/operator/forum/fixed_remade", name=name)
            await self._voice.say(place, known.thread, View(text=text))
            known.told = [f"remade:{known.remade}"]
            await self._deps.forums.save_topic(known)
        return (await self._voice.say(place, known.thread, view)).message_id


def link(place: ForumPlace, thread: int) -> str:
    """Leads into a topic, from anywhere in Telegram; empty where there is none."""
    inner = str(place.chat).removeprefix("-100")
    return f"https://t.me/c/{inner}/{thread}" if thread else ""
