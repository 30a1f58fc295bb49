"""Serves the pages over twins for looking: `python -m tests.browser.preview [PORT]`, and with
`--shots DIR` takes pictures of them in both themes and at three widths."""

from __future__ import annotations

import argparse
import asyncio
import sys
from dataclasses import replace
from pathlib import Path

from aiohttp import web
from playwright.async_api import Page, async_playwright

from admin_web.app import build
from tests.browser.people import peopled
from tests.support.chromium import CHROMIUM, FLAGS
from tests.support.desk import PASSWORD

WIDTHS = {"wide": (1440, 900), "middle": (1000, 760), "phone": (390, 820)}
PLACES = {
    "desk": "/desk/cases/6",
    "list": "/desk",
    "comments": "/desk/cases/6?tab=comments",
    "files": "/desk/cases/6?tab=files",
    "history": "/desk/cases/6?tab=history",
    "replies": "/admin/quick-replies/reply0",
    "staff": "/admin/staff/belov",
    "groups": "/admin/groups/ads",
    "me": "/desk/me",
    "houses": "/admin/houses/k7m2xw4",
    "house-list": "/admin/houses",
    "hours": "/admin/hours/house",
    "deadlines": "/admin/deadlines/any",
    "quarantine": "/admin/quarantine",
    "failures": "/desk/failures",
    "contacts": "/desk/contacts",
    "contact": "/desk/contacts/{contact}",
    "missing": "/desk/cases/999",
}


def say(line: str) -> None:
    """Tell whoever started this."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def serve(port: int) -> tuple[web.AppRunner, str]:
    """Start on loopback; returns the address."""
    _, _, pages, _, contact = await peopled()
    PLACES["contact"] = PLACES["contact"].format(contact=contact)
    # Every picture logs in anew.
    runner = web.AppRunner(build(replace(pages, login_tries=1000)))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    address = runner.addresses[0]
    return runner, f"http://127.0.0.1:{address[1]}"


async def log_in(page: Page, address: str) -> None:
    """Come in as the dispatcher."""
    await page.goto(f"{address}/login")
    await page.fill("#login", "emma")
    await page.fill("#password", PASSWORD)
    await page.click("button.btn-primary")
    await page.wait_for_url("**/desk")


async def shoot(folder: Path, address: str, only: str) -> None:
    """Every place in every theme and width."""
    folder.mkdir(parents=True, exist_ok=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for theme in ("light", "dark"):
            for width, (x, y) in WIDTHS.items():
                context = await browser.new_context(
                    viewport={"width": x, "height": y},
                    color_scheme=theme,
                    locale="ru-RU",  # type: ignore[arg-type]
                )
                page = await context.new_page()
                page.on("console", lambda said: say(f"{said.type}: {said.text}"))
                page.on("pageerror", lambda error: say(str(error)))
                await page.goto(f"{address}/login")
                if not only or only == "login":
                    await page.screenshot(path=folder / f"login-{width}-{theme}.png")
                await log_in(page, address)
                for name, path in PLACES.items():
                    if only and name != only:
                        continue
                    await page.goto(f"{address}{path}")
                    await page.wait_for_function("document.fonts.ready.then(() => true)")
                    await page.screenshot(path=folder / f"{name}-{width}-{theme}.png")
                await context.close()
        await browser.close()


async def main() -> None:
    """Serve until interrupted, or take the pictures and go."""
    parser = argparse.ArgumentParser()
    parser.add_argument("port", nargs="?", type=int, default=0)
    parser.add_argument("--shots", type=Path)
    parser.add_argument("--only", default="")
    given = parser.parse_args()
    runner, address = await serve(given.port)
    try:
        if given.shots:
            await shoot(given.shots, address, given.only)
        else:
            say(address)
            await asyncio.Event().wait()
    finally:
        await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(main())
