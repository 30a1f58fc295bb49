"""Secrets that the hub makes for itself and keeps in its data directory."""

import contextlib
import os
import secrets
from pathlib import Path


def kept_secret(path: Path) -> bytes:
    """The secret in ``path`` (mode 0600), made if absent; several processes may ask at once."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
        # A link appears whole or not at all, and only for the first of several makers.
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_bytes().strip()
