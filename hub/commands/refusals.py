"""What the command line says when something is refused or away; the words stand in templates."""

import errno
from pathlib import Path

from pymongo.errors import ConnectionFailure

from hub.commands.texts import say
from hub.domain.errors import HubError
from hub.embedded import NotInstalled, StoreFailed
from hub.http.server import CannotListen
from hub.ports.channel_build import BadAccount
from hub.ports.clock import SystemClock
from hub.settings import Settings
from hub.texts import TemplateTexts


class Refused(Exception):
    """A command cannot do what was asked; ``text`` names the words."""

    def __init__(self, text: str, **params: object) -> None:
        super().__init__(text)
        self.words = say(text, **params)


def cannot_listen(error: CannotListen) -> str:
    """The words for an address at which nothing can be served."""
    key = "said.port_taken" if error.taken else "said.no_address"
    return say(key, host=error.host, port=error.port)


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
    if isinstance(error, OSError) and _of_data(error, settings.data_dir):
        code = errno.errorcode.get(error.errno or 0, "")
        return say("said.no_data", data=settings.data_dir, code=code)
    if isinstance(error, TimeoutError):
        return say("said.stores_busy", data=settings.data_dir)
    return None


def _of_data(error: OSError, data: Path) -> bool:
    """Whether ``error`` is about the data directory, what is in it or what it would stand in."""
    if not isinstance(error.filename, str):
        return False
    held, wanted = Path(error.filename).absolute(), data.absolute()
    return held.is_relative_to(wanted) or wanted.is_relative_to(held)
