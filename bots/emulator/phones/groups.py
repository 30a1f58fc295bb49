"""Groups: made, joined by bots, turned into supergroups."""

from __future__ import annotations

from typing import Any

from bots.emulator.chats import Chat, Kind
from bots.emulator.errors import PhoneError
from bots.emulator.posting import member_changed, post, show_chat
from bots.emulator.world import World


def make_group(world: World, body: dict[str, Any]) -> Chat:
    """A group of `people` (ids) and `bots` (user names), the bots as administrators.

    `forum` makes it a supergroup with topics, `basic` an ordinary group that may migrate.
    """
    title = str(body.get("title", "")).strip()
    people = [int(person) for person in body.get("people", [])]
    bots = [world.bot_by_name(str(name)) for name in body.get("bots", [])]
    if not title or not people or not set(people) <= set(world.people) or None in bots:
        raise PhoneError("a group needs a title, people and bots that exist")
    kind: Kind = "group" if body.get("basic") else "supergroup"
    ids = [bot.id for bot in bots if bot is not None]
    chat = world.add_group(title, kind, people, ids, is_forum=bool(body.get("forum")))
    for bot_id in ids:
        member_changed(world, chat, bot_id, people[0], "left", "administrator")
    show_chat(world, chat)
    return chat


def migrate(world: World, old: Chat) -> Chat:
    """Turn a group into a supergroup: another id, and both sides say so."""
    if old.kind != "group" or old.migrated_to is not None:
        raise PhoneError("only an ordinary group can migrate", 409)
    new = world.add_group(old.title, "supergroup", list(old.people), list(old.bots))
    post(world, old, old.people[0], {"migrate_to_chat_id": new.id}, service=True)
    old.migrated_to = new.id
    post(world, new, new.people[0], {"migrate_from_chat_id": old.id}, service=True)
    for chat in (old, new):
        show_chat(world, chat)
    return new
