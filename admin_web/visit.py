"""One request of somebody who came in (or is about to)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from aiohttp import web
from aiohttp_session import Session
from multidict import MultiDictProxy

from admin_web.holder import holder
from hub.domain.errors import Invalid, TooLarge
from hub.domain.plain import plain
from hub.domain.rights import TABLE, may
from hub.domain.staff import Actor, Staff

if TYPE_CHECKING:
    from admin_web.front import Front
    from admin_web.pages import Pages

Form = MultiDictProxy[str | bytes | bytearray | web.FileField]
FORM_LIMIT = 2 * 1024 * 1024
"""Bytes of a form that is no upload."""
SETTINGS_RIGHTS = frozenset(
    {
        "quick_reply.edit",
        "staff.edit",
        "group.edit",
        "house.edit",
        "hours.edit",
        "deadline.edit",
        "result.edit",
        "inbox.read",
    }
)


@dataclass
class Visit:
    """Who asks, in which session, by which door, and how to answer them. `person` None: nobody
    came in."""

    pages: Pages
    front: Front
    request: web.Request
    session: Session
    person: Staff | None

    @property
    def actor(self) -> Actor:
        """The person as the services know them."""
        if self.person is None:
            raise web.HTTPForbidden
        return Actor.of(self.person)

    @property
    def csrf(self) -> str:
        """The token that every unsafe request of this session carries."""
        return str(self.session.get("csrf", ""))

    @property
    def partial(self) -> bool:
        """htmx asks for a part of the page."""
        return self.request.headers.get("HX-Request-Type") == "partial"

    @property
    def by_htmx(self) -> bool:
        return "HX-Request" in self.request.headers

    @property
    def language(self) -> str:
        return self.person.language if self.person else "ru"

    async def still_in(self) -> bool:
        """Whether the session holds still: the person is active and nothing ended it."""
        if self.person is None:
            return False
        directory = await self.pages.services.people.directory()
        return holder(directory, self.session) is not None

    # ── what was asked ───────────────────────────────────────────────────────────────────────

    async def form(self) -> Form:
        """The fields of a posted form."""
        if (self.request.content_length or 0) > FORM_LIMIT:
            raise TooLarge(limit=FORM_LIMIT)
        return await self.request.post()

    def number(self, name: str = "number") -> int:
        """A number in the path."""
        return int(self.request.match_info[name])

    def when(self, form: Form, name: str) -> datetime:
        """The value of an <input type=datetime-local>, in the zone of the pages."""
        try:
            local = datetime.fromisoformat(field(form, name))
        except ValueError:
            raise Invalid(field=name, reason="required") from None
        return local.replace(tzinfo=self.pages.zone).astimezone(UTC)

    # ── answers ──────────────────────────────────────────────────────────────────────────────

    async def common(self, section: str) -> dict[str, Any]:
        """What every page inside shows."""
        actor, services = self.actor, self.pages.services
        return {
            "me": actor,
            "csrf": self.csrf,
            "section": section,
            "rights": {right for right in TABLE if may(actor, right)},
            "settings_rights": SETTINGS_RIGHTS,
            "nav": await services.queries.counts(actor),
            "directory": await services.people.directory(),
            "telephony": services.calls.on,
            "dials": bool(may(actor, "call.dial") and await services.dialler.ways(actor)),
            "shift": self.person.shift if self.person else None,
        }

    def answer(self, template: str, context: Mapping[str, Any], status: int = 200) -> web.Response:
        """Render in the person's language."""
        place = {"root": self.front.root, "mini": self.front.mini}
        return self.pages.answer(template, self.language, {**place, **context}, status)

    def go(self, address: str) -> web.Response:
        """Send the browser elsewhere after something was done."""
        address = self.front.root + address
        if self.by_htmx:
            return web.Response(headers={"HX-Redirect": address})
        return web.Response(status=303, headers={"Location": address})


def field(form: Form, name: str, *, limit: int = 20_000) -> str:
    """A text field, trimmed, empty when missing; raises Invalid over `limit` characters."""
    value = form.get(name, "")
    if not isinstance(value, str):
        raise Invalid(field=name, reason="unknown")
    value = plain(value).strip()
    if len(value) > limit:
        raise Invalid(field=name, reason="too_long", limit=limit)
    return value


def fields(form: Form, name: str, *, limit: int = 100) -> list[str]:
    """Every value of a field that may stand several times."""
    values = [plain(value) for value in form.getall(name, []) if isinstance(value, str)]
    return values[:limit]


def whole(form: Form, name: str) -> int:
    """A whole number; raises Invalid for anything else."""
    value = field(form, name, limit=18)
    if not value.isdecimal():
        raise Invalid(field=name, reason="required" if not value else "unknown")
    return int(value)
