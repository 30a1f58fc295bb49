"""What programs say beside their figures: nothing, or the hub's warnings."""

from __future__ import annotations

import logging
import sys

import structlog


def quiet(level: int = logging.CRITICAL) -> None:
    """Let logs of this level and above through, to stderr."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
