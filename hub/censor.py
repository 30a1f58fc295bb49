"""What must not reach a log: secrets, message texts, who somebody is (law 8).

Keys that could carry them are replaced, known shapes of secrets and numbers are masked in every
string, and an exception is told by its type and place: its text may quote what a resident wrote.
"""

import re
import sys
from collections.abc import Iterator
from types import TracebackType
from typing import Any

from structlog.typing import EventDict, WrappedLogger

HIDDEN = "***"
# Words of which a key is made, «contact_phone» as well as «phone».
WHAT = ("text", "body", "caption", "subject", "payload", "raw", "content", "comment", "note")
WHO = ("phone", "name", "email", "mail", "address", "login", "username", "birth", "passport")
PROOF = ("token", "password", "secret", "key", "authorization", "cookie", "signature", "salt")
PERSONAL = frozenset((*WHAT, *WHO, *PROOF, "snils", "hs256", "smtp", "imap"))
# Names of things, not of people.
HARMLESS = frozenset({"logger_name", "channel_name", "text_key", "file_name", "lane_key"})

_BOT_TOKEN = re.compile(r"\d{5,}:[A-Za-z0-9_-]{20,}")
_IN_ADDRESS = re.compile(r"(?<=://)[^/\s:@]*:[^/\s@]+(?=@)")
_IN_QUERY = re.compile(
    r"(?i)([?&](?:key|token|secret|password|psw|apikey|api_key|sign)=)[^&\s\"']+"
)
_PHONE = re.compile(r"(?<![\w.])(?:\+\d{10,15}|[78]\d{10})(?![\w.])")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")

# Their texts tell of connections, files and code, never of what people sent.
_TELLING = (OSError, ImportError, NameError, AttributeError, TypeError, TimeoutError)
_TELLING_BY_NAME = frozenset(
    {"pymongo.errors.ConnectionFailure", "redis.exceptions.ConnectionError"}
)


def masked(text: str) -> str:
    """``text`` without bot tokens, passwords in addresses, proofs in queries, phones, e-mails."""
    text = _BOT_TOKEN.sub(HIDDEN, text)
    text = _IN_ADDRESS.sub(HIDDEN, text)
    text = _IN_QUERY.sub(rf"\1{HIDDEN}", text)
    text = _EMAIL.sub(HIDDEN, text)
    return _PHONE.sub(HIDDEN, text)


def censor(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """The last processor before the line is written."""
    return {key: _clean(key, value) for key, value in event.items()}


def _clean(key: str, value: Any) -> Any:
    if key not in HARMLESS and not PERSONAL.isdisjoint(key.lower().split("_")):
        return HIDDEN
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, dict):
        return {str(inner): _clean(str(inner), one) for inner, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean("", one) for one in value]
    if isinstance(value, int | float | bool | type(None)):
        return value
    return masked(str(value))


def describe(error: BaseException) -> list[str]:
    """Type and place of ``error`` and of what led to it; its text only where that is harmless."""
    lines: list[str] = []
    current: BaseException | None = error
    while current is not None and len(lines) < 60:
        kind = type(current)
        told = f"{kind.__module__}.{kind.__qualname__}"
        if isinstance(current, _TELLING) or _TELLING_BY_NAME & _names(kind):
            told += f": {masked(str(current))[:300]}"
        elif isinstance(key := getattr(current, "key", None), str):
            told += f": {key}"  # our own refusals name their text
        lines += [told, *_frames(current.__traceback__)]
        if isinstance(current, BaseExceptionGroup):
            for inner in current.exceptions:
                lines += describe(inner)
        current = current.__cause__ or (
            None if current.__suppress_context__ else current.__context__
        )
    return lines


def _names(kind: type[BaseException]) -> set[str]:
    return {f"{one.__module__}.{one.__qualname__}" for one in kind.__mro__}


def _frames(traceback: TracebackType | None) -> Iterator[str]:
    while traceback is not None:
        code = traceback.tb_frame.f_code
        yield f"  {code.co_filename}:{traceback.tb_lineno} {code.co_qualname}"
        traceback = traceback.tb_next


def told_exceptions(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    error = info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        event["exception"] = describe(error)
    return event
