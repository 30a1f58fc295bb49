"""Methods of the Bot API, grouped by what they concern.

Importing this package fills the registry.
"""

from bots.emulator.methods import (
    callbacks,
    copying,
    editing,
    general,
    groups,
    inline,
    media,
    moving,
    pins,
    profile,
    reactions,
    sending,
    topics,
    updates,
    webapps,
)
from bots.emulator.methods.registry import METHODS, Call

__all__ = [
    "METHODS",
    "Call",
    "callbacks",
    "copying",
    "editing",
    "general",
    "groups",
    "inline",
    "media",
    "moving",
    "pins",
    "profile",
    "reactions",
    "sending",
    "topics",
    "updates",
    "webapps",
]
