"""Addresses as header fields name them."""

from __future__ import annotations

import msgspec


class Mailbox(msgspec.Struct, frozen=True):
    """One address with the name beside it. `address` is lower case; empty where the field names
    somebody without one. `name` is decoded, without quotes; often empty, never to be trusted."""

    address: str
    name: str = ""


class Plus(msgspec.Struct, frozen=True):
    """A plus address found on the mail: `case+77@uk.example` is base `case@uk.example`, token `77`.

    `envelope` is true where the server that took the mail wrote it (Delivered-To, X-Original-To …)
    and false where it stands in To or Cc, which anybody may write.
    """

    base: str
    token: str
    envelope: bool
