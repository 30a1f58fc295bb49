"""From file and environment to :class:`Settings`."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings.exceptions import SettingsError as UnreadableVariable

from hub.settings.model import Settings
from hub.settings.problems import Problem, SettingsError, explain

DEFAULT_FILE = Path("hub.toml")
_LISTS = {"channel": "channels", "bot": "bots"}


class _TomlFile(PydanticBaseSettingsSource):
    """hub.toml, completed by the secrets of its accounts from the environment."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        return with_account_secrets(read_file(os.environ.get("HUB_CONFIG")), os.environ)


class _Outside(Settings, BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="HUB_",
        env_nested_delimiter="__",
        env_ignore_empty=True,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, _TomlFile(settings_cls)


def load(**given: Any) -> Settings:
    """The settings of this process; ``given`` (what a command names) is stronger than all.

    A value of ``None`` in ``given`` means «not named». Raises :class:`SettingsError` with every
    problem found.
    """
    named = {key: value for key, value in given.items() if value is not None}
    try:
        outside = _Outside(**named)
    except ValidationError as error:
        raise SettingsError(explain(error)) from None
    except UnreadableVariable as error:
        raise SettingsError(
            [Problem("HUB_…", "settings.environment", {"detail": str(error)})]
        ) from None
    return Settings.model_construct(
        **{name: getattr(outside, name) for name in Settings.model_fields}
    )


def read_file(named: str | None) -> dict[str, Any]:
    """The TOML file as a dictionary; a file that is named must exist, the default one need not."""
    path = Path(named) if named else DEFAULT_FILE
    try:
        text = path.read_bytes().decode()
    except FileNotFoundError:
        if named is None:
            return {}
        raise SettingsError([Problem(str(path), "settings.no_file")]) from None
    except (OSError, UnicodeDecodeError):
        raise SettingsError([Problem(str(path), "settings.unreadable")]) from None
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        # The parser's message names line and column; it quotes no values.
        raise SettingsError([Problem(str(path), "settings.toml", {"detail": str(error)})]) from None
    return {_LISTS.get(key, key): value for key, value in raw.items()}


def with_account_secrets(raw: dict[str, Any], environ: Mapping[str, str]) -> dict[str, Any]:
    """Put ``HUB_CHANNEL_<ID>_<KEY>`` and ``HUB_BOT_<ID>_<KEY>`` into their accounts."""
    for prefix, name in (("HUB_CHANNEL_", "channels"), ("HUB_BOT_", "bots")):
        accounts = raw.get(name)
        if not isinstance(accounts, list):
            continue
        by_name = {
            str(one.get("id", "")).upper().replace("-", "_"): one
            for one in accounts
            if isinstance(one, dict)
        }
        for variable, value in environ.items():
            if not variable.startswith(prefix) or not value:
                continue
            rest = variable.removeprefix(prefix)
            # The longest name wins: with accounts ``a`` and ``a-b``, A_B_TOKEN is for ``a-b``.
            owners = [one for one in by_name if one and rest.startswith(f"{one}_")]
            if owners:
                owner = max(owners, key=len)
                by_name[owner][rest.removeprefix(f"{owner}_").lower()] = value
    return raw
