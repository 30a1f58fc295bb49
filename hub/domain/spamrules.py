"""What becomes of a sender whose message was marked as spam."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

Verdict = Literal["spam", "ask"]
VERDICTS: tuple[Verdict, ...] = ("spam", "ask")


class SpamRule(msgspec.Struct, kw_only=True, omit_defaults=True):
    """`id` is the key of the sender's identity. `what`: what they write goes straight to spam, or
    is shown to an operator who is asked. `name` is how they called themselves, `case` where it
    was decided, `by` the login of who did."""

    id: str = msgspec.field(name="_id")
    what: Verdict
    name: str = ""
    case: int = 0
    by: str = ""
    at: datetime
