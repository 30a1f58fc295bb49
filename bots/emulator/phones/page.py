"""The page of phones."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import jinja2
from aiohttp import web

_STATIC = Path(__file__).parent.parent / "static"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
    "img-src 'self' blob: data:; media-src 'self' blob:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'; "
    # Mini Apps: anywhere by https as in Telegram, and on this machine without.
    "frame-src https: http://127.0.0.1:* http://localhost:*"
)


class Page:
    """`fonts` is a folder with `golos-text.css` and its files; without it the system's are used."""

    def __init__(self, desk_url: str | None, fonts: Path | None) -> None:
        self._desk_url = desk_url
        self._fonts = fonts
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(str(files("templates") / "phones")),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
        )

    def routes(self, app: web.Application) -> None:
        app.router.add_get("/", self._show)
        app.router.add_get("/phones", self._show)
        app.router.add_static("/phones/static", _STATIC)
        if self._fonts is not None:
            app.router.add_static("/phones/fonts", self._fonts)

    async def _show(self, request: web.Request) -> web.Response:
        page = self._templates.get_template("page.html").render(
            desk_url=self._desk_url, fonts=self._fonts is not None
        )
        return web.Response(
            text=page, content_type="text/html", headers={"Content-Security-Policy": _POLICY}
        )
