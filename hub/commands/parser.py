"""What can be typed after ``hub``. Every word of the help stands in templates/cli/help.j2."""

import argparse
import sys
from collections.abc import Callable, Coroutine
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Any, NoReturn

from hub.commands.texts import say
from hub.domain.rights import SCOPES
from hub.domain.staff import ROLES
from hub.settings import Settings

# Returns the exit code of the process.
Command = Callable[[argparse.Namespace, Settings], Coroutine[Any, Any, int]]


def command(named: str) -> Command:
    """``staff.add`` is ``add`` of hub/commands/staff.py, imported only when it runs: all that a
    hub is made of takes a while to import, and ``hub --help`` must not wait for it."""
    module, _, function = named.partition(".")
    found: Command = getattr(import_module(f"hub.commands.{module}"), function)
    return found


class _Help(argparse.HelpFormatter):
    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=32, width=100)

    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, say("help.usage") if prefix is None else prefix)


class _Parser(argparse.ArgumentParser):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(formatter_class=_Help, add_help=False, allow_abbrev=False, **kwargs)
        self._positionals.title = say("help.what")
        self._optionals.title = say("help.options")
        self.add_argument("-h", "--help", action="help", help=say("help.help"))

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(2, say("said.usage_error", message=message) + "\n")


class Shelf:
    """One level of commands: ``hub …`` or ``hub staff …``."""

    def __init__(self, parser: argparse.ArgumentParser, name: str) -> None:
        self._commands = parser.add_subparsers(
            title=say("help.commands"),
            metavar=say("help.command"),
            dest=name,
            required=True,
            parser_class=_Parser,
        )

    def command(self, name: str, run: str, words: str = "") -> argparse.ArgumentParser:
        help_text = say(f"help.{words or name}")
        parser: argparse.ArgumentParser = self._commands.add_parser(
            name, help=help_text, description=help_text
        )
        parser.add_argument("--data", dest="data_dir", metavar="DIR", help=say("help.data"))
        parser.set_defaults(run=run)
        return parser

    def shelf(self, name: str) -> "Shelf":
        help_text = say(f"help.{name}")
        parser = self._commands.add_parser(name, help=help_text, description=help_text)
        return Shelf(parser, f"{name}_command")


def parser() -> argparse.ArgumentParser:
    top = _Parser(prog="hub", description=say("help.hub"))
    top.add_argument(
        "--version", action="version", version=product_version(), help=say("help.version")
    )
    hub = Shelf(top, "command")

    one = hub.command("run", "run.run")
    one.add_argument("--demo", action="store_true", default=None, help=say("help.demo"))
    for parsed in (one, hub.command("web", "roles.web")):
        parsed.add_argument("--host", metavar="H", help=say("help.host"))
        parsed.add_argument("--port", metavar="P", type=int, help=say("help.port"))
    hub.command("bots", "roles.bots")
    hub.command("worker", "roles.worker")
    hub.command("scheduler", "roles.scheduler")
    hub.command("init", "init.run")

    people = hub.shelf("staff")
    one = people.command("add", "staff.add", "staff_add")
    one.add_argument("login", metavar="LOGIN", help=say("help.login"))
    one.add_argument(
        "--role", metavar="R", action="append", choices=ROLES, required=True, help=say("help.role")
    )
    one.add_argument("--name", metavar="N", help=say("help.name"))
    one.add_argument("--position", metavar="P", default="", help=say("help.position"))
    one.add_argument("--group", metavar="G", action="append", help=say("help.group"))
    one = people.command("link", "staff.link", "staff_link")
    one.add_argument("login", metavar="LOGIN", help=say("help.login"))

    one = hub.shelf("token").command("add", "token.add", "token_add")
    one.add_argument("name", metavar="NAME", help=say("help.token_name"))
    one.add_argument(
        "--scope",
        metavar="S",
        action="append",
        choices=sorted(SCOPES),
        required=True,
        help=say("help.scope"),
    )

    hub.command("doctor", "doctor.run")
    one = hub.command("seed", "seed.run")
    one.add_argument("--cases", metavar="N", type=int, required=True, help=say("help.cases"))
    one.add_argument("--since", metavar="DATE", help=say("help.since"))
    one = hub.command("bench", "bench.run")
    one.add_argument(
        "name",
        metavar="NAME",
        choices=("intake", "desk", "notify", "updates"),
        help=say("help.bench_name"),
    )
    one.add_argument("--json", action="store_true", help=say("help.json"))
    one.add_argument("--messages", metavar="N", type=int, help=say("help.messages"))
    one.add_argument("--cases", metavar="N", type=int, action="append", help=say("help.cases"))
    one.add_argument("--channel", metavar="KIND", help=say("help.bench_channel"))
    one = hub.command("replay", "replay.run")
    which = one.add_mutually_exclusive_group(required=True)
    which.add_argument("id", metavar="ID", nargs="?", help=say("help.row"))
    which.add_argument("--quarantined", action="store_true", help=say("help.quarantined"))
    return top


def product_version() -> str:
    try:
        return version("residents-hub")
    except PackageNotFoundError:
        return "0"
