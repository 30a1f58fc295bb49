"""One action being answered: letters to the resident, in their language."""

from __future__ import annotations

import msgspec

from hub.domain.case import Case
from hub.domain.contact import Contact
from hub.domain.message import Action, Button, Outbound
from hub.domain.outbox import Letter
from hub.ports.texts import Texts
from hub.services.deps import Deps
from hub.services.statuscard import case_buttons, state_of

Buttons = tuple[tuple[Button, ...], ...]


class Speech:
    """Collects what is said. Letters' ids come from the inbox row and the action, so a repeat
    after a crash says nothing twice."""

    def __init__(
        self, deps: Deps, texts: Texts, action: Action, row: str, contact: Contact
    ) -> None:
        self.deps = deps
        self.action = action
        self.contact = contact
        self.letters: list[Letter] = []
        self.answer = ""
        self._texts = texts
        self._row = row

    @property
    def to(self) -> str:
        """The recipient, as in the outbox of a case."""
        return f"resident:{self.action.reply_to.account}:{self.action.reply_to.to}"

    def words(self, key: str, /, **params: object) -> str:
        """A text of the residents' bot."""
        return self._texts.render(f"bot/resident/{key}", self.language, **params)

    @property
    def language(self) -> str:
        """In which they are spoken to."""
        return self.contact.language or "ru"

    def button(self, name: str, data: str) -> Button:
        """A button with its own words."""
        return Button(self.words(f"buttons/{name}"), data)

    def verb(self, name: str, number: int) -> Button:
        """A button that does something with a case."""
        return self.button(name, f"case:{number}:{name}")

    def say(
        self,
        key: str,
        /,
        *,
        buttons: Buttons = (),
        keyboard: Buttons = (),
        no_keyboard: bool = False,
        edit: str = "",
        **params: object,
    ) -> None:
        """One message (or a change of an earlier one)."""
        now = self.deps.clock.now()
        number = len(self.letters)
        name = f"{self._row}:{self.action.key}:{number}"
        out = Outbound(
            id=name,
            to=self.action.reply_to,
            text=self.words(key, **params),
            buttons=buttons,
            keyboard=keyboard,
            no_keyboard=no_keyboard,
            edit=edit,
        )
        self.letters.append(
            Letter(
                id=name,
                kind="resident",
                to=self.to,
                account=self.action.account,
                body=msgspec.to_builtins(out),
                order=number,
                due=now,
                at=now,
            )
        )

    def state(self, case: Case) -> str:
        """What the resident is told of where it stands."""
        return state_of(case)

    def case_buttons(self, number: int, verbs: tuple[tuple[str, ...], ...]) -> Buttons:
        """What can be done with a case."""
        return case_buttons(self._texts, number, self.language, verbs)

    async def post(self) -> None:
        """Keep what was said; then it is sent."""
        if self.letters:
            await self.deps.letters.add(self.letters)
            await self.deps.engine.post([self.to])
