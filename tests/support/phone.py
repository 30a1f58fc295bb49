"""A driver of one person's phone at the local Telegram, for tests of bots.

async with Phone(emulator_url, person_id, "dom_bot") as resident:
    await resident.start()
    await resident.say("Нет горячей воды")
    await resident.wait_for("принято")
    await resident.press("Отменить")
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import aiohttp

from tests.support.samples import ogg, png

TIMEOUT = 60.0


@dataclass(frozen=True, slots=True)
class Seen:
    """A message as the person sees it; `raw` is the whole of it as JSON."""

    id: int
    seq: int
    text: str
    from_bot: bool
    buttons: list[list[str]]
    media: str
    reply: str
    reactions: list[str]
    edited: bool
    pinned: bool
    thread: int | None
    raw: dict[str, Any]

    @classmethod
    def of(cls, raw: dict[str, Any]) -> Seen:
        media = raw["media"]
        reply = raw["reply"]
        kinds = [kind for kind in ("location", "contact") if kind in raw]
        return cls(
            id=raw["id"],
            seq=raw["seq"],
            text=raw["text"],
            from_bot=raw["from"]["is_bot"],
            buttons=[[button["text"] for button in row] for row in raw["keyboard"]],
            media=media["kind"] if media else (kinds[0] if kinds else ""),
            reply=(reply.get("text") or "") if reply else "",
            reactions=[reaction["emoji"] for reaction in raw["reactions"]],
            edited=raw["edited"] is not None,
            pinned=raw["pinned"],
            thread=raw["thread"],
            raw=raw,
        )

    def has_button(self, text: str) -> bool:
        return any(text == button for row in self.buttons for button in row)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the bot answered to a pressed button; `given` is False if it did not."""

    given: bool
    text: str = ""
    alert: bool = False
    url: str = ""
    app: dict[str, Any] | None = None


Wanted = str | Callable[[Seen], bool]
Which = Seen | int | str


class PhoneRefused(AssertionError):
    """The phone could not do it: blocked, no such button, not one's own message."""


class Phone:
    """One person in one chat: with a bot (its user name) or in a group (its id as text)."""

    def __init__(self, url: str, person_id: int, chat: str) -> None:
        self.person_id = person_id
        self._api = f"{url}/phones/api"
        self._chat = f"{self._api}/people/{person_id}/chats/{chat.removeprefix('@')}"
        self._http: aiohttp.ClientSession | None = None
        self._mark = 0

    async def __aenter__(self) -> Phone:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        if self._http is not None:
            await self._http.close()
            self._http = None

    # -- what the person does --------------------------------------------------------------

    async def start(self, payload: str = "") -> Seen:
        """Press «Start» or follow `t.me/<bot>?start=<payload>`."""
        return await self._said("start", {"payload": payload})

    async def say(self, text: str, *, thread: int | None = None) -> Seen:
        return await self._said("text", {"text": text, "thread": thread})

    async def reply(self, to: Which, text: str) -> Seen:
        """Swipe a message (the newest that holds the text, or by id) and answer it."""
        return await self._said("text", {"text": text, "reply_to": await self._id(to)})

    async def press(self, button: str, on: Which | None = None, timeout: float = TIMEOUT) -> Answer:
        """Press the newest button with this text as soon as it is there."""
        if on is None:
            message = await self.wait_for(lambda seen: seen.has_button(button), timeout)
        else:
            message = await self._find(on)
        for row, texts in enumerate(message.buttons):
            for column, text in enumerate(texts):
                if text == button:
                    return await self.press_at(message.id, row, column, timeout)
        raise PhoneRefused(f"no button {button!r} under {message.text!r}: {message.buttons}")

    async def press_at(self, message_id: int, row: int, column: int, wait: float) -> Answer:
        """Press the button in this row and column; wait so many seconds for the answer."""
        at = {"message_id": message_id, "row": row, "column": column, "wait": wait}
        self._mark = (await self.changes(0))["seq"]
        body = await self._post("press", at)
        return Answer(given=bool(body["answer"]), **body["answer"])

    async def inline(self, bot: str, words: str, wait: float = TIMEOUT) -> list[dict[str, Any]]:
        """Type `@bot words`; what the bot offers within `wait` seconds."""
        body = await self._post("inline", {"bot": bot, "query": words, "wait": wait})
        offers: list[dict[str, Any]] = body.get("results", [])
        return offers

    async def choose(self, bot: str, words: str, result: dict[str, Any]) -> Seen:
        """Send one of the bot's offers."""
        return await self._said("choose", {"bot": bot, "query": words, "result": result})

    async def key(self, text: str) -> Seen:
        """Press a button of the keyboard that the bot put in place of the letters."""
        keyboard = (await self.chat())["keyboard"] or {}
        for row in keyboard.get("keyboard", []):
            for button in row:
                if button["text"] == text:
                    if button.get("request_contact"):
                        return await self.contact()
                    return await self.say(text)
        raise PhoneRefused(f"no key {text!r} in {keyboard}")

    async def contact(self) -> Seen:
        """Share one's own phone number."""
        return await self._said("contact", {})

    async def location(self, latitude: float, longitude: float) -> Seen:
        return await self._said("location", {"latitude": latitude, "longitude": longitude})

    async def photo(self, caption: str = "", data: bytes | None = None, **kept: Any) -> Seen:
        return (await self.files("photo", [("photo.png", data or png())], caption, **kept))[0]

    async def voice(self, data: bytes | None = None, **kept: Any) -> Seen:
        return (await self.files("voice", [("voice.ogg", data or ogg(3))], **kept))[0]

    async def video(self, data: bytes, caption: str = "", **kept: Any) -> Seen:
        return (await self.files("video", [("video.mp4", data)], caption, **kept))[0]

    async def document(self, name: str, data: bytes, caption: str = "", **kept: Any) -> Seen:
        return (await self.files("document", [(name, data)], caption, **kept))[0]

    async def album(self, pictures: list[bytes], caption: str = "", **kept: Any) -> list[Seen]:
        named = [(f"photo{at}.png", data) for at, data in enumerate(pictures)]
        return await self.files("photo", named, caption, **kept)

    async def files(
        self,
        kind: str,
        named: list[tuple[str, bytes]],
        caption: str = "",
        *,
        reply_to: Which | None = None,
        thread: int | None = None,
    ) -> list[Seen]:
        form = aiohttp.FormData(quote_fields=False)
        form.add_field("kind", kind)
        form.add_field("caption", caption)
        if reply_to is not None:
            form.add_field("reply_to", str(await self._id(reply_to)))
        if thread is not None:
            form.add_field("thread", str(thread))
        for name, data in named:
            form.add_field("file", data, filename=name)
        body = await self._send("POST", f"{self._chat}/files", data=form)
        sent = [Seen.of(raw) for raw in body["messages"]]
        self._mark = sent[-1].seq
        return sent

    async def edit(self, which: Which, text: str) -> Seen:
        """Change one's own message."""
        return await self._said("edit", {"message_id": await self._id(which), "text": text})

    async def delete(self, which: Which) -> None:
        await self._post("delete", {"message_id": await self._id(which)})

    async def react(self, which: Which, emoji: str) -> None:
        await self._post("react", {"message_id": await self._id(which), "emoji": emoji})

    async def do(self, act: str, **body: Any) -> dict[str, Any]:
        """Anything else that a phone can do, by its name in the control API."""
        return await self._post(act, body)

    async def block(self) -> None:
        await self._post("block", {})

    async def unblock(self) -> None:
        await self._post("unblock", {})

    # -- what the person sees --------------------------------------------------------------

    async def history(self, thread: int | None = None) -> list[Seen]:
        """All messages of the chat as they stand now, oldest first."""
        query = "" if thread is None else f"&thread={thread}"
        body = await self._send("GET", f"{self._chat}/messages?limit=100000{query}")
        return [Seen.of(raw) for raw in body["messages"]]

    async def chat(self) -> dict[str, Any]:
        """The chat itself: keyboard, blocked, pinned, topics, commands."""
        body = await self._send("GET", f"{self._chat}/messages?limit=1")
        view: dict[str, Any] = body["chat"]
        # Everybody has their own menu of commands.
        return {**view, "commands": view["commands"][str(self.person_id)]}

    async def wait_for(
        self, wanted: Wanted, timeout: float = TIMEOUT, *, fresh: bool = False, own: bool = False
    ) -> Seen:
        """The newest message that holds the text or fulfils the predicate, once there is one.

        `fresh`: only what came or changed after this phone's last own act; `own`: one's own
        messages count too when a text is wanted (a predicate sees all).
        """
        fits = _predicate(wanted, own)
        deadline = asyncio.get_running_loop().time() + timeout
        seq = (await self.changes(0))["seq"]
        while True:
            found = [
                m for m in await self.history() if fits(m) and (m.seq > self._mark or not fresh)
            ]
            if found:
                return max(found, key=lambda message: message.seq if fresh else message.id)
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                shown = [m.text for m in (await self.history())[-8:]]
                raise TimeoutError(f"no {wanted!r} within {timeout} s; the last are {shown}")
            seq = (await self.changes(left, since=seq))["seq"]

    async def wait_until(
        self, true: Callable[[list[Seen]], bool], timeout: float = TIMEOUT
    ) -> list[Seen]:
        """The whole history, once it fulfils the predicate."""
        deadline = asyncio.get_running_loop().time() + timeout
        seq = (await self.changes(0))["seq"]
        while True:
            messages = await self.history()
            if true(messages):
                return messages
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                shown = [m.text for m in messages[-8:]]
                raise TimeoutError(f"not within {timeout} s; the last are {shown}")
            seq = (await self.changes(left, since=seq))["seq"]

    async def changes(self, timeout: float, since: int | None = None) -> dict[str, Any]:
        """What happened at the emulator after `since`, waiting for it up to `timeout` s."""
        query = f"timeout={timeout}" + ("" if since is None else f"&since={since}")
        return await self._send("GET", f"{self._api}/changes?{query}")

    async def fetch(self, seen: Seen) -> bytes:
        """The bytes of the file in a message."""
        root = self._api.removesuffix("/phones/api")
        async with self._session().get(root + seen.raw["media"]["url"]) as answer:
            answer.raise_for_status()
            return await answer.read()

    # -- the wire --------------------------------------------------------------------------

    async def _said(self, act: str, body: dict[str, Any]) -> Seen:
        seen = Seen.of((await self._post(act, body))["message"])
        self._mark = seen.seq
        return seen

    async def _find(self, which: Which) -> Seen:
        if isinstance(which, Seen):
            return which
        for message in reversed(await self.history()):
            if message.id == which or (isinstance(which, str) and which in message.text):
                return message
        raise PhoneRefused(f"no message {which!r}")

    async def _id(self, which: Which) -> int:
        return which if isinstance(which, int) else (await self._find(which)).id

    async def _post(self, act: str, body: dict[str, Any]) -> dict[str, Any]:
        return await self._send("POST", f"{self._chat}/{act}", json=body)

    def _session(self) -> aiohttp.ClientSession:
        if self._http is None:
            self._http = aiohttp.ClientSession(trust_env=False)
        return self._http

    async def _send(self, verb: str, url: str, **body: Any) -> dict[str, Any]:
        async with self._session().request(verb, url, **body) as answer:
            said: dict[str, Any] = json.loads(await answer.text())
            if answer.status >= 400:
                raise PhoneRefused(f"{answer.status}: {said.get('error')}")
            return said


def _predicate(wanted: Wanted, own: bool) -> Callable[[Seen], bool]:
    if isinstance(wanted, str):
        return lambda seen: wanted in seen.text and (own or seen.from_bot)
    return wanted
