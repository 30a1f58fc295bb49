"""How much of one mail is looked at. The raw mail is kept whole, whatever is cut here."""

from __future__ import annotations

# Header fields: all of them together, one of them, one that has a grammar (Content-Type), how many.
HEADERS = 256 * 1024
FIELD = 64 * 1024
STRUCTURED = 8 * 1024
FIELDS = 2000
MAILBOXES = 500
IDS = 100
# MIME: how deep, how many parts, how many of them become files.
DEPTH = 20
PARTS = 1000
FILES = 200
# Text: bytes that are decoded of one part, how many text parts are joined, characters shown.
TEXT_BYTES = 1024 * 1024
TEXT_PARTS = 50
TEXT = 400_000
# HTML: characters and tags that are cleaned, tags that are laid out as text (beyond that they are
# only taken away), tags within tags, formatting tags within tags.
HTML = 512 * 1024
TAGS = 20_000
LAID_OUT = 6000
NESTED = 100
FORMATS = 12
TAG = 8 * 1024
# A winmail.dat beyond this stays a file.
TNEF = 16 * 1024 * 1024
# Reports: recipients that are told apart.
FATES = 100
