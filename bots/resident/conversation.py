"""Residents: /start /new /my /lang /help, the buttons under what they were sent, their phone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol, runtime_checkable

from bots.resident import menu, ownwork
from bots.resident.speech import Speech
from hub.domain.errors import HubError, StoreDown
from hub.domain.message import Action
from hub.ports.texts import Texts
from hub.services.services import Services

Answer = Callable[[Services, Speech, str], Awaitable[None]]

COMMANDS: dict[str, Answer] = {
    "start": menu.start,
    "new": menu.new,
    "my": menu.mine,
    "lang": menu.languages,
    "help": menu.help_,
}
BUTTONS: dict[str, Answer] = {
    "case": ownwork.press,
    "my": menu.mine,
    "new": menu.new,
    "lang": menu.choose_language,
    "phone": menu.ask_phone,
}


@runtime_checkable
class Acknowledging(Protocol):
    """A channel whose buttons want to hear something at once."""

    async def acknowledge(self, callback: str, text: str = "") -> None:
        """Stop the clock on a pressed button; best effort."""


class Residency:
    """A ResidentConversation (hub.ports.outlet)."""

    def __init__(
        self, services: Services, texts: Texts, answering: Mapping[str, Acknowledging]
    ) -> None:
        self._services = services
        self._texts = texts
        self._answering = answering

    async def handle(self, action: Action, row_id: str) -> None:
        """Handle one action; what is said is kept as letters before anything of it is sent."""
        found = _understood(action)
        if found is None:
            return
        answer, value = found
        deps = self._services.deps
        contact = await self._services.residents.known(action.sender, action.reply_to)
        speech = Speech(deps, self._texts, action, row_id, contact)
        try:
            await answer(self._services, speech, value)
        except StoreDown:
            raise
        except HubError as refusal:
            self._refuse(speech, refusal)
        if speech.letters:
            await deps.letters.add(speech.letters)
            await deps.engine.post([speech.to])
        if action.callback and action.account in self._answering:
            await self._answering[action.account].acknowledge(action.callback, speech.answer)

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
