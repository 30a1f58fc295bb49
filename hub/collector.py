"""Python's collector of circles, set for processes that stay."""

import gc

YOUNG = 20_000
"""Objects made before the collector looks for circles among them: what a call makes is gone with
it, and few calls leave a circle."""


def look_seldom() -> None:
    """While modules are loaded nearly nothing goes: looking takes a sixth of the start."""
    gc.set_threshold(YOUNG, 20, 20)


def rest_from_start() -> None:
    """What stands since the start stays: the collector need not look at it again and again."""
    gc.collect()
    gc.freeze()
    look_seldom()
