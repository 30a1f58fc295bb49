"""A program outside: posts signed messages to an account of kind http, and hears the answers."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from types import TracebackType
from typing import Any

from aiohttp import ClientSession, web


def signature(secret: str, stamp: str, body: bytes) -> str:
    """Hex HMAC of what is sent, as X-Hub-Signature has it."""
    proof = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"sha256={proof}"


def signed(body: bytes, secret: str) -> dict[str, str]:
    """Headers that prove a post to an account of kind http."""
    stamp = str(int(time.time()))
    return {
        "X-Hub-Timestamp": stamp,
        "X-Hub-Signature": signature(secret, stamp, body),
        "Content-Type": "application/json",
    }


class Site:
    """The program; `answers` are the bodies that came to its `reply_url`, in order."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.reply_url = ""
        self.answers: list[dict[str, Any]] = []
        self.forged = 0
        self._http: ClientSession | None = None
        self._runner: web.AppRunner | None = None
        self._came = asyncio.Event()

    async def __aenter__(self) -> Site:
        app = web.Application()
        app.router.add_post("/answers", self._take)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.reply_url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/answers"
        self._http = ClientSession()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._http is not None
        assert self._runner is not None
        await self._http.close()
        await self._runner.cleanup()

    async def post(
        self, url: str, message: dict[str, Any], headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, Any]]:
        """Post to `/in/{account}`; `headers` instead of true ones."""
        assert self._http is not None
        body = json.dumps(message).encode()
        given = signed(body, self.secret) if headers is None else headers
        async with self._http.post(url, data=body, headers=given) as answer:
            return answer.status, await answer.json()

    async def fetch(self, url: str) -> bytes:
        """A file of an answer, by its address alone."""
        assert self._http is not None
        async with self._http.get(url) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.read()

    async def heard(self, words: str, seconds: float = 90) -> dict[str, Any]:
        """The answer with these words, once it is there."""
        async with asyncio.timeout(seconds):
            while True:
                for answer in self.answers:
                    if words in answer["text"]:
                        return answer
                self._came.clear()
                await self._came.wait()

    async def _take(self, request: web.Request) -> web.Response:
        body = await request.read()
        wanted = signature(self.secret, request.headers["X-Hub-Timestamp"], body)
        fresh = abs(time.time() - int(request.headers["X-Hub-Timestamp"])) < 300
        if not fresh or request.headers["X-Hub-Signature"] != wanted:
            self.forged += 1
            return web.Response(status=403)
        self.answers.append(json.loads(body))
        self._came.set()
        return web.Response(status=204)
