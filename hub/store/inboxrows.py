"""An inbox row as a document: flat and lean, since every message passes here first.

`waits` repeats the lane while the row is new and leaves with that state: its index holds only
what is not understood yet, however long done rows are kept.
"""

from __future__ import annotations

import hashlib
from typing import Any

from hub.domain.message import stable_id
from hub.ports.channel import Key, RawRequest
from hub.ports.store import InboxRow
from hub.store.codec import Document


def digest(body: bytes) -> bytes:
    """By what two bodies are told apart."""
    return hashlib.blake2b(body, digest_size=16).digest()


def row_document(raw: RawRequest, key: Key, seq: int, mark: bytes) -> Document:
    """The document of a fresh row. `mark` tells this attempt to keep it from any other."""
    built: Document = {
        "_id": stable_id(raw.account, key.external_id),
        "account": raw.account,
        "external_id": key.external_id,
        "lane": key.lane,
        "waits": key.lane,
        "digest": digest(raw.body),
        "at": raw.received_at,
        "seq": seq,
        "mark": mark,
        "state": "new",
        "method": raw.method,
        "path": raw.path,
        "body": raw.body,
    }
    if raw.query:
        built["query"] = raw.query
    if raw.headers:
        built["headers"] = raw.headers
    return built


def row_of(found: Document) -> InboxRow:
    """The row of a document; its body is empty where it stands in a file (`raw_file`)."""
    take: Any = found.get
    return InboxRow(
        id=found["_id"],
        account=found["account"],
        external_id=found["external_id"],
        lane=found["lane"],
        digest=found["digest"],
        raw=RawRequest(
            account=found["account"],
            method=found["method"],
            path=found["path"],
            query=take("query", ""),
            headers=take("headers", {}),
            body=take("body", b""),
            received_at=found["at"],
        ),
        raw_file=take("raw_file", ""),
        at=found["at"],
        seq=int(found["seq"]),
        state=found["state"],
        case=int(take("case", 0)),
        linked=int(take("linked", 0)),
        contact=take("contact", ""),
        tries=int(take("tries", 0)),
        due=take("due"),
        error=take("error", ""),
        done_at=take("done_at"),
        trace=found["_id"][:16],
    )
