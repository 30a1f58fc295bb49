"""Bots: made for any Bot API server, with time-outs, a proxy if need be and no link previews."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from typing import Any, cast

from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.session.base import BaseSession
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import ClientDecodeError, TelegramBadRequest, TelegramServerError
from aiogram.methods import Response, TelegramMethod
from aiogram.methods.base import TelegramType
from aiogram.types import InputFile, LinkPreviewOptions
from aiogram.utils.token import TokenValidationError
from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    TCPConnector,
)

from hub import roots
from hub.botapi.trouble import Cut, ServerTrouble, Unreached, Unsent

TELEGRAM = "https://api.telegram.org"
CHUNK = 64 * 1024

# What makes a message prettier and is no part of it: left away where a server does not know it.
OPTIONAL = ("link_preview_options",)


class Session(AiohttpSession):
    """aiogram's session, with errors that say whether anything was sent and never tell the token.

    `timeout` in seconds is for a whole call; uploads get `upload_timeout`.
    """

    def __init__(
        self, api: TelegramAPIServer, *, proxy: str, timeout: float, upload_timeout: float
    ) -> None:
        # Not aiogram's own beginning: it reads all roots of trust anew, 20 ms for every bot, for a
        # connection that is made below otherwise.
        BaseSession.__init__(self, api=api, timeout=timeout)
        self._session: ClientSession | None = None
        self._http_proxy = proxy or None
        self._upload_timeout = upload_timeout
        self.middleware(Plainer())

    async def create_session(self) -> ClientSession:
        if self._session is None or self._session.closed:
            self._session = ClientSession(
                connector=TCPConnector(limit=100, ttl_dns_cache=300, ssl=roots.usual()),
                proxy=self._http_proxy,
                timeout=ClientTimeout(total=self.timeout, sock_connect=10),
                headers={"User-Agent": "residents-hub"},
            )
        return self._session

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def make_request(
        self, bot: Bot, method: TelegramMethod[TelegramType], timeout: int | None = None
    ) -> TelegramType:
        session = await self.create_session()
        form = self.build_form_data(bot, method)
        files = _files(method)
        total = timeout or (self._upload_timeout if files else self.timeout)
        try:
            async with session.post(
                self.api.api_url(token=bot.token, method=method.__api_method__),
                data=form,
                timeout=ClientTimeout(total=total, sock_connect=10),
            ) as answer:
                content = (await answer.read()).decode("utf-8", "replace")
        except (ClientConnectorError, ConnectionTimeoutError) as error:
            raise Unreached(method=method, message=type(error).__name__) from None
        except (ClientError, TimeoutError, OSError) as error:
            if any(isinstance(file, StreamedFile) and file.broken for file in files):
                raise Unsent(method=method, message="file") from None
            raise Cut(method=method, message=type(error).__name__) from None
        return self._result(bot, method, answer.status, content)

    def _result(
        self, bot: Bot, method: TelegramMethod[TelegramType], status: int, content: str
    ) -> TelegramType:
        try:
            response: Response[TelegramType] = self.check_response(bot, method, status, content)
        except TelegramServerError as error:
            raise ServerTrouble(method, error.message, status) from None
        except ClientDecodeError:
            # A proxy's page, or a message of a kind that this client does not know yet.
            if status >= 500:
                raise ServerTrouble(method, "unreadable", status) from None
            if status >= 400:
                raise TelegramBadRequest(method=method, message=f"HTTP {status}") from None
            raise Cut(method=method, message="unreadable answer") from None
        return cast(TelegramType, response.result)


def _files(method: TelegramMethod[Any]) -> list[InputFile]:
    found: list[InputFile] = []
    for name in type(method).model_fields:
        value = getattr(method, name)
        for one in value if isinstance(value, list) else [value]:
            inner = getattr(one, "media", one)
            if isinstance(inner, InputFile):
                found.append(inner)
    return found


class StreamedFile(InputFile):
    """A file that is read while it is sent. `open` begins anew for every attempt."""

    def __init__(self, name: str, open: Callable[[], AsyncIterator[bytes]]) -> None:
        super().__init__(filename=name)
        self._open = open
        self.broken = False

    async def read(self, bot: Bot) -> AsyncGenerator[bytes, None]:
        self.broken = False
        try:
            async for chunk in self._open():
                yield chunk
        except Exception:
            self.broken = True
            raise


class Plainer(BaseRequestMiddleware):
    """Remembers which optional parameters a server refuses and does without them."""

    def __init__(self) -> None:
        self._unknown: set[str] = set()

    async def __call__(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
    ) -> Response[TelegramType]:
        try:
            return await make_request(bot, self._without(method))
        except TelegramBadRequest as refusal:
            refused = {name for name in OPTIONAL if name in refusal.message} - self._unknown
            if not refused:
                raise
            self._unknown |= refused
        return await make_request(bot, self._without(method))

    def _without(self, method: TelegramMethod[TelegramType]) -> TelegramMethod[TelegramType]:
        drop = {name: None for name in self._unknown if name in type(method).model_fields}
        return method.model_copy(update=drop) if drop else method


def make_bot(
    token: str,
    api: str = TELEGRAM,
    *,
    proxy: str = "",
    timeout: float = 20.0,
    upload_timeout: float = 120.0,
) -> Bot:
    """A bot of the Bot API server at `api` (any server, with or without a path).

    Raises ValueError, without the token in its text, for what is no token. Close its session at
    the end.
    """
    session = Session(
        TelegramAPIServer.from_base(api),
        proxy=proxy,
        timeout=timeout,
        upload_timeout=upload_timeout,
    )
    try:
        return Bot(
            token,
            session=session,
            default=DefaultBotProperties(link_preview=LinkPreviewOptions(is_disabled=True)),
        )
    except TokenValidationError:
        raise ValueError("token") from None


async def stream(bot: Bot, path: str, limit: int) -> AsyncIterator[bytes]:
    """Yield a file that getFile named, `limit` bytes at most (then ValueError).

    Raises FileNotFoundError when it is not there any more, ConnectionError for everything else.
    """
    http = await cast(Session, bot.session).create_session()
    size = 0
    try:
        async with http.get(
            bot.session.api.file_url(bot.token, path),
            timeout=ClientTimeout(total=300, sock_connect=10, sock_read=30),
            allow_redirects=False,
        ) as answer:
            if answer.status in {400, 404, 410}:
                raise FileNotFoundError("gone")
            if answer.status != 200:
                raise ConnectionError(f"HTTP {answer.status}")
            async for chunk in answer.content.iter_chunked(CHUNK):
                size += len(chunk)
                if size > limit:
                    raise ValueError("too large")
                yield chunk
    except (ClientError, TimeoutError) as error:
        # The address holds the token, and so do the texts of these errors.
        raise ConnectionError(type(error).__name__) from None
