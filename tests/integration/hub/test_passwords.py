"""Password hashes."""

from __future__ import annotations

from hub.passwords import Argon2Passwords


async def test_a_hash_is_argon2id_and_knows_its_password() -> None:
    passwords = Argon2Passwords()
    hashed = await passwords.hash("верный пароль")
    assert hashed.startswith("$argon2id$")
    assert await passwords.verify(hashed, "верный пароль")
    assert not await passwords.verify(hashed, "неверный пароль")


async def test_nobody_comes_in_without_a_hash_or_with_a_broken_one() -> None:
    passwords = Argon2Passwords()
    assert not await passwords.verify("", "nobody has this password")
    assert not await passwords.verify("not a hash", "x")
