"""Words from templates/: one environment per language and kind of text (plain, Telegram HTML)."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from datetime import datetime, tzinfo
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from jinja2 import (
    Environment,
    FileSystemLoader,
    StrictUndefined,
    TemplateNotFound,
    pass_context,
)
from jinja2.runtime import Context

from hub import names, words
from hub.compiled import Compiled
from hub.ports.clock import Clock

TEMPLATES = Path(__file__).parent.parent / "templates"
SOURCE = "ru"
_COMPILED = {False: Compiled(), True: Compiled()}
"""Plain and HTML escape differently."""
VARIABLE = re.compile(r"\{([^{}\n]{1,40})\}")


class TemplateTexts:
    """Renders `<key>.j2`. Templates are written in Russian; other languages come by gettext from
    `locale/<language>/LC_MESSAGES/bot.po`, and what has no translation stays Russian."""

    def __init__(self, clock: Clock, zone: tzinfo, root: Path = TEMPLATES) -> None:
        self._clock = clock
        self._zone = zone
        self._root = root
        self._environments: dict[tuple[str, bool], Environment] = {}

    def render(self, key: str, language: str = SOURCE, /, **params: object) -> str:
        """Plain text. Raises KeyError when there is no such text."""
        return self._say(key, language, False, params)

    def html(self, key: str, language: str = SOURCE, /, **params: object) -> str:
        """As Telegram HTML: everything that comes in by params is escaped."""
        return self._say(key, language, True, params)

    def fill(self, text: str, language: str = SOURCE, /, **params: object) -> str:
        """Fill an admin's own template: {имя} and other variables; unknown ones stay."""
        values: dict[str, str] = json.loads(self.render("reply/variables", language, **params))
        return fill(text, values)

    def variables(self, language: str = SOURCE) -> list[str]:
        """Names that may stand in braces in a quick reply."""
        return list(json.loads(self.render("reply/variables", language)))

    def languages(self) -> list[str]:
        """Languages with a catalogue, the language of the templates first."""
        found = sorted(path.parent.parent.name for path in self._root.glob("locale/*/*/bot.po"))
        return [SOURCE, *(name for name in found if name != SOURCE)]

    def _say(self, key: str, language: str, html: bool, params: Mapping[str, object]) -> str:
        env = self._environment(language, html)
        try:
            template = env.get_template(f"{key}.j2")
        except TemplateNotFound as missing:
            if missing.name != f"{key}.j2":
                raise
            raise KeyError(key) from None
        return template.render(params).strip()

    def _environment(self, language: str, html: bool) -> Environment:
        found = self._environments.get((language, html))
        if found is None:
            known = language if language in self.languages() else SOURCE
            found = self._build(known, html)
            self._environments[language, html] = found
        return found

    def _build(self, language: str, html: bool) -> Environment:
        # Plain texts are no markup: nothing is to be escaped in them.
        env = Environment(
            loader=FileSystemLoader(self._root),
            autoescape=html,  # noqa: S701
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=["jinja2.ext.i18n"],
            bytecode_cache=_COMPILED[html],
        )
        speech = catalogue(self._root, language)
        # The i18n extension adds this method to the environment; its types do not know it.
        install: Any = env.install_gettext_callables  # type: ignore[attr-defined]
        install(speech.gettext, speech.ngettext, newstyle=True)

        def said(name: str, **facts: object) -> str:
            return env.get_template(f"words/{name}.j2").render(facts).strip()

        def told(at: datetime) -> words.Moment:
            return words.moment(at, self._clock.now(), self._zone, language)

        def span(at: datetime) -> words.Span:
            return words.span(at, self._clock.now())

        @pass_context
        def moment(_: Context, at: datetime) -> words.Moment:
            return told(at)

        @pass_context
        def when(_: Context, at: datetime) -> str:
            return said("when", m=told(at))

        @pass_context
        def day(_: Context, at: datetime) -> str:
            return said("day", m=told(at))

        @pass_context
        def left(_: Context, at: datetime) -> str:
            return said("left", s=span(at))

        @pass_context
        def ago(_: Context, at: datetime) -> str:
            return said("ago", s=span(at))

        @pass_context
        def size(_: Context, count: int) -> str:
            number, power = words.size(count, language)
            return said("size", number=number, power=power)

        def plural(count: int, *forms: str) -> str:
            return words.plural(count, *forms, language=SOURCE)

        env.filters.update(
            moment=moment,
            when=when,
            day=day,
            left=left,
            ago=ago,
            phone=words.phone,
            ended=words.ended,
            given=names.given,
            formal=names.formal,
            clock=words.clock,
            clip=words.clip,
            size=size,
            plural=plural,
            fill=fill,
        )
        env.globals["language"] = language
        return env


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put values in place of {names}; a name without a value stays, so that it is seen."""
    return VARIABLE.sub(
        lambda found: values.get(found[1].strip().lower()) or found[0],
        text,
    )


@lru_cache
def catalogue(root: Path, language: str) -> NullTranslations:
    """Compile a catalogue in memory; none for the language that templates are written in."""
    source = root / "locale" / language / "LC_MESSAGES" / "bot.po"
    if not source.exists():
        return NullTranslations()
    compiled = io.BytesIO()
    with source.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return Translations(compiled, domain="bot")
