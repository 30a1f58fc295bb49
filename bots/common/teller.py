"""Sends what staff see and remembers what each message stands for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

from aiogram.methods import (
    EditMessageText,
    SendAudio,
    SendDocument,
    SendMessage,
    SendPhoto,
    SendVideo,
    SendVoice,
    TelegramMethod,
)
from aiogram.types import Message

from bots.common.staffbot import StaffBot
from bots.common.views import View
from hub.botapi.bot import StreamedFile
from hub.botapi.outcome import attempt
from hub.domain.message import Accepted, Attachment, Outcome, Rejected
from hub.ports.outlet import Skip
from hub.ports.shown import Shown
from hub.services.deps import Deps

MAX_PHOTO = 10 * 1024 * 1024
MAX_UPLOAD = 50 * 1024 * 1024
SPOKEN = frozenset({"audio/ogg", "audio/opus"})
"""What a colleague said: the file store knows it by its type alone."""


class Teller:
    """Everything a staff bot says passes here."""

    def __init__(self, bots: Mapping[str, StaffBot], deps: Deps) -> None:
        self._bots = bots
        self._deps = deps

    def knows(self, account: str) -> bool:
        """The account is one of ours."""
        return account in self._bots

    async def show(
        self, account: str, chat: int, view: View, *, reply_to: int = 0, thread: int = 0
    ) -> Outcome:
        """A new message."""
        params = {**view.content(), "chat_id": chat, **quoting(reply_to), **softly(view.silent)}
        params |= {"message_thread_id": thread} if thread else {}
        return await self.call(account, SendMessage(**params), view.shown())

    async def redraw(self, shown: Shown, view: View) -> Outcome | Skip:
        """Change a message in place, unless it looks so already."""
        if shown.data.get("digest") == view.digest:
            if shown.version != view.version:
                await self.remember(shown.account, shown.chat, shown.message, view.shown())
            return Skip()
        edit = EditMessageText(**view.content(), chat_id=shown.chat, message_id=shown.message)
        _, outcome = await attempt(self._bots[shown.account].bot, edit, harmless=True)
        if isinstance(outcome, Rejected) and outcome.reason == "message_gone":
            await self._deps.shown.drop(shown)
            return Skip(tried=True)
        if isinstance(outcome, Accepted):
            await self.remember(shown.account, shown.chat, shown.message, view.shown())
        return outcome

    async def call(
        self,
        account: str,
        method: TelegramMethod[Any],
        shown: Mapping[str, Any],
        *,
        harmless: bool = False,
    ) -> Outcome:
        """Carry out one call; what it makes or changes is remembered as `shown`."""
        answer, outcome = await attempt(self._bots[account].bot, method, harmless=harmless)
        if isinstance(answer, Message) and shown:
            await self.remember(account, answer.chat.id, answer.message_id, shown)
        elif isinstance(method, EditMessageText) and isinstance(outcome, Accepted) and shown:
            # It looks so already: done by an earlier try whose answer was lost.
            await self.remember(account, int(method.chat_id or 0), method.message_id or 0, shown)
        return outcome

    async def file(
        self,
        account: str,
        chat: int,
        file: Attachment,
        *,
        caption: str = "",
        reply_to: int = 0,
        shown: Mapping[str, Any] | None = None,
        thread: int = 0,
        silent: bool = False,
    ) -> Outcome:
        """A stored file, shown as what it is where Telegram can, else as a document."""
        if file.size > MAX_UPLOAD:
            return Rejected("file_size")
        at = (chat, thread)
        soft = softly(silent)
        method = self._carrier(file, at, caption, reply_to, plain=False).model_copy(update=soft)
        outcome = await self.call(account, method, shown or {})
        if isinstance(outcome, Rejected) and not outcome.gone and outcome.reason == "refused":
            # Not a picture or sound that Telegram takes as such.
            method = self._carrier(file, at, caption, reply_to, plain=True).model_copy(update=soft)
            outcome = await self.call(account, method, shown or {})
        return outcome

    def _carrier(
        self, file: Attachment, at: tuple[int, int], caption: str, reply_to: int, *, plain: bool
    ) -> TelegramMethod[Message]:
        def read() -> AsyncIterator[bytes]:
            return self._deps.files.read(file.id)

        body = StreamedFile(file.name, read)
        chat, thread = at
        more: dict[str, Any] = {"chat_id": chat, "caption": caption or None, "parse_mode": "HTML"}
        more |= {"message_thread_id": thread} if thread else {}
        more |= quoting(reply_to)
        if not plain:
            if file.kind == "photo" and file.size <= MAX_PHOTO:
                return SendPhoto(photo=body, **more)
            if file.kind == "voice" or file.mime in SPOKEN:
                return SendVoice(voice=body, **more)
            if file.kind == "audio":
                return SendAudio(audio=body, **more)
            if file.kind == "video":
                return SendVideo(video=body, **more)
        return SendDocument(document=body, **more)

    async def remember(
        self, account: str, chat: int, message: int, shown: Mapping[str, Any]
    ) -> None:
        """Write down what a message stands for now."""
        if not shown:
            return
        await self._deps.shown.add(
            Shown(
                account=account,
                chat=chat,
                message=message,
                at=self._deps.clock.now(),
                what=shown["what"],
                case=shown.get("case", 0),
                entry=shown.get("entry", 0),
                version=shown.get("version", 0),
                data=dict(shown.get("data", {})),
            )
        )


def softly(silent: bool) -> dict[str, Any]:
    """Parameters of a message that comes without a sound."""
    return {"disable_notification": True} if silent else {}


def quoting(reply_to: int) -> dict[str, Any]:
    """Parameters that make a message an answer to another one, if that still is there."""
    if not reply_to:
        return {}
    return {"reply_parameters": {"message_id": reply_to, "allow_sending_without_reply": True}}
