"""Rows of a case's outbox that go to forum groups."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog

from bots.operator.forum.desk import TopicDesk
from bots.operator.forum.voice import Halt, Voice, again
from hub.domain.case import Case
from hub.domain.forum import ForumPlace
from hub.domain.message import Accepted, Deferred, Outcome, Rejected, Unsure
from hub.domain.outbox import Row
from hub.domain.staff import Directory
from hub.ports.channel import Limit
from hub.ports.outlet import Skip
from hub.ports.saving import Conflict
from hub.services.deps import Deps

log = structlog.get_logger(__name__)


AT_ONCE = (0.3, 1.0)
"""Seconds after which a call that went astray is tried again before anybody else waits for it: what
was done before it stands, so only that call is made again."""


class ForumOutlet:
    """Carries rows of kinds topic and topic_mark."""

    def __init__(self, deps: Deps, voice: Voice, desk: TopicDesk) -> None:
        self._deps = deps
        self._voice = voice
        self._desk = desk

    def limits(self, case: Case, row: Row) -> Sequence[Limit]:
        """What looks right already must not use up any budget: each call takes its own turn."""
        return ()

    async def send(self, case: Case, row: Row) -> Outcome | Skip:
        """Bring the place to what is so now."""
        directory = await self._deps.staff.directory()
        place = await self._place(case, row, directory)
        if place is None:
            return Skip()
        doubt = [row.repeat]
        came = await self._carried(case, row, place, directory, doubt)
        for pause in AT_ONCE:
            if not _passing(came):
                break
            await asyncio.sleep(pause)
            doubt = [True] if isinstance(came, Unsure) else doubt
            came = await self._carried(case, row, place, directory, doubt)
        return came

    async def _carried(
        self, case: Case, row: Row, place: ForumPlace, directory: Directory, doubt: list[bool]
    ) -> Outcome | Skip:
        try:
            with again(doubt, row.at):
                if row.kind == "topic_mark":
                    await self._desk.mark(case, place, row.entry)
                else:
                    await self._desk.draw(case, place, directory)
        except Conflict:
            return Deferred("conflict", 0.2, "chat")
        except Halt as halt:
            if isinstance(halt.outcome, Rejected):
                log.warning("forum.refused", place=place.id, why=halt.reason)
                return Skip(tried=True)
            return halt.outcome
        return Accepted()

    async def _place(self, case: Case, row: Row, directory: Directory) -> ForumPlace | None:
        """Where it is drawn: where the case has its topic already, of several places of a group."""
        place = await self._deps.forums.place(row.data["place"])
        if place is not None and place.group == case.group:
            for topic in await self._deps.forums.topics(case.number):
                held = directory.forums.get(topic.place)
                if topic.thread and held is not None and held.group == case.group and held.works:
                    place = await self._deps.forums.place(held.id)
                    break
        if place is None or not place.works or not self._voice.knows(place.account):
            return None
        return place


def _passing(came: Outcome | Skip) -> bool:
    """Trouble of one call, likely gone at the next."""
    return isinstance(came, Unsure) or (isinstance(came, Deferred) and came.scope == "row")
