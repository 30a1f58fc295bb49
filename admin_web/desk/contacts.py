"""Residents: the book, one person's card with everything that was between them and the house."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import msgspec
from aiohttp import web

from admin_web.visit import Form, Visit, field
from hub.domain.errors import Invalid, NotFound
from hub.domain.rights import may
from hub.phones import e164
from hub.services.persons import Person
from hub.services.timeline import WANTED, Wanted
from hub.services.timelineviews import TimelineItem

PAGE = "/desk/contacts"
ONE = PAGE + "/{id}"
SHOWN = 40
"""Lines of a timeline, or residents of the book, at first and with every «ещё»."""
KINDS = ("person", "company", "trader")


class TimelineQuery(msgspec.Struct, frozen=True, kw_only=True):
    """The filter of a timeline as its address says it."""

    kind: Wanted = ""
    channel: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> TimelineQuery:
        """Read it from an address; what it does not know is left out."""
        asked = query.get("kind", "")
        return cls(
            kind=next((one for one in WANTED if one == asked), ""),
            channel=query.get("channel", "")[:40],
        )

    @property
    def on(self) -> bool:
        """Anything is asked for."""
        return bool(self.kind or self.channel)

    def query(self, **changed: str) -> str:
        """The address of this filter with some fields changed."""
        asked = msgspec.structs.asdict(self) | changed
        return urlencode({name: value for name, value in asked.items() if value})


async def book(visit: Visit) -> web.StreamResponse:
    """GET /desk/contacts: found by name, phone or address; newest change first."""
    query = visit.request.query
    words = query.get("q", "").strip()[:200]
    found = await visit.pages.services.contacts.search(
        visit.actor,
        words="" if _number(words) else words,
        phone=words if _number(words) else "",
        cursor=query.get("cursor") or None,
        limit=SHOWN,
    )
    more = urlencode({"q": words, "cursor": found.next}) if found.next else ""
    context = await visit.common("contacts")
    shown = {"items": found.items, "q": words, "more": more, "query": ""}
    return visit.answer("desk/contacts.html.j2", context | shown)


async def card(visit: Visit) -> web.StreamResponse:
    """GET /desk/contacts/{id}; a merged one leads to the one that stands for it."""
    person = await _person(visit)
    if person.standing.id != _id(visit) and not visit.by_htmx:
        return visit.go(f"{PAGE}/{person.standing.id}")
    context = await visit.common("contacts") | await _context(visit, person)
    return visit.answer("desk/contact.html.j2", context)


async def timeline(visit: Visit) -> web.StreamResponse:
    """GET /desk/contacts/{id}/timeline?cursor=: older lines."""
    person = await _person(visit)
    return visit.answer("desk/timeline.html.j2", await _lines(visit, person))


async def edit_sheet(visit: Visit) -> web.StreamResponse:
    """GET /desk/contacts/{id}/edit."""
    person = await _person(visit)
    context = {"person": person, "contact": person.shown, "kinds": KINDS}
    return visit.answer("desk/contact_edit.html.j2", context)


async def edit(visit: Visit) -> web.StreamResponse:
    """POST /desk/contacts/{id}: what staff write stays, whatever a channel says later."""
    person, form = await _person(visit), await visit.form()
    fields = _changed(person, form)
    if fields:
        await visit.pages.services.contacts.edit(person.standing.id, fields, visit.actor)
    return await _after(visit, person.standing.id)


async def compare(visit: Visit) -> web.StreamResponse:
    """GET /desk/contacts/{id}/compare?with=: two cards side by side, and why they may be one."""
    person, other = await _person(visit), visit.request.query.get("with", "")[:100]
    persons = visit.pages.services.persons
    theirs = await persons.get(other, visit.actor)
    if theirs.standing.id == person.standing.id:
        raise NotFound(what="contact", id=other)
    found = await persons.matches(person, visit.actor)
    context = {
        "mine": person,
        "theirs": theirs,
        "signs": next((one.signs for one in found if one.contact.id == theirs.standing.id), []),
        "counts": [await _cases(visit, one) for one in (person, theirs)],
        "may_merge": may(visit.actor, "contact.merge"),
    }
    return visit.answer("desk/contact_compare.html.j2", context)


async def merge(visit: Visit) -> web.StreamResponse:
    """POST /desk/contacts/{id}/merge: the one named in `into` stands for both."""
    into = field(await visit.form(), "into", limit=100)
    person = await visit.pages.services.persons.merge(_id(visit), into, visit.actor)
    return await _after(visit, person.standing.id, {"undo": "split", "contact": _id(visit)})


async def split(visit: Visit) -> web.StreamResponse:
    """POST /desk/contacts/{id}/split: a merged one stands for itself again."""
    before = await _person(visit)
    await visit.pages.services.persons.split(_id(visit), visit.actor)
    undo = {"undo": "merge", "contact": _id(visit), "into": before.standing.id}
    return await _after(visit, before.standing.id, undo)


async def detach(visit: Visit) -> web.StreamResponse:
    """POST /desk/contacts/{id}/detach: an identity is not this person's."""
    person = await _person(visit)
    key = field(await visit.form(), "identity", limit=300)
    apart = await visit.pages.services.persons.detach(person.standing.id, key, visit.actor)
    undo = {"undo": "merge", "contact": apart.id, "into": person.standing.id} if apart else None
    return await _after(visit, person.standing.id, undo or {"undo": ""})


async def ask_code(visit: Visit) -> web.StreamResponse:
    """POST /desk/contacts/{id}/code: a code goes to what they say is theirs."""
    person = await _person(visit)
    key = field(await visit.form(), "identity", limit=300)
    sent = await visit.pages.services.linking.ask(person.standing.id, key, visit.actor)
    told = {"undo": "", "code": sent.address.to, "chat": sent.chat}
    return await _after(visit, person.standing.id, told)


def _id(visit: Visit) -> str:
    return visit.request.match_info["id"]


async def _person(visit: Visit) -> Person:
    return await visit.pages.services.persons.get(_id(visit), visit.actor)


def _number(words: str) -> bool:
    return sum(char.isdigit() for char in words) >= 4 and not any(map(str.isalpha, words))


def _changed(person: Person, form: Form) -> dict[str, str | bool]:
    """Only what was written differs: an untouched field is not marked as staff's own."""
    shown, found = person.shown, dict[str, str | bool]()
    for name in ("name", "phone", "email", "premises"):
        value = field(form, name, limit=300)
        if name == "phone" and value:
            value = e164(value)
            if not value:
                raise Invalid(field="phone", reason="unknown")
        if value != getattr(shown, name):
            found[name] = value
    kind = field(form, "kind", limit=20)
    if kind not in KINDS:
        raise Invalid(field="kind", reason="unknown")
    if kind != shown.kind:
        found["kind"] = kind
    if ("vip" in form) != shown.vip:
        found["vip"] = "vip" in form
    return found


async def _after(
    visit: Visit, contact_id: str, told: Mapping[str, str] | None = None
) -> web.StreamResponse:
    """The card as it is now, with the way back of what was done."""
    if not visit.by_htmx:
        return visit.go(f"{PAGE}/{contact_id}")
    person = await visit.pages.services.persons.get(contact_id, visit.actor)
    context = await visit.common("contacts") | await _context(visit, person)
    answer = visit.answer("desk/contact_answer.html.j2", context | {"told": dict(told or {})})
    answer.headers["HX-Push-Url"] = f"{visit.front.root}{PAGE}/{contact_id}"
    return answer


async def _context(visit: Visit, person: Person) -> dict[str, Any]:
    services = visit.pages.services
    matches = await services.persons.matches(person, visit.actor)
    shown = person.shown
    keys = [known.key for known in shown.identities if not known.verified]
    return await _lines(visit, person) | {
        "person": person,
        "contact": shown,
        "matches": matches,
        "codes": {key for key in keys if services.linking.reaches(key)},
    }


async def _lines(visit: Visit, person: Person) -> dict[str, Any]:
    services, query = visit.pages.services, TimelineQuery.of(visit.request.query)
    cursor = visit.request.query.get("cursor") or None
    page = await services.timeline.page(
        person,
        visit.actor,
        kind=query.kind,
        channel=query.channel,
        cursor=cursor,
        limit=SHOWN,
    )
    last = visit.request.query.get("day", "")[:10]
    return {
        "person": person,
        "lines": page.items,
        "days": _days(page.items, visit, last),
        "more": page.next,
        "filter": query,
        "base": f"{visit.front.root}{PAGE}/{person.standing.id}",
        "kinds": visit.pages.channel_kinds(),
        "names": {part.id: part.name for part in person.parts},
        "directory": await services.people.directory(),
        "types": {one.id: one for one in await services.setup.types()},
        "results": {},
    }


def _days(items: list[TimelineItem], visit: Visit, last: str) -> list[str]:
    """For every line the day it stands at (ISO, in the house's time), empty where the line before
    it says the same."""
    found = []
    for item in items:
        day = item.at.astimezone(visit.pages.zone).date().isoformat()
        found.append("" if day == last else day)
        last = day
    return found


async def _cases(visit: Visit, person: Person) -> int:
    """How many cases they have, as far as a comparison says it."""
    services = visit.pages.services
    return len(await services.queries.timeline(person.standing, visit.actor))
