"""The doctor asks every provider whether it takes our name and password, and says what to do."""

from __future__ import annotations

from collections.abc import Mapping

from hub.commands.findings import Finding
from hub.commands.logins import logins
from hub.ports.channel import CheckFailed
from hub.settings import Settings
from hub.settings.accounts import ChannelAccount


class Door:
    def __init__(self, error: Exception | None = None) -> None:
        self.error = error

    async def check(self) -> Mapping[str, str]:
        if self.error is not None:
            raise self.error
        return {"address": "dom@mail.example", "imap": "idle", "unseen": "0", "username": ""}


async def found(**channels: object) -> dict[str, Finding]:
    accounts = tuple(ChannelAccount(id=name, kind="pigeon") for name in channels)
    settings = Settings(channels=accounts)
    told = [one async for one in logins(settings, channels)]
    return {str(one.params["id"]): one for one in told}


async def test_each_account_is_asked_and_what_is_wrong_is_said() -> None:
    told = await found(
        good=Door(),
        locked=Door(CheckFailed("imap_credentials")),
        odd=Door(CheckFailed("something_new")),
        broken=Door(ZeroDivisionError()),
        silent=object(),
    )
    assert {name: one.grade for name, one in told.items()} == {
        "good": "well",
        "locked": "ill",
        "odd": "ill",
        "broken": "note",
        "silent": "well",
    }
    assert str(told["good"]).endswith(
        "отвечает: адрес dom@mail.example, о письмах узнаём сразу, непрочитанных писем 0"
    )
    assert "пароль для приложений" in str(told["locked"])
    assert "something_new" in str(told["odd"])
