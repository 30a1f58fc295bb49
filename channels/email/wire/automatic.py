"""Whether a person wrote it: what must never be answered automatically."""

from __future__ import annotations

import re

from channels.email.wire.headers import Fields

_DAEMON = re.compile(r"(mailer-daemon|postmaster|mail-daemon|mdaemon)(@|$)")
_NO_REPLY = re.compile(r"(no|do-?not|not)[-._]?reply|noanswer")
_REPLIERS = (
    "x-autoreply",
    "x-autorespond",
    "x-auto-reply",
    "x-autoresponder",
    "x-autoreply-from",
    "x-mail-autoreply",
    "x-yandex-autoreply",
    "x-ms-exchange-inbox-rules-loop",
)
_SUBJECT = re.compile(
    r"(автоответ|автоматический ответ|автоматическое уведомление|нет на месте|вне офиса|не в офисе"
    r"|отсутствие на рабочем месте|out of (the )?office|automatic reply|auto-?reply|auto-?response"
    r"|autosvar|abwesenheit|réponse automatique)",
    re.IGNORECASE,
)


def reasons(
    fields: Fields, *, sender: str, return_path: str | None, subject: str, report: bool
) -> tuple[str, ...]:
    """Keys of why no automatic answer may follow; see Mail.automatic."""
    found: list[str] = []
    submitted = fields.text("auto-submitted").lower().partition(";")[0].strip()
    if submitted and submitted != "no":
        found.append("auto_submitted")
    if return_path == "":
        found.append("empty_return_path")
    if listed(fields):
        found.append("list")
    precedence = fields.text("precedence").lower().strip()
    if precedence in {"bulk", "junk", "list"}:
        found.append("bulk")
    suppress = fields.text("x-auto-response-suppress").lower()
    if suppress and suppress != "none":
        found.append("auto_response_suppress")
    replies = any(name in fields.held for name in _REPLIERS)
    if replies or precedence in {"auto_reply", "auto-reply"} or _SUBJECT.match(subject):
        found.append("auto_reply")
    if report:
        found.append("report")
    if is_daemon(sender):
        found.append("daemon")
    if _NO_REPLY.match(sender):
        found.append("no_reply")
    return tuple(found)


def is_daemon(sender: str) -> bool:
    """A mail server's own address."""
    return _DAEMON.match(sender) is not None


def listed(fields: Fields) -> bool:
    """A list or a mass sending says so itself."""
    return any(name in fields.held for name in ("list-id", "list-post", "list-unsubscribe"))
