"""The switchboard asks the same handlers in the same order as aiogram would, only faster."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from aiogram import Bot, Dispatcher, F, Router
from aiogram.client.session.base import BaseSession
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.filters import Command, StateFilter
from aiogram.fsm.state import State, StatesGroup
from aiogram.fsm.storage.memory import MemoryStorage
from aiogram.types import CallbackQuery, Chat, Message, Update, User
from hypothesis import given
from hypothesis import strategies as st

from bots.common.callbacks import Press, press
from bots.common.switchboard import KEY, Switchboard
from tests.support.examples import examples

WHO = User(id=7, is_bot=False, first_name="Э")
CHAT = Chat(id=7, type="private")
NOW = datetime(2026, 11, 23, tzinfo=UTC)


class Named(BaseSession):
    """Knows its own name and nothing else."""

    async def make_request(self, bot: Bot, method: Any, timeout: int | None = None) -> Any:
        return User(id=1, is_bot=True, first_name="x", username="x")

    async def close(self) -> None:
        return

    async def stream_content(self, *args: Any, **options: Any) -> Any:
        yield b""


BOT = Bot("1:token", session=Named())


class Asked(StatesGroup):
    name = State()
    reason = State()


class Desk:
    """Handlers that write down that they were asked."""

    def __init__(self) -> None:
        self.heard: list[Any] = []
        self.gate = True
        self.asked = 0

    def router(self) -> Router:
        async def let_in(event: object) -> bool:
            self.asked += 1
            return self.gate

        first, inner, last = Router(), Router(), Router()
        first.message.register(self._named("help"), Command("help"))
        first.message.register(self._passing, Command("take"))
        first.callback_query.register(self._pressed, Press.filter_act("take", "drop"))
        inner.message.filter(let_in)
        inner.callback_query.filter(let_in)
        inner.message.register(self._named("name"), StateFilter(Asked.name))
        inner.message.register(self._taken, Command("take", "my"))
        inner.message.register(self._named("nothing asked"), StateFilter(None), _is_plain)
        inner.callback_query.register(self._pressed, Press.filter_act("more"))
        last.message.register(self._named("rest"))
        last.edited_message.register(self._named("edited"))
        last.callback_query.register(self._named("old key"))
        root = Router()
        root.include_routers(first, inner, last)
        return root

    def _named(self, name: str) -> Any:
        async def handler(event: object) -> None:
            self.heard.append(name)

        return handler

    async def _passing(self, message: Message) -> None:
        self.heard.append("passing")
        raise SkipHandler

    async def _taken(self, message: Message, command: Any, given: str) -> None:
        self.heard.append((command.command, command.args, given))

    async def _pressed(self, query: CallbackQuery, callback_data: Press) -> None:
        self.heard.append((callback_data.act, callback_data.case))


async def _is_plain(message: Message) -> bool:
    return not (message.text or "").startswith("/")


def said(text: str) -> Message:
    return Message(message_id=1, date=NOW, chat=CHAT, from_user=WHO, text=text)


def pressed(data: str) -> CallbackQuery:
    return CallbackQuery(id="1", from_user=WHO, chat_instance="1", data=data, message=said("x"))


async def feed(desk: Desk, kind: str, event: Any, state: str | None = None) -> list[Any]:
    storage = MemoryStorage()
    await storage.set_state(KEY, state)
    await Switchboard(desk.router(), storage).feed(kind, event, bot=BOT, given="given")
    return desk.heard


@pytest.mark.parametrize(
    ("text", "state", "heard"),
    [
        ("/help", None, ["help"]),
        ("/help me", "Asked:name", ["help"]),
        ("привет", "Asked:name", ["name"]),
        ("привет", "Asked:reason", ["rest"]),
        ("привет", None, ["nothing asked"]),
        ("/take 12", None, ["passing", ("take", "12", "given")]),
        ("/my", "Asked:reason", [("my", None, "given")]),
        ("/nobody", None, ["rest"]),
        ("/", None, ["rest"]),
        (" /help", None, ["nothing asked"]),
    ],
)
async def test_a_message_finds_its_handler(text: str, state: str | None, heard: list[Any]) -> None:
    assert await feed(Desk(), "message", said(text), state) == heard


@pytest.mark.parametrize(
    ("data", "heard"),
    [
        (press("take", 5), [("take", 5)]),
        (press("more", 6), [("more", 6)]),
        (press("unheard", 6), ["old key"]),
        ("c:take", ["old key"]),
        ("c:take:x:0:0", ["old key"]),
        ("other:take:1:0:0", ["old key"]),
        ("", ["old key"]),
    ],
)
async def test_a_key_finds_its_handler(data: str, heard: list[Any]) -> None:
    assert await feed(Desk(), "callback_query", pressed(data)) == heard


async def test_a_gate_shuts_out_all_behind_it_and_is_asked_once() -> None:
    desk = Desk()
    desk.gate = False
    assert await feed(desk, "message", said("привет")) == ["rest"]
    assert desk.asked == 1
    assert await feed(desk, "callback_query", pressed(press("more"))) == ["rest", "old key"]
    assert await feed(desk, "edited_message", said("x")) == ["rest", "old key", "edited"]


async def test_what_nobody_takes_is_said_so() -> None:
    assert not await Switchboard(Router(), MemoryStorage()).feed("message", said("x"), bot=BOT)


def test_what_would_run_in_a_thread_is_refused_at_the_start() -> None:
    root = Router()
    root.message.register(Desk()._passing, F.text)
    with pytest.raises(TypeError):
        Switchboard(root, MemoryStorage())


WORDS = st.sampled_from(["/help", "/take 1", "/my@x", "/my", "привет", "/", "", "/HELP", "/takes"])
KEYS = st.sampled_from(
    [press("take", 1), press("more"), press("x"), "c:", ":", "y", "c:drop:1:0:0"]
)
STATES = st.sampled_from([None, "Asked:name", "Asked:reason", "Other:one"])


@examples(60)
@given(words=WORDS, key=KEYS, state=STATES, gate=st.booleans())
async def test_it_is_as_if_aiogram_had_walked(
    words: str, key: str, state: str | None, gate: bool
) -> None:
    """The same updates to the same routers, by the one and by the other."""
    for kind, event in (("message", said(words)), ("callback_query", pressed(key))):
        ours, theirs = Desk(), Desk()
        ours.gate = theirs.gate = gate
        await feed(ours, kind, event, state)
        dispatcher = Dispatcher(storage=MemoryStorage())
        dispatcher.include_router(theirs.router())
        context = dispatcher.fsm.get_context(BOT, CHAT.id, WHO.id)
        await context.set_state(state)
        update = Update(update_id=1, **{kind: event})
        await dispatcher.feed_update(BOT, update, given="given")
        assert ours.heard == theirs.heard
