"""The table of routes: every address of the API is declared once, with the right it asks for."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from hub.domain.rights import Right
from hub.http.api.ask import Ask, Input, Nothing, Reply

Handler = Callable[[Ask], Awaitable[Reply | web.StreamResponse]]

NUMBER = "{number:[0-9]{1,9}}"
ID = "{id:[A-Za-z0-9_-]{1,100}}"
_PARAMETER = re.compile(r"\{(\w+):((?:[^{}]|\{[^{}]*\})*)\}")


@dataclass(frozen=True)
class Route:
    """One address.

    `right` is asked of the rights table before anything is read. `returns` is the struct of the
    answer with `status`, None where the answer is no JSON. `versioned`: takes If-Match and
    answers with an ETag. `upload`: the handler reads the form with a file itself.
    """

    method: str
    path: str
    right: Right
    handler: Handler
    returns: Any = None
    query: type[Input] = Nothing
    body: type[Input] | None = None
    status: int = 200
    versioned: bool = False
    upload: bool = False

    @property
    def plain_path(self) -> str:
        """The path as OpenAPI writes it, without the patterns of its parameters."""
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
