"""Files that their provider may still be making."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from hub.fetch import in_the_making
from hub.ports.channel import FetchFailed


async def parts(failure: FetchFailed | None) -> AsyncIterator[bytes]:
    yield b"a"
    if failure is not None:
        raise failure
    yield b"b"


async def test_what_is_there_comes_as_it_is() -> None:
    assert [part async for part in in_the_making(parts(None))] == [b"a", b"b"]


@pytest.mark.parametrize(
    ("reason", "final", "still_final"),
    [
        ("file_gone", True, False),
        ("file_refused", True, False),
        ("file_unavailable", False, False),
        ("file_too_large", True, True),
        ("file_address", True, True),
    ],
)
async def test_only_what_no_time_mends_is_an_end(
    reason: str, final: bool, still_final: bool
) -> None:
    with pytest.raises(FetchFailed) as failed:
        async for _ in in_the_making(parts(FetchFailed(reason, final=final))):
            pass
    assert (failed.value.reason, failed.value.final) == (reason, still_final)
