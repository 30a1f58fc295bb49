"""The webhook: proof by a secret header that we chose (dev.max.ru, POST /subscriptions)."""

from __future__ import annotations

import hashlib
import hmac
import re

from channels.max.api import Api, Cut, Refused, Unreached, Untrusted
from channels.max.poller import TYPES
from hub.ports.channel import CheckFailed, Forged, RawRequest

HEADER = "x-max-bot-api-secret"
_USABLE = re.compile(r"[A-Za-z0-9_-]{5,256}")


def webhook_secret(account: str, token: str, given: str = "") -> str:
    """The secret of an account's webhook, the same in every process.

    Made of the token unless one is `given` in the settings. Raises ValueError for a given one
    that MAX does not take.
    """
    if given:
        if not _USABLE.fullmatch(given):
            raise ValueError("secret")
        return given
    return hmac.new(token.encode(), f"webhook:{account}".encode(), hashlib.sha256).hexdigest()


def prove(raw: RawRequest, secret: str) -> None:
    """Raise Forged unless the header holds the secret; take the header out of what is kept."""
    shown = raw.headers.pop(HEADER, "")
    if not shown:
        raise Forged("no secret", 401)
    if not hmac.compare_digest(shown.encode(), secret.encode()):
        raise Forged("wrong secret", 403)
    if raw.method != "POST":
        raise Forged("not posted", 403)


async def subscribe(api: Api, url: str, secret: str) -> None:
    """Have events posted to `url`; safe to repeat. Raises CheckFailed."""
    body: dict[str, object] = {"url": url, "secret": secret, "update_types": list(TYPES)}
    answer = await asked(api, "POST", "/subscriptions", body)
    if answer.get("success") is False:
        raise CheckFailed("api_refused")


async def me(api: Api) -> dict[str, str]:
    """Who the token says we are: facts for people. Raises CheckFailed."""
    told = await asked(api, "GET", "/me")
    if not told.get("user_id"):
        raise CheckFailed("api_unknown")
    name = told.get("first_name") or told.get("name") or ""
    facts = {"name": name, "username": told.get("username") or "", "id": told.get("user_id") or ""}
    return {fact: str(value) for fact, value in facts.items()}


async def asked(
    api: Api, verb: str, path: str, body: dict[str, object] | None = None
) -> dict[str, object]:
    """The answer to a question at start. Raises CheckFailed, whose text holds no address."""
    try:
        return await api.object(verb, path, None, body)
    except Untrusted:
        raise CheckFailed("api_untrusted") from None
    except (Unreached, Cut):
        raise CheckFailed("api_unreachable") from None
    except Refused as refused:
        if refused.status == 401 or refused.code == "verify.token":
            raise CheckFailed("token_refused") from None
        why = "api_unreachable" if refused.status >= 500 else "api_refused"
        raise CheckFailed(why) from None
