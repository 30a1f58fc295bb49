"""Methods of the Bot API, grouped by what they concern.

Importing this package fills the registry.
"""

from bots.emulator.methods import (
    callbacks,
    copying,
    editing,
    groups,
    inline,
    media,
    pins,
    profile,
    reactions,
    sending,
    topics,
    updates,
)
from bots.emulator.methods.registry import METHODS, Call

__all__ = [
    "METHODS",
    "Call",
    "callbacks",
    "copying",
    "editing",
    "groups",
    "inline",
    "media",
    "pins",
    "profile",
    "reactions",
    "sending",
    "topics",
    "updates",
]
