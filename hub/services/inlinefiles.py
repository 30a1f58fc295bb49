"""Files that came inside a message itself are stored before their case is saved."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from hub.domain.errors import TooLarge
from hub.domain.message import Inbound
from hub.services.deps import Deps


async def keep_inline(deps: Deps, messages: Sequence[Inbound]) -> None:
    """Store them under their stable ids; a file over the limit is marked, the message stays."""
    for message in messages:
        names = {file.id: file for file in message.attachments}
        for inline in message.inline:
            file = names[inline.id]
            try:
                stored = await deps.files.put(
                    inline.id,
                    file.name,
                    _once(inline.data),
                    case=0,
                    by=message.key,
                    limit=deps.policy.max_file,
                    mime=file.mime,
                )
            except TooLarge:
                file.state, file.reason = "failed", "file_too_large"
                continue
            file.size, file.mime = stored.size, stored.mime


async def own_inline(deps: Deps, messages: Sequence[Inbound], number: int) -> None:
    """These files are read with the rights of this case from now on."""
    ids = [inline.id for message in messages for inline in message.inline]
    if ids:
        await deps.files.attach(ids, number)


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data
