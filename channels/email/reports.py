"""Reports of mail servers and programs on our own mails → how those fare. A report never opens a
case: what it says stands at the message that it is about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Literal

from channels.email.names import Names, Ours
from channels.email.wire.dsn import Fate, Report
from channels.email.wire.mail import Mail
from hub.domain.message import DeliveryReport

GONE = ("5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1")
"""Enhanced codes (RFC 3463): there is no such mailbox any more."""
SAID = 4_000
"""Signs of a report's own words that are looked through."""
_STATUS = re.compile(r"\b5\.\d{1,3}\.\d{1,3}\b")


def received(
    account: str, key: str, mail: Mail, names: Names, at: datetime
) -> Sequence[DeliveryReport]:
    """What it says of an answer of ours. «Delayed» says nothing yet; a report on a mail that is
    none of ours, or on a notice that stands in no thread, says nothing to anybody."""
    report = mail.report
    assert report is not None
    state, fate = _state(report)
    out = next((ours.out for ours in _about(mail, report, names) if ours.out), "")
    if not state or not out:
        return []
    made = DeliveryReport(key=key, account=account, at=at, state=state, out=out)
    if state == "failed" and fate is not None:
        status, said = fate.status, fate.diagnostic
        if not said:
            # Exim says why in words for people only.
            said = mail.text[:SAID]
            named = _STATUS.search(said)
            status = named[0] if named and status in {"", "5.0.0"} else status
        made.reason = reason(status, said)
        made.gone = status in GONE
    return [made]


def reason(status: str, said: str) -> str:
    """The key of what an enhanced code, or a server's own words, mean."""
    lower = said.lower()
    if status in GONE or "user unknown" in lower or "no such user" in lower:
        return "mailbox_missing"
    if status == "5.2.2" or "quota" in lower or "mailbox full" in lower:
        return "mailbox_full"
    if status in {"5.2.3", "5.3.4"}:
        return "mail_too_large"
    if status.startswith("5.7"):
        return "mail_policy"
    if status.startswith("5.4") or status.startswith("4."):
        return "mail_unreachable"
    return "refused"


def _about(mail: Mail, report: Report, names: Names) -> Iterator[Ours]:
    for said in (report.original_id, report.envelope_id):
        ours = names.read_id(said) if said else None
        if ours is not None:
            yield ours
    for plus in (*report.plus, *mail.plus):
        ours = names.read_plus(plus.token)
        if ours is not None:
            yield ours


def _state(report: Report) -> tuple[Literal["", "delivered", "read", "failed"], Fate | None]:
    if report.kind == "read":
        return "read", None
    for fate in report.fates:
        if fate.action == "failed":
            return "failed", fate
    if any(fate.action == "delivered" for fate in report.fates):
        return "delivered", None
    return "", None
