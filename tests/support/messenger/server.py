"""The HTTP of a local MAX. Faults are asked for by verb and path and used up one by one."""

from __future__ import annotations

import asyncio
import contextlib
import json
from dataclasses import dataclass, field
from itertools import chain, repeat
from typing import Any

import aiohttp
from aiohttp import web

from tests.support.messenger import rules
from tests.support.messenger.rules import Refusal
from tests.support.messenger.state import MaxPerson, Messenger

KINDS = {"image", "video", "audio", "file"}
TYPES = {
    "message_created",
    "message_callback",
    "message_edited",
    "message_removed",
    "bot_started",
    "bot_stopped",
}


@dataclass
class Fault:
    """Instead of an answer: this status and code; `cut` closes the connection. `after` carries the
    call out first, so that only the answer is lost. `gate` is waited for before anything."""

    status: int = 500
    code: str = ""
    message: str = ""
    cut: bool = False
    after: bool = False
    text: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    gate: asyncio.Event | None = None


class MaxServer(Messenger):
    """Listens on a free port of loopback."""

    def __init__(self, token: str, people: list[MaxPerson], **more: Any) -> None:
        super().__init__(token, people, **more)
        self.faults: dict[tuple[str, str], list[Fault]] = {}
        self.subscriptions: dict[str, dict[str, Any]] = {}
        self.calls: list[tuple[str, str]] = []
        self.busy = 0
        self.url = ""
        self._runner: web.AppRunner | None = None
        self._posting: set[asyncio.Task[None]] = set()

    async def start(self) -> str:
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_route("*", "/{path:.*}", self._handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{port}"
        return self.url

    async def stop(self) -> None:
        for task in list(self._posting):
            task.cancel()
        await asyncio.gather(*self._posting, return_exceptions=True)
        if self._runner is not None:
            await self._runner.cleanup()

    def fail(self, verb: str, path: str, **fault: Any) -> None:
        """The next such call (a path's beginning) goes wrong like this."""
        self.faults.setdefault((verb, path), []).append(Fault(**fault))

    def tell(self, kind: str, **rest: Any) -> dict[str, Any]:
        update = super().tell(kind, **rest)
        for url, held in self.subscriptions.items():
            task = asyncio.ensure_future(self._post(url, held["secret"], update))
            self._posting.add(task)
            task.add_done_callback(self._posting.discard)
        return update

    async def _post(self, url: str, secret: str, update: dict[str, Any]) -> None:
        """To a webhook, again and again until it answers 200 (eight hours, says the document)."""
        headers = {"X-Max-Bot-Api-Secret": secret} if secret else {}
        async with aiohttp.ClientSession(trust_env=False) as http:
            for pause in chain((0.02, 0.05, 0.1, 0.2), repeat(0.5)):
                with contextlib.suppress(aiohttp.ClientError):
                    async with http.post(url, json=update, headers=headers) as answer:
                        if answer.status == 200:
                            return
                await asyncio.sleep(pause)

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        verb, path = request.method, request.path
        self.calls.append((verb, path))
        fault = self._fault(verb, path)
        if fault and fault.gate:
            await fault.gate.wait()
        if fault is None or fault.after or fault.gate:
            answer = await self._answered(request)
        if fault is None or fault.gate:
            return answer
        if fault.cut:
            if not fault.after:
                await request.read()
            assert request.transport is not None
            request.transport.abort()
            return web.Response(status=500)
        if fault.text is not None:
            return web.Response(status=fault.status, text=fault.text, headers=fault.headers)
        told = {"code": fault.code, "message": fault.message}
        return web.json_response(told, status=fault.status, headers=fault.headers)

    def _fault(self, verb: str, path: str) -> Fault | None:
        for (method, beginning), waiting in self.faults.items():
            if method == verb and path.startswith(beginning) and waiting:
                return waiting.pop(0)
        return None

    async def _answered(self, request: web.Request) -> web.StreamResponse:
        try:
            found = await self._route(request)
        except Refusal as refusal:
            told = {"code": refusal.code, "message": refusal.message}
            return web.json_response(told, status=refusal.status, headers=refusal.headers)
        await self.changed()
        if isinstance(found, web.StreamResponse):
            return found
        return web.json_response(found)

    async def _route(self, request: web.Request) -> Any:
        verb, path = request.method, request.path
        if path.startswith("/put/") and verb == "POST":
            return await self._put(request, path.removeprefix("/put/"))
        if path.startswith("/files/") and verb == "GET":
            data = self.files.get(path.removeprefix("/files/"))
            return web.Response(status=404) if data is None else web.Response(body=data)
        if "access_token" in request.query:
            raise Refusal(400, "access_token", "tokens in the address are not supported")
        if request.headers.get("Authorization") != self.token:
            raise Refusal(401, "verify.token", "Invalid access_token")
        match verb, path:
            case "GET", "/me":
                return self.bot
            case "PATCH", "/me/commands":
                self.commands = (await request.json())["commands"]
                return {"commands": self.commands}
            case "GET", "/subscriptions":
                held = [{"url": url, "time": 1, "update_types": []} for url in self.subscriptions]
                return {"subscriptions": held}
            case "POST", "/subscriptions":
                return self._subscribe(await request.json())
            case "DELETE", "/subscriptions":
                self.subscriptions.pop(request.query["url"], None)
                return {"success": True}
            case "GET", "/updates":
                return await self._updates(request)
            case "POST", "/messages":
                return self._say(request, await request.json())
            case "PUT", "/messages":
                return self._change(request.query["message_id"], await request.json())
            case "POST", "/uploads":
                return self._upload(request.query["type"])
            case "POST", "/answers":
                body = await request.json()
                assert set(body) <= {"notification"}, body
                self.answered[request.query["callback_id"]] = body.get("notification", "")
                return {"success": True}
        if verb == "GET" and path.startswith("/videos/"):
            return self._video(path.removeprefix("/videos/"))
        raise Refusal(404, "not.found", path)

    def _subscribe(self, body: dict[str, Any]) -> dict[str, Any]:
        secret = body.get("secret", "")
        assert set(body) == {"url", "secret", "update_types"}, body
        assert 5 <= len(secret) <= 256
        assert set(body["update_types"]) <= TYPES
        self.subscriptions[body["url"]] = body
        return {"success": True}

    async def _updates(self, request: web.Request) -> dict[str, Any]:
        loop = asyncio.get_running_loop()
        query = request.query
        assert set(query) <= {"limit", "timeout", "types", "marker"}, query
        assert 1 <= int(query["limit"]) <= 1000
        assert set(query["types"].split(",")) <= TYPES
        if self.subscriptions:
            return {"updates": [], "marker": self.committed}
        # «All previous updates are considered as committed after passing marker».
        self.committed = max(self.committed, int(query.get("marker", self.committed)))
        until = loop.time() + float(query["timeout"])
        async with self.changes:
            while len(self.updates) <= self.committed and loop.time() < until:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout_at(until):
                        await self.changes.wait()
        batch = self.updates[self.committed : self.committed + int(query["limit"])]
        return {"updates": batch, "marker": self.committed + len(batch)}

    def _say(self, request: web.Request, body: Any) -> dict[str, Any]:
        person = int(request.query["user_id"])
        if person not in self.people:
            raise Refusal(404, "dialog.not.found", "Key: error.dialog.notfound")
        if person in self.stopped:
            raise Refusal(403, "chat.denied", f"Key: error.dialog.suspended, args: [{person},].")
        text, attachments = rules.message(body, self)
        if not text and not attachments:
            raise rules.wrong("empty message")
        if body["link"] and self.find(body["link"]["mid"]) is None:
            raise Refusal(404, "message.not.found", "link")
        line = self.line(person, text or "", attachments or [], from_bot=True)
        line.quoted = body["link"]["mid"] if body["link"] else ""
        return {"message": self.message(person, line)}

    def _change(self, mid: str, body: Any) -> dict[str, Any]:
        text, attachments = rules.message(body, self)
        found = self.find(mid)
        if found is None or not found[1].from_bot:
            raise Refusal(404, "message.not.found", mid)
        line = found[1]
        if attachments is not None:
            line.attachments = attachments
        if text is not None:
            line.was.append(line.text)
            line.text = text
        line.edited = True
        self.touched(line)
        return {"success": True}

    def _upload(self, kind: str) -> dict[str, Any]:
        if kind not in KINDS:
            raise rules.wrong("type")
        number = str(len(self.uploaded) + 1)
        token = f"token-{number}"
        held = {"type": kind, "data": None, "name": "", "busy": self.busy, "url": ""}
        self.uploaded[token] = held
        place = {"url": f"{self.url}/put/{number}"}
        # Films and sounds have their token at once, pictures and files after the upload.
        return {**place, "token": token} if kind in {"video", "audio"} else place

    async def _put(self, request: web.Request, number: str) -> Any:
        assert "Authorization" not in request.headers
        assert request.content_length, "the size is said before"
        held = self.uploaded[f"token-{number}"]
        reader = await request.multipart()
        part = await reader.next()
        assert isinstance(part, aiohttp.BodyPartReader)
        assert part.name == "data"
        held["name"], held["data"] = part.filename, bytes(await part.read())
        held["url"] = self.put_file(held["data"])
        if held["type"] in {"video", "audio"}:
            xml = '<?xml version="1.0" encoding="UTF-8" standalone="no"?><retval>1</retval>'
            return web.Response(text=xml, content_type="text/xml")
        if held["type"] == "image":
            return {"photos": {f"ph{number}": {"token": f"token-{number}"}}}
        return web.Response(text=json.dumps({"fileId": int(number), "token": f"token-{number}"}))

    def put_file(self, data: bytes) -> str:
        """Where these bytes can be had."""
        name = str(len(self.files) + 1)
        self.files[name] = data
        return f"{self.url}/files/{name}"

    def _video(self, token: str) -> dict[str, Any]:
        known = self.uploaded.get(token)
        if known is None:
            raise Refusal(404, "not.found", "video")
        urls = {"mp4_720": known["url"], "mp4_240": known.get("small"), "hls": None}
        return {"token": token, "urls": urls, "width": 640, "height": 480, "duration": 3}
