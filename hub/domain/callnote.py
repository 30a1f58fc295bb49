"""What a case keeps of a call that belongs to it."""

from __future__ import annotations

from typing import Literal

import msgspec

from hub.domain.call import Call
from hub.domain.callfacts import CallFacts
from hub.domain.staff import Directory

Sound = Literal["", "waiting", "ready", "failed"]


class CallNote(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`caller` and `callee` as people read them: a number, an extension, the name of a member of
    staff. Times in seconds, None: not known. `result` as in CallFacts, `missed` only where that is
    proven. `sound`: how its first recording stands."""

    id: str
    number: str = ""
    caller: str = ""
    callee: str = ""
    staff: tuple[str, ...] = ()
    waiting: int | None = None
    talk: int | None = None
    result: str = ""
    missed: bool = False
    over: bool = False
    transferred: bool = False
    voicemail: bool = False
    sound: Sound = ""
    duration: int = 0

    @classmethod
    def of(cls, call: Call, directory: Directory) -> CallNote:
        """The call as it is known now."""
        facts, first = call.facts, next(iter(call.recordings), None)
        caller, callee = ends(facts, directory)
        return cls(
            id=call.id,
            number=facts.number,
            caller=caller,
            callee=callee,
            staff=tuple(directory.name(login) for login in call.staff),
            waiting=facts.waiting,
            talk=facts.talk,
            result=facts.result or "",
            missed=facts.missed,
            over=facts.over,
            transferred=facts.transferred,
            voicemail=facts.voicemail,
            sound=first.state if first else "",
            duration=(first.duration if first else 0) or facts.talk or 0,
        )


def ends(facts: CallFacts, directory: Directory) -> tuple[str, str]:
    """Who called whom, as people read it; empty where the number is hidden."""
    ours = [hand.extension for hand in facts.hands] or list(facts.rung)

    def shown(extension: str, number: str, name: str) -> str:
        person = directory.by_extension(extension, number) if extension or number else None
        return person.shown if person else name or number or extension

    caller, callee = facts.caller, facts.callee
    if facts.direction == "in":
        taken = [shown(one, "", "") for one in ours]
        to = ", ".join(dict.fromkeys(taken)) or facts.queue or facts.line
        # A hidden number is told as a word, a short one as it is.
        short = caller.name if any(char.isdigit() for char in caller.name) else ""
        return caller.number or short, to or callee.number
    by = shown(caller.extension or next(iter(ours), ""), caller.number, caller.name)
    if facts.direction == "inner":
        return by, shown(callee.extension, callee.number, callee.name)
    return by or facts.line, callee.number or callee.name or callee.extension
