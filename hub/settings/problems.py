"""What is wrong with the settings, as data: the words stand in templates/cli."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ValidationError

from hub.settings.accounts import BotAccount
from hub.settings.model import Limits, MiniApp, Organisation, Retention, Settings

# Where the keys that may stand under a name are declared.
_SECTIONS: dict[str, type[BaseModel]] = {
    "organisation": Organisation,
    "limits": Limits,
    "retention": Retention,
    "mini_app": MiniApp,
    "bot": BotAccount,
}
# In the file an account stands under the singular: [[channel]], [[bot]].
_AS_WRITTEN = {"channels": "channel", "bots": "bot"}


@dataclass(frozen=True)
class Problem:
    """``where`` is the key as it stands in hub.toml, ``text`` the key of the words for it."""

    where: str
    text: str
    params: dict[str, Any] = field(default_factory=dict)


class SettingsError(Exception):
    """The settings cannot be used; carries every problem found, never a value."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(f"{one.where}: {one.text}" for one in problems))
        self.problems = tuple(problems)


def explain(error: ValidationError) -> list[Problem]:
    return [
        _problem(tuple(one["loc"]), one["type"], one.get("ctx", {}))
        for one in error.errors(include_input=False, include_url=False)
    ]


def _problem(loc: tuple[int | str, ...], kind: str, ctx: dict[str, Any]) -> Problem:
    where = _as_written(loc)
    if kind == "extra_forbidden":
        return Problem(where, "settings.unknown", {"likely": _likely(loc)})
    if kind == "missing":
        return Problem(where, "settings.missing", {})
    if kind == "value_error":
        # Our own validators raise ``ValueError("name:detail")``.
        name, _, detail = str(ctx["error"]).partition(":")
        return Problem(where or detail, f"settings.{name}", {"detail": detail})
    if kind == "literal_error":
        return Problem(
            where, "settings.choice", {"expected": ctx["expected"].replace(" or ", ", ")}
        )
    bounds = {k: v for k, v in ctx.items() if k in ("ge", "le", "min_length", "pattern")}
    return Problem(where, f"settings.{kind}", bounds)


def _as_written(loc: tuple[int | str, ...]) -> str:
    written = ""
    for part in loc:
        if isinstance(part, int):
            written += f"[{part + 1}]"
        else:
            written += ("." if written else "") + _AS_WRITTEN.get(part, part)
    return written


def _likely(loc: tuple[int | str, ...]) -> str | None:
    names = [_AS_WRITTEN.get(part, part) for part in loc if isinstance(part, str)]
    model = _SECTIONS.get(names[0], Settings) if len(names) > 1 else Settings
    known = [_AS_WRITTEN.get(name, name) for name in model.model_fields]
    close = difflib.get_close_matches(names[-1], known, n=1)
    return close[0] if close else None
