"""Greeting, lists, language, phone."""

from __future__ import annotations

from bots.resident.speech import Buttons, Speech
from hub.domain.message import Button
from hub.domain.premises import code_of
from hub.services.services import Services

PAGE = 5
"""Cases on a page."""


async def start(services: Services, speech: Speech, value: str) -> None:
    """A greeting and the three ways on; the link of a house names it."""
    arrival = None
    if value:
        arrival = await services.asking.arrive(speech.contact, value, speech.action.conversation)
    ways = _ways(speech)
    if arrival is not None:
        speech.contact = arrival.contact
        if arrival.ask:
            ways = ((speech.button("no_flat", "flat:no"),), *ways)
    speech.say(
        "start",
        buttons=ways,
        organisation=services.deps.policy.organisation,
        place=speech.contact.place,
        ask=arrival is not None and arrival.ask,
        lost=arrival is None and bool(code_of(value)),
    )


async def no_flat(services: Services, speech: Speech, value: str) -> None:
    """They would rather not say, or have none."""
    speech.contact = await services.asking.let_be(speech.contact)
    speech.say("no_flat")


async def help_(services: Services, speech: Speech, value: str) -> None:
    """What can be done here."""
    policy = services.deps.policy
    speech.say("help", buttons=_ways(speech), organisation=policy.organisation, phone=policy.phone)


def _ways(speech: Speech) -> Buttons:
    rows: list[tuple[Button, ...]] = [
        (speech.button("write", "new"), speech.button("mine", "my")),
    ]
    if not speech.contact.phone:
        rows.append((speech.button("phone", "phone"),))
    return tuple(rows)


async def new(services: Services, speech: Speech, value: str) -> None:
    """What is written next is a case of its own."""
    await services.residents.begin_anew(speech.action.conversation)
    speech.say("new")


async def mine(services: Services, speech: Speech, value: str) -> None:
    """My cases, five a page; pressed in a list, the page changes in its place."""
    cases = await services.residents.cases(speech.contact)
    pages = max(1, -(-len(cases) // PAGE))
    page = min(int(value) if value.isdigit() else 0, pages - 1)
    shown = cases[page * PAGE : (page + 1) * PAGE]
    rows: list[tuple[Button, ...]] = [
        (
            Button(
                speech.words("case_line", case=case, state=speech.state(case)),
                f"case:{case.number}:show",
            ),
        )
        for case in shown
    ]
    turning = []
    if page > 0:
        turning.append(speech.button("back", f"my:{page - 1}"))
    if page < pages - 1:
        turning.append(speech.button("further", f"my:{page + 1}"))
    rows.append(tuple(turning))
    rows.append((speech.button("write", "new"),))
    speech.say(
        "mine",
        buttons=tuple(row for row in rows if row),
        edit=speech.action.message if value.isdigit() else "",
        count=len(cases),
        page=page + 1,
        pages=pages,
    )


async def languages(services: Services, speech: Speech, value: str) -> None:
    """In which language shall we speak?"""
    speech.say(
        "languages",
        buttons=((speech.button("russian", "lang:ru"), speech.button("english", "lang:en")),),
    )


async def choose_language(services: Services, speech: Speech, value: str) -> None:
    """From now on in this language."""
    if value in {"ru", "en"}:
        speech.contact = await services.residents.choose_language(speech.contact, value)
    speech.say("language_chosen")


async def link(services: Services, speech: Speech, value: str) -> None:
    """Another telephone or mailbox of theirs: which?"""
    speech.contact = await services.asking.ask_link(speech.contact)
    speech.say("ask_link")


async def ask_phone(services: Services, speech: Speech, value: str) -> None:
    """The platform asks the person itself, and vouches for the number."""
    key = Button(speech.words("buttons/share_phone"), ask="phone")
    speech.say("ask_phone", keyboard=((key,),))


async def phone(services: Services, speech: Speech, value: str) -> None:
    """A number that is proven to be the sender's own."""
    if not speech.action.proven:
        speech.say("phone_of_another")
        return
    speech.contact = await services.residents.proven_phone(speech.contact, value)
    speech.say("phone_kept", no_keyboard=True, phone=value)
