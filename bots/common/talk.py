"""One update being handled: who speaks, what is said back, under which keys."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from aiogram.types import CallbackQuery, Message

from bots.common.callbacks import Press, press
from bots.common.dialogue import HELD
from bots.common.staffbot import StaffBot
from bots.common.teller import quoting
from bots.common.views import Key, View, listed
from bots.common.where import EVERYBODY, HERE, PRIVATE, Where
from hub.domain.case import Case
from hub.domain.errors import Invalid
from hub.domain.outbox import Letter
from hub.domain.staff import Actor, Directory, Staff
from hub.ports.shown import Shown
from hub.services.services import Services

MAX_ANSWER = 200
"""Characters of an answer to a pressed key."""


class _Remembered(dict[str, str]):
    """What a menu was about. Pressed before the hub knows what it has changed into (the answer of
    Telegram was lost, say), it lacks what the key is about: refused like one that is gone."""

    def __missing__(self, name: str) -> str:
        raise Invalid(field="menu", reason="gone")


class Talk:
    """Given to every handler. What is said is collected and becomes letters when the handler is
    done; their ids come from the inbox row, so a repeat after a crash says nothing twice."""

    def __init__(
        self,
        services: Services,
        bot: StaffBot,
        row: str,
        event: Message | CallbackQuery,
        chat: int,
        user: int,
        person: Staff | None,
        directory: Directory,
        where: Where = PRIVATE,
    ) -> None:
        self.services = services
        self.bot = bot
        self.row = row
        self.event = event
        self.chat = chat
        self.user = user
        self.person = person
        self.directory = directory
        self.where = where
        self.letters: list[Letter] = []
        self.answer = ""
        self.alert = False
        self._keys = 0

    @property
    def me(self) -> Actor:
        """Who acts. Handlers for strangers never ask."""
        assert self.person is not None
        return Actor.of(self.person)

    @property
    def viewer(self) -> Staff | None:
        """For whom cards are drawn: the person, in a forum group everybody."""
        return self.person if self.where.place is None else EVERYBODY

    @property
    def language(self) -> str:
        return self.person.language if self.person else "ru"

    @property
    def dispatches(self) -> bool:
        return self.person is not None and self.bot.dispatches(self.person)

    @property
    def carries_out(self) -> bool:
        return self.person is not None and self.bot.carries_out(self.person)

    @property
    def to(self) -> str:
        """The recipient of letters: one person at one bot, as in the outbox of a case; in a forum
        group one person there, so that its limits hold up nobody's private chat."""
        if self.where.place is not None:
            return f"forum:{self.where.place.id}:{self.user}"
        if self.person is not None:
            return f"staff:{self.person.login}:{self.bot.account}"
        return f"chat:{self.bot.account}:{self.chat}"

    def key(self) -> str:
        """A key for a service call that a repeat of this update has again."""
        self._keys += 1
        if self.where.place is not None:
            return f"{HERE}:{self.bot.account}:{self.chat}:{self.row}:{self._keys}"
        return f"{self.row}:{self._keys}"

    def menu_key(self) -> str:
        """A key for what a menu does once, however often its key is pressed."""
        return f"menu:{self.bot.account}:{self.chat}:{self.pressed}"

    # ── the case that is spoken about ────────────────────────────────────────────────────────

    @property
    def focus(self) -> int:
        """The case this person looked at last, 0 if none: a help, never a decision."""
        return HELD.get().dialogue.focus

    def look_at(self, number: int) -> None:
        """This is the case they look at now."""
        held = HELD.get()
        if number and number != held.dialogue.focus:
            held.dialogue.focus, held.changed = number, True

    async def case_as_shown(self, pressed: Press) -> Case:
        """The case of a pressed key. Raises StaleVersion when it is not any more what the message
        with that key says."""
        case = await self.services.queries.raw(pressed.case, self.me)
        case.at_version(pressed.v or None)
        return case

    # ── words ────────────────────────────────────────────────────────────────────────────────

    def html(self, key: str, /, **params: object) -> str:
        return self.services.deps.texts.html(f"bot/{key}", self.language, **params)

    def words(self, key: str, /, **params: object) -> str:
        return self.services.deps.texts.render(f"bot/{key}", self.language, **params)

    def label(self, name: str, count: int = 0) -> str:
        """The words on a key; `count` where they hold a number."""
        return self.words("staff/buttons", name=name, count=count)

    def button(self, act: str, case: int = 0, v: int = 0, n: int = 0) -> Key:
        """A key whose label bears the name of its action."""
        return Key(self.label(act), press(act, case, v, n))

    # ── what is said ─────────────────────────────────────────────────────────────────────────

    def say(self, view: View, *, reply_to: int = 0) -> None:
        """A new message."""
        params = {**view.content(), **self._here(), **quoting(reply_to)}
        self.look_at(view.case)
        self._post("sendMessage", params, view.shown())

    def tell(self, key: str, /, *, reply_to: int = 0, **params: object) -> None:
        """A new message without keys that stands for nothing."""
        self.say(View(text=self.html(key, **params)), reply_to=reply_to)

    def replace(self, view: View, message: int = 0) -> None:
        """Change the message whose key was pressed (or another one of ours)."""
        number = message or self.pressed
        params = {**view.content(), "chat_id": self.chat, "message_id": number}
        self.look_at(view.case)
        shown = view.shown() or {"what": "done"}
        self._post("editMessageText", params, shown)

    def fade(self, now: View, later: View, seconds: float) -> None:
        """Change the message whose key was pressed, and once more after so many seconds, unless
        something else was done with it meanwhile."""
        self.replace(now)
        params = {**later.content(), "chat_id": self.chat, "message_id": self.pressed}
        self._post("editMessageText", params, later.shown() or {"what": "done"})
        letter = self.letters[-1]
        # On a way of its own: what is said meanwhile does not wait for it.
        letter.to = f"later:{self.bot.account}:{self.chat}:{self.pressed}"
        letter.due += timedelta(seconds=seconds)
        letter.body["only"] = now.digest

    def withdraw(self, message: int = 0) -> None:
        """Delete a menu that has served."""
        number = message or self.pressed
        self._post("deleteMessage", {"chat_id": self.chat, "message_id": number}, {})

    def react(self, message: int, emoji: str) -> None:
        """A reaction at somebody's message."""
        reaction = [{"type": "emoji", "emoji": emoji}]
        params = {"chat_id": self.chat, "message_id": message, "reaction": reaction}
        self._post("setMessageReaction", params, {})

    def send_file(self, case: int, entry: int, file: str, *, once: bool = False) -> None:
        """A file of a case; `once`: unless this chat has it already."""
        params = {**self._here(), "case": case, "entry": entry, "file": file, "once": once}
        self._post("file", params, {})
        # On a way of their own: one goes a second, and the next menu does not wait for them.
        self.letters[-1].to = f"files:{self.bot.account}:{self.chat}"

    def commands(self, named: Mapping[str, str]) -> None:
        """The menu of commands in this chat: command → what it does."""
        params = {
            "chat_id": self.chat,
            "commands": [{"command": name, "description": said} for name, said in named.items()],
            "scope": {"type": "chat", "chat_id": self.chat},
        }
        self._post("setMyCommands", params, {})

    def note(self, text: str, *, alert: bool = False) -> None:
        """The answer to a pressed key."""
        self.answer, self.alert = text[:MAX_ANSWER], alert

    def _here(self) -> dict[str, int]:
        """Where a new message goes: the chat, in a forum group the topic too."""
        thread = {"message_thread_id": self.where.thread} if self.where.thread else {}
        return {"chat_id": self.chat, **thread}

    def _post(self, method: str, params: Mapping[str, Any], shown: Mapping[str, Any]) -> None:
        now = self.services.deps.clock.now()
        number = len(self.letters)
        self.letters.append(
            Letter(
                id=f"{self.row}:{number}",
                kind="staff",
                to=self.to,
                account=self.bot.account,
                body={"method": method, "params": dict(params), "shown": dict(shown)},
                order=number,
                due=now,
                at=now,
            )
        )

    # ── the message that carries the pressed key ─────────────────────────────────────────────

    @property
    def pressed(self) -> int:
        """The id of the message whose key was pressed."""
        message = self.event.message if isinstance(self.event, CallbackQuery) else None
        assert message is not None
        return message.message_id

    async def menu(self, message: int = 0) -> Shown:
        """What that message stands for. Raises Invalid when it is not known any more."""
        deps = self.services.deps
        shown = await deps.shown.at(self.bot.account, self.chat, message or self.pressed)
        if shown is None or shown.what not in {"menu", "list"}:
            raise Invalid(field="menu", reason="gone")
        shown.data = _Remembered(shown.data)
        return shown

    async def choice(self, n: int) -> tuple[Shown, str]:
        """The menu and the chosen one of its list."""
        shown = await self.menu()
        ids = listed(shown.data)
        if not 0 <= n < len(ids):
            raise Invalid(field="menu", reason="gone")
        return shown, ids[n]
