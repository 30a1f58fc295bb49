"""What the pages are given, and how a template becomes an answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from typing import Any

from aiohttp import web
from aiohttp_session import AbstractStorage
from jinja2 import Environment

from admin_web.assets_served import Assets
from admin_web.jinja import LANGUAGES, environment
from admin_web.live import Fanout
from admin_web.miniapp.app import MiniApp
from hub.domain.errors import HubError
from hub.services.services import Services


@dataclass(frozen=True)
class Account:
    """A channel account as settings know it: its id, and the kind (folder under channels/)."""

    id: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class Pages:
    """Handed to the web by wiring.

    `bot_address` gives the link (https://t.me/name) of a staff bot by its account id, empty when
    the bot cannot be asked now. `deep_links` gives the addresses that open a chat with a
    residents' account with this payload, by account. `login_tries` counts a minute, per login and
    per address.
    `secure`: cookies travel over https alone. `mini`: the desk inside Telegram, None where it is
    not offered.
    """

    services: Services
    sessions: AbstractStorage
    zone: tzinfo
    accounts: tuple[Account, ...] = ()
    bot_address: Callable[[str], Awaitable[str]]
    deep_links: Callable[[str], Awaitable[Mapping[str, str]]]
    login_tries: int = 10
    session_days: int = 14
    secure: bool = False
    mini: MiniApp | None = None
    assets: Assets = field(default_factory=Assets.read)
    fanout: Fanout
    _environments: dict[str, Environment] = field(default_factory=dict)

    def now(self) -> datetime:
        """The hub's clock."""
        return self.services.deps.clock.now()

    def today(self) -> date:
        """The day where the house stands."""
        return self.now().astimezone(self.zone).date()

    def channel_kinds(self) -> list[str]:
        """The kinds of channels that are set up, each once."""
        return list(dict.fromkeys(account.kind for account in self.accounts))

    def text(self, template: str, language: str, context: Mapping[str, Any]) -> str:
        """Render a template of templates/web in a language."""
        language = language if language in LANGUAGES else LANGUAGES[0]
        env = self._environments.get(language)
        if env is None:
            env = environment(language, self.zone, self.assets.address, self.services.deps.texts)
            self._environments[language] = env
        return env.get_template(template).render(now=self.now(), **context)

    def refusal(self, refused: HubError, language: str) -> str:
        """What a person reads when something is refused."""
        texts = self.services.deps.texts
        try:
            return texts.render(f"errors/{refused.key}", language, **refused.params)
        except KeyError:
            return texts.render("errors/refused", language)

    def answer(
        self, template: str, language: str, context: Mapping[str, Any], status: int = 200
    ) -> web.Response:
        """Render a page or a fragment of one."""
        return web.Response(
            text=self.text(template, language, context),
            content_type="text/html",
            status=status,
            headers={"Cache-Control": "no-store"},
        )
