"""What was written to nobody: kept with the question what to do with it, albums with all their
parts. A part of an album comes in a message of its own; the first one is asked about."""

from __future__ import annotations

from aiogram.types import Message

from bots.common.files import Sent, fetch, sent_file
from bots.common.talk import Talk
from hub.ports.shown import Shown

PART = "part"
ALBUM = 10
"""Messages that one album has at most."""


def put_aside(message: Message) -> dict[str, str] | None:
    """What the question remembers of the message; None when there is nothing that can be used."""
    file, text = sent_file(message), message.text or message.caption or ""
    if file is None and not text:
        return None
    kept = {"text": text, "message": str(message.message_id)}
    if message.media_group_id:
        kept["album"] = message.media_group_id
    return kept | (_of(file) if file else {})


async def joins(message: Message, talk: Talk) -> bool:
    """The message is a later part of an album that was asked about; it is kept with it."""
    album, file = message.media_group_id, sent_file(message)
    if not album or file is None:
        return False
    deps = talk.services.deps
    before = await deps.shown.at(talk.bot.account, talk.chat, message.message_id - 1)
    part = Shown(
        account=talk.bot.account,
        chat=talk.chat,
        message=message.message_id,
        what=PART,
        data={"album": album, "text": message.caption or "", **_of(file)},
        at=deps.clock.now(),
    )
    await deps.shown.add(part)
    return before is not None and before.what == PART and before.data.get("album") == album


async def take_up(talk: Talk, kept: dict[str, str]) -> tuple[str, list[str]]:
    """The words and the stored files of what was put aside."""
    texts, files = [kept["text"]], []
    if "file" in kept:
        files.append(await fetch(talk, _sent(kept)))
    first, shown = int(kept["message"]), talk.services.deps.shown
    for number in range(first + 1, first + ALBUM):
        part = await shown.at(talk.bot.account, talk.chat, number) if "album" in kept else None
        if part is None or part.what != PART or part.data["album"] != kept["album"]:
            break
        texts.append(part.data["text"])
        files.append(await fetch(talk, _sent(part.data)))
    return "\n".join(text for text in texts if text), files


def _of(file: Sent) -> dict[str, str]:
    return {"file": file.id, "name": file.name, "mime": file.mime, "size": str(file.size)}


def _sent(kept: dict[str, str]) -> Sent:
    return Sent(kept["file"], kept["name"], kept["mime"], int(kept["size"]))
