"""Opening the Mini App as Telegram does, with data that is signed by hand."""

from __future__ import annotations

import hmac
import json
from datetime import datetime
from hashlib import sha256
from urllib.parse import urlencode

from aiohttp import ClientResponse

from hub.domain.staff import BotLink, Staff
from hub.services.services import Services
from tests.support.desk import STAFF_TOKEN, Browser

USER = 7001


def signed(token: str, fields: dict[str, str]) -> str:
    """The fields as a query with Telegram's hash; written apart from what checks it."""
    said = "\n".join(f"{name}={value}" for name, value in sorted(fields.items()))
    key = hmac.new(b"WebAppData", token.encode(), sha256).digest()
    return urlencode({**fields, "hash": hmac.new(key, said.encode(), sha256).hexdigest()})


def data_of(
    now: datetime, *, user: int = USER, token: str = STAFF_TOKEN, query: str = "AAE", **more: str
) -> str:
    """What Telegram says when this user opens the Mini App now."""
    who = {"id": user, "first_name": "Эмма", "language_code": "ru"}
    return signed(
        token,
        {
            "query_id": query,
            "user": json.dumps(who, ensure_ascii=False),
            "auth_date": str(int(now.timestamp())),
            "signature": "c2lnbmF0dXJl",
            **more,
        },
    )


async def link(services: Services, person: Staff, user: int = USER) -> None:
    """The person has come in by the staff bot."""
    held = await services.people.get(person.login)
    held.bots = [BotLink("staff", user, user)]
    await services.deps.staff.save(held)
    services.deps.staff.forget()


async def open_mini(browser: Browser, data: str, case: str = "") -> ClientResponse:
    """Load the door and hand the data on, as its script does; the token is then the session's."""
    await browser.get("/mini/open/staff" + (f"?case={case}" if case else ""))
    answer = await browser.post("/mini/open/staff", {"data": data, "case": case})
    if answer.status == 303:
        await browser.get(answer.headers["Location"])
    return answer
