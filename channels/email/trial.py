"""Mails of made-up residents; see hub.ports.trial."""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from html import escape

from channels.email.poller import SIZE, UID
from hub.ports.channel import RawRequest

OPTIONS = {
    "address": "trial@uk.example",
    "imap": "imap://trial:trial@127.0.0.1:9/INBOX",
    "smtp": "smtp://trial:trial@127.0.0.1:9",
}
STYLE = "font-family:Arial,sans-serif;font-size:14px;color:#222222;margin:0 0 12px 0"


def request(account: str, number: int, who: int, text: str, at: datetime) -> RawRequest:
    """A mail with a text and an HTML part, as mail programs write them."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = f"R{who} <resident{who}@example.org>"
    mail["To"] = OPTIONS["address"]
    mail["Subject"] = text[:60]
    mail["Date"] = at
    mail["Message-ID"] = f"<{number}.trial@example.org>"
    mail.set_content(text)
    mail.add_alternative(
        f'<html><body><p style="{STYLE}">{escape(text)}</p><div>-- <br>R{who}</div></body></html>',
        subtype="html",
    )
    body = mail.as_bytes()
    return RawRequest(
        account=account,
        method="POLL",
        headers={UID: f"1:{number + 1}", SIZE: str(len(body))},
        body=body,
        received_at=at,
    )
