"""Which mail it is, told by a quick look: the mail is read in full later, in a worker."""

from __future__ import annotations

import hashlib

from channels.email.wire.addresses import mailboxes
from channels.email.wire.headers import ids, of_a_mail, split, text
from hub.ports.channel import Key, Malformed

_NAMELESS = ("date", "from", "subject", "received")


def key(account: str, body: bytes, place: str) -> Key:
    """Its Message-ID and what it holds: programs use their ids again, and some give none. `place`
    (where it lay in the mailbox) names what is no mail at all. Raises Malformed without one."""
    fields, rest = split(body)
    if not of_a_mail(fields):
        if not place:
            raise Malformed("not_mail")
        return Key(external_id=f"uid:{place}", lane=f"{account}:")
    digest = hashlib.blake2b(digest_size=16)
    own = ids(fields.raw("message-id"))
    named = [own[0].encode()] if own else [fields.raw(name) for name in _NAMELESS]
    for part in (*named, rest.replace(b"\r\n", b"\n").strip()):
        digest.update(part + b"\x1f")
    senders = mailboxes(fields.raw("from"))
    lane = senders[0].address if senders else text(fields.raw("return-path"))
    return Key(external_id=f"mail:{digest.hexdigest()}", lane=f"{account}:{lane[:200]}")
