"""All that the emulator knows: bots, people, chats, messages, files."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from bots.emulator.accounts import BotAccount, Person
from bots.emulator.chats import Chat, Kind, Message, group_key, private_key
from bots.emulator.clock import Clock
from bots.emulator.errors import BotApiError
from bots.emulator.faults import Faults
from bots.emulator.feed import Feed
from bots.emulator.files import Files, StoredFile
from bots.emulator.journal import Forgetful, Journal, SqliteJournal
from bots.emulator.limits import Limiter, Limits
from bots.emulator.mailbox import Mailbox, Settings, restored


@dataclass(slots=True)
class Query:
    """A pressed button or an inline query that waits for the bot's answer."""

    id: str
    person: int
    chat: str
    at: float
    answer: asyncio.Future[dict[str, Any]]


@dataclass(slots=True)
class Profile:
    """What a bot has said of itself, and its counter of messages in private chats."""

    last_message: int = 0
    commands: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    menus: dict[str, dict[str, Any]] = field(default_factory=dict)
    about: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Bot:
    account: BotAccount
    mailbox: Mailbox
    profile: Profile
    queries: dict[str, Query] = field(default_factory=dict)
    apps: dict[str, tuple[int, str]] = field(default_factory=dict)

    @property
    def id(self) -> int:
        return self.account.id


class World:
    def __init__(
        self, *, clock: Clock, rng: random.Random, limits: Limits, data: Path | None = None
    ) -> None:
        self.clock = clock
        self.rng = rng
        self.feed = Feed()
        self.faults = Faults(rng)
        self.limiter = Limiter(limits, clock)
        self.kept = SqliteJournal(data / "telegram.db") if data is not None else None
        self.journal: Journal = self.kept or Forgetful()
        self.files = Files(data / "files" if data is not None else None, self.journal, rng)
        self.bots: dict[int, Bot] = {}
        self.people: dict[int, Person] = {}
        self.chats: dict[str, Chat] = {}
        self.messages: dict[str, dict[int, Message]] = {}
        self.inline: dict[str, tuple[str, int]] = {}
        if self.kept is not None:
            self._restore(self.kept)

    def _restore(self, kept: SqliteJournal) -> None:
        for _, body in kept.read("file"):
            self.files.restore(msgspec.json.decode(body, type=StoredFile))
        for _, body in kept.read("person"):
            person = msgspec.json.decode(body, type=Person)
            self.people[person.id] = person
        for _, body in kept.read("chat"):
            chat = msgspec.json.decode(body, type=Chat)
            self.chats[chat.key] = chat
            self.messages[chat.key] = {}
        for _, body in kept.read("message"):
            message = msgspec.json.decode(body, type=Message)
            self.messages[message.chat][message.id] = message
            if message.inline_id:
                self.inline[message.inline_id] = (message.chat, message.id)
            self.feed.seq = max(self.feed.seq, message.seq)
        for key, found in self.messages.items():
            self.messages[key] = dict(sorted(found.items()))
        for _, body in kept.read("bot"):
            self.add_bot(msgspec.json.decode(body, type=BotAccount))

    def add_bot(self, account: BotAccount) -> Bot:
        """Take a bot in, or its new name and token; what it had is kept."""
        same_name = self.bot_by_name(account.username)
        if account.id in self.people or (same_name and same_name.id != account.id):
            raise ValueError("another account has this id or this user name")
        known = self.bots.get(account.id)
        if known is not None:
            known.account = account
        else:
            known = self._revive(account)
            self.bots[account.id] = known
        self.journal.put("bot", str(account.id), account)
        return known

    def _revive(self, account: BotAccount) -> Bot:
        settings = Settings(next_id=self.rng.randrange(10**8, 9 * 10**8))
        profile, waiting = Profile(), list[bytes]()
        if self.kept is not None:
            for key, body in self.kept.read("mailbox"):
                if key == str(account.id):
                    settings = msgspec.json.decode(body, type=Settings)
            for key, body in self.kept.read("profile"):
                if key == str(account.id):
                    profile = msgspec.json.decode(body, type=Profile)
            for key, body in self.kept.read("update"):
                if key.startswith(f"{account.id}/"):
                    waiting.append(body)
        mailbox = Mailbox(account.id, account.username, settings, self.journal, self.faults)
        mailbox.restore(restored(waiting))
        return Bot(account, mailbox, profile)

    def add_person(self, person: Person) -> None:
        """Take a person in, or what changed of them."""
        if person.id in self.bots:
            raise ValueError("a bot has this id")
        self.people[person.id] = person
        self.journal.put("person", str(person.id), person)

    def bot_by_token(self, token: str) -> Bot:
        head = token.partition(":")[0]
        bot = self.bots.get(int(head)) if head.isascii() and head.isdigit() else None
        if bot is None or bot.account.token != token:
            raise BotApiError(401, "Unauthorized")
        return bot

    def bot_by_name(self, username: str) -> Bot | None:
        wanted = username.removeprefix("@").lower()
        return next((b for b in self.bots.values() if b.account.username.lower() == wanted), None)

    def user(self, user_id: int) -> dict[str, Any] | None:
        """A bot or a person as a Bot API `User`."""
        if user_id in self.bots:
            return self.bots[user_id].account.user()
        person = self.people.get(user_id)
        return person.user() if person else None

    def private(self, bot_id: int, person_id: int) -> Chat:
        """The chat of a person with a bot; it begins to exist here, still not started."""
        key = private_key(bot_id, person_id)
        if key not in self.chats:
            chat = Chat(key, person_id, "private", people=[person_id], bots=[bot_id])
            self._add_chat(chat)
        return self.chats[key]

    def add_group(
        self, title: str, kind: Kind, people: list[int], bots: list[int], *, is_forum: bool = False
    ) -> Chat:
        number = self.rng.randrange(10**9, 2 * 10**9)
        chat_id = -number if kind == "group" else -(10**12) - number
        chat = Chat(
            group_key(chat_id), chat_id, kind, title, people, bots, is_forum=is_forum, started=True
        )
        # The first message of a group is its making, and 1 is the thread «General» of a forum.
        chat.last_id = 1
        self._add_chat(chat)
        return chat

    def groups(self) -> list[Chat]:
        return [chat for chat in self.chats.values() if not chat.private]

    def _add_chat(self, chat: Chat) -> None:
        self.chats[chat.key] = chat
        self.messages[chat.key] = {}
        self.save_chat(chat)

    def save_chat(self, chat: Chat) -> None:
        self.journal.put("chat", chat.key, chat)

    def save_profile(self, bot: Bot) -> None:
        self.journal.put("profile", str(bot.id), bot.profile)

    def message(self, chat: Chat, message_id: int) -> Message | None:
        return self.messages[chat.key].get(message_id)

    def inlined(self, bot_id: int, inline_id: str) -> Message | None:
        """The message that a bot knows under this id from its inline mode."""
        key, number = self.inline.get(inline_id, ("", 0))
        message = self.messages.get(key, {}).get(number)
        return message if message is not None and message.via_bot == bot_id else None

    def token(self) -> str:
        """An id that nobody can guess, for queries and albums."""
        return str(self.rng.getrandbits(63))
