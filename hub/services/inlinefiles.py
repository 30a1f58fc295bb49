"""Files that came inside a message itself are stored before their case is saved.

A text as long as a book is such a file too: in the case stands how it begins, since a document of
the store has an end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hub.domain.message import Attachment, Inbound, InlineFile, stable_id
from hub.ports.files import NewFile
from hub.services.deps import Deps
from hub.services.storedfiles import find_stored, stored_ids

LONGEST = 256 * 1024
"""Bytes of text that stand in a case as they are."""
BEGINNING = 20_000
"""Characters of a longer one that do."""

Placed = tuple[Inbound, int]
"""A message and the number of its case."""


async def keep_inline(deps: Deps, placed: Sequence[Placed]) -> None:
    """Store them under their stable ids, read with the rights of their case from now on; a file
    over the limit is marked, the message stays. To be repeated when another case was chosen."""
    await find_stored(deps, [message for message, _ in placed])
    brought: list[tuple[NewFile, Attachment | None]] = []
    for message, number in placed:
        _shorten(message)
        for file, shown in _brought(message, number):
            if len(file.data) <= deps.policy.max_file:
                brought.append((file, shown))
            elif shown is not None:
                shown.state, shown.reason = "failed", "file_too_large"
    held = await deps.files.put_many([file for file, _ in brought]) if brought else {}
    astray: dict[int, list[str]] = {}
    for file, shown in brought:
        stored = held[file.id]
        if shown is not None:
            shown.size, shown.mime = stored.size, stored.mime
        if stored.case != file.case:
            astray.setdefault(file.case, []).append(file.id)
    for message, number in placed:
        if ids := stored_ids(message):
            astray.setdefault(number, []).extend(ids)
    for number, ids in astray.items():
        await deps.files.attach(ids, number)


def _brought(message: Inbound, number: int) -> Iterator[tuple[NewFile, Attachment | None]]:
    """What it brings, with the file in its list. What is shown on demand only stands in no list:
    that we made ourselves."""
    listed = {file.id: file for file in message.attachments}
    for inline in message.inline:
        shown = listed.get(inline.id)
        file = NewFile(
            id=inline.id,
            name=shown.name if shown else inline.name,
            data=inline.data,
            case=number,
            by=message.key,
            mime=shown.mime if shown else inline.mime,
            made=shown is None and bool(inline.mime),
        )
        yield file, shown


def _shorten(message: Inbound) -> None:
    """A text that is too long becomes a file under a stable id; doing this again does nothing."""
    # A character has one byte at least and four at most.
    if len(message.text) * 4 <= LONGEST or len(whole := message.text.encode()) <= LONGEST:
        return
    # Copies that came to other addresses have files of their own: one may be filed nowhere.
    of = f"{message.account}:{message.key}" if message.came_to else message.key
    name = stable_id(of, "text")
    message.text = message.text[:BEGINNING] + "…"
    message.attachments = [
        *message.attachments,
        Attachment(id=name, name="text.txt", mime="text/plain", size=len(whole)),
    ]
    message.inline = (*message.inline, InlineFile(name, whole))
