"""The Bot API over HTTP: reading calls, checking them, answering as Telegram does."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from pydantic import ValidationError

from bots.emulator.errors import BotApiError, bad_request, too_many
from bots.emulator.faults import Fault
from bots.emulator.files import UPLOAD_LIMIT, Upload
from bots.emulator.keyboards import check_shape
from bots.emulator.methods import METHODS, Call
from bots.emulator.methods.registry import Method
from bots.emulator.webhooks import WebhookPusher
from bots.emulator.world import Bot, World

DOWNLOAD = "download"
REQUEST_LIMIT = UPLOAD_LIMIT + 1024 * 1024


@dataclass(frozen=True, slots=True)
class Made:
    """A call as it is remembered for tests and for the page: never its text."""

    at: float
    bot: str
    method: str
    chat: str
    code: int


class BotApi:
    def __init__(self, world: World, pusher: WebhookPusher) -> None:
        self.world = world
        self.made: deque[Made] = deque(maxlen=2000)
        self.total = 0
        self._pusher = pusher

    def routes(self, app: web.Application) -> None:
        app.router.add_route("*", r"/bot{token:[^/]+}/{method}", self.handle)
        app.router.add_get(r"/file/bot{token:[^/]+}/{path:.+}", self.download)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        world = self.world
        known: Bot | None = None
        method: Method | None = None
        chat = ""
        try:
            known = world.bot_by_token(request.match_info["token"])
            method = METHODS.get(request.match_info["method"].lower())
            if method is None:
                raise BotApiError(404, "Not Found: method not found")
            fields, uploads = await _read(request)
            chat = str(fields.get("chat_id", ""))
            fault = self._strike(known, method)
            if fault is not None and fault.kind == "timeout":
                await asyncio.sleep(fault.seconds)
                return _cut(request)
            lost = fault is not None and fault.kind == "lost"
            asked = _validated(method, fields, uploads)
            result = await method.do(Call(world, known, self._pusher, uploads), asked)
            method.returns.validate_python(result)
            self._note(known, method, chat, 200)
            if lost:
                return _cut(request)
            return web.json_response({"ok": True, "result": result})
        except BotApiError as refused:
            if known is not None and method is not None:
                self._note(known, method, chat, refused.code)
            return _refusal(refused)

    def _strike(self, bot: Bot, method: Method) -> Fault | None:
        fault = self.world.faults.strike(
            ("429", "5xx", "timeout", "lost"), bot.account.username, method.name
        )
        if fault is not None and fault.kind == "429":
            raise too_many(max(1, round(fault.seconds)))
        if fault is not None and fault.kind == "5xx":
            raise BotApiError(502, "Bad Gateway")
        return fault

    def _note(self, bot: Bot, method: Method, chat: str, code: int) -> None:
        if method.name == "getUpdates" and code == 200:
            return
        self.total += 1
        self.made.append(
            Made(self.world.clock.now(), bot.account.username, method.name, chat, code)
        )

    async def download(self, request: web.Request) -> web.StreamResponse:
        try:
            bot = self.world.bot_by_token(request.match_info["token"])
        except BotApiError as refused:
            return _refusal(refused)
        fault = self.world.faults.strike(
            ("5xx", "timeout"), bot.account.username, DOWNLOAD, named=True
        )
        if fault is not None and fault.kind == "5xx":
            return _refusal(BotApiError(502, "Bad Gateway"))
        if fault is not None:
            await asyncio.sleep(fault.seconds)
            return _cut(request)
        file = self.world.files.at(request.match_info["path"])
        if file is None:
            return _refusal(BotApiError(404, "Not Found"))
        return web.Response(
            body=await self.world.files.read(file), content_type="application/octet-stream"
        )


def _refusal(refused: BotApiError) -> web.Response:
    body: dict[str, Any] = {
        "ok": False,
        "error_code": refused.code,
        "description": refused.description,
    }
    headers = {}
    if refused.parameters:
        body["parameters"] = refused.parameters
        if "retry_after" in refused.parameters:
            headers["Retry-After"] = str(refused.parameters["retry_after"])
    return web.json_response(body, status=refused.code, headers=headers)


def _cut(request: web.Request) -> web.StreamResponse:
    """Break the connection without an answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=502)


async def _read(request: web.Request) -> tuple[dict[str, Any], dict[str, Upload]]:
    """Fields and files of a call: query, JSON, form or multipart."""
    fields: dict[str, Any] = dict(request.query)
    uploads: dict[str, Upload] = {}
    try:
        if request.content_type == "application/json":
            body = await request.json()
            if not isinstance(body, dict):
                raise bad_request("object expected")
            return fields | body, uploads
        for name, value in (await request.post()).items():
            if isinstance(value, web.FileField):
                data = await asyncio.to_thread(value.file.read)
                uploads[name] = Upload(value.filename, value.content_type, data)
            elif isinstance(value, bytes | bytearray):
                fields[name] = bytes(value).decode()
            else:
                fields[name] = value
    except web.HTTPRequestEntityTooLarge as error:
        raise BotApiError(413, "Request Entity Too Large") from error
    except ValueError as error:
        raise bad_request("can't parse request") from error
    return fields, uploads


def _validated(method: Method, fields: dict[str, Any], uploads: dict[str, Upload]) -> Any:
    """The call as an aiogram method; refuses fields that the method does not have."""
    for name in method.structured & set(fields):
        if isinstance(fields[name], str) and fields[name][:1] in ("[", "{"):
            try:
                fields[name] = json.loads(fields[name])
            except ValueError as error:
                raise bad_request(f"can't parse {name} JSON object") from error
    for name in uploads:
        if name in method.model.model_fields:
            fields.setdefault(name, f"attach://{name}")
    if isinstance(fields.get("reply_markup"), dict | str):
        check_shape(fields["reply_markup"])
    try:
        asked = method.model.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        missing = first["type"] == "missing"
        said = f'parameter "{place}" is required' if missing else f'can\'t parse "{place}"'
        raise bad_request(f"{said}: {first['msg']}") from error
    unknown = sorted(set(asked.model_extra or {}) - {"method"})
    if unknown:
        raise bad_request(f'parameter "{unknown[0]}" is not known to {method.name}')
    return asked
