"""The control API under `/phones/api`: what the page and the tests' drivers of phones speak."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any

import msgspec
from aiohttp import web
from pydantic import ValidationError

from bots.emulator.accounts import BotAccount, Person
from bots.emulator.api import BotApi
from bots.emulator.chats import Chat, Message
from bots.emulator.errors import BotApiError, PhoneError
from bots.emulator.files import Upload
from bots.emulator.members import person_comes
from bots.emulator.phones.acts import Phone
from bots.emulator.phones.deeds import DEEDS, Deed
from bots.emulator.phones.groups import make_group, migrate
from bots.emulator.views import chat_view, message_view
from bots.emulator.world import World

_SAFE_TYPES = ("image/jpeg", "image/png", "image/gif", "image/webp", "audio/", "video/")


class Control:
    def __init__(self, world: World, api: BotApi, desk_url: str | None) -> None:
        self.world = world
        self._api = api
        self._desk_url = desk_url

    def routes(self, app: web.Application) -> None:
        root = "/phones/api"
        add = app.router.add_route
        add("GET", f"{root}/state", self._state)
        add("GET", f"{root}/calls", self._calls)
        add("GET", f"{root}/files/{{key}}", self._file)
        add("POST", f"{root}/bots", self._add_bot)
        add("POST", f"{root}/people", self._add_person)
        add("POST", f"{root}/groups", self._add_group)
        add("POST", f"{root}/groups/{{id}}/migrate", self._migrate)
        chat = f"{root}/people/{{person}}/chats/{{chat}}"
        add("GET", f"{root}/people/{{person}}/chats", self._chats)
        add("GET", f"{chat}/messages", self._messages)
        add("POST", f"{chat}/messages/{{message}}/file", self._edit_file)
        add("POST", f"{root}/groups/{{id}}/people", self._join)
        add("POST", f"{chat}/files", self._send_files)
        for name, deed in DEEDS.items():
            add("POST", f"{chat}/{name}", self._doer(deed))

    # -- the whole ---------------------------------------------------------------------------

    async def _state(self, request: web.Request) -> web.Response:
        return web.json_response(self.state())

    def state(self) -> dict[str, Any]:
        world = self.world
        return {
            "seq": world.feed.seq,
            "desk_url": self._desk_url,
            "bots": [
                {"id": b.id, "username": b.account.username, "name": b.account.name}
                for b in world.bots.values()
            ],
            "people": [self._person(p) for p in world.people.values()],
            "messages": sum(len(found) for found in world.messages.values()),
            "faults": [rule.json() for rule in world.faults.rules()],
            "limits": asdict(world.limiter.limits),
        }

    def _person(self, person: Person) -> dict[str, Any]:
        default = self.world.bot_by_name(person.bot_username) if person.bot_username else None
        if default is not None:
            self.world.private(default.id, person.id)
        chats = [c for c in self.world.chats.values() if person.id in c.people]
        chats.sort(key=lambda chat: not chat.private)
        return {
            **msgspec.to_builtins(person),
            "full_name": person.full_name,
            "chats": [chat_view(self.world, chat) for chat in chats],
        }

    async def _calls(self, request: web.Request) -> web.Response:
        """What bots called lately: method, chat and code, never texts."""
        return web.json_response(
            {"total": self._api.total, "calls": [asdict(made) for made in self._api.made]}
        )

    async def _file(self, request: web.Request) -> web.Response:
        file = self.world.files.get(request.match_info["key"])
        if file is None:
            raise PhoneError("no such file", 404)
        safe = file.mime.startswith(_SAFE_TYPES)
        headers = {
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Cache-Control": "private, max-age=86400",
        }
        if not safe:
            headers["Content-Disposition"] = "attachment"
        kind = file.mime if safe else "application/octet-stream"
        return web.Response(
            body=await self.world.files.read(file), content_type=kind, headers=headers
        )

    async def _add_bot(self, request: web.Request) -> web.Response:
        account = msgspec.convert(await _json(request), BotAccount)
        self.world.add_bot(account)
        self.world.feed.tell("people", "", {})
        return web.json_response({"id": account.id})

    async def _add_person(self, request: web.Request) -> web.Response:
        person = msgspec.convert(await _json(request), Person)
        self.world.add_person(person)
        self.world.feed.tell("people", "", {})
        return web.json_response(self._person(person))

    async def _add_group(self, request: web.Request) -> web.Response:
        return web.json_response(
            chat_view(self.world, make_group(self.world, await _json(request)))
        )

    async def _migrate(self, request: web.Request) -> web.Response:
        chat = self.world.chats.get(f"g{request.match_info['id']}")
        if chat is None:
            raise PhoneError("no such group", 404)
        return web.json_response(chat_view(self.world, migrate(self.world, chat)))

    async def _join(self, request: web.Request) -> web.Response:
        chat = self.world.chats.get(f"g{request.match_info['id']}")
        person = int((await _json(request))["person"])
        if chat is None or person not in self.world.people or person in chat.people:
            raise PhoneError("no such group", 404)
        person_comes(self.world, chat, person)
        return web.json_response(chat_view(self.world, chat))

    # -- one chat ----------------------------------------------------------------------------

    def _phone(self, request: web.Request) -> Phone:
        person = self.world.people.get(_number(request.match_info["person"]))
        if person is None:
            raise PhoneError("no such person", 404)
        return Phone(self.world, person, self._chat(person, request.match_info["chat"]))

    def _chat(self, person: Person, ref: str) -> Chat:
        """A chat by the user name of its bot or by the id of a group."""
        bot = self.world.bot_by_name(ref)
        if bot is not None:
            return self.world.private(bot.id, person.id)
        chat = self.world.chats.get(f"g{ref}")
        if chat is None or person.id not in chat.people:
            raise PhoneError("no such chat", 404)
        return chat

    async def _chats(self, request: web.Request) -> web.Response:
        person = self.world.people.get(_number(request.match_info["person"]))
        if person is None:
            raise PhoneError("no such person", 404)
        return web.json_response(self._person(person)["chats"])

    async def _messages(self, request: web.Request) -> web.Response:
        phone = self._phone(request)
        limit = _number(request.query.get("limit", "200"))
        thread = request.query.get("thread")
        found = list(self.world.messages[phone.chat.key].values())
        if thread is not None:
            found = [m for m in found if m.thread == _number(thread)]
        return web.json_response(
            {
                "seq": self.world.feed.seq,
                "chat": chat_view(self.world, phone.chat),
                "messages": [message_view(self.world, m) for m in found[-limit:]],
            }
        )

    async def _send_files(self, request: web.Request) -> web.Response:
        phone = self._phone(request)
        form = await request.post()
        uploads = []
        for value in form.getall("file", []):
            if isinstance(value, web.FileField):
                data = await asyncio.to_thread(value.file.read)
                uploads.append(Upload(value.filename, value.content_type, data))
        sent = await phone.send_files(
            str(form.get("kind", "document")),
            uploads,
            str(form.get("caption", "")),
            _optional(form.get("reply_to")),
            _optional(form.get("thread")),
            _optional(form.get("duration")) or 0,
        )
        return web.json_response({"messages": [message_view(self.world, m) for m in sent]})

    async def _edit_file(self, request: web.Request) -> web.Response:
        phone, form = self._phone(request), await request.post()
        value = form.get("file")
        if not isinstance(value, web.FileField):
            raise PhoneError("no such kind of file")
        data = await asyncio.to_thread(value.file.read)
        upload = Upload(value.filename, value.content_type, data)
        number = _number(request.match_info["message"])
        changed = await phone.edit_file(number, str(form.get("kind", "photo")), upload)
        return web.json_response({"message": message_view(self.world, changed)})

    def _doer(self, deed: Deed) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handle(request: web.Request) -> web.Response:
            phone = self._phone(request)
            result = await deed(phone, await _json(request))
            if isinstance(result, Message):
                result = {"message": message_view(self.world, result)}
            return web.json_response({"seq": self.world.feed.seq, **(result or {})})

        return handle


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise PhoneError("not a number") from error


def _optional(value: object) -> int | None:
    return _number(value) if isinstance(value, str) and value else None


async def _json(request: web.Request) -> dict[str, Any]:
    if not request.can_read_body:
        return {}
    body = await request.json()
    if not isinstance(body, dict):
        raise PhoneError("an object is expected")
    return body


@web.middleware
async def refusals(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Refusals of the control API as JSON; the Bot API speaks for itself."""
    try:
        return await handler(request)
    except PhoneError as error:
        return web.json_response({"error": error.reason}, status=error.code)
    except BotApiError as error:
        return web.json_response({"error": error.description}, status=error.code)
    except (KeyError, TypeError, ValueError, msgspec.ValidationError) as error:
        # A pydantic error is ours: an update or an answer that Telegram would not send.
        if isinstance(error, ValidationError) or not request.path.startswith("/phones/api"):
            raise
        return web.json_response({"error": f"bad request: {error}"}, status=400)
