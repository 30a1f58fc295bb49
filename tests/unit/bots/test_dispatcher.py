"""How the staff bots' handlers are put together."""

from __future__ import annotations

from collections.abc import Iterator

from aiogram import Router
from aiogram.dispatcher.event.handler import HandlerObject

from bots.build import desk


def handlers(router: Router) -> Iterator[HandlerObject]:
    for observer in (router.message, router.edited_message, router.callback_query):
        yield from observer.handlers
    for child in router.sub_routers:
        yield from handlers(child)


def test_nothing_is_asked_in_a_thread() -> None:
    """aiogram runs what is no coroutine in a thread: plain filters made an update four times as
    dear as it is."""
    found = list(handlers(desk()))
    assert len(found) > 50
    for handler in found:
        assert handler.awaitable, handler.callback
        for one in handler.filters or []:
            assert one.awaitable, (handler.callback, one.callback)
