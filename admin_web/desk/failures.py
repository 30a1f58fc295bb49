"""What did not reach residents: looked through, sent again, sent elsewhere, let be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import msgspec
from aiohttp import web

from admin_web.visit import Visit, field, fields
from hub.domain.errors import Invalid
from hub.ports.failures import FailureCount
from hub.services.failures import AT_ONCE

PAGE = "/desk/failures"
SHOWN = 50
TOLD = 3
"""Refusals that one notice names."""


class FailureQuery(msgspec.Struct, frozen=True, kw_only=True):
    """The filter as its address says it."""

    channel: str = ""
    reason: str = ""
    mine: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> FailureQuery:
        """Read it from an address."""
        return cls(
            channel=query.get("channel", "")[:40],
            reason=query.get("reason", "")[:40],
            mine="1" if query.get("mine") else "",
        )

    @property
    def on(self) -> bool:
        """Anything is asked for."""
        return bool(self.channel or self.reason or self.mine)

    def query(self, **changed: str) -> str:
        """The address of this filter with some fields changed."""
        asked = msgspec.structs.asdict(self) | changed
        return urlencode({name: value for name, value in asked.items() if value})


async def page(visit: Visit) -> web.StreamResponse:
    """GET /desk/failures."""
    context = await visit.common("failures") | await _context(visit)
    return visit.answer("desk/failures.html.j2", context)


async def retry(visit: Visit) -> web.StreamResponse:
    """POST /desk/failures/retry: those named in `ids`, with `channel` each by that one."""
    form = await visit.form()
    done, refused = await visit.pages.services.failures.retry_many(
        fields(form, "ids", limit=AT_ONCE), visit.actor, channel=field(form, "channel", limit=40)
    )
    told = [(one.id, visit.pages.refusal(one.refusal, visit.language)) for one in refused[:TOLD]]
    return await _after(visit, {"done": "retried", "count": done, "refused": told})


async def dismiss(visit: Visit) -> web.StreamResponse:
    """POST /desk/failures/dismiss: those named in `ids` are nobody's worry."""
    ids = fields(await visit.form(), "ids", limit=AT_ONCE)
    done = await visit.pages.services.failures.dismiss(ids, visit.actor)
    return await _after(visit, {"done": "dismissed", "count": done, "refused": []})


async def ways(visit: Visit) -> web.StreamResponse:
    """GET /desk/failures/{id}/ways: how else, and why not."""
    failures = visit.pages.services.failures
    failure = await failures.get(visit.request.match_info["id"], visit.actor)
    context = {
        "failure": failure,
        "ways": await failures.ways(failure, visit.actor),
        "query": FailureQuery.of(visit.request.query).query(),
    }
    return visit.answer("desk/failure_ways.html.j2", context)


async def send_by(visit: Visit) -> web.StreamResponse:
    """POST /desk/failures/{id}/retry: by the identity in `to`."""
    to = field(await visit.form(), "to", limit=300)
    if not to:
        raise Invalid(field="to", reason="required")
    await visit.pages.services.failures.retry(visit.request.match_info["id"], visit.actor, to=to)
    return await _after(visit, {"done": "retried", "count": 1, "refused": []})


async def _after(visit: Visit, told: Mapping[str, Any]) -> web.StreamResponse:
    if not visit.by_htmx:
        return visit.go(f"{PAGE}?{FailureQuery.of(visit.request.query).query()}")
    nav = await visit.pages.services.queries.counts(visit.actor)
    context = await _context(visit) | {"told": told, "nav": nav}
    return visit.answer("desk/failures_answer.html.j2", context)


async def _context(visit: Visit) -> dict[str, Any]:
    query = FailureQuery.of(visit.request.query)
    failures = visit.pages.services.failures
    found = await failures.page(
        visit.actor,
        channel=query.channel,
        reason=query.reason,
        operator=visit.actor.login if query.mine else "",
        cursor=visit.request.query.get("cursor") or None,
        limit=SHOWN,
    )
    counts = await failures.counts(visit.actor)
    return {
        "filter": query,
        "items": found.items,
        "more": f"{query.query()}&cursor={found.next}" if found.next else "",
        "total": sum(one.count for one in counts),
        "channels": _grouped(counts, "channel"),
        "reasons": _grouped(counts, "reason"),
        "kinds": _sending(visit),
        "directory": await visit.pages.services.people.directory(),
    }


def _sending(visit: Visit) -> list[str]:
    """The kinds of channels by which something can be sent: a telephone exchange is none."""
    senders = visit.pages.services.deps.senders
    return list(dict.fromkeys(one.kind for one in visit.pages.accounts if one.id in senders))


def _grouped(counts: list[FailureCount], by: str) -> list[tuple[str, int]]:
    """How many by channel or by reason, most first."""
    found: Counter[str] = Counter()
    for one in counts:
        found[getattr(one, by)] += one.count
    return found.most_common()
