"""Buttons about a case: show, add, withdraw, rate, not solved."""

from __future__ import annotations

from bots.resident.speech import Speech
from hub.domain.case import Case
from hub.domain.errors import NotFound
from hub.services.delivery import STATUS_BUTTONS
from hub.services.services import Services

RATINGS = {"good": 1, "bad": -1, "rate:1": 1, "rate:-1": -1}


async def press(services: Services, speech: Speech, value: str) -> None:
    """`<number>:<verb>`; only one's own cases are found."""
    number, _, verb = value.partition(":")
    if not number.isdigit() or len(number) > 12:
        raise NotFound(what="case", id=0)
    residents, contact = services.residents, speech.contact
    if verb == "cancel":
        case = await residents.withdraw(int(number), contact)
        speech.answer = speech.words("withdrawn", case=case)
    elif verb == "add":
        case = await residents.continue_in(int(number), contact)
        speech.say("add", case=case)
    elif verb == "again":
        case = await residents.reopen(int(number), contact)
        speech.say("reopened", case=case)
    elif verb in RATINGS:
        case = await residents.rate(int(number), RATINGS[verb], contact)
        speech.answer = speech.words("thanks", good=RATINGS[verb] > 0)
    else:
        show(services, speech, await residents.case(int(number), contact))


def show(services: Services, speech: Speech, case: Case) -> None:
    """How it stands, with the same buttons as under its status card."""
    state = speech.state(case)
    buttons = tuple(
        tuple(speech.verb(name, case.number) for name in row)
        for row in STATUS_BUTTONS.get(state, ())
    )
    speech.say(
        "status",
        buttons=buttons,
        case=case,
        state=state,
        organisation=services.deps.policy.organisation,
    )
