"""An inbox row as a document: flat and lean, since every message passes here first.

It is written once and never changed; what becomes of it stands in its bundle (hub.store.bundles).
What is usual is not written.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from hub.domain.message import stable_id
from hub.ports.channel import Key, RawRequest
from hub.ports.inbox import InboxRow, InboxState
from hub.store.bundles import QUARANTINED
from hub.store.codec import Document

USUAL = "POST"
SEQ_BYTES = 5


def digest(body: bytes) -> bytes:
    """By what two bodies are told apart."""
    return hashlib.blake2b(body, digest_size=16).digest()


def row_document(raw: RawRequest, key: Key, mark: bytes) -> Document:
    """The document of a fresh row. `mark` tells this attempt to keep it from any other; marks of
    one process sort in the order of its attempts."""
    built: Document = {
        "_id": stable_id(raw.account, key.external_id),
        "account": raw.account,
        "external_id": key.external_id,
        "lane": key.lane,
        "digest": digest(raw.body),
        "at": raw.received_at,
        "mark": mark,
        "body": raw.body,
    }
    if raw.method != USUAL:
        built["method"] = raw.method
    if raw.path != usual_path(raw.account):
        built["path"] = raw.path
    if raw.query:
        built["query"] = raw.query
    if raw.headers:
        # As pairs: a header may be named what a field may not.
        built["headers"] = list(raw.headers.items())
    return built


def usual_path(account: str) -> str:
    """Where webhooks of an account come in."""
    return f"/in/{account}"


def row_of(found: Document, entry: Document | None, done_at: datetime | None = None) -> InboxRow:
    """The row of a document and its entry, None when it is done; its body is empty where it stands
    in a file (`raw_file`)."""
    take: Any = found.get
    facts: Any = (entry or {}).get
    state: InboxState = "done"
    if entry is not None:
        state = "quarantined" if entry["lane"] == QUARANTINED else "new"
    return InboxRow(
        id=found["_id"],
        account=found["account"],
        external_id=found["external_id"],
        lane=found["lane"],
        digest=found["digest"],
        raw=RawRequest(
            account=found["account"],
            method=take("method", USUAL),
            path=take("path", usual_path(found["account"])),
            query=take("query", ""),
            headers=dict(take("headers", ())),
            body=take("body", b""),
            received_at=found["at"],
        ),
        raw_file=take("raw_file", ""),
        at=found["at"],
        seq=int.from_bytes(found["mark"][-SEQ_BYTES:], "big"),
        state=state,
        tries=int(facts("tries", 0)),
        due=facts("due"),
        error=facts("error", ""),
        done_at=facts("done_at", done_at),
        trace=found["_id"],
    )
