"""A mailbox can be written to by who never heard of it: a code goes there."""

from __future__ import annotations

from typing import Any, cast

import channels
from hub.domain.message import Identity
from hub.ports.channel import Reaching
from hub.ports.channel_build import Account, ChannelDeps
from hub.ports.clock import SystemClock


def mailbox() -> Reaching:
    account = Account(
        id="box",
        kind="email",
        options={
            "address": "house@example.org",
            "imap": "imaps://house:secret@127.0.0.1:1/INBOX",
            "smtp": "smtp://127.0.0.1:1",
        },
    )
    deps = ChannelDeps(
        clock=SystemClock(), files=cast(Any, None), public_url="http://x", file_url=lambda one: one
    )
    made = channels.build(account, deps)
    assert isinstance(made, Reaching)
    return made


def test_a_mailbox_is_reached_and_nothing_else() -> None:
    box = mailbox()
    address = box.reach(Identity("email", "anna@example.org"))
    assert address is not None
    assert (address.account, address.channel, address.to) == ("box", "email", "anna@example.org")
    # The same place as where an answer to a mail of theirs goes.
    assert address.conversation == "box:anna@example.org"
    assert box.reach(Identity("phone", "+79161234567")) is None
    assert box.reach(Identity("email", "no mailbox")) is None
