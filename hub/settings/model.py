"""What a process of the hub may be told from outside, with its defaults."""

import re
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from hub.settings.accounts import BotAccount, ChannelAccount
from hub.settings.keep import kept_secret

MIB = 1024 * 1024
ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?")


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError("timezone") from None
    return name


def _store_address(*schemes: str) -> AfterValidator:
    def check(url: SecretStr) -> SecretStr:
        if not url.get_secret_value().startswith(tuple(f"{scheme}://" for scheme in schemes)):
            raise ValueError("url_scheme:" + ", ".join(schemes))
        return url

    return AfterValidator(check)


def _web_address(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        raise ValueError("url_scheme:http, https")
    return url.rstrip("/")


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Organisation(Part):
    """Who signs what residents get."""

    name: str = ""
    phone: str = ""
    sign_with_operator_name: bool = False
    executors_see_phone: bool = True


class Limits(Part):
    """Sizes in bytes: bounds on what comes from outside (law 9)."""

    max_body_bytes: int = Field(default=32 * MIB, ge=1024)
    max_file_bytes: int = Field(default=50 * MIB, ge=1024)
    login_attempts_per_minute: int = Field(default=10, ge=1)
    # Hosts that files may be fetched from although their addresses are not public.
    fetch_allowlist: tuple[str, ...] = ()


class Retention(Part):
    """How long things are kept, in days."""

    inbox_days: int = Field(default=90, ge=1)
    sessions_days: int = Field(default=14, ge=1)


def _origin(value: str) -> str:
    """Who may frame a page goes into a header as it is written."""
    if not ORIGIN.fullmatch(value):
        raise ValueError("url_scheme:http, https")
    return value


class MiniApp(Part):
    """The desk inside Telegram; it is offered where `public_url` begins with https://.

    `max_age_seconds`: for how long what Telegram says of who opens it is believed.
    `plain_http`: it is offered without https as well, which only a local Telegram shows.
    """

    max_age_seconds: int = Field(default=3600, ge=60, le=86400)
    frame_ancestors: tuple[Annotated[str, AfterValidator(_origin)], ...] = (
        "https://web.telegram.org",
        "https://webk.telegram.org",
        "https://weba.telegram.org",
        "https://webz.telegram.org",
    )
    plain_http: bool = False


class Settings(Part):
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    data_dir: Path = Path("var")
    mongo_url: Annotated[SecretStr, _store_address("mongodb", "mongodb+srv")] | None = None
    redis_url: Annotated[SecretStr, _store_address("redis", "rediss", "unix")] | None = None
    public_url: Annotated[str, AfterValidator(_web_address)] | None = None
    timezone: Annotated[str, AfterValidator(_known_zone)] = "Europe/Moscow"
    secret_key: Annotated[SecretStr, Field(min_length=32)] | None = None
    demo: bool = False
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["auto", "json", "console"] = "auto"
    metrics_port: int | None = Field(default=None, ge=0, le=65535)
    organisation: Organisation = Organisation()
    limits: Limits = Limits()
    retention: Retention = Retention()
    mini_app: MiniApp = MiniApp()
    channels: tuple[ChannelAccount, ...] = ()
    bots: tuple[BotAccount, ...] = ()

    @model_validator(mode="after")
    def _ids_once(self) -> "Settings":
        # One name space: a resident bot and a staff bot share the inbox, whose key starts with it.
        seen: set[str] = set()
        for account_id in [one.id for one in self.channels] + [one.id for one in self.bots]:
            if account_id in seen:
                raise ValueError(f"doubled:{account_id}")
            seen.add(account_id)
        return self

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def base_url(self) -> str:
        """Where people and providers reach the hub, without a slash at the end."""
        if self.public_url:
            return self.public_url
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host  # noqa: S104
        return f"http://{host}:{self.port}"

    def mini_app_url(self, account: str) -> str:
        """Where a staff bot opens the desk inside Telegram; empty where it cannot."""
        if self.mini_app.plain_http or self.base_url.startswith("https://"):
            return f"{self.base_url}/mini/open/{account}"
        return ""

    def secret(self) -> bytes:
        """The key of signed links to files; made once in the data directory when unset."""
        if self.secret_key is not None:
            return self.secret_key.get_secret_value().encode()
        return kept_secret(self.data_dir / "secret.key")

    def channel(self, account_id: str) -> ChannelAccount | None:
        return next((one for one in self.channels if one.id == account_id), None)

    def bot(self, account_id: str) -> BotAccount | None:
        return next((one for one in self.bots if one.id == account_id), None)
