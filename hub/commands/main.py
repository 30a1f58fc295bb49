"""From what was typed to an exit code; the one place of the command line that tells refusals."""

import logging
import sys
from collections.abc import Sequence
from contextlib import nullcontext

import uvloop

from hub import log
from hub.collector import look_seldom
from hub.commands import demo
from hub.commands.parser import command, parser
from hub.commands.refusals import told
from hub.commands.texts import refused, say
from hub.settings import SettingsError, load

BAD_SETTINGS = 2
STOPPED_BY_HAND = 130


def main(argv: Sequence[str]) -> int:
    look_seldom()
    args = parser().parse_args(argv)
    named = {key: getattr(args, key, None) for key in ("data_dir", "host", "port", "demo")}
    try:
        settings = load(**named)
    except SettingsError as error:
        print(refused(error), file=sys.stderr)
        return BAD_SETTINGS
    log.configure(settings.log_level, settings.log_format, role=args.command)
    showing = settings.demo and args.command == "run"
    try:
        with demo.alone(settings) if showing else nullcontext():
            settings = demo.completed(settings)
            code: int = uvloop.run(command(args.run)(args, settings))
    except KeyboardInterrupt:
        return STOPPED_BY_HAND
    except Exception as error:
        words = told(error, settings)
        if words is None:
            logging.getLogger(__name__).exception("hub %s failed", args.command)
            words = say("said.unforeseen")
        print(words, file=sys.stderr)
        return 1
    return code
