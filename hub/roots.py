"""Whom a connection out of the house trusts: read once a process, since it takes 40 ms."""

from __future__ import annotations

import ssl
from functools import cache

import certifi


@cache
def usual() -> ssl.SSLContext:
    """Whom the system trusts, and the usual roots where the system knows none. Everybody gets the
    same: nothing may be changed in it."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


@cache
def with_own(ca: str) -> ssl.SSLContext:
    """The usual ones and those in the file `ca` (PEM), read once as well. Raises OSError for a file
    that is none."""
    context = ssl.create_default_context(cafile=ca)
    context.load_default_certs()
    context.load_verify_locations(certifi.where())
    return context
