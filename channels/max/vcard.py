"""The contact that somebody shared: whose number it is, and whether MAX vouches for that.

MAX signs the card that our own button brings: `hash` = hex of HMAC-SHA256 with the bot's token
over `vcf_info` (dev.max.ru, keyboards: request_contact). A card that was forwarded or picked from
an address book has no hash.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass

from channels.max.shapes import Payload
from hub.phones import e164

_FIELD = re.compile(r"^([A-Za-z-]+)(?:;[^:]*)?:(.*)$")


@dataclass(frozen=True, slots=True)
class Card:
    """`phone` in E.164 where it can be read as a number, else as written."""

    phone: str
    name: str
    own: bool


def card(payload: Payload, sender: int, token: str) -> Card:
    """The contact. `own`: the platform vouches that the number is that of `sender`."""
    vcf = payload.vcf_info or ""
    fields: dict[str, str] = {}
    for line in _real_lines(vcf).splitlines():
        if found := _FIELD.match(line.strip()):
            fields.setdefault(found[1].upper(), found[2].strip())
    phone = _phone(fields.get("TEL", ""))
    info = payload.max_info
    name = fields.get("FN", "") or (info.called if info else "")
    own = info is not None and info.user_id == sender and signed(vcf, payload.hash or "", token)
    return Card(phone, name, own and phone.startswith("+"))


def signed(vcf: str, proof: str, token: str) -> bool:
    """Whether MAX wrote this card for the bot with this token."""
    if not vcf or not proof:
        return False
    made = [
        hmac.digest(token.encode(), text.encode(), "sha256").hex()
        # The document shows the line ends written out as «\r\n»; signed are real ones.
        for text in (vcf, _real_lines(vcf))
    ]
    return any(hmac.compare_digest(one.encode(), proof.lower().encode()) for one in made)


def _real_lines(vcf: str) -> str:
    return vcf.replace("\\r\\n", "\r\n").replace("\\n", "\n")


def _phone(value: str) -> str:
    said = value.removeprefix("tel:").strip()
    digits = re.sub(r"\D", "", said)
    # MAX writes its own people's numbers with the country and without the plus.
    international = f"+{digits}" if len(digits) == 11 and digits.startswith("7") else said
    return e164(international) or said
