"""Sheets that ask what an action needs to know."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from admin_web.desk.actions import ACTIONS
from admin_web.desk.allowed import Whose
from admin_web.visit import Visit
from hub.domain.message import Attachment
from hub.domain.rights import Right, require
from hub.domain.staff import Staff
from hub.ports.cases import CaseFilter
from hub.services.rejection import hears

FORMS = (
    "transfer",
    "return",
    "assign",
    "resolve",
    "reject",
    "spam",
    "deadline",
    "defer",
    "type",
    "responsible",
    "executors",
    "edit",
    "merge",
)
OPERATORS = frozenset({"transfer", "assign"})
LOADED = frozenset({"transfer", "assign", "executors", "deadline"})


def right_of(name: str) -> Right:
    """A sheet needs the right of what it asks for."""
    return ACTIONS[name][1]


def handler(name: str) -> Callable[[Visit], Awaitable[web.StreamResponse]]:
    """The handler of GET /desk/cases/{number}/forms/<name>."""

    async def handle(visit: Visit) -> web.StreamResponse:
        services, actor = visit.pages.services, visit.actor
        case = await services.queries.case(visit.number(), actor)
        whose = Whose.of(case)
        require(actor, right_of(name), whose)
        directory = await services.people.directory()
        people = sorted(
            (
                person
                for person in directory.staff.values()
                if person.active and (name not in OPERATORS or _answers(person))
            ),
            key=lambda person: (
                "executor" not in person.roles if name == "executors" else False,
                person.name,
            ),
        )
        context: dict[str, Any] = {
            "case": case,
            "action": name,
            "key": services.deps.ids.new(),
            "directory": directory,
            "people": people,
            "groups": [group for group in directory.groups.values() if group.active],
            "taken": whose.executors,
            "types": {one.id: one for one in await services.setup.types()},
            "results": {one.id: one for one in await services.setup.results()},
            "photos": await _photos(visit) if name == "resolve" else [],
            "heard": name == "reject" and await _heard(visit),
            "load": await _load(visit, name, people, [whose.responsible, *whose.executors]),
        }
        return visit.answer(f"desk/forms/{name}.html.j2", context)

    return handle


async def _photos(visit: Visit) -> list[Attachment]:
    """Pictures of the work that the resident may be shown."""
    return (await visit.pages.services.queries.raw(visit.number(), visit.actor)).work_photos


async def _heard(visit: Visit) -> bool:
    """Whether the resident reads why their case is rejected."""
    services = visit.pages.services
    return hears(await services.queries.raw(visit.number(), visit.actor), services.deps)


def _answers(person: Staff) -> bool:
    return bool({"operator", "supervisor", "admin"} & set(person.roles))


async def _load(
    visit: Visit, name: str, people: list[Staff], concerned: list[str]
) -> dict[str, int]:
    """How many open cases each has: of everybody to choose from, or of those who do the work."""
    if name not in LOADED:
        return {}
    logins = [person.login for person in people]
    if name == "deadline":
        logins = [login for login in concerned if login]
    load = {}
    for login in dict.fromkeys(logins):
        wanted = CaseFilter(view="mine", login=login, ended=False)
        page = await visit.pages.services.queries.page(wanted, visit.actor, limit=100)
        load[login] = len(page.items)
    return load
