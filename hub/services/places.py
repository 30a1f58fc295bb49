"""Forum groups are connected to queues, lost, moved and let go."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from hub.domain.case import Case
from hub.domain.catalog import OneTimeLink
from hub.domain.errors import LinkExpired, NotFound, StoreDown
from hub.domain.events import Event
from hub.domain.forum import ForumPlace, Trouble
from hub.domain.outbox import Letter
from hub.domain.rights import require
from hub.domain.staff import Actor
from hub.ports.cases import CaseFilter
from hub.ports.saving import Conflict
from hub.services.casebook import Casebook
from hub.services.deps import Deps
from hub.services.forum import show
from hub.services.people import hashed_token

ATTEMPTS = 8
PAGE = 100
MOST = 500
"""Open cases that get a topic when a group is connected; later ones get theirs as they stir."""


class ForumPlaces:
    """One path for what changes a place. A place serves one queue; a queue may have several."""

    def __init__(self, deps: Deps, book: Casebook) -> None:
        self._deps = deps
        self._book = book

    async def of_group(self, group: str) -> list[ForumPlace]:
        """The places of a queue, oldest first."""
        places = [one for one in await self._deps.forums.places() if one.group == group]
        return sorted(places, key=lambda one: one.at)

    async def code(self, group: str, by: Actor) -> str:
        """A code that connects one group of Telegram to this queue, once, for 15 minutes."""
        require(by, "group.edit")
        if group not in (await self._deps.staff.directory()).groups:
            raise NotFound(what="group", id=group)
        token = self._deps.ids.new()
        expires = self._deps.clock.now() + timedelta(minutes=self._deps.policy.link_minutes)
        link = OneTimeLink(
            id=_hashed(token), purpose="forum", login=by.login, group=group, expires_at=expires
        )
        await self._deps.staff.add_link(link)
        return token

    async def connect(
        self, code: str, by: Actor, *, account: str, chat: int, title: str, trouble: Trouble = ""
    ) -> ForumPlace:
        """This chat is the desk of the code's queue from now on, whatever it was before. Raises
        LinkExpired, Forbidden."""
        require(by, "group.edit")
        now = self._deps.clock.now()
        link = await self._deps.staff.use_link(_hashed(code), now)
        if link is None or link.purpose != "forum":
            raise LinkExpired()
        known = next(
            (
                one
                for one in await self._deps.forums.places()
                if (one.account, one.chat) == (account, chat)
            ),
            None,
        )
        if known is not None:
            await self._deps.forums.drop_place(known.id)
        place = ForumPlace(
            id=self._deps.ids.new(),
            account=account,
            chat=chat,
            group=link.group,
            title=title,
            trouble=trouble,
            members=[by.login],
            by=by.login,
            at=now,
        )
        await self._deps.forums.add_place(place)
        self._deps.staff.forget()
        return place

    async def disconnect(self, place_id: str, by: Actor) -> ForumPlace | None:
        """Nothing is shown there any more; None if that is so already."""
        require(by, "group.edit")
        place = await self._deps.forums.place(place_id)
        await self._deps.forums.drop_place(place_id)
        self._deps.staff.forget()
        if place is not None and place.works:
            await self._goodbye(place)
        return place

    async def moved(self, place_id: str, chat: int) -> None:
        """The group became a supergroup: it has another number, and its
        messages have other ones too."""

        def decide(place: ForumPlace) -> bool:
            changed, place.chat = place.chat != chat, chat
            return changed

        if await self._change(place_id, decide):
            await self._deps.forums.drop_topics(place_id)

    async def trouble(self, place_id: str, trouble: Trouble) -> bool:
        """Something can(not) be said there (any more). True if that is news."""

        def decide(place: ForumPlace) -> bool:
            changed, place.trouble = place.trouble != trouble, trouble
            return changed

        return await self._change(place_id, decide)

    async def called(self, place_id: str, title: str) -> None:
        """The group has this title now."""

        def decide(place: ForumPlace) -> bool:
            changed, place.title = place.title != title, title
            return changed

        await self._change(place_id, decide)

    async def seen(self, place_id: str, login: str, *, here: bool = True) -> None:
        """This person is (not) there."""

        def decide(place: ForumPlace) -> bool:
            if (login in place.members) == here:
                return False
            others = [one for one in place.members if one != login]
            place.members = [*others, login] if here else others
            return True

        await self._change(place_id, decide)

    async def fill(self, place_id: str) -> None:
        """Every open case of the queue is shown there."""
        place = await self._deps.forums.place(place_id)
        if place is None or not place.works:
            return
        chosen = CaseFilter(group=place.group, ended=False)
        cursor, numbers = None, list[int]()
        while len(numbers) < MOST:
            page = await self._deps.cases.page(chosen, cursor, PAGE)
            numbers += [case.number for case in page.items]
            cursor = page.next
            if cursor is None:
                break
        directory, now = await self._deps.staff.directory(), self._deps.clock.now()

        def decide(case: Case) -> list[Event]:
            where = directory.forum_of(case.group, case.number)
            if where is not None and where.id == place_id and case.open:
                show(case, where, now)
            return []

        # Those who wait longest come first.
        for number in reversed(numbers[:MOST]):
            await self._book.change(number, decide)

    async def _goodbye(self, place: ForumPlace) -> None:
        """The group itself hears of it once more."""
        now = self._deps.clock.now()
        letter = Letter(
            id=f"goodbye:{place.id}",
            kind="forum",
            to=f"forum:{place.id}",
            account=place.account,
            body={"do": "goodbye", "place": place.id, "chat": place.chat, "group": place.group},
            due=now,
            at=now,
        )
        await self._deps.letters.add([letter])
        await self._deps.engine.post([letter.to])

    async def _change(self, place_id: str, decide: Callable[[ForumPlace], bool]) -> bool:
        for _ in range(ATTEMPTS):
            place = await self._deps.forums.place(place_id)
            if place is None or not decide(place):
                return False
            try:
                await self._deps.forums.save_place(place)
            except Conflict:
                continue
            self._deps.staff.forget()
            return True
        raise StoreDown(what="forum", id=place_id)


def _hashed(code: str) -> str:
    # Not the hash of the code alone: it must never open the door that links of people open.
    return hashed_token(f"forum:{code}")
