"""Styles, scripts, icons and fonts: read once, compressed once, cached by browsers for good.

Their address holds a digest of all of them, so that a new version is a new address, for what
scripts import from each other as well.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

STATIC = Path(__file__).parent / "static"
COMPRESSED = frozenset({".css", ".js", ".svg", ".txt"})


@dataclass(frozen=True)
class Asset:
    """One file: its bytes, the same compressed (empty where that gains nothing), its type."""

    plain: bytes
    packed: bytes
    mime: str


@dataclass(frozen=True)
class Assets:
    """All files under static/ by their name there."""

    files: dict[str, Asset]
    version: str

    @classmethod
    def read(cls, root: Path = STATIC) -> Assets:
        """Read and compress what is there now."""
        files: dict[str, Asset] = {}
        digest = hashlib.blake2b(digest_size=8)
        for path in sorted(root.rglob("*")):
            if not path.is_file():
                continue
            name, plain = path.relative_to(root).as_posix(), path.read_bytes()
            digest.update(name.encode() + b"\0" + plain)
            packed = gzip.compress(plain, 9, mtime=0) if path.suffix in COMPRESSED else b""
            mime = mimetypes.guess_type(name)[0] or "application/octet-stream"
            files[name] = Asset(plain, packed, mime)
        return cls(files, digest.hexdigest())

    def address(self, name: str) -> str:
        """The address of a file; raises KeyError for one that is not there."""
        if name not in self.files:
            raise KeyError(name)
        return f"/static/{self.version}/{name}"

    async def serve(self, request: web.Request) -> web.Response:
        """GET /static/{version}/{name}. An older page may ask with an older version."""
        asset = self.files.get(request.match_info["name"])
        if asset is None:
            raise web.HTTPNotFound
        headers = {
            "Cache-Control": "public, max-age=31536000, immutable"
            if request.match_info["version"] == self.version
            else "no-cache",
            "X-Content-Type-Options": "nosniff",
            "Vary": "Accept-Encoding",
        }
        body = asset.plain
        if asset.packed and "gzip" in request.headers.get("Accept-Encoding", ""):
            body, headers["Content-Encoding"] = asset.packed, "gzip"
        charset = "utf-8" if asset.mime.startswith("text/") else None
        return web.Response(body=body, content_type=asset.mime, charset=charset, headers=headers)
