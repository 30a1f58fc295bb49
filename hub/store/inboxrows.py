"""An inbox row as a document: flat and lean, since every message passes here first.

`waits` is the lane while the row is new, QUARANTINED while it is that, and absent when it is done
(the lane stands in `lane` then): one index tells all three apart. What is usual is not written.
"""

from __future__ import annotations

import hashlib
from typing import Any

from hub.domain.message import stable_id
from hub.ports.channel import Key, RawRequest
from hub.ports.store import InboxRow
from hub.store.codec import Document

QUARANTINED = 1
"""In `waits` of a quarantined row; lanes are strings."""
NEW: Document = {"$gt": ""}
"""The condition on `waits` that a row is new."""
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
        "waits": key.lane,
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


def row_of(found: Document) -> InboxRow:
    """The row of a document; its body is empty where it stands in a file (`raw_file`)."""
    take: Any = found.get
    lane = found["waits"] if "state" not in found else found["lane"]
    return InboxRow(
        id=found["_id"],
        account=found["account"],
        external_id=found["external_id"],
        lane=lane,
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
        state=take("state", "new"),
        tries=int(take("tries", 0)),
        due=take("due"),
        error=take("error", ""),
        done_at=take("done_at"),
        trace=found["_id"],
    )
