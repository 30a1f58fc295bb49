"""aiogram's types are built when they are first needed.

Imported plainly, aiogram makes the validators of all its 400 types at once: two seconds of every
process, of which a few types are then used. Left alone, pydantic makes a validator at its first
use; it only has to find the names that the annotations speak of, and aiogram gives these to none
but its own rebuilding. So the rebuilding is left out and the names are put where pydantic looks
for them: into the modules of the types.
"""

from __future__ import annotations

import sys
from typing import Any

from pydantic import BaseModel

TYPES = "aiogram.types"


def load_aiogram() -> None:
    """Import aiogram without building its types. To be called before anything else imports it;
    safe to repeat, and too late it does nothing."""
    if TYPES in sys.modules:
        return
    rebuild = BaseModel.__dict__["model_rebuild"]
    put_off: list[type[BaseModel]] = []
    names: dict[str, Any] = {}

    def later(cls: type[Any], /, **options: Any) -> bool | None:
        known = options.get("_types_namespace")
        if known is None or not cls.__module__.startswith(f"{TYPES}."):
            built: bool | None = rebuild.__get__(None, cls)(**options)
            return built
        put_off.append(cls)
        names.update(known)
        return None

    setattr(BaseModel, "model_rebuild", classmethod(later))  # noqa: B010 - mypy knows it as a method
    # Whoever comes of it within this waits for its first use as well.
    BaseModel.model_config["defer_build"] = True
    try:
        import aiogram  # noqa: F401
    finally:
        del BaseModel.model_config["defer_build"]
        setattr(BaseModel, "model_rebuild", rebuild)  # noqa: B010
    # Only now: methods that could be built would be, every one with all its types within it.
    for module in {cls.__module__ for cls in put_off}:
        space = vars(sys.modules[module])
        space.update(names | space)
