"""The Jinja2 environments of the pages: one per language, autoescape always on."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime, tzinfo
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from hub import words
from hub.compiled import Compiled
from hub.domain.status import ENDED
from hub.ports.texts import Texts

TEMPLATES = Path(__file__).parent.parent / "templates"
LANGUAGES = ("ru", "en")
_COMPILED = Compiled()


@lru_cache
def catalogue(language: str) -> Translations:
    """Compile templates/locale/<language>/LC_MESSAGES/hub.po in memory."""
    source = TEMPLATES / "locale" / language / "LC_MESSAGES" / "hub.po"
    compiled = io.BytesIO()
    with source.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return Translations(compiled, domain="hub")


def environment(
    language: str, zone: tzinfo, static: Callable[[str], str], texts: Texts
) -> Environment:
    """Build the environment for a language.

    `zone` is where the people are who read the pages; `static` turns the name of a file under
    static/ into its address; `texts` says why something failed, in the words that bots use too.
    Templates find `now` (UTC) in their context.
    """
    env = Environment(
        loader=FileSystemLoader(TEMPLATES / "web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
        bytecode_cache=_COMPILED,
    )
    speech = catalogue(language)
    # The i18n extension adds this method to the environment; its types do not know it.
    install: Any = env.install_gettext_callables  # type: ignore[attr-defined]
    install(speech.gettext, speech.ngettext, newstyle=True)

    @pass_context
    def moment(context: Context, at: datetime) -> words.Moment:
        return words.moment(at, context["now"], zone, language)

    @pass_context
    def span(context: Context, at: datetime) -> words.Span:
        return words.span(at, context["now"])

    @pass_context
    def size(_: Context, count: int) -> tuple[str, int]:
        return words.size(count, language)

    @pass_context
    def reason(_: Context, key: str) -> str:
        return texts.render("words/reason", language, reason=key)

    def identity_kind(key: str) -> str:
        return key.partition(":")[0]

    @pass_context
    def local_input(_: Context, at: datetime) -> str:
        return words.local_input(at, zone)

    env.filters.update(
        moment=moment,
        span=span,
        phone=words.phone,
        initials=words.initials,
        clock=words.clock,
        size=size,
        reason=reason,
        instant=datetime.fromisoformat,
        identity_kind=identity_kind,
        local_input=local_input,
    )
    # The desk of a browser; who shows it elsewhere says so in the context.
    env.globals.update(static=static, language=language, ended=ENDED, root="", mini=False)
    return env
