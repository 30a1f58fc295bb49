"""Text from outside never becomes a part of a page: names, texts, file names, subjects, reasons."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from urllib.parse import quote

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jinja2 import Environment

from hub.domain.catalog import CaseType, QuickReply, ResultCode
from hub.domain.message import Attachment, Identity, Rejected, Sender
from hub.domain.staff import SYSTEM, Actor
from tests.support.desk import Browser, browsing, furnished, hire
from tests.support.world import World

MARK = "zqx"
PAYLOADS = [
    f"<script>{MARK}</script>",
    f'"><img src={MARK} onerror={MARK}>',
    f"' onmouseover='{MARK}",
    f"</textarea></title></template><svg onload={MARK}>",
    f"javascript:{MARK}",
    f"{{{{ {MARK} }}}}{{% {MARK} %}}",
    f"<hx-partial hx-target='body'>{MARK}</hx-partial>",
    f"&lt;{MARK}&gt;",
    f"\u2028{MARK}\u2029\u202e",
]
hostile = st.one_of(
    st.sampled_from(PAYLOADS),
    st.text(
        st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40
    ).map(lambda text: f"<{text}>\"'&{MARK}"),
)
# Templates are compiled once, not for every example.
ENVIRONMENTS: dict[str, Environment] = {}
PLACES = [
    "/desk",
    "/desk?view=queue&q={q}",
    "/desk/cases/1",
    "/desk/cases/1?tab=comments",
    "/desk/cases/1?tab=files",
    "/desk/cases/1?tab=history",
    "/desk/cases/1/forms/transfer",
    "/desk/cases/1/forms/edit",
    "/desk/cases/1/forms/resolve",
    "/desk/cases/1/quick-replies",
    "/admin/quick-replies?q={q}&folder={q}",
    "/admin/quick-replies/hostile",
    "/admin/staff/hostile",
    "/admin/groups",
    "/admin/results/hostile",
    "/admin/types/hostile",
    "/login?next={q}",
]


class Seen(HTMLParser):
    """Every tag with its attributes, in order; text and attribute values are left out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.shape: list[tuple[str, tuple[str, ...]]] = []
        self.bad: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.shape.append((tag, tuple(name for name, _ in attrs)))
        for name, value in attrs:
            if MARK in name or (name.startswith("on") and MARK in (value or "")):
                self.bad.append(f"{tag} {name}")
            link = name in {"href", "src", "action", "formaction"} or name.startswith("hx-")
            if link and MARK in (value or "") and not (value or "").startswith(("/", "{")):
                self.bad.append(f"{tag} {name}={value}")
            if tag in {"script", "svg", "img"} and MARK in f"{name}{value}" and name != "alt":
                self.bad.append(f"{tag} {name}={value}")

    def handle_data(self, data: str) -> None:
        if MARK in data and self.lasttag in {"script", "style"}:
            self.bad.append(f"{self.lasttag}: {data}")


def shape(page: str) -> Seen:
    seen = Seen()
    seen.feed(page)
    return seen


async def _pages(text: str) -> dict[str, str]:
    """Every place, with `text` wherever somebody outside or inside may write."""
    world = World()
    services, pages, _ = furnished(world)
    pages = replace(pages, _environments=ENVIRONMENTS)
    emma = Actor.of(await hire(services, "emma", "operator", "supervisor", "admin"))
    await hire(services, "hostile", "executor", name=text)
    catalog = world.store.catalog
    await catalog.put_type(CaseType(id="hostile", name=text))
    await catalog.put_result(ResultCode(id="hostile", name=text, text=text))
    reply = QuickReply(
        id="hostile", title=text, text=text, folder=text, updated_at=world.clock.now()
    )
    await catalog.put_quick_reply(reply, new=True)
    identity = Identity("external", "anna", "site")
    file = Attachment(id="f", name=text, mime="text/html", size=10, kind="file")
    photo = Attachment(id="p", name=text, mime="image/png", size=10, kind="photo")
    sender = Sender(identity=identity, name=text)
    await world.say(text, subject=text, sender=sender, attachments=[file, photo])
    work, replies = services.casework, services.replies
    await work.take(1, emma)
    await work.edit(1, emma, subject=text, premises=text)
    await work.executors(1, emma, add=["hostile"])
    await work.responsible(1, "hostile", emma)
    await replies.comment(1, emma, text)
    world.channel.outcomes.append(Rejected(text))
    await replies.send(1, emma, text)
    await world.settle()
    await services.people.directory()
    found = {}
    async with browsing(pages) as browser:
        await browser.come_in("emma")
        for place in PLACES:
            found[place] = await _read(browser, place, text)
    await services.casework.reject(1, text, SYSTEM)
    return found


async def _read(browser: Browser, place: str, text: str) -> str:
    answer = await browser.get(place.format(q=quote(text, safe="")))
    assert answer.status in {200, 303}, place
    return await answer.text()


@cache
def plain() -> dict[str, str]:
    """The same places with harmless words."""
    return asyncio.run(_pages("plain"))


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
@given(hostile)
def test_what_people_write_changes_no_page_beyond_its_text(text: str) -> None:
    for place, page in asyncio.run(_pages(text)).items():
        seen = shape(page)
        assert seen.bad == [], place
        # The same tags with the same attributes as for harmless words, in whatever order names
        # sort them. A search that finds nothing and an unknown {variable} say so, which is right.
        says_more = "{q}" in place or ("{" in text and place.startswith("/admin/quick-replies"))
        if not says_more:
            assert Counter(seen.shape) == Counter(shape(plain()[place]).shape), place


def test_the_judge_would_see_it() -> None:
    assert shape(f'<p>x</p><script>{MARK}</script><img onerror="{MARK}">').bad
