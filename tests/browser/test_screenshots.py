"""Pictures of the pages for README and docs; taken when HUB_SCREENSHOTS names a folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.browser.preview import serve, shoot
from tests.support.chromium import available

FOLDER = os.environ.get("HUB_SCREENSHOTS", "")

pytestmark = [
    pytest.mark.chromium,
    pytest.mark.skipif(not FOLDER, reason="HUB_SCREENSHOTS names no folder"),
    pytest.mark.skipif(not available(), reason="chromium is not installed"),
]


async def test_pictures_are_taken() -> None:
    runner, address = await serve(0)
    try:
        for name in ("desk", "list", "replies"):
            await shoot(Path(FOLDER), address, name)
    finally:
        await runner.cleanup()
    assert len(list(Path(FOLDER).glob("desk-*.png"))) == 6
