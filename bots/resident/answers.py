"""What residents write when they were asked something: their flat, or why they are not content."""

from __future__ import annotations

import re

from bots.resident.speech import Speech
from hub.domain.contact import Contact
from hub.domain.errors import Invalid, TooManyTries
from hub.domain.message import Action, Edit, Identity, Inbound
from hub.phones import e164
from hub.services.services import Services

MAILBOX = re.compile(r"[^\s@<>\"]{1,64}@[^\s@<>\"]{1,190}\.[^\s@<>\".]{2,60}")


async def take(services: Services, speech: Speech, message: Inbound) -> bool:
    """True if the message was an answer and is dealt with."""
    contact = speech.contact
    if contact.asked is None or not contact.may_answer(message):
        return False
    if message.automatic:
        # A machine was not asked, and is not answered.
        return False
    if contact.asked.what == "why":
        return await _why(services, speech, message)
    if contact.asked.what == "code":
        return await _code(services, speech, message)
    if contact.asked.what == "link":
        return await _link(services, speech, message)
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


async def _code(services: Services, speech: Speech, message: Inbound) -> bool:
    answered = await services.linking.answer(speech.contact, message)
    if answered is None:
        return False
    if answered.outcome == "linked":
        speech.contact = answered.contact
        speech.say("code_kept", to=answered.identity.partition(":")[2])
    elif answered.outcome == "wrong" and answered.left:
        speech.say("code_wrong", left=answered.left)
    else:
        speech.say("code_over")
    await speech.post()
    return True


async def _link(services: Services, speech: Speech, message: Inbound) -> bool:
    """They named a telephone or a mailbox after /link; anything else is what they have to say."""
    identity = named(message.text)
    if identity is None:
        speech.contact = await services.asking.let_be(speech.contact)
        return False
    known = speech.contact.identity(identity.key)
    if known is not None and known.verified:
        speech.contact = await services.asking.let_be(speech.contact)
        speech.say("link_same", to=identity.value)
    else:
        try:
            sent = await services.linking.ask_self(speech.contact, identity)
            speech.say("code_asked", to=sent.address.to)
        except (Invalid, TooManyTries) as refusal:
            speech.say("plain", text=speech.words(f"refusals/{refusal.key}", **refusal.params))
    await speech.post()
    return True


def named(text: str) -> Identity | None:
    """The telephone or mailbox that a message is, and nothing else."""
    text = text.strip()
    if MAILBOX.fullmatch(text):
        return Identity("email", text.lower())
    phone = e164(text)
    return Identity("phone", phone) if phone else None


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
