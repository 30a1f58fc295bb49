"""A mail as its sender made it, in a page of its own that can do nothing: no script, no form, no
address of ours, and nothing from outside unless somebody asks for its pictures."""

from __future__ import annotations

import re
from html import escape

from aiohttp import web

from admin_web.visit import Form, Visit, field, whole
from hub.domain.errors import Invalid, NotFound

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src {pictures}; form-action 'none'; "
    "base-uri 'none'; frame-ancestors {frames}; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)
OWN, FOREIGN = "data:", "data: https: http:"
MAX_DIGITS = 9
_CID = re.compile(r'src="cid:([^"]{1,300})"')
_REMOTE = re.compile(r'data-remote="([^"]{1,2000})"')
_FRAMES = re.compile(r"frame-ancestors ([^;]+)")


async def page(visit: Visit) -> web.StreamResponse:
    """GET /desk/cases/{number}/mail/{seq}: for the frame beside its message. `?pictures` loads
    what stands on other servers, who learn by that when it was read and from where."""
    seq = visit.request.match_info["seq"]
    if not seq.isdecimal() or len(seq) > MAX_DIGITS:
        raise NotFound(what="message", id=seq)
    markup, pictures = await visit.pages.services.originals.html(
        visit.number(), int(seq), visit.actor
    )
    foreign = "pictures" in visit.request.query
    shown = _CID.sub(lambda name: f'src="{pictures.get(name[1], "data:,")}"', markup)
    if foreign:
        shown = _REMOTE.sub(lambda address: f'src="{address[1]}"', shown)
    # The markup was cleaned when it came in; the page around it says what it may do.
    body = (
        '<!doctype html><html><head><meta charset="utf-8"><base target="_blank">'
        '<meta name="referrer" content="no-referrer"><style>'
        "html{color-scheme:light;background:#fff}body{margin:12px;font:14px/1.5 sans-serif;"
        "overflow-wrap:anywhere}img{max-width:100%;height:auto}img[data-remote]{display:none}"
        f"</style><title>{escape(str(visit.number()))}</title></head><body>{shown}</body></html>"
    )
    headers = {
        "Content-Security-Policy": POLICY.format(
            pictures=FOREIGN if foreign else OWN, frames=_frames(visit)
        ),
        "Cache-Control": "private, no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    if "X-Frame-Options" in visit.front.headers:
        headers["X-Frame-Options"] = "SAMEORIGIN"
    return web.Response(text=body, content_type="text/html", charset="utf-8", headers=headers)


def _frames(visit: Visit) -> str:
    """The desk itself, and whoever may have the desk in a frame."""
    found = _FRAMES.search(visit.front.headers.get("Content-Security-Policy", ""))
    others = found[1] if found else "'none'"
    return "'self'" if others.strip() == "'none'" else f"'self' {others}"


async def answer(visit: Visit) -> web.StreamResponse:
    """POST /desk/cases/{number}/guest/answer: [Ответить отдельно]; the case in which the stranger
    is answered is shown next."""
    seq = whole(await visit.form(), "message")
    made = await visit.pages.services.guests.answer(visit.number(), seq, visit.actor)
    return visit.go(f"/desk/cases/{made.number}")


async def decide(visit: Visit, number: int, form: Form) -> object:
    """[Принять как сообщение], [Отдельное обращение]: what a stranger wrote."""
    guests, seq = visit.pages.services.guests, whole(form, "message")
    match field(form, "what", limit=10):
        case "admit":
            return await guests.admit(number, seq, visit.actor)
        case "part":
            return await guests.part(number, seq, visit.actor)
    raise Invalid(field="what", reason="unknown")
