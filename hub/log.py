"""Logs: one JSON object a line on stderr, a readable console when a person watches.

Every line carries ``trace``, the id that follows a message from its webhook to its delivery, and
passes :mod:`hub.censor` last.
"""

import logging
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any, Literal, TextIO

import structlog
from structlog.contextvars import bound_contextvars, get_contextvars
from structlog.typing import EventDict, WrappedLogger

from hub.censor import censor, told_exceptions

Format = Literal["auto", "json", "console"]


@contextmanager
def trace(trace_id: str) -> Iterator[None]:
    """Every line logged inside, in this task and those it starts, carries ``trace_id``."""
    with bound_contextvars(trace=trace_id):
        yield


def current_trace() -> str | None:
    found = get_contextvars().get("trace")
    return found if isinstance(found, str) else None


class _Drop(logging.Filter):
    """Access lines carry addresses with proofs in them; metrics count requests instead."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not record.name.startswith("aiohttp.access")


def configure(
    level: str = "info", form: Format = "auto", stream: TextIO | None = None, role: str = ""
) -> None:
    """Send structlog and the standard library's logging down one road. May be called again."""
    stream = stream or sys.stderr
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        told_exceptions,
        censor,
    ]
    if role:
        shared.insert(0, _stamp(role))
    console = form == "console" or (form == "auto" and stream.isatty())
    handler = logging.StreamHandler(stream)
    handler.addFilter(_Drop())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.PositionalArgumentsFormatter(), *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _console if console else structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for noisy in ("aiogram.event", "apscheduler", "pymongo", "taskiq"):
        logging.getLogger(noisy).setLevel("WARNING")
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


def _stamp(role: str) -> Any:
    def add(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
        event.setdefault("role", role)
        return event

    return add


def _console(logger: WrappedLogger, method: str, event: MutableMapping[str, Any]) -> str:
    """One line for a person: time, level, what, then the rest."""
    event = dict(event)
    head = f"{event.pop('timestamp')[11:19]} {event.pop('level'):<7} {event.pop('event')}"
    event.pop("logger", None)
    exception = event.pop("exception", [])
    rest = " ".join(f"{key}={value}" for key, value in event.items())
    return "\n".join([f"{head} {rest}".rstrip(), *exception])
