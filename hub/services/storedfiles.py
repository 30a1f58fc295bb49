"""Files that a sender uploaded before the message that carries them."""

from __future__ import annotations

from collections.abc import Sequence

from hub.domain.message import STORED, Attachment, Inbound
from hub.services.deps import Deps
from hub.services.replies import kind_of


async def find_stored(deps: Deps, messages: Sequence[Inbound]) -> None:
    """Say what these files are; one that somebody else brought is not there for this sender."""
    for message in messages:
        for file in _stored(message):
            info = await deps.files.info(file.id)
            if info is None or info.by != message.sender.identity.key:
                file.state, file.reason = "failed", "file_gone"
                continue
            file.name, file.mime, file.size = info.name, info.mime, info.size
            file.kind = kind_of(info.mime)


def stored_ids(message: Inbound) -> list[str]:
    """Those that belong to the message's case now."""
    return [file.id for file in _stored(message) if file.state == "ready"]


def _stored(message: Inbound) -> list[Attachment]:
    return [file for file in message.attachments if file.ref == STORED]
