"""What the command line says when something is refused or away; the words stand in templates."""

import errno

from pymongo.errors import ConnectionFailure

from hub.commands.texts import say
from hub.domain.errors import HubError
from hub.embedded import NotInstalled, StoreFailed
from hub.ports.channel_build import BadAccount
from hub.ports.clock import SystemClock
from hub.settings import Settings
from hub.texts import TemplateTexts


class Refused(Exception):
    """A command cannot do what was asked; ``text`` names the words."""

    def __init__(self, text: str, **params: object) -> None:
        super().__init__(text)
        self.words = say(text, **params)


def told(error: Exception, settings: Settings) -> str | None:
    """The words for ``error``; None for what nobody foresaw."""
    if isinstance(error, ExceptionGroup):
        found = [told(one, settings) for one in error.exceptions]
        return "\n".join(one for one in found if one) or None
    if isinstance(error, Refused):
        return error.words
    if isinstance(error, HubError):
        texts = TemplateTexts(SystemClock(), settings.zone)
        return texts.render(f"errors/{error.key}", **error.params)
    if isinstance(error, BadAccount):
        return say("settings.bad_account", where=error.account, key=error.key)
    if isinstance(error, NotInstalled):
        return say("said.not_installed", package=error.package)
    if isinstance(error, StoreFailed):
        return say("said.store_failed", store=error.store, log=error.log)
    if isinstance(error, ConnectionFailure):
        return say("said.store_down")
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        return say("said.port_taken", host=settings.host, port=settings.port)
    if isinstance(error, TimeoutError):
        return say("said.stores_busy", data=settings.data_dir)
    return None
