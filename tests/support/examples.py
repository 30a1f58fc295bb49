"""How many examples a property test tries: few while one works, all of them in `make test`."""

from __future__ import annotations

import os
from typing import Any

from hypothesis import settings

THOROUGH = os.environ.get("HUB_TESTS") == "thorough"
SHARE = 5
FEWEST = 10
ORDINARY = 100


def examples(most: int = ORDINARY, **options: Any) -> settings:
    """Settings of a property test that tries `most` examples when it is thorough. The examples
    are the same at every run, and the few are the first of the many."""
    count = most if THOROUGH else min(most, max(most // SHARE, FEWEST))
    return settings(max_examples=count, deadline=None, derandomize=True, **options)
