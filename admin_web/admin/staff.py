"""Staff: who they are, their roles, their way into the bot, their access."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from admin_web.admin.settings import table
from admin_web.visit import Form, Visit, field, fields
from hub.domain.errors import HubError, Invalid, LoginTaken
from hub.domain.staff import ROLES, Staff
from hub.phones import e164
from hub.services.people import StaffChange

PAGE = "staff"


async def index(visit: Visit) -> web.StreamResponse:
    """GET /admin/staff."""
    return await _shown(visit)


async def edit(visit: Visit) -> web.StreamResponse:
    """GET /admin/staff/{login}."""
    return await _shown(visit, edited=await _edited(visit))


async def new(visit: Visit) -> web.StreamResponse:
    """GET /admin/staff/new."""
    return await _shown(visit, edited=_blank(visit), fresh=True)


async def add(visit: Visit) -> web.StreamResponse:
    """POST /admin/staff/new."""
    form = await visit.form()
    person = _read(form, _blank(visit))
    person.login = field(form, "login", limit=64)
    try:
        person.phone = _phone(form)
        made = await visit.pages.services.people.add(
            person.login,
            person.name,
            person.roles,
            visit.actor,
            password=str(form.get("password", "")),
            position=person.position,
            phone=person.phone,
            groups=person.groups,
            extensions=person.extensions,
        )
    except (Invalid, LoginTaken) as refusal:
        return await _shown(visit, edited=person, fresh=True, refusal=refusal)
    return visit.go(f"/admin/staff/{made.login}")


async def save(visit: Visit) -> web.StreamResponse:
    """POST /admin/staff/{login}."""
    form = await visit.form()
    person = _read(form, await _edited(visit))
    try:
        person.phone = _phone(form)
        change = StaffChange(
            name=person.name,
            position=person.position,
            phone=person.phone,
            roles=person.roles,
            groups=person.groups,
            extensions=person.extensions,
            password=str(form.get("password", "")) or None,
        )
        if not person.name:
            raise Invalid(field="name", reason="required")
        await visit.pages.services.people.change(person.login, change, visit.actor)
    except Invalid as refusal:
        return await _shown(visit, edited=person, refusal=refusal)
    return visit.go(f"/admin/staff/{person.login}")


async def link(visit: Visit) -> web.StreamResponse:
    """POST /admin/staff/{login}/link: a one-time way into the staff bot, shown this once."""
    person = await _edited(visit)
    services = visit.pages.services
    token = await services.people.one_time_link(person.login, visit.actor)
    bots = services.deps.policy.staff_bots
    address = await visit.pages.bot_address(bots[0]) if bots else ""
    shown = f"{address}?start={token}" if address else f"/start {token}"
    return await _shown(visit, edited=person, link=shown)


async def unlink(visit: Visit) -> web.StreamResponse:
    """POST /admin/staff/{login}/unlink."""
    login, account = visit.request.match_info["login"], field(await visit.form(), "account")
    await visit.pages.services.people.unlink(login, account, visit.actor)
    return visit.go(f"/admin/staff/{login}")


async def deactivate(visit: Visit) -> web.StreamResponse:
    """POST /admin/staff/{login}/deactivate: sessions end, cases go back to their queue."""
    return await _active(visit, active=False)


async def activate(visit: Visit) -> web.StreamResponse:
    """POST /admin/staff/{login}/activate."""
    return await _active(visit, active=True)


async def _active(visit: Visit, *, active: bool) -> web.StreamResponse:
    login = visit.request.match_info["login"]
    await visit.pages.services.people.change(login, StaffChange(active=active), visit.actor)
    return visit.go(f"/admin/staff/{login}")


async def _edited(visit: Visit) -> Staff:
    return await visit.pages.services.people.get(visit.request.match_info["login"])


def _blank(visit: Visit) -> Staff:
    now = visit.pages.now()
    return Staff(login="", name="", roles=["operator"], created_at=now, updated_at=now)


def _read(form: Form, person: Staff) -> Staff:
    person.name = field(form, "name", limit=200)
    person.position = field(form, "position", limit=100)
    person.roles = [role for role in ROLES if role in fields(form, "roles")]
    person.groups = fields(form, "groups")
    # What an exchange calls them may hold spaces, a comma it does not.
    typed = field(form, "extensions", limit=300).split(",")
    person.extensions = list(dict.fromkeys(one.strip() for one in typed if one.strip()))
    return person


def _phone(form: Form) -> str:
    typed = field(form, "phone", limit=40)
    number = e164(typed)
    if typed and not number:
        raise Invalid(field="phone", reason="unknown")
    return number


async def _shown(
    visit: Visit,
    *,
    edited: Staff | None = None,
    fresh: bool = False,
    refusal: HubError | None = None,
    link: str = "",
) -> web.Response:
    directory = await visit.pages.services.people.directory()
    words = visit.request.query.get("q", "")
    people = [
        person
        for person in directory.staff.values()
        if all(
            word in f"{person.name} {person.login} {person.position}".casefold()
            for word in words.casefold().split()
        )
    ]
    context: dict[str, Any] = {
        "people": sorted(people, key=lambda one: (not one.active, one.name)),
        "q": words,
        "fresh": fresh,
        "link": link,
        "link_minutes": visit.pages.services.deps.policy.link_minutes,
        "roles": ROLES,
        "groups": list(directory.groups.values()),
    }
    return await table(visit, PAGE, context, edited=edited, refusal=refusal)
