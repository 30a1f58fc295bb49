"""The same key twice: a finger that trembled hears what the first press did, as calmly."""

from __future__ import annotations

from datetime import datetime, timedelta

from bots.common.callbacks import Press
from bots.common.cards import STEPS
from bots.common.talk import Talk
from hub.domain.case import Case

SOON = timedelta(seconds=10)
SAME_SAVE = 2
"""Lines that one deed writes into the history: itself, and the state that it led to."""
MADE = {
    "close_yes": ("close", "resolved"),
    "close_shown": ("close", "resolved"),
    "reject_yes": ("reject", "rejected"),
    "spam_yes": ("spam", "spam"),
    "release": ("release", "released"),
    "wait": ("wait", "waiting"),
    "finish": ("finish", "closed"),
    "reopen": ("reopen", "reopened"),
} | {act: (act, f"task_{step}") for act, step in STEPS.items()}
"""What a key does: how it is told, and its line in the history of a case (or the new state)."""


def done_already(pressed: Press, case: Case, talk: Talk) -> str:
    """What was done, if this person did it by this key just now and nobody anything since; else
    nothing."""
    act, deed = MADE.get(pressed.act, ("", ""))
    if not deed or not _just_now(case, deed, talk):
        return ""
    if pressed.act in STEPS:
        return talk.words("executor/step", step=STEPS[pressed.act])
    return talk.words("operator/done", act=act, case=case)


def _just_now(case: Case, deed: str, talk: Talk) -> bool:
    since: datetime = talk.services.deps.clock.now() - SOON
    for line in reversed(case.history[-SAME_SAVE:]):
        if talk.person is None or line.who.login != talk.person.login or line.at < since:
            return False
        if deed in {line.action, line.data.get("new", "")}:
            return True
    return False
