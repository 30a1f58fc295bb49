"""What a person does at a phone."""

from __future__ import annotations

from typing import Any

from bots.emulator.accounts import Person
from bots.emulator.chats import Chat, Message
from bots.emulator.errors import PhoneError
from bots.emulator.files import Files, Upload, media_of
from bots.emulator.methods.reactions import ALLOWED
from bots.emulator.posting import change, member_changed, react, remove, show_chat
from bots.emulator.posting import post as put
from bots.emulator.sounds import ogg_seconds
from bots.emulator.texts import CAPTION_LIMIT, TEXT_LIMIT, detect
from bots.emulator.utf16 import width
from bots.emulator.views import SERVICE
from bots.emulator.world import World

APP_DATA_BYTES = 4096
KINDS = ("photo", "voice", "video", "video_note", "audio", "document")


class Phone:
    """One person in one chat."""

    def __init__(self, world: World, person: Person, chat: Chat) -> None:
        self.world = world
        self.person = person
        self.chat = chat

    def say(self, text: str, reply_to: int | None = None, thread: int | None = None) -> Message:
        """Send words; those longer than 4096 go as several messages, as a Telegram app does."""
        text = text.strip()
        if not text:
            raise PhoneError("empty")
        first, rest = text[:TEXT_LIMIT], text[TEXT_LIMIT:]
        message = self.post(_words("text", "entities", first), reply_to, thread)
        while rest:
            self.post(_words("text", "entities", rest[:TEXT_LIMIT]), None, thread)
            rest = rest[TEXT_LIMIT:]
        return message

    def start(self, payload: str = "") -> Message:
        """Press «Start», or follow a `t.me/<bot>?start=<payload>` link."""
        if len(payload) > 64 or not all(
            c.isascii() and (c.isalnum() or c in "_-") for c in payload
        ):
            raise PhoneError("bad payload")
        if self.chat.blocked:
            self.unblock()
        return self.say(f"/start {payload}".strip())

    async def send_files(
        self,
        kind: str,
        uploads: list[Upload],
        caption: str = "",
        reply_to: int | None = None,
        thread: int | None = None,
        duration: int = 0,
    ) -> list[Message]:
        """Send a file, or an album of two to ten; the caption stands at the first."""
        if kind not in KINDS:
            raise PhoneError("no such kind of file")
        if not 1 <= len(uploads) <= 10 or width(caption) > CAPTION_LIMIT:
            raise PhoneError("too much")
        self.may_speak(thread)
        album = self.world.token() if len(uploads) > 1 else None
        sent = []
        for at, upload in enumerate(uploads):
            content = await _file_content(self.world.files, kind, upload, duration)
            if caption.strip() and at == 0:
                content |= _words("caption", "caption_entities", caption.strip())
            sent.append(self.post(content, reply_to, thread, album))
        return sent

    def send_place(
        self, latitude: float, longitude: float, thread: int | None = None, live: int = 0
    ) -> Message:
        """Send a place; with `live` (seconds) it moves on for that time."""
        where: dict[str, Any] = _place(latitude, longitude)
        if live:
            where["live_period"] = live
        return self.post({"location": where}, None, thread)

    def move(self, message_id: int, latitude: float, longitude: float) -> Message:
        """Go on with a place that moves."""
        message = self._own(message_id)
        before = message.content.get("location", {})
        if "live_period" not in before:
            raise PhoneError("no live location")
        where = {**before, **_place(latitude, longitude)}
        change(self.world, message, {**message.content, "location": where}, message.markup)
        return message

    def hand_on(self, message: Message, thread: int | None = None) -> Message:
        """Forward a message into this chat."""
        if any(kind in message.content for kind in SERVICE):
            raise PhoneError("cannot be forwarded")
        origin = message.forwarded_from or message.sender
        return self.post(dict(message.content), None, thread, origin=origin)

    def share_contact(
        self, other: dict[str, str] | None = None, reply_to: int | None = None
    ) -> Message:
        """Send one's own number (then `user_id` proves it), or the number of somebody else."""
        if other is None:
            if not self.person.phone:
                raise PhoneError("no phone number")
            contact: dict[str, Any] = {
                "phone_number": self.person.phone.removeprefix("+"),
                "first_name": self.person.first_name,
            }
            if self.person.last_name:
                contact["last_name"] = self.person.last_name
            contact["user_id"] = self.person.id
        else:
            contact = {name: value for name, value in other.items() if value}
        return self.post({"contact": contact}, reply_to)

    def edit(self, message_id: int, text: str) -> Message:
        message = self._own(message_id)
        kind, marks = ("text", "entities")
        if "text" not in message.content:
            kind, marks = ("caption", "caption_entities")
        kept = {n: v for n, v in message.content.items() if n not in (kind, marks)}
        if not text.strip() and kind == "text":
            raise PhoneError("empty")
        change(self.world, message, kept | _words(kind, marks, text.strip()), message.markup)
        return message

    async def edit_file(self, message_id: int, kind: str, upload: Upload) -> Message:
        """Put another file in the place of the one that was sent; the words stay."""
        message = self._own(message_id)
        if kind not in KINDS or not any(one in message.content for one in KINDS):
            raise PhoneError("no such kind of file")
        content = await _file_content(self.world.files, kind, upload, 0)
        words = {n: v for n, v in message.content.items() if n in ("caption", "caption_entities")}
        change(self.world, message, content | words, message.markup)
        return message

    def delete(self, message_id: int) -> None:
        remove(self.world, self._own(message_id))

    def react(self, message_id: int, emoji: str) -> None:
        """Put a reaction, or take it away with an empty one."""
        if emoji and emoji not in ALLOWED:
            raise PhoneError("no such reaction")
        react(self.world, self.seen(message_id), self.person.id, [emoji] if emoji else [])

    def block(self) -> None:
        self.private()
        if not self.chat.blocked:
            self.chat.blocked = True
            self._membership("member", "kicked")

    def unblock(self) -> None:
        self.private()
        if self.chat.blocked:
            self.chat.blocked = False
            self._membership("kicked", "member")

    def _membership(self, old: str, new: str) -> None:
        member_changed(self.world, self.chat, self.chat.bots[0], self.person.id, old, new)
        show_chat(self.world, self.chat)

    def private(self) -> None:
        if not self.chat.private:
            raise PhoneError("only in a private chat")

    def seen(self, message_id: int) -> Message:
        message = self.world.message(self.chat, message_id)
        if message is None:
            raise PhoneError("no such message", 404)
        return message

    def _own(self, message_id: int) -> Message:
        message = self.seen(message_id)
        if message.sender != self.person.id:
            raise PhoneError("not your message", 403)
        return message

    def may_speak(self, thread: int | None) -> None:
        if self.chat.blocked:
            raise PhoneError("the bot is blocked", 409)
        if self.chat.migrated_to is not None:
            raise PhoneError("the group has moved", 409)
        if thread is not None and thread not in self.chat.topics:
            raise PhoneError("no such topic", 404)
        closed = self.chat.general_closed if thread is None else self.chat.topics[thread].closed
        if closed and self.person.id != self.chat.owner:
            raise PhoneError("the topic is closed", 409)

    def post(
        self,
        content: dict[str, Any],
        reply_to: int | None = None,
        thread: int | None = None,
        album: str | None = None,
        origin: int | None = None,
    ) -> Message:
        if reply_to is not None:
            replied = self.seen(reply_to)
            thread = replied.thread if thread is None else thread
        self.may_speak(thread)
        if not self.chat.started:
            self.chat.started = True
            show_chat(self.world, self.chat)
        keyboard = self.chat.keyboard or {}
        if keyboard.get("one_time_keyboard") or keyboard.get("force_reply"):
            self.chat.keyboard = None
            show_chat(self.world, self.chat)
        return put(
            self.world,
            self.chat,
            self.person.id,
            content,
            reply_to=reply_to,
            thread=thread,
            album=album,
            forwarded_from=origin,
        )


def _place(latitude: float, longitude: float) -> dict[str, float]:
    if not -90 <= latitude <= 90 or not -180 <= longitude <= 180:
        raise PhoneError("no such place")
    return {"latitude": latitude, "longitude": longitude}


def _words(name: str, marks: str, text: str) -> dict[str, Any]:
    fields: dict[str, Any] = {name: text} if text else {}
    found = detect(text, [])
    if found:
        fields[marks] = found
    return fields


async def _file_content(files: Files, kind: str, upload: Upload, duration: int) -> dict[str, Any]:
    if kind == "voice":
        duration = duration or ogg_seconds(upload.data)
    file = await files.keep(kind, upload, duration=duration)
    return media_of(file, kind, {})
