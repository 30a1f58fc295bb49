"""Mails of made-up residents; see hub.ports.trial."""

from __future__ import annotations

from base64 import encodebytes
from datetime import datetime
from email.utils import format_datetime

from channels.email.poller import UID
from hub.ports.channel import RawRequest

OPTIONS = {
    "address": "trial@uk.example",
    "imap": "imap://trial:of-a-trial-alone@127.0.0.1:9/INBOX",
}
HEAD = """Return-Path: <r{who}@mail.example>
Delivered-To: trial@uk.example
Received: from mx.mail.example by mx.uk.example with ESMTPS id {number}; {date}
Date: {date}
From: =?UTF-8?B?0JbQuNGC0LXQu9GM?= {who} <r{who}@mail.example>
To: trial@uk.example
Message-ID: <{number}.trial@mail.example>
Subject: =?UTF-8?B?0J7QsdGA0LDRidC10L3QuNC1?= {number}
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="b{number}"

--b{number}
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: base64

{plain}
--b{number}
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: base64

{html}
--b{number}--
"""


def request(account: str, number: int, who: int, text: str, at: datetime) -> RawRequest:
    """A mail with text and markup, as it lies in the mailbox."""
    html = f"<html><body><p>{text}</p><p>--<br>{who}</p></body></html>"
    mail = HEAD.format(
        who=who,
        number=number,
        date=format_datetime(at),
        plain=encodebytes(text.encode()).decode(),
        html=encodebytes(html.encode()).decode(),
    )
    return RawRequest(
        account=account,
        method="POLL",
        headers={UID: f"1.{number}"},
        body=mail.replace("\n", "\r\n").encode(),
        received_at=at,
    )
