"""Admins hear in their private chats of a forum group that is lost."""

from __future__ import annotations

from hub.domain.forum import ForumPlace, Trouble
from hub.domain.outbox import Letter
from hub.services.deps import Deps


async def tell_admins(deps: Deps, place: ForumPlace, trouble: Trouble) -> None:
    """Every admin who is linked to a bot, once for this loss."""
    directory = await deps.staff.directory()
    group = directory.groups.get(place.group)
    now = deps.clock.now()
    text = deps.texts.html(
        "bot/operator/forum/lost",
        trouble=trouble,
        title=place.title,
        group=group.name if group else place.group,
    )
    letters = [
        Letter(
            id=f"lost:{place.id}:{place.rev}:{person.login}",
            kind="staff",
            to=f"staff:{person.login}:{link.account}",
            account=link.account,
            body={
                "method": "sendMessage",
                "params": {"chat_id": link.chat, "text": text, "parse_mode": "HTML"},
                "shown": {},
            },
            due=now,
            at=now,
        )
        for person in directory.staff.values()
        if person.active and "admin" in person.roles
        for link in person.bots[:1]
    ]
    await deps.letters.add(letters)
    await deps.engine.post([letter.to for letter in letters])
