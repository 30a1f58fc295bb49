"""Builds the bots of the staff for wiring."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from aiogram import Bot, Router

from bots.common import entry, noticing, shared, shift
from bots.common.conversation import StaffConversation
from bots.common.dialogue import HeldStorage
from bots.common.filters import carries_out, dispatches
from bots.common.letters import StaffLetterOutlet
from bots.common.outlet import StaffOutlet
from bots.common.staffbot import StaffBot
from bots.common.switchboard import Switchboard
from bots.common.teller import Teller
from bots.executor import comments, refusal, tasks, work
from bots.operator import (
    calls,
    card,
    closing,
    commands,
    details,
    lists,
    note,
    people,
    preview,
    quick,
    reply,
    transfer,
    ways,
)
from bots.operator.forum import routes
from bots.operator.forum.board import REST, ForumLetterOutlet
from bots.operator.forum.build import build_forum
from bots.operator.forum.outlet import ForumOutlet
from bots.operator.inline import offering
from hub.ports.dialogues import Dialogues
from hub.services.services import Services

Rule = Callable[..., Awaitable[bool]]


@dataclass(frozen=True)
class StaffBots:
    """What wiring needs: `conversation` for the intake, `outlet` for rows of kinds notice, card
    and mark, `letters` for letters of kind staff, `forum` for rows of kinds topic and topic_mark,
    `forum_letters` for letters of kind forum."""

    bots: dict[str, StaffBot]
    conversation: StaffConversation
    outlet: StaffOutlet
    letters: StaffLetterOutlet
    forum: ForumOutlet
    forum_letters: ForumLetterOutlet

    async def close(self) -> None:
        """Give the connections back."""
        for bot in self.bots.values():
            await bot.bot.session.close()


def build_staff(
    accounts: Iterable[StaffBot],
    services: Services,
    dialogues: Dialogues,
    *,
    rest: float = REST,
) -> StaffBots:
    """All staff bots of one process: one switchboard, any number of accounts. `rest`: seconds
    between two drawings of a queue in a forum group."""
    bots = {account.account: account for account in accounts}
    teller = Teller(bots, services.deps)
    forum = build_forum(bots, services, teller, rest=rest)
    return StaffBots(
        bots=bots,
        conversation=StaffConversation(
            bots,
            services,
            dialogues,
            Switchboard(desk(), HeldStorage()),
            forum.updates,
            offering(services),
        ),
        outlet=StaffOutlet(services.deps, teller),
        letters=StaffLetterOutlet(services.deps, teller),
        forum=forum.outlet,
        forum_letters=forum.letters,
    )


def staff_bot(
    account: str, bot: Bot, roles: Iterable[str], *, app: str = "", desk: str = ""
) -> StaffBot:
    """A bot account of the settings, with its connection (hub.botapi.make_bot), the address of
    its Mini App and that of the desk."""
    return StaffBot(account, bot, frozenset(roles), app, desk)


def desk() -> Router:
    """Routers in the order in which they are asked: coming in, keys and commands, swipe-replies,
    what was asked for, and last what fits nothing. A command is never taken for an answer."""
    found = Router(name="staff")
    found.include_router(routes.gate())
    found.include_router(entry.router())
    found.include_router(shared.router())
    found.include_router(shift.router())
    found.include_router(noticing.router())
    found.include_router(
        _only(carries_out, tasks.router(), work.router(), refusal.router(), comments.router())
    )
    found.include_router(
        _only(
            dispatches,
            lists.router(),
            calls.router(),
            commands.router(),
            quick.router(),
            preview.router(),
            ways.router(),
            entry.unknown_commands(),
            reply.router(),
            work.asked_router(),
            refusal.asked_router(),
            comments.asked_router(),
            lists.asked_router(),
            preview.asked_router(),
            ways.asked_router(),
            card.router(),
            transfer.router(),
            closing.router(),
            details.router(),
            people.router(),
            note.router(),
            routes.notes(),
            reply.plain_router(),
        )
    )
    found.include_router(
        _only(
            carries_out,
            entry.unknown_commands(),
            comments.swipe_router(),
            work.asked_router(),
            refusal.asked_router(),
            comments.asked_router(),
            routes.notes(),
            comments.plain_router(),
        )
    )
    found.include_router(entry.old_keys())
    return found


def _only(rule: Rule, *routers: Router) -> Router:
    """These routers for those whom the rule lets in."""
    parent = Router()
    for observer in (parent.message, parent.edited_message, parent.callback_query):
        observer.filter(rule)
    parent.include_routers(*routers)
    return parent
