"""Every sample of every channel: this file → those objects. A new channel is picked up."""

from __future__ import annotations

from pathlib import Path

import pytest
from aiogram.types import Update

from hub.domain.message import Inbound
from hub.ports.channel import Malformed, Unreadable
from tests.contract.channels.samples import (
    ACCOUNT,
    as_raw,
    built,
    folder,
    kinds,
    lean,
    load,
    receivers,
    samples,
)

by_name = pytest.mark.parametrize(
    ("kind", "path"), samples(), ids=[f"{kind}-{path.stem}" for kind, path in samples()]
)


@by_name
def test_sample_is_understood_as_it_says(kind: str, path: Path) -> None:
    sample = load(path)
    receiver = built(kind)
    raw = as_raw(kind, sample)
    receiver.verify(raw)
    assert sample["source"]
    assert receiver.key(raw).external_id == sample["key"]["external_id"]
    assert receiver.key(raw).lane == sample["key"]["lane"]
    assert [lean(one) for one in receiver.parse(raw)] == sample["parsed"]


@by_name
def test_sample_is_understood_the_same_again(kind: str, path: Path) -> None:
    """A row may be understood twice after a crash: keys and file ids must not change."""
    raw = as_raw(kind, load(path))
    assert [lean(one) for one in built(kind).parse(raw)] == [
        lean(one) for one in built(kind).parse(raw)
    ]


@by_name
def test_keys_within_a_sample_are_unique_and_name_the_account(kind: str, path: Path) -> None:
    receiver = built(kind)
    raw = as_raw(kind, load(path))
    received = receiver.parse(raw)
    keys = [one.key for one in received]
    assert len(keys) == len(set(keys))
    for one in received:
        # What may come to several accounts is the same at all of them.
        shared = isinstance(one, Inbound) and bool(one.came_to)
        assert one.key.startswith(f"{ACCOUNT}:") != shared
    assert receiver.key(raw).lane.startswith(ACCOUNT)


@pytest.mark.parametrize("kind", kinds())
def test_folder_explains_itself(kind: str) -> None:
    assert len((folder(kind) / "README.md").read_text()) > 200


@pytest.mark.parametrize("kind", receivers())
def test_receiver_brings_samples(kind: str) -> None:
    assert any(sample_kind == kind for sample_kind, _ in samples())


@pytest.mark.parametrize("kind", receivers())
@pytest.mark.parametrize(
    "body", [b"", b"null", b"[]", b"{}", b'{"id": {}}', b"\xff\xfe", b"[" * 9999]
)
def test_garbage_is_refused_by_name(kind: str, body: bytes) -> None:
    receiver = built(kind)
    raw = as_raw(kind, {"raw": {"method": "POST"}})
    raw.body = body
    with pytest.raises(Malformed):
        receiver.key(raw)
    with pytest.raises(Unreadable):
        receiver.parse(raw)


@pytest.mark.parametrize(
    "path", [path for kind, path in samples() if kind == "telegram"], ids=lambda path: path.stem
)
def test_telegram_samples_are_what_aiogram_takes_for_updates(path: Path) -> None:
    """An independent judge of their shape."""
    body = load(path)["raw"]["body"]
    if path.stem == "start":
        pytest.skip("the documentation's own sample is older than `is_bot`")
    Update.model_validate(body)
