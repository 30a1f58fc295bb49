"""The words of the command line: macros of templates/cli, named ``file.macro``."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from hub.settings import Problem, SettingsError

FOLDER = Path(__file__).parents[2] / "templates" / "cli"


@cache
def _words() -> Environment:
    # Plain text for a terminal: nothing to escape.
    return Environment(  # noqa: S701
        loader=FileSystemLoader(FOLDER), undefined=StrictUndefined, keep_trailing_newline=False
    )


def say(key: str, /, **params: object) -> str:
    """The text of ``key``; ``LookupError`` when there is none."""
    file, _, macro = key.partition(".")
    module = _words().get_template(f"{file}.j2").module
    words = getattr(module, macro, None)
    if words is None:
        raise LookupError(key)
    return str(words(**params))


def tell(problem: Problem) -> str:
    try:
        return say(problem.text, where=problem.where, **problem.params)
    except LookupError:
        return say("settings.other", where=problem.where)


def refused(error: SettingsError) -> str:
    return say("said.settings_refused", problems=[tell(one) for one in error.problems])
