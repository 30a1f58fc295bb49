"""Files that bots and people send. A file_id is good for one bot only, as in Telegram."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bots.emulator.errors import BotApiError, bad_request
from bots.emulator.journal import Journal
from bots.emulator.pictures import picture_size

UPLOAD_LIMIT = 50 * 1024 * 1024
DOWNLOAD_LIMIT = 20 * 1024 * 1024
PHOTO_LIMIT = 10 * 1024 * 1024
_FOLDERS = {
    "photo": "photos",
    "voice": "voice",
    "video": "videos",
    "video_note": "video_notes",
    "audio": "music",
    "animation": "animations",
    "sticker": "stickers",
}


@dataclass(slots=True)
class Upload:
    """A file as it came: its name, declared type and bytes."""

    name: str
    mime: str
    data: bytes


@dataclass(slots=True)
class StoredFile:
    """`path` is what getFile tells; lengths in bytes, pixels and seconds."""

    key: str
    kind: str
    name: str
    mime: str
    size: int
    path: str
    width: int = 0
    height: int = 0
    duration: int = 0


class Files:
    def __init__(self, folder: Path | None, journal: Journal, rng: random.Random) -> None:
        self._folder = folder
        self._journal = journal
        self._rng = rng
        self._bytes: dict[str, bytes] = {}
        self._files: dict[str, StoredFile] = {}
        self._paths: dict[str, str] = {}
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)

    def restore(self, file: StoredFile) -> None:
        self._files[file.key] = file
        self._paths[file.path] = file.key

    async def keep(
        self, kind: str, upload: Upload, width: int = 0, height: int = 0, duration: int = 0
    ) -> StoredFile:
        """Store bytes; raises BotApiError for what Telegram would not take."""
        if len(upload.data) > UPLOAD_LIMIT:
            raise BotApiError(413, "Request Entity Too Large")
        if not upload.data:
            raise bad_request("file must be non-empty")
        if kind == "photo":
            if len(upload.data) > PHOTO_LIMIT:
                raise bad_request("file is too big")
            size = picture_size(upload.data)
            if size is None:
                raise bad_request("IMAGE_PROCESS_FAILED")
            width, height = size
            if width + height > 10000 or max(width, height) > 20 * min(width, height):
                raise bad_request("PHOTO_INVALID_DIMENSIONS")
        key = f"{self._rng.getrandbits(80):020x}"
        ending = Path(upload.name).suffix or (".jpg" if kind == "photo" else "")
        path = f"{_FOLDERS.get(kind, 'documents')}/file_{len(self._files)}{ending}"
        file = StoredFile(
            key, kind, upload.name, upload.mime, len(upload.data), path, width, height, duration
        )
        if self._folder is None:
            self._bytes[key] = upload.data
        else:
            await asyncio.to_thread((self._folder / key).write_bytes, upload.data)
        self.restore(file)
        self._journal.put("file", key, file)
        return file

    def get(self, key: str) -> StoredFile | None:
        return self._files.get(key)

    def at(self, path: str) -> StoredFile | None:
        return self._files.get(self._paths.get(path, ""))

    async def read(self, file: StoredFile) -> bytes:
        if self._folder is None:
            return self._bytes[file.key]
        return await asyncio.to_thread((self._folder / file.key).read_bytes)

    def known(self, bot_id: int, file_id: str) -> StoredFile | None:
        """The file that this bot means; None if the id is not one of its own."""
        owner, _, key = file_id.removeprefix("AgACAgI-").partition("-")
        return self._files.get(key) if owner == f"{bot_id:x}" else None

    @staticmethod
    def id_for(bot_id: int, key: str) -> str:
        return f"AgACAgI-{bot_id:x}-{key}"


def media_of(file: StoredFile, kind: str, about: dict[str, Any]) -> dict[str, Any]:
    """Content field of a message with this file; `about` adds what the sender told of it."""
    fields: dict[str, Any] = {
        "file_id": file.key,
        "file_unique_id": f"AQAD{file.key}",
        "file_size": file.size,
    }
    if kind == "photo":
        return {"photo": [{**fields, "width": file.width, "height": file.height}]}
    if kind in ("video", "animation"):
        fields |= {"width": file.width or 640, "height": file.height or 360}
    if kind == "video_note":
        fields["length"] = file.width or 240
    if kind == "sticker":
        fields |= {"type": "regular", "width": 512, "height": 512}
        return {"sticker": {**fields, "is_animated": False, "is_video": False}}
    if kind in ("voice", "video", "video_note", "audio", "animation"):
        fields["duration"] = file.duration
    if kind != "video_note" and file.mime:
        fields["mime_type"] = file.mime
    if kind in ("document", "audio", "video", "animation") and file.name:
        fields["file_name"] = file.name
    if kind == "audio":
        fields |= {name: about[name] for name in ("performer", "title") if about.get(name)}
    return {kind: fields}
