"""What a worker tells of a test to whoever handed it out. Six messages a test are a tenth of a run
of the quick ones; of a beginning and an end that went well nobody there makes anything."""

from __future__ import annotations

import os

import pytest
from _pytest.runner import runtestprotocol

IS_WORKER = "PYTEST_XDIST_WORKER" in os.environ
COUNTS_ALL = ("durations", "xmlpath")
"""Options with which something is made of every step."""


def briefly(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Run a test as pytest does and tell of the test itself, and of whatever went wrong before and
    after it. None: it is not run here, all of it is to be told."""
    options = item.config.option
    if not IS_WORKER or any(getattr(options, name, None) for name in COUNTS_ALL):
        return None
    for report in runtestprotocol(item, log=False, nextitem=nextitem):
        if report.when == "call" or not report.passed:
            item.ihook.pytest_runtest_logreport(report=report)
    # By this the rows of dots are counted.
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True
