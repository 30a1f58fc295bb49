"""What the templates of the desk are given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from admin_web.desk.allowed import allowed
from admin_web.desk.filters import ListFilter, chips, options
from admin_web.visit import Visit
from hub import words
from hub.domain.message import Address
from hub.domain.rights import may
from hub.domain.status import STATUSES
from hub.ports.paging import Page
from hub.services.entryviews import EntryView, FileView
from hub.services.views import CaseView

TABS = ("chat", "comments", "files", "history", "past", "calls")
PAGE = 50
"""Cases in a list at first, and with every «ещё»."""


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """One way an answer can go: the key of an identity, its channel, how it is told apart.
    `counted`: what goes there is measured while it is written. `typing`: the resident sees that
    somebody writes."""

    key: str
    channel: str
    shown: str
    chosen: bool
    unreachable: str
    counted: bool
    typing: bool = False


class ShownFile(msgspec.Struct, frozen=True):
    """A file of a case, who brought it and when."""

    file: FileView
    author: str
    at: object


async def list_context(visit: Visit, filter_: ListFilter, cursor: str | None) -> dict[str, Any]:
    """The list of cases; what needs this person stands first in «Мои»."""
    actor, services = visit.actor, visit.pages.services
    if filter_.q:
        found = await services.queries.find(filter_.q, actor, limit=PAGE)
        page = Page(items=found)
    else:
        wanted = filter_.wanted(actor, visit.pages.now())
        page = await services.queries.page(wanted, actor, cursor=cursor, limit=PAGE)
    items = page.items
    if filter_.view == "mine" and cursor is None:
        items = sorted(items, key=lambda case: not _needs(case))
    query = filter_.query()
    return {
        "items": items,
        "more": f"{query}&cursor={page.next}" if page.next else "",
        "query": query,
        "filter": filter_,
        "current": 0,
    }


def counted(filter_: ListFilter, nav: Mapping[str, int]) -> dict[str, Any]:
    """The numbers over the list: they change with it."""
    totals = {"mine": nav.get("mine", 0), "queue": nav.get("queue", 0)}
    return {"total": totals.get(filter_.view, 0), "chips": chips(filter_, nav)}


async def page_context(visit: Visit, filter_: ListFilter) -> dict[str, Any]:
    """The desk without a case: list, chips, rail."""
    context = await visit.common(filter_.view) | await list_context(visit, filter_, None)
    return context | {
        "case": None,
        "refusal": False,
        **counted(filter_, context["nav"]),
        "channels": options(filter_, "channel", visit.pages.channel_kinds()),
        "statuses": options(filter_, "status", list(STATUSES)),
    }


async def case_context(visit: Visit, case: CaseView, tab: str) -> dict[str, Any]:
    """One case in one of its tabs."""
    services, actor = visit.pages.services, visit.actor
    past = await services.queries.past(case.number, actor)
    files = list(_files(case.thread))
    comments = [entry for entry in case.thread if entry.kind == "comment"]
    counts = {
        "chat": sum(entry.kind == "message" for entry in case.thread),
        "comments": len(comments),
        "files": len(files),
        "history": 0,
        "past": len(past),
    } | ({"calls": len(case.calls)} if case.calls else {})
    tab = tab if tab in counts else "chat"
    may_do = allowed(case, actor)
    contact, possible, others = None, [], 0
    if may(actor, "contact.read"):
        contact = await services.contacts.get(case.contact.id, actor)
        possible = await services.contacts.possible(case.contact.id)
        others = len(await services.queries.timeline(contact, actor))
    thread = {"comments": comments, "calls": case.calls}.get(tab, case.thread)
    return {
        "case": case,
        "tab": tab,
        "tab_counts": counts,
        "thread": thread,
        "older": case.thread[0].seq if case.more and tab == "chat" and case.thread else 0,
        "files": files,
        "history": list(reversed(case.history)),
        "history_below": case.pages,
        "past": past,
        "allowed": may_do,
        "may_open": may(actor, "case.create"),
        "ways": await _ways(visit, case) if may_do & {"reply", "retry"} else [],
        "contact": contact,
        "contact_cases": others,
        "possible": possible,
        "types": {one.id: one for one in await services.setup.types()},
        "results": {one.id: one for one in await services.setup.results(active_only=False)},
        "max_file": services.deps.policy.max_file,
    }


async def _ways(visit: Visit, case: CaseView) -> list[Way]:
    """The one that answers leave by first, unless it is closed; closed ones last."""
    found = await visit.pages.services.replies.ways(case.number)
    chosen = next((way for way in found if not way.unreachable), None)
    return [
        Way(
            key=way.identity,
            channel=way.channel,
            shown=_told(way.identity),
            chosen=way == chosen,
            unreachable=way.unreachable,
            counted=_counted(visit, way.address),
            typing=_typing(visit, way.address),
        )
        for way in found
        if way.address is not None
    ]


def _counted(visit: Visit, to: Address) -> bool:
    sender = visit.pages.services.deps.senders.get(to.account)
    return sender is not None and bool(sender.caps.segments)


def _typing(visit: Visit, to: Address) -> bool:
    sender = visit.pages.services.deps.senders.get(to.account)
    return sender is not None and sender.caps.typing


def _told(identity: str) -> str:
    """How an identity is told apart; the platforms' own numbers tell people nothing."""
    kind, _, value = identity.partition(":")
    return words.phone(value) if kind == "phone" else value if kind == "email" else ""


def _needs(case: CaseView) -> bool:
    """The resident waits, or what was sent did not arrive."""
    last = case.thread[-1].delivery if case.thread else None
    failed = last is not None and last.state in {"failed", "uncertain"}
    return case.asks_since is not None or failed


def _files(thread: Iterable[EntryView]) -> Iterable[ShownFile]:
    for entry in thread:
        for file in entry.files:
            yield ShownFile(file, entry.author.name, entry.at)
