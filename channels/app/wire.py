"""What residents do in the app ↔ what the hub understands. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec

from channels.app.shapes import Changed, Kept, Push, PushFile, Reported, Said, kept
from hub.domain.message import (
    STORED,
    Address,
    Attachment,
    DeliveryReport,
    Edit,
    Identity,
    Inbound,
    Outbound,
    Received,
    Sender,
    stable_id,
)
from hub.ports.channel import Key, Malformed
from hub.ports.residentapp import AppResident

CHANNEL = "app"
RESIDENT = "x-hub-resident"
"""The header in which a kept request says who was proven."""
LONGEST_NAME = 64

_resident = msgspec.json.Decoder(AppResident)


def read(body: bytes, *, ours: bool) -> Kept:
    """Decode; raises Malformed, whose text names what is wrong and never what was written. What is
    not `ours` (not made by the hub of what was proven) may be a message only."""
    try:
        said = kept.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(str(error)) from None
    if not ours and not isinstance(said, Said):
        raise Malformed("Expected `message` - at `$.type`")
    if isinstance(said, Said) and not said.text.strip() and not said.files:
        raise Malformed("Expected `text` or `files`")
    return said


def written(resident: AppResident) -> str:
    """The resident as a kept request names them."""
    named = msgspec.structs.replace(resident, expires=None)
    return msgspec.json.encode(named).decode()


def proven(header: str) -> AppResident:
    """As `written`. Raises Malformed."""
    try:
        return _resident.decode(header)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Malformed("nobody is proven") from None


def speaker(resident: str) -> str:
    """A resident's name as a part of other names: parts cannot be mistaken for others."""
    name = resident.replace("%", "%25").replace(":", "%3A").replace("/", "%2F")
    return name if len(name) <= LONGEST_NAME else f"%{stable_id('resident', resident)}"


def key(account: str, resident: AppResident, said: Kept) -> Key:
    """What they did, by the app's own name for it; another body under it is refused."""
    name = speaker(resident.id)
    return Key(f"{name}:{said.id}", f"{account}:{name}", strict=True)


def sender(account: str, resident: AppResident) -> Sender:
    """Who wrote. The app's name for them is proven; phone and e-mail are only said."""
    claims = []
    if resident.phone:
        claims.append(Identity("phone", resident.phone))
    if resident.email:
        claims.append(Identity("email", resident.email))
    return Sender(
        identity=Identity("external", resident.id, scope=account),
        name=resident.name,
        claims=tuple(claims),
        premises=resident.premises,
    )


def address(account: str, resident: AppResident, thread: str = "") -> Address:
    """Where they are answered."""
    identity = Identity("external", resident.id, scope=account)
    talk = conversation(account, resident.id, thread)
    return Address(account, CHANNEL, resident.id, identity.key, talk)


def conversation(account: str, resident: str, thread: str = "") -> str:
    """The thread key: every case that begins in the app is a conversation of its own."""
    name = f"{account}:{speaker(resident)}"
    return f"{name}/{thread}" if thread else name


def understood(
    account: str, resident: AppResident, said: Kept, now: datetime
) -> Sequence[Received]:
    """What was kept, translated."""
    name = speaker(resident.id)
    event = f"{account}:{name}:{said.id}"
    match said:
        case Said():
            return [_inbound(account, resident, said, event, now)]
        case Changed():
            return [
                Edit(
                    key=event,
                    account=account,
                    conversation=conversation(account, resident.id),
                    external_id=f"{name}:{said.message}",
                    at=now,
                    text=said.text,
                    deleted=said.deleted,
                    sender=sender(account, resident),
                )
            ]
        case Reported():
            return [
                DeliveryReport(
                    key=f"{event}:{seq}",
                    account=account,
                    at=now,
                    state=said.state,
                    out=f"{said.case}-{seq}",
                )
                for seq in dict.fromkeys(said.entries)
            ]


def _inbound(account: str, resident: AppResident, said: Said, event: str, now: datetime) -> Inbound:
    reply_to = address(account, resident, said.thread or "")
    return Inbound(
        key=event,
        account=account,
        channel=CHANNEL,
        conversation=reply_to.conversation,
        sender=sender(account, resident),
        reply_to=reply_to,
        text=said.text,
        subject=said.subject.strip(),
        sent_at=now,
        external_id=f"{speaker(resident.id)}:{said.id}",
        in_reply_to=said.reply_to,
        case=said.case,
        attachments=[
            Attachment(id=one, name="file", ref=STORED) for one in dict.fromkeys(said.files)
        ],
    )


def pushed(out: Outbound, at: datetime, file_url: Callable[[str], str]) -> bytes:
    """The body that tells the app's backend of an answer."""
    return msgspec.json.encode(
        Push(
            id=out.id,
            type="notice" if not out.case else "edited" if out.edit else "message",
            resident=out.to.to,
            case=out.case,
            message=out.id,
            text=out.text,
            files=[PushFile(one.name, one.mime, file_url(one.id)) for one in out.files],
            signature=out.signature or None,
            at=at,
        )
    )
