"""Pictures of the pages for README and docs; taken when HUB_SCREENSHOTS names a folder."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest
from playwright.async_api import async_playwright

from tests.browser.preview import serve, shoot
from tests.support.chromium import CHROMIUM, FLAGS, available
from tests.support.phone import Phone
from tests.support.ports import free_port
from tests.support.processes import environment, ready

FOLDER = os.environ.get("HUB_SCREENSHOTS", "")

pytestmark = [
    pytest.mark.chromium,
    pytest.mark.skipif(not FOLDER, reason="HUB_SCREENSHOTS names no folder"),
    pytest.mark.skipif(not available(), reason="chromium is not installed"),
]

RESIDENT, OPERATOR, EXECUTOR = 5000001, 5000002, 5000004


async def test_pictures_of_pages_are_taken() -> None:
    runner, address = await serve(0)
    try:
        for name in ("desk", "list", "replies"):
            await shoot(Path(FOLDER), address, name)
    finally:
        await runner.cleanup()
    assert len(list(Path(FOLDER).glob("desk-*.png"))) == 6


async def test_picture_of_phones_is_taken(tmp_path: Path) -> None:
    port = free_port()
    env = environment(HUB_DATA_DIR=str(tmp_path / "var"), HUB_PORT=str(port))
    hub = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "hub",
        "run",
        "--demo",
        env=env,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        await ready(f"http://127.0.0.1:{port}")
        phones = f"http://127.0.0.1:{port + 1}"
        await _talk(phones)
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            page = await browser.new_page(viewport={"width": 1440, "height": 860})
            await page.goto(phones)
            await page.get_by_text("Понял, выезжаю").last.wait_for()
            await page.screenshot(path=Path(FOLDER) / "phones.png")
            await browser.close()
    finally:
        hub.terminate()
        await hub.wait()


async def _talk(phones: str) -> None:
    """The main job once, so that there is something to see."""
    resident = Phone(phones, RESIDENT, "dom_na_lenina_bot")
    operator = Phone(phones, OPERATOR, "smena_bot")
    executor = Phone(phones, EXECUTOR, "smena_bot")
    async with resident, operator, executor:
        await resident.start()
        await resident.say("Нет горячей воды второй день")
        await operator.press("Взять")
        await operator.wait_for("у меня")
        await operator.reply("Нет горячей воды", "Мастер будет сегодня до 15:00.")
        await resident.wait_for("Мастер будет")
        await operator.wait_for("✓")
        await operator.press("Ещё")
        await operator.press("Исполнители")
        await operator.press(await _button(operator, "Белов"))
        await executor.wait_for("Нет горячей воды")
        await operator.press("Заметка")
        await operator.say("Код домофона 12К3456")
        await executor.wait_for("Код домофона")
        await executor.reply("Код домофона", "Понял, выезжаю")
        await operator.wait_for("Понял, выезжаю")


async def _button(phone: Phone, part: str) -> str:
    """The whole text of the newest button that holds this."""
    shown = await phone.wait_for(
        lambda seen: any(part in one for row in seen.buttons for one in row)
    )
    return next(one for row in shown.buttons for one in row if part in one)
