"""One person's private chat with a bot, the same at our local Telegram and at
lo-bot-api-emulator, whose people are updates put into a queue and the calls it took."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any, Protocol

from aiohttp import web
from lo_bot_api_emulator import LoBotApiEmulator

from tests.support.phone import Phone

PATIENCE = 60.0
LOOK = 0.02


class Talk(Protocol):
    """What a person does and sees; numbers are ids of messages."""

    async def start(self, payload: str = "") -> None: ...
    async def say(self, text: str) -> int: ...
    async def reply(self, to: int, text: str) -> int: ...
    async def press(self, button: str) -> None: ...
    async def wait_for(self, words: str) -> int: ...
    async def close(self) -> None: ...


class OurTalk:
    """A phone at our local Telegram."""

    def __init__(self, url: str, person: int, bot: str) -> None:
        self.phone = Phone(url, person, bot)

    async def start(self, payload: str = "") -> None:
        await self.phone.start(payload)

    async def say(self, text: str) -> int:
        return (await self.phone.say(text)).id

    async def reply(self, to: int, text: str) -> int:
        return (await self.phone.reply(to, text)).id

    async def press(self, button: str) -> None:
        answer = await self.phone.press(button, timeout=PATIENCE)
        assert answer.given, f"no answer to {button!r}"

    async def wait_for(self, words: str) -> int:
        return (await self.phone.wait_for(words, PATIENCE)).id

    async def close(self) -> None:
        await self.phone.close()


@dataclass
class Bubble:
    """A message of a bot as it stands now."""

    id: int
    text: str
    keys: list[list[dict[str, Any]]]
    was: list[str] = field(default_factory=list)


class Judge(LoBotApiEmulator):  # type: ignore[misc]
    """The other Bot API server; remembers what stands in every private chat."""

    def __init__(self) -> None:
        super().__init__(allow_insecure_loopback_webhooks=True)
        self.chats: dict[int, dict[int, Bubble]] = {}
        self.refused: set[str] = set()
        self._runner: web.AppRunner | None = None

    async def start(self) -> str:
        self._runner = web.AppRunner(self.app(), access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    def validate(self, method: str, fields: dict[str, Any], uploads: dict[str, Any]) -> Any:
        try:
            result = super().validate(method, fields, uploads)
        except Exception:
            self.refused.add(method)
            raise
        if method.startswith(("send", "edit")) and "chat_id" in fields:
            self._shown(int(fields["chat_id"]), fields, result)
        return result

    def _shown(self, chat: int, fields: dict[str, Any], result: Any) -> None:
        markup = fields.get("reply_markup") or {}
        keys = (json.loads(markup) if isinstance(markup, str) else markup).get("inline_keyboard")
        bubbles = self.chats.setdefault(chat, {})
        if "message_id" in fields:
            bubble = bubbles.get(int(fields["message_id"]))
            if bubble is None:
                return
            bubble.was.append(bubble.text)
            bubble.text, bubble.keys = str(fields.get("text", bubble.text)), keys or []
        elif isinstance(result, dict):
            ident = int(result["message_id"])
            bubbles[ident] = Bubble(ident, str(fields.get("text", "")), keys or [])


class TheirTalk:
    """Somebody at the other server."""

    def __init__(self, judge: Judge, token: str, person: int, name: str) -> None:
        self._judge, self._token = judge, token
        self._user = {"id": person, "is_bot": False, "first_name": name}
        self._chat = {"id": person, "type": "private", "first_name": name}
        self._own = 100_000 * person

    async def start(self, payload: str = "") -> None:
        await self.say(f"/start {payload}".strip())

    async def say(self, text: str, **more: Any) -> int:
        self._own += 1
        message = {**self._message(self._own, text), "from": self._user, **more}
        await self._judge.enqueue_update({"message": message}, token=self._token)
        return self._own

    async def reply(self, to: int, text: str) -> int:
        return await self.say(text, reply_to_message=self._message(to, "…"))

    async def press(self, button: str) -> None:
        async with asyncio.timeout(PATIENCE):
            while (found := self._key(button)) is None:
                await asyncio.sleep(LOOK)
        at, data = found
        query = {
            "id": f"{at}{len(data)}",
            "from": self._user,
            "chat_instance": "1",
            "message": self._message(at, "…"),
            "data": data,
        }
        await self._judge.enqueue_update({"callback_query": query}, token=self._token)

    async def wait_for(self, words: str) -> int:
        async with asyncio.timeout(PATIENCE):
            while True:
                for bubble in reversed(self.bubbles):
                    if words in bubble.text:
                        return bubble.id
                await asyncio.sleep(LOOK)

    async def close(self) -> None:
        return

    @property
    def bubbles(self) -> list[Bubble]:
        return list(self._judge.chats.get(int(str(self._chat["id"])), {}).values())

    def _key(self, button: str) -> tuple[int, str] | None:
        for bubble in reversed(self.bubbles):
            for row in bubble.keys:
                for key in row:
                    if key["text"] == button and "callback_data" in key:
                        return bubble.id, key["callback_data"]
        return None

    def _message(self, ident: int, text: str) -> dict[str, Any]:
        return {"message_id": ident, "date": 1_700_000_000, "chat": self._chat, "text": text}
