"""Mini Apps: what Telegram says of who opens one, signed for the bot whose button was pressed.

Source: core.telegram.org/bots/webapps. The third-party `signature` is left out: it is made with
a key that Telegram alone has.
"""

from __future__ import annotations

import hmac
import json
from hashlib import sha256
from urllib.parse import quote, urlencode

from bots.emulator.accounts import Person
from bots.emulator.chats import Chat
from bots.emulator.world import Bot, World


def init_data(world: World, bot: Bot, person: Person, query_id: str = "") -> str:
    """The query string that a page gets as `Telegram.WebApp.initData`."""
    user = {
        "id": person.id,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "username": person.username,
        "language_code": person.language_code,
        "allows_write_to_pm": True,
    }
    fields = {
        **({"query_id": query_id} if query_id else {}),
        "user": json.dumps(user, ensure_ascii=False, separators=(",", ":")),
        "auth_date": str(int(world.clock.now())),
    }
    said = "\n".join(f"{name}={value}" for name, value in sorted(fields.items()))
    key = hmac.digest(b"WebAppData", bot.account.token.encode(), sha256)
    return urlencode({**fields, "hash": hmac.digest(key, said.encode(), sha256).hex()})


def opened(world: World, bot: Bot, person: Person, chat: Chat, url: str, *, asks: bool) -> str:
    """The address that a Telegram app opens. With `asks` the bot may answer in the chat by
    answerWebAppQuery."""
    query_id = ""
    if asks:
        query_id = f"AA{world.token()}"
        bot.apps[query_id] = (person.id, chat.key)
    data = quote(init_data(world, bot, person, query_id), safe="")
    return f"{url}{'&' if '#' in url else '#'}tgWebAppData={data}"
