"""What every process that runs tests does before it loads any of them."""

from __future__ import annotations

import structlog
from hypothesis import settings

from hub.botapi.latetypes import load_aiogram
from tests.support.examples import examples


def once() -> None:
    # Before any test can load it plainly.
    load_aiogram()

    # As it is by default, but for the pictures of failures: half a second to draw each of them.
    structlog.configure(
        processors=[
            *structlog.get_config()["processors"][:-1],
            structlog.dev.ConsoleRenderer(
                colors=False, exception_formatter=structlog.dev.plain_traceback
            ),
        ]
    )

    # No time is promised on a busy machine, and a run finds what the one before it found.
    settings.register_profile("hub", examples())
    settings.load_profile("hub")
