"""GSM 03.38: the alphabet of a short message of 160 characters (3GPP TS 23.038, 6.2.1)."""

from __future__ import annotations

ESCAPE = "\x1b"

BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = {
    0x0A: "\f",
    0x14: "^",
    0x28: "{",
    0x29: "}",
    0x2F: "\\",
    0x3C: "[",
    0x3D: "~",
    0x3E: "]",
    0x40: "|",
    0x65: "€",
}
_CODES = {char: code for code, char in enumerate(BASIC) if char != ESCAPE}
_LONG = {char: code for code, char in EXTENDED.items()}


def septets(text: str) -> int:
    """How many septets the text takes; 0 where the alphabet does not hold it."""
    count = 0
    for char in text:
        if char in _CODES:
            count += 1
        elif char in _LONG:
            count += 2
        else:
            return 0
    return count


def width(char: str) -> int:
    """Septets of one character that the alphabet holds."""
    return 2 if char in _LONG else 1


def encode(text: str) -> bytes:
    """One septet an octet, as gateways take it. Raises UnicodeEncodeError."""
    data = bytearray()
    for at, char in enumerate(text):
        if char in _CODES:
            data.append(_CODES[char])
        elif char in _LONG:
            data += bytes((0x1B, _LONG[char]))
        else:
            raise UnicodeEncodeError("gsm0338", text, at, at + 1, "not in the alphabet")
    return bytes(data)


def decode(data: bytes) -> str:
    """One septet an octet; octets beyond the alphabet are replaced, an escape of a character that
    nobody knows is dropped, as phones do."""
    text: list[str] = []
    escaped = False
    for code in data:
        if escaped:
            text.append(EXTENDED.get(code, BASIC[code] if code < len(BASIC) else "\ufffd"))
            escaped = False
        elif code == 0x1B:
            escaped = True
        else:
            text.append(BASIC[code] if code < len(BASIC) else "\ufffd")
    return "".join(text)
