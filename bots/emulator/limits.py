"""How fast a bot may speak.

Telegram publishes: about 30 messages a second for a bot, one a second in a chat with short
bursts let through, 20 a minute in a group. It does not publish how long a burst may be; here
`burst` messages in a row are let through in one chat and then one a second.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from typing import Literal

from bots.emulator.chats import Chat
from bots.emulator.clock import Clock
from bots.emulator.errors import too_many

Mode = Literal["off", "lenient", "strict"]
LENIENT_BURST = 5


@dataclass(slots=True)
class Limits:
    """Figures of the limiter; the burst in one chat is 5 when lenient and 1 when strict."""

    mode: Mode = "lenient"
    per_bot: int = 30
    per_group: int = 20

    @property
    def burst(self) -> int:
        return 1 if self.mode == "strict" else LENIENT_BURST


class Limiter:
    """Refuses with 429 and `retry_after`; a refused call costs nothing."""

    def __init__(self, limits: Limits, clock: Clock) -> None:
        self.limits = limits
        self._clock = clock
        self._bots: dict[int, deque[float]] = {}
        self._groups: dict[tuple[int, str], deque[float]] = {}
        self._chats: dict[tuple[int, str], tuple[float, float]] = {}

    def charge(self, bot_id: int, chat: Chat, messages: int = 1) -> None:
        """Count one call that puts `messages` (an album's items) into the chat."""
        if self.limits.mode == "off":
            return
        now = self._clock.now()
        second = self._window(self._bots.setdefault(bot_id, deque()), now, 1.0)
        waits = [self._wait(second, self.limits.per_bot, messages, now, 1.0)]
        at = (bot_id, chat.key)
        minute = self._window(self._groups.setdefault(at, deque()), now, 60.0)
        if not chat.private:
            waits.append(self._wait(minute, self.limits.per_group, messages, now, 60.0))
        # An album is one act in its chat, whatever the number of its pictures.
        tokens, since = self._chats.get(at, (float(self.limits.burst), now))
        tokens = min(float(self.limits.burst), tokens + max(0.0, now - since))
        waits.append(max(0.0, 1.0 - tokens))
        worst = max(waits)
        if worst > 0:
            raise too_many(max(1, math.ceil(worst)))
        self._chats[at] = (tokens - 1.0, now)
        second.extend([now] * messages)
        if not chat.private:
            minute.extend([now] * messages)

    @staticmethod
    def _window(times: deque[float], now: float, seconds: float) -> deque[float]:
        while times and times[0] <= now - seconds:
            times.popleft()
        return times

    @staticmethod
    def _wait(times: deque[float], most: int, more: int, now: float, seconds: float) -> float:
        over = len(times) + more - most
        if over <= 0 or not times:
            return 0.0
        return times[min(over, len(times)) - 1] + seconds - now
