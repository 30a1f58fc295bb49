"""Codes: one per contact, few guesses, a short life, used once."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from hub.domain.linking import Code, proof
from tests.contract.store.samples import at


def code(digits: str = "123456", salt: str = "s1") -> Code:
    return Code(
        id="anna",
        identity="phone:+79161234567",
        salt=salt,
        proof=proof(digits, salt),
        expires_at=at(10),
    )


async def test_guesses_are_counted_also_when_they_come_at_once(ports: Any) -> None:
    await ports.codes.put(code())
    found = await asyncio.gather(*(ports.codes.guess("anna", 5, at(1)) for _ in range(12)))
    assert sorted(one.tries for one in found if one) == [1, 2, 3, 4, 5]
    assert await ports.codes.guess("boris", 5, at(1)) is None


async def test_a_new_code_takes_the_place_of_the_old_and_an_old_one_is_worth_nothing(
    ports: Any,
) -> None:
    await ports.codes.put(code())
    assert await ports.codes.guess("anna", 5, at(10)) is None
    assert await ports.codes.guess("anna", 5, at(10) - timedelta(seconds=1)) is not None
    await ports.codes.put(code("654321", "s2"))
    await ports.codes.drop(code())
    held = await ports.codes.guess("anna", 5, at(1))
    assert (held.tries, held.right("654321"), held.right("123456")) == (1, True, False)
    await ports.codes.drop(held)
    assert await ports.codes.guess("anna", 5, at(1)) is None
