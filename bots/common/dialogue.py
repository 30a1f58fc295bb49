"""aiogram's FSM over our own port: one read and at most one write for an update.

A handler's changes stay in memory until the update is handled; then state, data and the inbox row
are written together, so that a repeat after a crash is known as such.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

from aiogram.fsm.state import State
from aiogram.fsm.storage.base import BaseStorage, StateType, StorageKey

from hub.ports.dialogues import Dialogue


class Held:
    """The dialogue of the update that is being handled."""

    def __init__(self, dialogue: Dialogue) -> None:
        self.dialogue = dialogue
        self.changed = False


HELD: ContextVar[Held] = ContextVar("held_dialogue")


class HeldStorage(BaseStorage):
    """Reads and writes what `HELD` holds; the key is of no interest, there is one dialogue."""

    async def set_state(self, key: StorageKey, state: StateType = None) -> None:
        held = HELD.get()
        named = state.state if isinstance(state, State) else state
        held.changed |= held.dialogue.state != (named or "")
        held.dialogue.state = named or ""

    async def get_state(self, key: StorageKey) -> str | None:
        return HELD.get().dialogue.state or None

    async def set_data(self, key: StorageKey, data: Mapping[str, Any]) -> None:
        held = HELD.get()
        held.changed |= held.dialogue.data != data
        held.dialogue.data = dict(data)

    async def get_data(self, key: StorageKey) -> dict[str, Any]:
        return dict(HELD.get().dialogue.data)

    async def close(self) -> None:
        """Nothing is held between updates."""
