"""Calls that nobody made."""

from datetime import datetime, timedelta
from random import Random

from hub.domain.call import Call
from hub.domain.callevent import CallEvent, Party
from hub.domain.staff import Actor

LINE = "+74950000000"


def call(
    dice: Random, account: str, channel: str, name: str, number: str, at: datetime, by: Actor | None
) -> Call:
    """A call from this number that began at ``at``: taken by somebody, or missed."""
    waiting = dice.randint(3, 55)
    talk = dice.randint(25, 420) if by is not None else 0
    ended = at + timedelta(seconds=waiting + talk)
    made = Call.of(
        CallEvent(
            key=f"{account}:{name}",
            account=account,
            channel=channel,
            call=name,
            kind="summary",
            at=ended,
            direction="in",
            caller=Party(number=number),
            line=LINE,
            started_at=at,
            waiting=waiting,
            talk=talk,
            result="answered" if by is not None else "missed",
        ),
        ended,
    )
    if by is not None:
        made.staff = [by.login]
    return made
