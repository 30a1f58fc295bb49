"""What a file is, by its first bytes: what its sender calls it is only a hint."""

from __future__ import annotations

import mimetypes

import puremagic

UNKNOWN = "application/octet-stream"
HEAD = 4096
"""Bytes to look at."""

# Formats that browsers would run; the bytes or the name give them away, whatever was claimed.
_ACTIVE = ("<!doctype html", "<html", "<script", "<svg", "<?xml")


def sniff(head: bytes, name: str, claimed: str = "") -> str:
    """Return the media type of a file that begins with `head`."""
    try:
        found = puremagic.from_string(head, mime=True, filename=name)
    except (puremagic.PureError, ValueError):
        found = ""
    by_name = mimetypes.guess_type(name)[0] or ""
    if found == "application/ogg":
        # A container: what is in it, a voice mostly, is said by name and claim.
        return "video/ogg" if (claimed or by_name).startswith("video/") else "audio/ogg"
    if found:
        return str(found)
    if _text(head):
        if head.lstrip().lower().startswith(tuple(sign.encode() for sign in _ACTIVE)):
            return "text/html" if b"html" in head[:200].lower() else "text/xml"
        return by_name if by_name.startswith("text/") else "text/plain"
    # Not recognised and not text: of what can be no more than a claim, only sounds and
    # pictures in motion are believed (their formats have no sure sign at the beginning).
    for hint in (claimed, by_name):
        if hint.startswith(("audio/", "video/")):
            return hint
    return UNKNOWN


def _text(head: bytes) -> bool:
    if not head or b"\0" in head:
        return False
    for cut in range(4):
        # A multi-byte character may be cut at the end of the head.
        try:
            head[: len(head) - cut].decode()
        except UnicodeDecodeError:
            continue
        return True
    return False
