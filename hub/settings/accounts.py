"""Accounts: a channel account speaks with residents, a bot account with staff.

A channel account carries whatever keys its kind needs; the hub does not know them. What can open
a door is wrapped in ``SecretStr``, so that neither ``repr`` nor an error shows it.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    field_validator,
    model_validator,
)

ACCOUNT_ID = re.compile(r"[a-z0-9-]{1,32}")

_DOOR_KEYS = ("token", "secret", "password", "api_key", "salt", "key", "hs256", "push_secret")
# Addresses of mail servers carry their passwords inside.
SECRET_KEYS = frozenset((*_DOOR_KEYS, "imap", "smtp"))


def _account_id(value: str) -> str:
    if not ACCOUNT_ID.fullmatch(value):
        raise ValueError("account_id")
    return value


AccountId = Annotated[str, AfterValidator(_account_id)]


class ChannelAccount(BaseModel):
    """One account of a channel: ``kind`` names the folder under channels/, the rest is free."""

    model_config = ConfigDict(extra="allow", frozen=True)

    id: AccountId
    kind: str = Field(pattern=r"^[a-z][a-z0-9_]*$")

    @model_validator(mode="before")
    @classmethod
    def _wrap_secrets(cls, raw: Any) -> Any:
        if not isinstance(raw, Mapping):
            return raw
        return {
            key: SecretStr(str(value))
            if key in SECRET_KEYS and not isinstance(value, SecretStr)
            else value
            for key, value in raw.items()
        }

    @property
    def options(self) -> dict[str, Any]:
        """The free keys as written; secrets stay wrapped."""
        return dict(self.model_extra or {})

    def get(self, key: str, default: Any = None) -> Any:
        """A free key in plain, a secret unwrapped: for the channel that is about to use it."""
        value = (self.model_extra or {}).get(key, default)
        return value.get_secret_value() if isinstance(value, SecretStr) else value

    def __repr__(self) -> str:
        return f"ChannelAccount(id={self.id!r}, kind={self.kind!r})"


class BotAccount(BaseModel):
    """A staff bot. Its identity is ``id``, not what getMe says."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=False)

    id: AccountId
    roles: tuple[Literal["operator", "executor"], ...] = Field(min_length=1)
    token: SecretStr = Field(min_length=1)
    mode: Literal["polling", "webhook"] = "polling"
    api: str = "https://api.telegram.org"
    group: int | None = None
    secret: SecretStr | None = None
    username: str | None = None

    @field_validator("api")
    @classmethod
    def _http_address(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError("url_scheme:http, https")
        return value.rstrip("/")
