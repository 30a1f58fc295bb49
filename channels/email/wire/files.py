"""What is attached."""

from __future__ import annotations

import msgspec


class MailFile(msgspec.Struct, frozen=True, kw_only=True):
    """One attached file with its bytes, decoded.

    `name` has no path, no control characters and is never empty. `content_id` (without <>) is by
    what `cid:` in the HTML refers to it; `inline` means that it is shown within the text. A mail
    that is attached to the mail is a file `*.eml` of type message/rfc822.
    """

    name: str
    mime: str
    data: bytes
    content_id: str = ""
    inline: bool = False
