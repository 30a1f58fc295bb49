"""One person's phone with MAX. It does what tests.support.phone.Phone does, so that what is tested
of residents is one and the same for both messengers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from tests.support.messenger.server import MaxServer
from tests.support.messenger.state import Line
from tests.support.phone import Answer, PhoneRefused, Seen, Wanted, Which
from tests.support.samples import ogg, png

TIMEOUT = 60.0
MEDIA = {"image": "photo", "audio": "voice", "file": "document"}


class MaxPhone:
    """A dialogue of one person with the bot."""

    def __init__(self, server: MaxServer, person: int) -> None:
        self.person_id = person
        self._server = server
        self._mark = 0

    async def close(self) -> None:
        """As a phone does."""

    # -- what the person does --------------------------------------------------------------

    async def start(self, payload: str = "") -> None:
        """Press «Начать», or follow `max.ru/<bot>?start=<payload>`."""
        self._server.stopped.discard(self.person_id)
        self._mark = self._server.count
        more = {"payload": payload} if payload else {}
        await self._event("bot_started", **more)

    async def say(self, text: str) -> Seen:
        return await self._said(text)

    async def reply(self, to: Which, text: str) -> Seen:
        return await self._said(text, quoted=self._find(to).mid)

    async def press(self, button: str, on: Which | None = None, timeout: float = TIMEOUT) -> Answer:
        """Press the newest button with this text as soon as it is there, and wait for an answer."""
        if on is None:
            on = await self.wait_for(lambda seen: seen.has_button(button), timeout)
        line = self._find(on)
        for row in line.keyboard:
            for key in row:
                if key["text"] == button:
                    return await self._pressed(line, key, timeout)
        raise PhoneRefused(f"no button {button!r} under {line.text!r}")

    async def _pressed(self, line: Line, key: dict[str, Any], timeout: float) -> Answer:
        server = self._server
        if key["type"] == "request_contact":
            await self.contact()
            return Answer(given=True)
        if key["type"] == "message":
            await self.say(key["text"])
            return Answer(given=True)
        self._mark = server.count
        name = f"cb-{len(server.updates)}-{line.number}"
        callback = {
            "timestamp": server.now(),
            "callback_id": name,
            "user": server.people[self.person_id].user(),
            "payload": key["payload"],
        }
        server.tell(
            "message_callback",
            callback=callback,
            message=server.message(self.person_id, line),
            user_locale="ru",
        )
        await server.changed()
        try:
            await self._until(lambda: name in server.answered, timeout)
        except TimeoutError:
            return Answer(given=False)
        return Answer(given=True, text=server.answered[name])

    async def key(self, text: str) -> None:
        """Press what asks for the phone; in MAX it stands under a message."""
        await self.press(text)

    async def contact(self) -> Seen:
        """Share one's own number by the bot's own button: MAX signs the card."""
        person = self._server.people[self.person_id]
        card = {"vcf_info": person.vcf(), "hash": self._server.sign(person.vcf())}
        return await self._said(None, [{"type": "contact", "payload": {**card, **self._info()}}])

    async def address_book(self, vcf: str) -> Seen:
        """Send a card out of the address book: it bears no hash."""
        card = {"type": "contact", "payload": {"vcf_info": vcf, **self._info()}}
        return await self._said(None, [card])

    def _info(self) -> dict[str, Any]:
        return {"max_info": self._server.people[self.person_id].user()}

    async def location(self, latitude: float, longitude: float) -> Seen:
        point = {"type": "location", "latitude": latitude, "longitude": longitude}
        return await self._said(None, [point])

    async def photo(self, caption: str = "", data: bytes | None = None) -> Seen:
        return await self._said(caption, [self._file("image", data or png())])

    async def album(self, pictures: list[bytes], caption: str = "") -> list[Seen]:
        """Several pictures are one message here."""
        return [await self._said(caption, [self._file("image", one) for one in pictures])]

    async def voice(self, data: bytes | None = None) -> Seen:
        return await self._said(None, [self._file("audio", data or ogg(3))])

    async def document(self, name: str, data: bytes, caption: str = "") -> Seen:
        file = {**self._file("file", data), "filename": name, "size": len(data)}
        return await self._said(caption, [file])

    async def video(self, data: bytes, caption: str = "", small: bytes = b"") -> Seen:
        """A film: its address says nothing, it has to be asked for by its token."""
        server = self._server
        token = f"film-{len(server.uploaded)}"
        held: dict[str, Any] = {"type": "video", "data": data, "url": server.put_file(data)}
        if small:
            held["small"] = server.put_file(small)
        server.uploaded[token] = held
        payload = {"url": "https://m.ok.ru/video/1", "token": token}
        return await self._said(caption, [{"type": "video", "payload": payload, "duration": 3}])

    def _file(self, kind: str, data: bytes) -> dict[str, Any]:
        payload = {"url": self._server.put_file(data), "token": "incoming"}
        return {"type": kind, "payload": payload}

    async def edit(self, which: Which, text: str) -> Seen:
        line = self._find(which, own=True)
        line.text, line.edited = text, True
        self._server.touched(line)
        self._mark = line.changed
        message = self._server.message(self.person_id, line)
        self._server.tell("message_edited", message=message)
        await self._server.changed()
        return self._seen(line)

    async def delete(self, which: Which) -> None:
        line = self._find(which, own=True)
        line.deleted = True
        chat = self._server.chat(self.person_id)
        self._server.tell(
            "message_removed", message_id=line.mid, chat_id=chat, user_id=self.person_id
        )
        await self._server.changed()

    async def block(self) -> None:
        self._server.stopped.add(self.person_id)
        await self._event("bot_stopped")

    async def unblock(self) -> None:
        await self.start()

    # -- what the person sees --------------------------------------------------------------

    async def history(self) -> list[Seen]:
        """All messages of the dialogue as they stand now, oldest first."""
        lines = self._server.lines[self.person_id]
        return [self._seen(line) for line in lines if not line.deleted]

    async def wait_for(
        self, wanted: Wanted, timeout: float = TIMEOUT, *, fresh: bool = False, own: bool = False
    ) -> Seen:
        """The newest message that fits, once there is one (see tests.support.phone)."""

        def fits(seen: Seen) -> bool:
            if isinstance(wanted, str):
                return wanted in seen.text and (own or seen.from_bot)
            return wanted(seen)

        def found(messages: list[Seen]) -> list[Seen]:
            return [one for one in messages if fits(one) and (one.seq > self._mark or not fresh)]

        messages = await self.wait_until(lambda seen: bool(found(seen)), timeout, wanted)
        return max(found(messages), key=lambda one: one.seq if fresh else one.id)

    async def wait_until(
        self,
        true: Callable[[list[Seen]], bool],
        timeout: float = TIMEOUT,
        wanted: object = "",
    ) -> list[Seen]:
        """The whole history, once it fulfils the predicate."""
        held: list[Seen] = []

        def good() -> bool:
            held[:] = [self._seen(line) for line in self._lines()]
            return true(held)

        try:
            await self._until(good, timeout)
        except TimeoutError:
            shown = [one.text for one in held[-8:]]
            raise TimeoutError(f"no {wanted!r} in {timeout} s; the last are {shown}") from None
        return held

    async def fetch(self, seen: Seen) -> bytes:
        """The bytes of the first file in a message."""
        url: str = seen.raw["media"][0]["payload"]["url"]
        return self._server.files[url.rpartition("/")[2]]

    # -- the wire --------------------------------------------------------------------------

    async def _until(self, true: Callable[[], bool], timeout: float) -> None:
        async with asyncio.timeout(timeout), self._server.changes:
            await self._server.changes.wait_for(true)

    def _lines(self) -> list[Line]:
        return [line for line in self._server.lines[self.person_id] if not line.deleted]

    async def _event(self, kind: str, **more: Any) -> None:
        server = self._server
        user, chat = server.people[self.person_id].user(), server.chat(self.person_id)
        server.tell(kind, chat_id=chat, user=user, user_locale="ru", **more)
        await server.changed()

    async def _said(
        self, text: str | None, attachments: list[dict[str, Any]] | None = None, quoted: str = ""
    ) -> Seen:
        server = self._server
        if self.person_id in server.stopped:
            raise PhoneRefused("the bot is stopped")
        line = server.line(self.person_id, text or "", attachments or [], from_bot=False)
        line.quoted, self._mark = quoted, line.changed
        message = server.message(self.person_id, line)
        server.tell("message_created", message=message, user_locale="ru")
        await server.changed()
        return self._seen(line)

    def _find(self, which: Which, *, own: bool = False) -> Line:
        for line in reversed(self._lines()):
            if isinstance(which, Seen) and line.number == which.id:
                return line
            if line.number == which or (isinstance(which, str) and which in line.text):
                return line
        raise PhoneRefused(f"no message {which!r}")

    def _seen(self, line: Line) -> Seen:
        media = [one for one in line.attachments if one["type"] != "inline_keyboard"]
        kind = media[0]["type"] if media else ""
        quoted = self._server.find(line.quoted) if line.quoted else None
        return Seen(
            id=line.number,
            seq=line.changed,
            text=line.text,
            from_bot=line.from_bot,
            buttons=[[key["text"] for key in row] for row in line.keyboard],
            media=MEDIA.get(kind, kind),
            reply=quoted[1].text if quoted else "",
            reactions=[],
            edited=line.edited,
            pinned=False,
            thread=None,
            raw={"media": media, "mid": line.mid},
        )
