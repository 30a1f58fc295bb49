"""From an update to its handler in few steps.

Routers say in which order handlers are asked, and by what. aiogram itself walks all of them for
every update and wraps each step anew: 27 routers took three quarters of the time of an update.
Here they are laid out flat once, and what a filter needs at the least (this command, this key,
this state) is looked up; whatever is left is asked as it was registered.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any, cast

from aiogram import Router
from aiogram.dispatcher.event.bases import UNHANDLED, SkipHandler
from aiogram.dispatcher.event.handler import CallableObject, HandlerObject
from aiogram.filters import Command, StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.storage.base import BaseStorage, StorageKey
from aiogram.types import CallbackQuery, Message

from bots.common.callbacks import ActFilter, act_of

Event = Message | CallbackQuery
Asked = Callable[..., Awaitable[Any]]
KINDS = ("message", "edited_message", "callback_query")
OTHER = "?"
"""A command or a key that no handler names."""
KEY = StorageKey(bot_id=0, chat_id=0, user_id=0)


@dataclass(frozen=True)
class _Step:
    """A coroutine and what it wants to be given; no `names`: everything."""

    call: Asked
    names: tuple[str, ...] | None

    @classmethod
    def of(cls, one: CallableObject) -> _Step:
        if not one.awaitable:
            raise TypeError(f"{one.callback} would run in a thread")
        names = None if one.varkw else tuple(sorted(one.params))
        return cls(cast(Asked, one.callback), names)

    async def __call__(self, event: Event, data: dict[str, Any]) -> Any:
        if self.names is None:
            return await self.call(event, **data)
        return await self.call(event, **{name: data[name] for name in self.names if name in data})


@dataclass(frozen=True)
class _Route:
    """A handler with all that is asked before it: `gates` by its routers, `filters` by itself."""

    gates: tuple[_Step, ...]
    filters: tuple[_Step, ...]
    commands: frozenset[str] | None
    acts: frozenset[str] | None
    states: tuple[StateFilter, ...]
    handler: _Step

    def may(self, command: str, act: str) -> bool:
        """The handler is for this command, or this key, as far as that can be told."""
        return (self.commands is None or command in self.commands) and (
            self.acts is None or act in self.acts
        )


class Switchboard:
    """Hands updates to handlers. `storage` holds what was asked of whom."""

    def __init__(self, root: Router, storage: BaseStorage) -> None:
        self._routes = {kind: tuple(_flat(root, kind, ())) for kind in KINDS}
        self._storage = storage
        every = [route for routes in self._routes.values() for route in routes]
        self._commands = frozenset().union(*(route.commands or () for route in every))
        self._acts = frozenset().union(*(route.acts or () for route in every))
        self._known: dict[tuple[str, str, str, str | None], tuple[_Route, ...]] = {}

    async def feed(self, kind: str, event: Event, **data: Any) -> bool:
        """Ask one handler after the other until one takes it; False if none does."""
        state = FSMContext(storage=self._storage, key=KEY)
        raw = await state.get_state()
        data |= {"state": state, "raw_state": raw}
        gates: dict[int, Any] = {}
        for route in await self._candidates(kind, event, raw):
            given = await _checked(route, event, data, gates)
            if given is None:
                continue
            try:
                if await route.handler(event, given) is not UNHANDLED:
                    return True
            except SkipHandler:
                data = given
        return False

    async def _candidates(self, kind: str, event: Event, raw: str | None) -> tuple[_Route, ...]:
        command, act = self._named(event)
        key = (kind, command, act, raw)
        found = self._known.get(key)
        if found is None:
            routes = [route for route in self._routes[kind] if route.may(command, act)]
            fit = [route for route in routes if await _in_state(route, event, raw)]
            found = self._known[key] = tuple(fit)
        return found

    def _named(self, event: Event) -> tuple[str, str]:
        """The command that a message begins with, or the action of a key; empty for none."""
        if isinstance(event, CallbackQuery):
            act = act_of(event.data or "")
            return "", act if act in self._acts else OTHER
        text = event.text or event.caption or ""
        if not text.startswith("/"):
            return "", ""
        command = text.split(maxsplit=1)[0][1:].partition("@")[0]
        return command if command in self._commands else OTHER, ""


def _flat(router: Router, kind: str, gates: tuple[_Step, ...]) -> Iterator[_Route]:
    observer = router.observers[kind]
    if len(observer.middleware) or len(observer.outer_middleware):
        raise TypeError(f"{router.name} has middlewares, which nobody would call")
    gates = (*gates, *(_Step.of(one) for one in observer._handler.filters or ()))
    for handler in observer.handlers:
        yield _route(handler, gates)
    for child in router.sub_routers:
        yield from _flat(child, kind, gates)


def _route(handler: HandlerObject, gates: tuple[_Step, ...]) -> _Route:
    filters = handler.filters or []
    plain = [one.callback for one in filters]
    commands = [one for one in plain if isinstance(one, Command)]
    acts = [one.acts for one in plain if isinstance(one, ActFilter)]
    return _Route(
        gates=gates,
        filters=tuple(
            _Step.of(one) for one in filters if not isinstance(one.callback, StateFilter)
        ),
        commands=frozenset(map(str, commands[0].commands)) if commands else None,
        acts=acts[0] if acts else None,
        states=tuple(one for one in plain if isinstance(one, StateFilter)),
        handler=_Step.of(handler),
    )


async def _in_state(route: _Route, event: Event, raw: str | None) -> bool:
    for one in route.states:
        if not await one(event, raw_state=raw):
            return False
    return True


async def _checked(
    route: _Route, event: Event, data: dict[str, Any], gates: dict[int, Any]
) -> dict[str, Any] | None:
    """What the handler is given, None if it is not for it. A gate is asked once for an update."""
    given = data
    for gate in route.gates:
        answer = gates.get(id(gate.call))
        if answer is None:
            answer = gates[id(gate.call)] = await gate(event, given)
        if not answer:
            return None
        if isinstance(answer, dict):
            given = {**given, **answer}
    for one in route.filters:
        answer = await one(event, given)
        if not answer:
            return None
        if isinstance(answer, dict):
            given = {**given, **answer}
    return given
