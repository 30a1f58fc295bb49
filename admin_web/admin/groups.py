"""Groups: sets of staff with a queue, and which accounts' new cases come there."""

from __future__ import annotations

import msgspec
from aiohttp import web

from admin_web.admin.settings import table
from admin_web.visit import Form, Visit, field, fields, whole
from hub.domain.errors import HubError, Invalid, NotFound
from hub.domain.staff import Group

PAGE = "groups"
RIGHTS = "manage_topics+pin_messages+delete_messages"
"""What a bot asks for when somebody adds it to a group by a link."""


async def index(visit: Visit) -> web.StreamResponse:
    """GET /admin/groups."""
    return await _shown(visit)


async def edit(visit: Visit) -> web.StreamResponse:
    """GET /admin/groups/{id}; `new` is an empty one."""
    return await _shown(visit, edited=await _edited(visit))


async def save(visit: Visit) -> web.StreamResponse:
    """POST /admin/groups/{id}."""
    form = await visit.form()
    group = await _edited(visit)
    group.name = field(form, "name", limit=80)
    group.accounts = [
        account.id for account in visit.pages.accounts if account.id in fields(form, "accounts")
    ]
    group.default, group.active = "default" in form, "active" in form
    group.next_group = field(form, "next_group", limit=64)
    try:
        group.escalate_minutes = _minutes(form, "escalate_minutes", group.escalate_minutes)
        group.remind_minutes = _minutes(form, "remind_minutes", group.remind_minutes)
        if not group.name:
            raise Invalid(field="name", reason="required")
        group.id = group.id or visit.pages.services.deps.ids.new()
        await visit.pages.services.people.put_group(group, visit.actor)
    except Invalid as refusal:
        return await _shown(visit, edited=group, refusal=refusal)
    return visit.go(f"/admin/groups/{group.id}")


async def connect(visit: Visit) -> web.StreamResponse:
    """POST /admin/groups/{id}/forum: a code that connects a group of Telegram, shown this once."""
    group = await _edited(visit)
    services = visit.pages.services
    code = await services.places.code(group.id, visit.actor)
    bots = services.deps.policy.staff_bots
    address = await visit.pages.bot_address(bots[0]) if bots else ""
    link = f"{address}?startgroup={code}&admin={RIGHTS}" if address else ""
    return await _shown(visit, edited=group, code=code, link=link)


async def disconnect(visit: Visit) -> web.StreamResponse:
    """POST /admin/groups/{id}/forum/off."""
    form = await visit.form()
    await visit.pages.services.places.disconnect(field(form, "place", limit=64), visit.actor)
    return visit.go(f"/admin/groups/{visit.request.match_info['id']}")


async def _edited(visit: Visit) -> Group:
    group_id = visit.request.match_info["id"]
    if group_id == "new":
        return Group(id="", name="")
    found = (await visit.pages.services.people.directory()).groups.get(group_id)
    if found is None:
        raise NotFound(what="group", id=group_id)
    # The directory is shared by every request; what a form says goes into a copy.
    return msgspec.structs.replace(found)


def _minutes(form: Form, name: str, before: int) -> int:
    """As typed; as it was where the form does not ask."""
    if name not in form:
        return before
    return whole(form, name) if field(form, name, limit=18) else 0


async def _shown(
    visit: Visit,
    *,
    edited: Group | None = None,
    refusal: HubError | None = None,
    code: str = "",
    link: str = "",
) -> web.Response:
    directory = await visit.pages.services.people.directory()
    members = {
        group_id: sum(
            person.active and group_id in person.groups for person in directory.staff.values()
        )
        for group_id in directory.groups
    }
    groups = sorted(directory.groups.values(), key=lambda one: (not one.active, one.name))
    services = visit.pages.services
    context = {
        "groups": groups,
        "members": members,
        "accounts": visit.pages.accounts,
        "places": await services.places.of_group(edited.id) if edited and edited.id else [],
        "code": code,
        "code_link": link,
    }
    return await table(visit, PAGE, context, edited=edited, refusal=refusal)
