"""Posted JSON ↔ what the hub understands. Pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Literal

import msgspec

from channels.http.shapes import Answered, AnswerFile, Posted, PostedFile, To, posted
from hub.domain.message import (
    Address,
    Attachment,
    Identity,
    Inbound,
    InlineFile,
    Outbound,
    Sender,
    stable_id,
)
from hub.phones import e164
from hub.ports.channel import Key, Malformed

CHANNEL = "http"
# A program's clock may run a little ahead; what it says beyond that, or of a time before there
# were such programs, is not believed.
AHEAD = timedelta(minutes=5)
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_PICTURES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif", "image/heic"})

_phone = lru_cache(maxsize=4096)(e164)


def read(body: bytes) -> Posted:
    """Decode; raises Malformed, whose text names what is wrong and never what was written."""
    try:
        message = posted.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(str(error)) from None
    for file in message.files or ():
        if (file.data is None) == (file.url is None):
            raise Malformed("Expected either `data` or `url` - at `$.files[...]`")
    return message


def key(account: str, message: Posted) -> Key:
    """The message's own id; the lane is its sender."""
    return Key(str(message.id), f"{account}:{speaker(message)}", strict=True)


def speaker(message: Posted) -> str:
    """The name of the sender within the account.

    `external_id` names the person; without it phone or e-mail do, without those the thread. Who
    tells nothing at all is a new person every time.
    """
    who = message.sender
    if who is not None:
        if who.external_id not in (None, ""):
            return _part(who.external_id)
        if who.phone and who.phone.strip():
            return f"phone:{_part(_phone(who.phone) or who.phone.strip())}"
        if who.email and who.email.strip():
            return f"email:{_part(who.email.strip().lower())}"
    if message.thread not in (None, ""):
        return f"thread:{_part(message.thread)}"
    return f"message:{_part(message.id)}"


def _part(said: object) -> str:
    """A part of a name, so that parts cannot be mistaken for others: a person whom the program
    calls «phone:+7…» is not the one who wrote from that number."""
    return str(said).replace("%", "%25").replace(":", "%3A").replace("/", "%2F")


def inbound(account: str, message: Posted, now: datetime) -> Inbound:
    """The message, kept at `now`."""
    name = speaker(message)
    identity = Identity("external", name, scope=account)
    conversation = f"{account}:{name}"
    if message.thread not in (None, ""):
        conversation = f"{conversation}/{_part(message.thread)}"
    number = str(message.id)
    event = f"{account}:{number}"
    files, inline = _files(event, message.files or [])
    return Inbound(
        key=event,
        account=account,
        channel=CHANNEL,
        conversation=conversation,
        sender=Sender(
            identity=identity,
            name=((message.sender.name if message.sender else None) or "").strip(),
            claims=_claims(message),
        ),
        reply_to=Address(account, CHANNEL, _to(message), identity.key, conversation),
        text=message.text or "",
        subject=message.subject or "",
        sent_at=_sent_at(message.sent_at, now),
        external_id=number,
        attachments=files,
        inline=inline,
    )


def _claims(message: Posted) -> tuple[Identity, ...]:
    """A phone or address that a program names is said, not proven."""
    who = message.sender
    claims: list[Identity] = []
    if who is not None and who.phone and (number := _phone(who.phone)):
        claims.append(Identity("phone", number))
    if who is not None and who.email and "@" in who.email:
        claims.append(Identity("email", who.email.strip().lower()))
    return tuple(claims)


def _to(message: Posted) -> str:
    who = message.sender
    if who is None:
        return "{}"
    name = None if who.external_id in (None, "") else str(who.external_id)
    to = To(external_id=name, phone=who.phone or None, email=who.email or None)
    return msgspec.json.encode(to).decode()


def _sent_at(said: datetime | None, now: datetime) -> datetime:
    if said is None:
        return now
    said = said if said.tzinfo else said.replace(tzinfo=UTC)
    if not EARLIEST <= said <= now + AHEAD:
        return now
    return said.astimezone(UTC)


def _files(event: str, files: list[PostedFile]) -> tuple[list[Attachment], tuple[InlineFile, ...]]:
    attachments: list[Attachment] = []
    inline: list[InlineFile] = []
    for at, file in enumerate(files):
        mime = (file.mime or "application/octet-stream").strip().lower()
        attachment = Attachment(
            id=stable_id(event, "file", str(at)),
            name=_safe(file.name or "") or f"file-{at + 1}",
            mime=mime,
            size=len(file.data) if file.data is not None else 0,
            kind=_kind(mime),
            ref=file.url or "",
            state="pending" if file.url else "ready",
        )
        attachments.append(attachment)
        if file.data is not None:
            inline.append(InlineFile(attachment.id, file.data))
    return attachments, tuple(inline)


def _kind(mime: str) -> Literal["file", "photo", "audio", "video"]:
    if mime in _PICTURES:
        return "photo"
    if mime.startswith("audio/"):
        return "audio"
    return "video" if mime.startswith("video/") else "file"


def _safe(name: str) -> str:
    name = "".join(char for char in name.replace("\\", "/") if char.isprintable())
    return name.rpartition("/")[2][-200:]


def answered(out: Outbound, file_url: Callable[[str], str]) -> bytes:
    """The body that tells the program an answer."""
    to = msgspec.json.decode(out.to.to, type=To)
    return msgspec.json.encode(
        Answered(
            id=out.id,
            case=out.case,
            to={"external_id": to.external_id, "phone": to.phone, "email": to.email},
            in_reply_to=out.in_reply_to or None,
            text=out.text,
            files=[AnswerFile(one.name, one.mime, file_url(one.id)) for one in out.files],
            signature=out.signature or None,
        )
    )
