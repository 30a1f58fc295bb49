"""Local vendors of short messages: strict about what they are asked, and able to fail."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from aiohttp import web


@dataclass
class Fault:
    """Instead of an answer. `after` carries the call out first; `told` is an answer with 200."""

    status: int = 200
    told: Any = None
    cut: bool = False
    after: bool = False
    hang: bool = False
    headers: dict[str, str] | None = None


class Vendor:
    """Listens on a free port of loopback; `sent` is what went to phones."""

    def __init__(self) -> None:
        self.sent: list[dict[str, str]] = []
        self.faults: dict[str, list[Fault]] = {}
        self.changes = asyncio.Condition()
        self.closing = asyncio.Event()
        self.url = ""
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Any:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self.closing.set()
        assert self._runner is not None
        await self._runner.cleanup()

    def fail(self, path: str, **fault: Any) -> None:
        """The next call of this path goes wrong like this."""
        self.faults.setdefault(path, []).append(Fault(**fault))

    async def until(self, sent: int, timeout: float = 60.0) -> list[dict[str, str]]:
        """Wait for so many messages at phones."""
        async with asyncio.timeout(timeout), self.changes:
            await self.changes.wait_for(lambda: len(self.sent) >= sent)
        return self.sent

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        waiting = self.faults.get(request.path, [])
        fault = waiting.pop(0) if waiting else None
        answer = None
        if fault is None or fault.after:
            answer = await self.answered(request)
            async with self.changes:
                self.changes.notify_all()
        if fault is None:
            assert answer is not None
            return answer
        if fault.hang:
            await self.closing.wait()
        if fault.cut:
            await request.read()
            assert request.transport is not None
            request.transport.abort()
            return web.Response(status=500)
        if isinstance(fault.told, str):
            return web.Response(text=fault.told, status=fault.status, headers=fault.headers)
        return web.json_response(fault.told or {}, status=fault.status, headers=fault.headers)

    async def answered(self, request: web.Request) -> web.Response:
        raise NotImplementedError


class Smsc(Vendor):
    """SMSC.ru: send.php, status.php, balance.php; all with fmt=3 and charset=utf-8."""

    API_KEY = "smsc-api-key"

    async def answered(self, request: web.Request) -> web.Response:
        form = {key: str(value) for key, value in (await request.post()).items()}
        assert request.method == "POST"
        assert form["fmt"] == "3"
        assert form["charset"] == "utf-8"
        if form.get("apikey") != self.API_KEY:
            return _json({"error": "authorise error", "error_code": 2})
        match request.path:
            case "/sys/send.php":
                allowed = {"apikey", "phones", "mes", "id", "charset", "fmt", "sender"}
                assert set(form) <= allowed, form
                assert form["phones"].isdigit()
                assert len(form["id"]) <= 40
                if len(form["phones"]) != 11:
                    return _json({"error": "invalid number", "error_code": 7, "id": form["id"]})
                self.sent.append(form)
                return _json({"id": form["id"], "cnt": 1})
            case "/sys/status.php":
                known = any(
                    one["id"] == form["id"] and one["phones"] == form["phone"] for one in self.sent
                )
                if not known:
                    return _json({"error": "message not found", "error_code": 3})
                return _json({"status": 0, "last_timestamp": 1795343453})
            case "/sys/balance.php":
                return _json({"balance": "100.50"})
        return web.Response(status=404)


class SmsRu(Vendor):
    """SMS.ru: /sms/send, /my/balance, and signed callbacks."""

    API_ID = "A2B3C4D5-0000-1111-2222-333344445555"

    async def answered(self, request: web.Request) -> web.Response:
        form = {key: str(value) for key, value in (await request.post()).items()}
        if request.method != "POST":
            return _json({"status": "ERROR", "status_code": 210, "status_text": "POST"})
        assert form["json"] == "1"
        if form.get("api_id") != self.API_ID:
            return _json({"status": "ERROR", "status_code": 200, "status_text": "api_id"})
        if request.path == "/my/balance":
            return _json({"status": "OK", "status_code": 100, "balance": 4122.56})
        if request.path != "/sms/send":
            return _json({"status": "ERROR", "status_code": 211, "status_text": "method"})
        assert set(form) <= {"api_id", "to", "text", "msg", "json", "from"}, form
        assert form["text"] == form["msg"]
        to = form["to"]
        if not to.isdigit() or len(to) != 11:
            one = {"status": "ERROR", "status_code": 202, "status_text": "number"}
        else:
            self.sent.append(form)
            one = {"status": "OK", "status_code": 100, "sms_id": f"202647-{len(self.sent):07d}"}
        return _json({"status": "OK", "status_code": 100, "sms": {to: one}, "balance": 1.5})

    def callback(self, *records: str) -> bytes:
        """What is posted to us."""
        said = "".join(records)
        made = hashlib.sha256(f"{self.API_ID}{said}".encode()).hexdigest()
        data = {f"data[{number}]": record for number, record in enumerate(records)}
        return urlencode({**data, "hash": made}).encode()


class Exolve(Vendor):
    """MTS Exolve: SendSMS and GetList. `listed` are all messages, the oldest first."""

    API_KEY = "exolve-bearer"

    def __init__(self) -> None:
        super().__init__()
        self.listed: list[dict[str, Any]] = []
        self.looked = 0

    def incoming(self, sender: str, text: str, receiver: str, **more: Any) -> None:
        """A resident wrote."""
        number = 438914493379314000 + len(self.listed)
        self.listed.append(
            {
                "message_id": str(number),
                "date": f"2026-11-22T07:{len(self.listed) % 60:02d}:00.000Z",
                "sender": sender,
                "receiver": receiver,
                "text": text,
                "direction": 1,
                **more,
            }
        )

    async def answered(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {self.API_KEY}":
            return _json({"error": {"code": 401, "message": "unauthorized"}}, 401)
        assert request.method == "POST"
        body = await request.json()
        match request.path:
            case "/messaging/v1/SendSMS":
                assert set(body) == {"number", "destination", "text"}, body
                if not body["destination"].isdigit():
                    error = {"code": 3, "message": "bad request", "details": "destination"}
                    return _json({"error": error}, 400)
                self.sent.append(body)
                number = str(438914493379314000 + len(self.listed))
                self.listed.append(
                    {
                        "message_id": number,
                        "date": "2026-11-22T08:00:00.000Z",
                        "sender": body["number"],
                        "receiver": body["destination"],
                        "text": body["text"],
                        "direction": 2,
                        "delivery_status": "QUEUED",
                    }
                )
                return _json({"message_id": number})
            case "/messaging/v1/GetList":
                assert set(body) <= {"date_gte", "limit", "offset"}, body
                self.looked += 1
                begin = int(body.get("offset", 0))
                newest = self.listed[::-1]
                return _json({"messages": newest[begin : begin + int(body["limit"])]})
        return web.Response(status=404)


def _json(told: Any, status: int = 200) -> web.Response:
    return web.json_response(told, status=status)
