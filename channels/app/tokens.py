"""Tokens: short JWTs by which the app's backend says which resident it is.

The algorithm is chosen by the settings, never by the token: HS256 with a shared secret, or RS256
with the keys of a JWKS. Time comes from outside.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import jwt
from jwt import PyJWK, PyJWTError

from hub.phones import e164
from hub.ports.residentapp import AppResident, TokenRefused

LEEWAY = 30.0
"""Seconds by which two clocks may differ."""
LONGEST = 3600.0
"""Seconds for which a token may live."""
MAX_TOKEN = 8192
MAX_SUBJECT = 255
_TIMES = ("exp", "iat")


def kid_of(token: str, algorithm: str) -> str:
    """The name of the key a token was signed with; empty if it names none. Raises TokenRefused."""
    if not token:
        raise TokenRefused("missing")
    if len(token) > MAX_TOKEN or not token.isascii():
        raise TokenRefused("unreadable")
    try:
        header = jwt.get_unverified_header(token)
    except (PyJWTError, ValueError, RecursionError):
        raise TokenRefused("unreadable") from None
    if header.get("alg") != algorithm:
        raise TokenRefused("algorithm")
    kid = header.get("kid", "")
    return kid if isinstance(kid, str) else ""


def named(token: str) -> tuple[str, frozenset[str]]:
    """Issuer and audiences that a token names; nothing is proven by that."""
    if not token or len(token) > MAX_TOKEN or not token.isascii():
        return "", frozenset()
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
    except (PyJWTError, ValueError, RecursionError):
        return "", frozenset()
    issuer, said = claims.get("iss"), claims.get("aud")
    many = said if isinstance(said, list) else [said]
    audiences = frozenset(one for one in many if isinstance(one, str))
    return (issuer if isinstance(issuer, str) else ""), audiences


def read(
    token: str,
    key: str | PyJWK,
    algorithm: str,
    *,
    issuer: str,
    audience: str,
    now: datetime,
    vouched: bool = False,
) -> AppResident:
    """Who holds the token. `vouched`: its `phone_number_verified` is believed. Raises
    TokenRefused."""
    try:
        claims = jwt.decode(
            token,
            key,
            algorithms=[algorithm],
            issuer=issuer,
            audience=audience,
            options={
                "require": ["exp", "iat", "iss", "aud", "sub"],
                # Our own clock decides; see _fresh.
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
                "verify_sub": False,
            },
        )
    except jwt.InvalidSignatureError:
        raise TokenRefused("signature") from None
    except jwt.InvalidAudienceError:
        raise TokenRefused("audience") from None
    except jwt.InvalidIssuerError:
        raise TokenRefused("issuer") from None
    except (jwt.InvalidAlgorithmError, jwt.InvalidKeyError):
        raise TokenRefused("algorithm") from None
    except jwt.MissingRequiredClaimError:
        raise TokenRefused("claims") from None
    except (PyJWTError, ValueError, RecursionError):
        raise TokenRefused("unreadable") from None
    return _resident(claims, _fresh(claims, now), vouched)


def _fresh(claims: Mapping[str, Any], now: datetime) -> datetime:
    """When the token ends. Raises TokenRefused unless it holds now, and not for too long."""
    times = [claims.get(name) for name in (*_TIMES, "nbf")]
    if not all(one is None or _is_time(one) for one in times):
        raise TokenRefused("claims")
    ends, made, begins = times
    assert ends is not None
    assert made is not None
    at = now.timestamp()
    if ends + LEEWAY <= at:
        raise TokenRefused("expired")
    if made - LEEWAY > at or (begins is not None and begins - LEEWAY > at):
        raise TokenRefused("not_yet")
    if ends - made > LONGEST:
        raise TokenRefused("lifetime")
    return datetime.fromtimestamp(ends, UTC)


def _is_time(value: object) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and 0 <= value < 4_102_444_800  # type: ignore[operator]


def _resident(claims: Mapping[str, Any], ends: datetime, vouched: bool) -> AppResident:
    subject = claims.get("sub")
    if isinstance(subject, int) and not isinstance(subject, bool):
        subject = str(subject)
    if not isinstance(subject, str) or not 0 < len(subject) <= MAX_SUBJECT:
        raise TokenRefused("claims")
    if not subject.isprintable() or subject != subject.strip():
        raise TokenRefused("claims")
    phone = _text(claims, "phone", 40) or _text(claims, "phone_number", 40)
    number = e164(phone) if phone else ""
    proven = vouched and claims.get("phone_number_verified") is True
    email = _text(claims, "email", 254).lower()
    return AppResident(
        id=subject,
        name=_text(claims, "name", 200),
        phone=number,
        email=email if "@" in email else "",
        premises=_text(claims, "premises", 300),
        vouched=proven and bool(number),
        expires=ends,
    )


def _text(claims: Mapping[str, Any], name: str, longest: int) -> str:
    """A claim that is one line of text; anything else counts as not said."""
    value = claims.get(name)
    if not isinstance(value, str):
        return ""
    return "".join(sign for sign in value if sign.isprintable()).strip()[:longest]
