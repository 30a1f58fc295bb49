"""Buttons about a case: show, add, withdraw, rate, not solved."""

from __future__ import annotations

from bots.resident.speech import Speech
from hub.domain.case import Case
from hub.domain.errors import NotFound
from hub.domain.thread import Entry
from hub.services.services import Services
from hub.services.statuscard import status_words, verbs_of

RATINGS = {"good": 1, "bad": -1}
LAST = 4
"""Messages that are shown with a case."""


async def press(services: Services, speech: Speech, value: str) -> None:
    """`<number>:<verb>`; only one's own cases are found."""
    text, _, verb = value.partition(":")
    if not text.isdigit() or len(text) > 12:
        raise NotFound(what="case", id=0)
    number, residents, contact = int(text), services.residents, speech.contact
    if verb == "cancel":
        case = await residents.withdraw(number, contact)
        speech.answer = speech.words("withdrawn", case=case)
    elif verb == "add":
        case = await residents.continue_in(number, contact)
        speech.say("add", case=case)
    elif verb in {"again", "resume"}:
        case = await residents.reopen(number, contact)
        speech.answer = speech.words("reopened", case=case)
        speech.say("add_why" if verb == "again" else "add", case=case)
    elif verb in RATINGS:
        await _rate(services, speech, number, RATINGS[verb])
    else:
        await show(services, speech, await residents.case(number, contact))


async def _rate(services: Services, speech: Speech, number: int, value: int) -> None:
    await services.residents.rate(number, value, speech.contact)
    speech.answer = speech.words("thanks")
    if value < 0:
        speech.contact = await services.asking.ask_why(speech.contact, number)
        speech.say("ask_why", buttons=((speech.verb("again", number),),))


async def show(services: Services, speech: Speech, case: Case) -> None:
    """How it stands, the last of what was said, and what can be done with it."""
    speech.say(
        "case",
        buttons=speech.case_buttons(case.number, verbs_of(case)),
        case=case,
        status=await status_words(services.deps, services.hours, case, speech.language),
        entries=_last(case),
        organisation=services.deps.policy.organisation,
    )


def _last(case: Case) -> list[Entry]:
    said = [one for one in case.thread if one.kind == "message" and not one.deleted]
    return said[-LAST:]
