"""What a call came to, in the hub's words."""

from __future__ import annotations

from channels.max.api import Cut, Refused, Unreached
from hub.domain.message import Deferred, Outcome, Rejected, Unsure

# Pauses in seconds before the next try, at the least: those of a row grow with its tries.
AFTER_NETWORK = 3.0
AFTER_SERVER = 1.0
AFTER_LIMIT = 1.0
AFTER_TOKEN = 60.0
AFTER_FILES = 2.0

# A file that is there and cannot be attached yet.
NOT_READY = frozenset(
    {
        "attachment.not.ready",
        "attachment.file.not.processed",
        "errors.process.attachment.file.not.processed",
        "errors.process.attachment.video.not.processed",
    }
)
ELSEWHERE = frozenset({301, 302, 303, 307, 308, 403, 404})
# Words of refusals → our text key, and whether the person cannot be reached any more. Lower case,
# looked for in code and message together; the first that fits.
REFUSALS: tuple[tuple[str, str, bool], ...] = (
    ("dialog.suspended", "blocked", True),
    ("chat.denied", "blocked", True),
    ("dialog.not.found", "no_chat", True),
    ("dialog.notfound", "no_chat", True),
    ("chat.not.found", "no_chat", True),
    ("user.not.found", "no_chat", True),
    ("message.not.found", "message_gone", False),
    ("too.long", "too_long", False),
    ("text: size must be", "too_long", False),
    ("too.large", "file_size", False),
)


def not_ready(error: BaseException) -> bool:
    """The files are still being worked on at MAX."""
    return isinstance(error, Refused) and error.code in NOT_READY


def outcome(error: BaseException, *, harmless: bool = False) -> Outcome:
    """What an error means for what was to be sent. `harmless`: doing it twice leaves the same as
    doing it once (an edit, an upload)."""
    match error:
        case Unreached():
            return Deferred("network", AFTER_NETWORK, "account")
        case Refused():
            return _refused(error, harmless)
        case Cut() if harmless:
            return Deferred("network", AFTER_SERVER)
    return Unsure("network")


def _refused(error: Refused, harmless: bool) -> Outcome:
    status = error.status
    if status == 429:
        return Deferred("rate_limit", error.after or AFTER_LIMIT, "account")
    if status == 401 or error.code == "verify.token":
        # The token is refused, the message is not.
        return Deferred("token", AFTER_TOKEN, "account")
    if error.code in NOT_READY:
        return Deferred("files_processing", AFTER_FILES)
    if status in {408, 425, 503} or (status >= 500 and harmless):
        return Deferred("server", error.after or AFTER_SERVER)
    if status >= 500:
        # 503 is said before anything is begun; after the others the message may be there.
        return Unsure("server")
    if not error.code and status in ELSEWHERE:
        # Not MAX speaks, but what stands before it, or another server altogether.
        return Deferred("server", AFTER_TOKEN, "account")
    return _for_good(error, harmless)


def _for_good(error: Refused, harmless: bool) -> Rejected:
    said = f"{error.code} {error.message}".lower()
    detail = f"{error.code} {error.message}".strip() or f"HTTP {error.status}"
    for words, reason, gone in REFUSALS:
        if words in said:
            return Rejected(reason, detail, gone=gone)
    if error.status in {403, 404} and harmless:
        # What stands there is not ours to change (any more); the person is another matter.
        return Rejected("message_gone", detail)
    if error.status == 403:
        # «This exception happens when user suspended bot or it doesn't have access to chat».
        return Rejected("blocked", detail, gone=True)
    if error.status == 404:
        return Rejected("no_chat", detail, gone=True)
    by_status = {405: "unsupported", 413: "file_size"}
    return Rejected(by_status.get(error.status, "refused"), detail)
