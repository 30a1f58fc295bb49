"""Quick replies: find, fill, count; admins configure, operators keep private ones."""

from __future__ import annotations

from hub.domain.case import Case
from hub.domain.catalog import QuickReply
from hub.domain.errors import Forbidden, Invalid, NotFound
from hub.domain.plain import plain, plain_line
from hub.domain.rights import may, require
from hub.domain.staff import Actor
from hub.services.deps import Deps

MAX_TITLE = 100
MAX_TEXT = 4000


class QuickReplies:
    """What an operator sends with two taps."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps

    async def usable(
        self, by: Actor, *, channel: str = "", group: str = "", words: str = "", folder: str = ""
    ) -> list[QuickReply]:
        """What this person may send here, most used first within each folder."""
        require(by, "quick_reply.use")
        needle = words.casefold().split()
        found = [
            reply
            for reply in await self._deps.catalog.quick_replies()
            if (not reply.owner or reply.owner == by.login)
            and (not reply.channels or not channel or channel in reply.channels)
            and (not reply.group or not group or reply.group == group)
            and (not folder or reply.folder == folder)
            and all(word in f"{reply.title} {reply.text}".casefold() for word in needle)
        ]
        return sorted(found, key=lambda one: (one.folder, -sum(one.used.values()), one.title))

    async def folders(self, by: Actor, *, channel: str = "", group: str = "") -> dict[str, int]:
        """Folder → how many replies it holds for this person here."""
        counts: dict[str, int] = {}
        for reply in await self.usable(by, channel=channel, group=group):
            counts[reply.folder] = counts.get(reply.folder, 0) + 1
        return counts

    async def get(self, reply_id: str, by: Actor) -> QuickReply:
        """One reply, or NotFound (also for another's private one)."""
        require(by, "quick_reply.use")
        reply = await self._deps.catalog.quick_reply(reply_id)
        if reply is None or reply.deleted or (reply.owner and reply.owner != by.login):
            raise NotFound(what="quick_reply", id=reply_id)
        return reply

    def fill(self, reply: QuickReply | str, case: Case | None, by: Actor) -> str:
        """The text with its variables filled from the case, the operator and the house."""
        text = reply if isinstance(reply, str) else reply.text
        language = "ru" if isinstance(reply, str) else reply.language
        return self._deps.texts.fill(
            text,
            language,
            case=case,
            operator=by,
            organisation=self._deps.policy.organisation,
            organisation_phone=self._deps.policy.phone,
        )

    async def save(self, reply: QuickReply, by: Actor, *, new: bool = False) -> QuickReply:
        """Add or change. Private ones are their owner's, all others the admins'."""
        self._may_edit(reply, by)
        if not new:
            before = await self._deps.catalog.quick_reply(reply.id)
            if before is None:
                raise NotFound(what="quick_reply", id=reply.id)
            self._may_edit(before, by)
        reply.title, reply.text = plain_line(reply.title), plain(reply.text)
        for field, limit in (("title", MAX_TITLE), ("text", MAX_TEXT)):
            value = getattr(reply, field).strip()
            if not value:
                raise Invalid(field=field, reason="required")
            if len(value) > limit:
                raise Invalid(field=field, reason="too_long", limit=limit)
        if new and not reply.id:
            reply.id = self._deps.ids.new()
        reply.updated_at = self._deps.clock.now()
        await self._deps.catalog.put_quick_reply(reply, new=new)
        return reply

    async def delete(self, reply_id: str, by: Actor) -> QuickReply:
        """Take it away; `restore` undoes."""
        return await self._deleted(reply_id, by, deleted=True)

    async def restore(self, reply_id: str, by: Actor) -> QuickReply:
        """Undo `delete`."""
        return await self._deleted(reply_id, by, deleted=False)

    async def _deleted(self, reply_id: str, by: Actor, *, deleted: bool) -> QuickReply:
        reply = await self._deps.catalog.quick_reply(reply_id)
        if reply is None:
            raise NotFound(what="quick_reply", id=reply_id)
        self._may_edit(reply, by)
        reply.deleted = deleted
        reply.updated_at = self._deps.clock.now()
        await self._deps.catalog.put_quick_reply(reply)
        return reply

    @staticmethod
    def _may_edit(reply: QuickReply, by: Actor) -> None:
        if may(by, "quick_reply.edit"):
            return
        if not (reply.owner == by.login and may(by, "quick_reply.use")):
            raise Forbidden(action="quick_reply.edit")
