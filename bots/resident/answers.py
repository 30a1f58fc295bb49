"""What residents write when they were asked something: their flat, or why they are not content."""

from __future__ import annotations

from bots.resident.speech import Speech
from hub.domain.contact import Contact
from hub.domain.message import Action, Edit, Inbound
from hub.services.services import Services


async def take(services: Services, speech: Speech, message: Inbound) -> bool:
    """True if the message was an answer and is dealt with."""
    contact = speech.contact
    if contact.asked is None or not contact.may_answer(message):
        return False
    if contact.asked.what == "why":
        return await _why(services, speech, message)
    return await _flat(services, speech, message)


async def _flat(services: Services, speech: Speech, message: Inbound) -> bool:
    told = await services.asking.flat(speech.contact, message)
    if told is None:
        return False
    speech.say("flat_kept", place=told.place)
    await speech.post()
    return True


async def _why(services: Services, speech: Speech, message: Inbound) -> bool:
    first = speech.contact.asked is not None and not speech.contact.asked.by
    case = await services.asking.why(speech.contact, message)
    if case is None:
        return False
    if first:
        speech.say("why_kept", buttons=((speech.verb("again", case.number),),))
        await speech.post()
    return True


def action_of(message: Inbound) -> Action:
    """The message as something that is done in the conversation."""
    return Action(
        key=message.key,
        account=message.account,
        channel=message.channel,
        conversation=message.conversation,
        sender=message.sender,
        reply_to=message.reply_to,
        name="answer",
        at=message.sent_at,
        message=message.external_id,
    )


def action_of_edit(edit: Edit, contact: Contact) -> Action | None:
    """As `action_of`; None where there is no address to answer to."""
    known = contact.identity(edit.sender.identity.key) if edit.sender else None
    if edit.sender is None or known is None or known.address is None:
        return None
    return Action(
        key=edit.key,
        account=edit.account,
        channel=known.address.channel,
        conversation=edit.conversation,
        sender=edit.sender,
        reply_to=known.address,
        name="answer",
        at=edit.at,
        message=edit.external_id,
    )
