"""What counts as a voice message, and how long it is."""

from __future__ import annotations

import struct

_OPUS_RATE = 48000


def is_voice(data: bytes, mime: str) -> bool:
    """Telegram takes OGG with Opus, MP3 and M4A for a voice; anything else is a document."""
    if data.startswith(b"OggS"):
        return True
    mp3 = data.startswith(b"ID3") or (len(data) > 1 and data[0] == 0xFF and data[1] & 0xE0 == 0xE0)
    return mp3 or data[4:8] == b"ftyp" or mime in ("audio/mpeg", "audio/mp4")


def ogg_seconds(data: bytes) -> int:
    """Length of an Opus voice, from the position on its last page; 0 if it is not told."""
    at = data.rfind(b"OggS")
    if at < 0 or len(data) < at + 14:
        return 0
    position: int = struct.unpack("<q", data[at + 6 : at + 14])[0]
    return max(0, round(position / _OPUS_RATE))
