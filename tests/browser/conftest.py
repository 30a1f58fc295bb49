"""Pages are given the time that a busy machine takes, whichever file is run."""

from __future__ import annotations

from playwright.async_api import expect

from tests.support.chromium import SLOW

expect.set_options(timeout=SLOW)
