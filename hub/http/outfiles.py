"""Files that a program outside fetches: what an answer carried, by a signed address that ends."""

from __future__ import annotations

import hashlib
import hmac
import re
from urllib.parse import quote

from aiohttp import web

from hub.ports.clock import Clock
from hub.ports.files import Files

DAYS = 7
PATH = "/out/{file}/{until}/{proof}"
_UNTIL = re.compile(r"[0-9]{1,12}")


class OutFiles:
    """Signs addresses of stored files and serves them. Whoever holds the address may read."""

    def __init__(self, files: Files, clock: Clock, secret: bytes, base_url: str) -> None:
        self._files = files
        self._clock = clock
        self._secret = hashlib.sha256(b"out files\0" + secret).digest()
        self._base = base_url

    def url(self, file_id: str) -> str:
        """The address of a file, good for a week."""
        until = int(self._clock.now().timestamp()) + DAYS * 86400
        return f"{self._base}/out/{quote(file_id, safe='')}/{until}/{self._proof(file_id, until)}"

    def routes(self) -> list[web.RouteDef]:
        """To be added to an application without middlewares."""
        return [web.get(PATH, self.handle)]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """The bytes, never as a page of ours; 404 for a wrong proof, 410 for one that ended."""
        file_id, until = request.match_info["file"], request.match_info["until"]
        if not _UNTIL.fullmatch(until) or not hmac.compare_digest(
            request.match_info["proof"].encode(), self._proof(file_id, int(until)).encode()
        ):
            raise web.HTTPNotFound
        if int(until) < self._clock.now().timestamp():
            raise web.HTTPGone
        info = await self._files.info(file_id)
        if info is None:
            raise web.HTTPNotFound
        answer = web.StreamResponse(
            headers={
                "Content-Type": info.mime,
                "Content-Length": str(info.size),
                "Content-Disposition": f"attachment; filename*=UTF-8''{quote(info.name)}",
                "Content-Security-Policy": "sandbox; default-src 'none'",
                "X-Content-Type-Options": "nosniff",
                "Cache-Control": "private, max-age=3600",
            }
        )
        await answer.prepare(request)
        async for chunk in self._files.read(file_id):
            await answer.write(chunk)
        await answer.write_eof()
        return answer

    def _proof(self, file_id: str, until: int) -> str:
        said = f"{file_id}\0{until}".encode()
        return hmac.new(self._secret, said, hashlib.sha256).hexdigest()[:40]
