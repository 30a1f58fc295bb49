"""Files that came inside a message itself are stored before their case is saved.

A text as long as a book is such a file too: in the case stands how it begins, since a document of
the store has an end.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Sequence

from hub.domain.errors import TooLarge
from hub.domain.message import Attachment, Inbound, InlineFile, stable_id
from hub.services.deps import Deps
from hub.services.storedfiles import find_stored, stored_ids

LONGEST = 256 * 1024
"""Bytes of text that stand in a case as they are."""
BEGINNING = 20_000
"""Characters of a longer one that do."""
AT_A_TIME = 8
"""Files that are written side by side: each waits for the disk several times."""


async def keep_inline(deps: Deps, messages: Sequence[Inbound]) -> None:
    """Store them under their stable ids; a file over the limit is marked, the message stays."""
    await find_stored(deps, messages)
    room = asyncio.Semaphore(AT_A_TIME)
    brought: list[Coroutine[None, None, None]] = []
    for message in messages:
        _shorten(message)
        names = {file.id: file for file in message.attachments}
        for inline in message.inline:
            # What is shown on demand only is stored, and stands in no list of files.
            file = names.get(inline.id) or Attachment(
                id=inline.id, name=inline.name, mime=inline.mime
            )
            brought.append(_keep(deps, message.key, inline, file, room))
    if brought:
        await asyncio.gather(*brought)


async def _keep(
    deps: Deps, key: str, inline: InlineFile, file: Attachment, room: asyncio.Semaphore
) -> None:
    async with room:
        try:
            stored = await deps.files.put(
                inline.id,
                file.name,
                _once(inline.data),
                case=0,
                by=key,
                limit=deps.policy.max_file,
                mime=file.mime,
            )
        except TooLarge:
            file.state, file.reason = "failed", "file_too_large"
            return
    file.size, file.mime = stored.size, stored.mime


def _shorten(message: Inbound) -> None:
    """A text that is too long becomes a file under a stable id; doing this again does nothing."""
    # A character has one byte at least and four at most.
    if len(message.text) * 4 <= LONGEST or len(whole := message.text.encode()) <= LONGEST:
        return
    name = stable_id(message.key, "text")
    message.text = message.text[:BEGINNING] + "…"
    message.attachments = [
        *message.attachments,
        Attachment(id=name, name="text.txt", mime="text/plain", size=len(whole)),
    ]
    message.inline = (*message.inline, InlineFile(name, whole))


async def own_inline(deps: Deps, messages: Sequence[Inbound], number: int) -> None:
    """These files are read with the rights of this case from now on."""
    ids = [inline.id for message in messages for inline in message.inline]
    ids += [stored for message in messages for stored in stored_ids(message)]
    if ids:
        await deps.files.attach(ids, number)


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data
