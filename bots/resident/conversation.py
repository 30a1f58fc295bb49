"""Residents: /start /new /my /lang /help, the buttons under what they were sent, their phone, and
what they write when they were asked something."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol, runtime_checkable

import structlog

from bots.resident import answers, menu, ownwork
from bots.resident.commands import Commanding, menus
from bots.resident.speech import Speech
from hub.domain.errors import HubError, StoreDown
from hub.domain.message import Action, Edit, Inbound
from hub.ports.texts import Texts
from hub.services.services import Services

log = structlog.get_logger()

Answer = Callable[[Services, Speech, str], Awaitable[None]]

PATIENCE = 8.0
"""Seconds for telling all channels the commands."""
COMMANDS: dict[str, Answer] = {
    "start": menu.start,
    "new": menu.new,
    "my": menu.mine,
    "lang": menu.languages,
    "link": menu.link,
    "help": menu.help_,
}
BUTTONS: dict[str, Answer] = {
    "case": ownwork.press,
    "my": menu.mine,
    "new": menu.new,
    "lang": menu.choose_language,
    "phone": menu.ask_phone,
    "flat": menu.no_flat,
}


@runtime_checkable
class Acknowledging(Protocol):
    """A channel whose buttons want to hear something at once."""

    async def acknowledge(self, callback: str, text: str = "") -> None:
        """Stop the clock on a pressed button; best effort."""


class Residency:
    """A ResidentConversation (hub.ports.outlet)."""

    def __init__(
        self,
        services: Services,
        texts: Texts,
        answering: Mapping[str, Acknowledging],
        commanding: Sequence[Commanding],
    ) -> None:
        self._services = services
        self._texts = texts
        self._answering = answering
        self._commanding = commanding

    async def introduce(self) -> None:
        """Show everywhere what can be commanded; who cannot be told now is told by the next
        start."""
        offered = menus(self._texts)
        try:
            async with asyncio.timeout(PATIENCE):
                await asyncio.gather(*(one.offer_commands(offered) for one in self._commanding))
        except Exception as error:
            # A menu is no reason to stop listening.
            log.warning("residents.commands", error=type(error).__name__)

    async def handle(self, action: Action, row_id: str) -> None:
        """Handle one action; what is said is kept as letters before anything of it is sent."""
        found = _understood(action)
        if found is None:
            return
        answer, value = found
        speech = await self._speech(action, row_id)
        try:
            await answer(self._services, speech, value)
        except StoreDown:
            raise
        except HubError as refusal:
            self._refuse(speech, refusal)
        await speech.post()
        if action.callback and action.account in self._answering:
            await self._answering[action.account].acknowledge(action.callback, speech.answer)

    async def answers(self, message: Inbound, row_id: str) -> bool:
        """Take a message that answers what its sender was asked; False if it does not, and is to
        be filed."""
        speech = await self._speech(answers.action_of(message), row_id)
        return await answers.take(self._services, speech, message)

    async def corrects(self, edit: Edit, row_id: str) -> bool:
        """Take the change of a message that told what was asked; False if it is none."""
        contact = await self._services.asking.correct(edit)
        if contact is None:
            return False
        action = answers.action_of_edit(edit, contact)
        if action is not None:
            speech = Speech(self._services.deps, self._texts, action, row_id, contact)
            speech.say("flat_kept", place=contact.place)
            await speech.post()
        return True

    async def _speech(self, action: Action, row_id: str) -> Speech:
        contact = await self._services.residents.known(action.sender, action.reply_to)
        return Speech(self._services.deps, self._texts, action, row_id, contact)

    def _refuse(self, speech: Speech, refusal: HubError) -> None:
        try:
            text = speech.words(f"refusals/{refusal.key}", **refusal.params)
        except KeyError:
            text = speech.words("refusals/refused")
        speech.answer = text
        if not speech.action.callback:
            speech.say("plain", text=text)


def _understood(action: Action) -> tuple[Answer, str] | None:
    if action.name == "start":
        return menu.start, action.value
    if action.name == "command":
        return COMMANDS.get(action.value, menu.help_), ""
    if action.name == "contact":
        return menu.phone, action.value
    if action.name == "button":
        name, _, value = action.value.partition(":")
        return BUTTONS.get(name, menu.help_), value
    return None
