"""Channels as built for the contract, and their samples: this file → those objects."""

from __future__ import annotations

import importlib
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any, cast
from urllib.parse import urlencode

import msgspec

import channels
from hub.ports.channel import RawRequest, Receiver
from hub.ports.channel_build import Account, ChannelDeps

ACCOUNT = "acct"
NOW = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)


class FrozenClock:
    def __init__(self, now: datetime = NOW) -> None:
        self.time = now

    def now(self) -> datetime:
        return self.time


class NoFiles:
    async def read(
        self, file_id: str, start: int = 0, end: int | None = None
    ) -> AsyncIterator[bytes]:
        raise AssertionError("no file is read here")
        yield b""


def deps() -> ChannelDeps:
    return ChannelDeps(
        clock=FrozenClock(),
        files=NoFiles(),
        public_url="https://hub.example.org",
        file_url=lambda file_id: f"https://hub.example.org/files/{file_id}?sign=x",
        max_body=64 * 1024,
    )


def kinds() -> list[str]:
    return sorted(channels.discover())


def folder(kind: str) -> Path:
    return Path(cast(str, channels.discover()[kind].__file__)).parent


def proof(kind: str) -> ModuleType:
    """How this kind's provider proves itself; a new channel brings its own."""
    return importlib.import_module(f"tests.contract.channels.proofs.{kind}")


def built(kind: str) -> Any:
    options = proof(kind).OPTIONS
    return channels.build(Account(id=ACCOUNT, kind=kind, options=options), deps())


def receivers() -> list[str]:
    return [kind for kind in kinds() if isinstance(built(kind), Receiver)]


def doors() -> list[str]:
    """Those to whom something is posted; the others fetch themselves and say `DOOR = False`."""
    return [kind for kind in receivers() if getattr(proof(kind), "DOOR", True)]


def samples() -> list[tuple[str, Path]]:
    return [
        (kind, path)
        for kind in receivers()
        for path in sorted((folder(kind) / "samples").glob("*.json"))
    ]


def load(path: Path) -> dict[str, Any]:
    return cast(dict[str, Any], json.loads(path.read_text()))


def encoded(told: dict[str, Any]) -> bytes:
    """The body of a sample. `form` are the fields of a posted form; what is no text there is
    JSON within the field."""
    if "form" in told:
        fields = {
            name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            for name, value in told["form"].items()
        }
        return urlencode(fields).encode()
    body = told.get("body", "")
    return body.encode() if isinstance(body, str) else json.dumps(body).encode()


def plain(sample: dict[str, Any]) -> RawRequest:
    """The sample as a stranger would send it. `path` is what follows the account's address."""
    told = sample["raw"]
    return RawRequest(
        account=ACCOUNT,
        method=told["method"],
        path=f"/in/{ACCOUNT}{told.get('path', '')}",
        query=told.get("query", ""),
        headers=dict(told.get("headers", {})),
        body=encoded(told),
        received_at=NOW,
    )


def as_raw(kind: str, sample: dict[str, Any]) -> RawRequest:
    """The sample as it comes in, proven."""
    raw = plain(sample)
    proof(kind).prove(raw)
    return raw


def lean(received: object) -> dict[str, Any]:
    """What was understood, with its type, without what is empty."""
    said = cast(dict[str, Any], _lean(msgspec.to_builtins(received)))
    return {"type": type(received).__name__, **said}


def _lean(value: Any) -> Any:
    if isinstance(value, dict):
        held = {key: _lean(one) for key, one in value.items()}
        return {key: one for key, one in held.items() if one not in (None, "", [], {}, False)}
    return [_lean(one) for one in value] if isinstance(value, list | tuple) else value
