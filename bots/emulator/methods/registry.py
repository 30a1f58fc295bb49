"""Which methods exist, and what one call carries."""

from __future__ import annotations

import inspect
import types as python_types
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar, get_args

from aiogram.methods import TelegramMethod
from aiogram.types import TelegramObject
from pydantic import TypeAdapter

from bots.emulator.files import Upload
from bots.emulator.webhooks import WebhookPusher
from bots.emulator.world import Bot, World

M = TypeVar("M", bound="TelegramMethod[Any]")
Result = Any


@dataclass(slots=True)
class Call:
    """One call of one bot: where it acts, who calls and what files came along."""

    world: World
    bot: Bot
    pusher: WebhookPusher
    uploads: dict[str, Upload]

    @property
    def bot_id(self) -> int:
        return self.bot.id


@dataclass(frozen=True, slots=True)
class Method:
    """A method: its aiogram model, who does it, and how to check what goes in and out."""

    name: str
    model: type[TelegramMethod[Any]]
    do: Callable[[Call, Any], Awaitable[Result]]
    structured: frozenset[str]

    @property
    def returns(self) -> TypeAdapter[Any]:
        return _adapter(self.model.__returning__)


METHODS: dict[str, Method] = {}


@cache
def _adapter(returned: Any) -> TypeAdapter[Any]:
    """Built when it is first asked for: most methods are never called."""
    return TypeAdapter(returned)


def method(
    model: type[M],
) -> Callable[[Callable[[Call, M], Awaitable[Result]]], Callable[[Call, M], Awaitable[Result]]]:
    """Register the one who does `model`; names are found without regard to case."""

    def register(
        do: Callable[[Call, M], Awaitable[Result]],
    ) -> Callable[[Call, M], Awaitable[Result]]:
        name = model.__api_method__
        fields = model.model_fields
        METHODS[name.lower()] = Method(
            name=name,
            model=model,
            do=do,
            structured=frozenset(n for n, f in fields.items() if _structured(f.annotation)),
        )
        return do

    return register


def _leaves(annotation: Any) -> list[Any]:
    """The plain types of which an annotation is built."""
    parts = get_args(annotation)
    if not parts:
        return [annotation]
    origin = getattr(annotation, "__origin__", None)
    found = [] if isinstance(annotation, python_types.UnionType) else [origin]
    for part in parts:
        found.extend(_leaves(part))
    return found


def _structured(annotation: Any) -> bool:
    """Whether a field comes as JSON text when it is sent in a form."""
    return any(
        leaf is list or (inspect.isclass(leaf) and issubclass(leaf, TelegramObject))
        for leaf in _leaves(annotation)
    )
