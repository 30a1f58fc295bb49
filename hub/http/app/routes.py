"""The table of routes of the resident app."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal

from aiohttp import web

from hub.http.api.ask import Input, Nothing
from hub.http.app.call import Call

Handler = Callable[[Call], Awaitable[Any]]
NUMBER = "{number:[0-9]{1,9}}"
_PARAMETER = re.compile(r"\{(\w+):((?:[^{}]|\{[^{}]*\})*)\}")


@dataclass(frozen=True)
class Route:
    """One address. What the handler returns is answered as JSON with `status`, unless it is a
    response already. `spends`: which budget of the resident it is counted in."""

    method: str
    path: str
    handler: Handler
    returns: Any = None
    spends: Literal["read", "write", "file", "type"] = "read"
    query: type[Input] = Nothing
    body: type[Input] | None = None
    status: int = 200
    upload: bool = False

    @property
    def plain_path(self) -> str:
        """The path as OpenAPI writes it."""
        return _PARAMETER.sub(r"{\1}", self.path)

    @property
    def parameters(self) -> dict[str, str]:
        """The parameters in the path and their patterns."""
        return dict(_PARAMETER.findall(self.path))

    @property
    def name(self) -> str:
        """A name for this operation that stays."""
        words = re.findall(r"[A-Za-z]+", _PARAMETER.sub("", self.path))
        return "_".join([self.method.lower(), *words, *("one" for _ in self.parameters)])


def is_response(done: object) -> bool:
    """Whether the handler answered by itself."""
    return isinstance(done, web.StreamResponse)
