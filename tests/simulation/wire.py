"""Between bots and the local Telegram without sockets: the same calls, forms and answers, with a
way there and a way back that take their time."""

from __future__ import annotations

import asyncio
import io
import json
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any
from unittest.mock import patch

from aiogram import Bot
from aiogram.methods import TelegramMethod
from aiogram.types import InputFile
from aiohttp import ClientTimeout, ServerDisconnectedError, web
from multidict import CIMultiDict, CIMultiDictProxy

from bots.emulator.api import BotApi
from hub.botapi.bot import Session

API = "http://telegram.local"
SLOWEST = 0.15
"""Seconds that one way takes at most."""


@dataclass(frozen=True, slots=True)
class Called:
    """A call as the server took it. `seen` is whether the caller heard of the answer, `refusal`
    what was said against it."""

    at: float
    bot: str
    method: str
    fields: dict[str, Any]
    status: int
    seen: bool
    result: Any
    refusal: str = ""

    @property
    def chat(self) -> int:
        return int(self.fields.get("chat_id", 0))

    @property
    def words(self) -> str:
        return str(self.fields.get("text") or self.fields.get("caption") or "")


@dataclass(slots=True)
class Form:
    """What a bot sends: fields as they stand in a form, and files."""

    fields: dict[str, Any]
    files: dict[str, InputFile] = field(default_factory=dict)


class _Transport:
    def __init__(self) -> None:
        self.aborted = False

    def abort(self) -> None:
        self.aborted = True


class _Request:
    """As much of a request as the Bot API of the emulator looks at."""

    def __init__(self, token: str, method: str, form: dict[str, Any], *, plain: bool) -> None:
        self.match_info = {"token": token, "method": method}
        self.query: dict[str, str] = {}
        self.content_type = "application/json" if plain else "multipart/form-data"
        self.transport = _Transport()
        self._form = form

    async def json(self) -> dict[str, Any]:
        return dict(self._form)

    async def post(self) -> dict[str, Any]:
        return dict(self._form)


class Wire:
    """Carries calls to the emulator and remembers them; `Session` of every bot talks by it."""

    def __init__(self, api: BotApi, rng: random.Random) -> None:
        self._api = api
        self._rng = rng
        self._under_way: set[asyncio.Task[tuple[int, bytes]]] = set()
        self.calls: list[Called] = []

    @contextmanager
    def laid(self) -> Iterator[None]:
        """While it lasts, bots made by the product speak over this wire."""
        wire = self

        async def create_session(session: Session) -> _Http:
            return _Http(wire)

        def build_form_data(session: Session, bot: Bot, method: TelegramMethod[Any]) -> Form:
            form = Form({})
            for name, value in method.model_dump(warnings=False).items():
                put = session.prepare_value(value, bot=bot, files=form.files)
                if put:
                    form.fields[name] = put
            return form

        with patch.multiple(
            Session, create_session=create_session, build_form_data=build_form_data
        ):
            yield

    async def post(self, url: str, form: Form, *, plain: bool, within: float) -> tuple[int, bytes]:
        """Status and body. Raises as a client does: no answer in time, or a broken connection."""
        token, method = url.removeprefix(f"{API}/bot").split("/", 1)
        # The server goes on with what it has, whatever becomes of the caller.
        task = asyncio.ensure_future(self._serve(token, method, form, plain=plain))
        self._under_way.add(task)
        task.add_done_callback(self._arrived)
        async with asyncio.timeout(within):
            return await asyncio.shield(task)

    def _arrived(self, task: asyncio.Task[tuple[int, bytes]]) -> None:
        self._under_way.discard(task)
        if not task.cancelled():
            task.exception()

    async def _serve(
        self, token: str, method: str, form: Form, *, plain: bool
    ) -> tuple[int, bytes]:
        fields: dict[str, Any] = dict(form.fields)
        for name, file in form.files.items():
            data = b"".join([chunk async for chunk in file.read(None)])  # type: ignore[arg-type]
            fields[name] = web.FileField(
                name,
                file.filename or name,
                io.BytesIO(data),  # type: ignore[arg-type]
                "application/octet-stream",
                CIMultiDictProxy(CIMultiDict()),
            )
        await asyncio.sleep(self._rng.uniform(0.01, SLOWEST))
        request = _Request(token, method, fields, plain=plain)
        answer = await self._api.handle(request)  # type: ignore[arg-type]
        body = bytes(answer.body or b"") if isinstance(answer, web.Response) else b""
        lost = request.transport.aborted
        if method != "getUpdates":
            said = json.loads(body) if body and not lost else {}
            self.calls.append(
                Called(
                    at=asyncio.get_running_loop().time(),
                    bot=token,
                    method=method,
                    fields=fields,
                    status=answer.status,
                    seen=not lost,
                    result=said.get("result"),
                    refusal=said.get("description", ""),
                )
            )
        if lost:
            raise ServerDisconnectedError
        await asyncio.sleep(self._rng.uniform(0.01, SLOWEST))
        return answer.status, body

    async def file(self, url: str) -> tuple[int, bytes]:
        """A file that getFile named."""
        token, path = url.removeprefix(f"{API}/file/bot").split("/", 1)
        request = _Request(token, "", {}, plain=True)
        request.match_info["path"] = path
        await asyncio.sleep(self._rng.uniform(0.01, SLOWEST))
        answer = await self._api.download(request)  # type: ignore[arg-type]
        assert isinstance(answer, web.Response)
        return answer.status, bytes(answer.body or b"")


class _Http:
    """What the product asks of aiohttp's session."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def post(
        self,
        url: str,
        *,
        data: Form | None = None,
        json: dict[str, Any] | None = None,
        timeout: ClientTimeout,
    ) -> _Exchange:
        return _Exchange(self._wire, url, data or Form(json or {}), json is not None, timeout)

    def get(self, url: str, **options: Any) -> _Exchange:
        return _Exchange(self._wire, url, None, True, options["timeout"])


class _Exchange:
    def __init__(
        self, wire: Wire, url: str, form: Form | None, plain: bool, timeout: ClientTimeout
    ) -> None:
        self._wire, self._url, self._form, self._plain = wire, url, form, plain
        self._within = float(timeout.total or 300)
        self.status = 0
        self._body = b""
        self.content = self

    async def __aenter__(self) -> _Exchange:
        if self._form is None:
            self.status, self._body = await self._wire.file(self._url)
        else:
            self.status, self._body = await self._wire.post(
                self._url, self._form, plain=self._plain, within=self._within
            )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        return

    async def read(self) -> bytes:
        return self._body

    async def iter_chunked(self, size: int) -> AsyncIterator[bytes]:
        for at in range(0, len(self._body), size):
            yield self._body[at : at + size]
