"""Debian's Chromium, driven by Playwright, talking to nobody but us."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import BrowserContext, Page

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


SLOW = 60_000
"""Milliseconds for what takes one of them on a machine with nothing else to do."""
LASTING = """
const [timeout, interval] = [window.setTimeout, window.setInterval];
const drawn = (files) => new RegExp(`/(${files})[.]js`).test(new Error().stack);
window.setTimeout = (what, ms, ...more) =>
  timeout(what, ms >= 4000 && drawn("typing|example") ? ms * 30 : ms, ...more);
window.setInterval = (what, ms, ...more) => interval(what, drawn("toasts") ? ms * 30 : ms, ...more);
"""
"""What fades after seconds stays for minutes: a busy machine looks when it would be gone."""
STREAMS = """
window.EventSource = class extends EventSource {
  constructor(...given) {
    super(...given);
    this.addEventListener("open", () => { window.streams = true; });
  }
};
"""


async def patient(page: Page | BrowserContext) -> None:
    """Before anything is opened: pages wait for who looks, and can be asked by `listens`."""
    page.set_default_timeout(SLOW)
    await page.add_init_script(LASTING + STREAMS)


async def listens(page: Page) -> None:
    """Wait until this very page has its stream; of what is told before it hears nothing. The
    server cannot be asked: it holds the streams of pages that were left for some seconds."""
    await page.wait_for_function("window.streams")


def available() -> bool:
    """Whether it is installed here."""
    return Path(CHROMIUM).exists()
