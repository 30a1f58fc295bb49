"""How a person is addressed: the given name within a name written in any order.

A channel says «Андрей Мороз», an address book «Мороз Андрей Петрович», a company «ООО «Ромашка»».
Where it is not plain which word is the given name, the whole is kept: a clumsy greeting is better
than one by somebody's surname. Names and endings stand in names.json.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from importlib.resources import files

import msgspec

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
MOST = 4
"""Words of a person's name, a particle after the patronymic among them."""


class _Known(msgspec.Struct, frozen=True):
    """Lower-case given names, endings of patronymics, particles that follow one («оглы»)."""

    men: frozenset[str]
    women: frozenset[str]
    his: tuple[str, ...]
    hers: tuple[str, ...]
    particles: frozenset[str]


def given(name: str) -> str:
    """«Мороз Андрей Петрович», «Андрей Мороз» → «Андрей»; what is not plain stays whole."""
    found = _parts(name)
    return found[0] if found else name.strip()


def formal(name: str) -> str:
    """«Мороз Андрей Петрович» → «Андрей Петрович»; without a patronymic as `given`."""
    found = _parts(name)
    return " ".join(found) if found else name.strip()


def _parts(name: str) -> list[str]:
    """Given name and patronymic where there is one; nothing when it is not plain."""
    words = name.split()
    if not 1 < len(words) <= MOST or not all(_WORD.fullmatch(word) for word in words):
        return []
    known = _known()
    if len(words) == MOST and words[-1].lower() in known.particles:
        return [words[1], f"{words[2]} {words[3]}"]
    names = [word.lower() in known.men | known.women for word in words]
    father = [
        at > 0 and word.lower().endswith(known.his + known.hers) for at, word in enumerate(words)
    ]
    match len(words), father:
        case 3, [_, False, True]:
            return words[1:]
        case 3, [_, True, False] if names[0]:
            return words[:2]
        # A surname may end as a patronymic does: «Анна Андреевич».
        case 2, [_, True]:
            return words if names[0] and _agree(*words) else []
        case 2, [_, False] if names.count(True) == 1:
            return [words[names.index(True)]]
    return []


def _agree(first: str, father: str) -> bool:
    known = _known()
    return father.lower().endswith(known.hers) == (first.lower() in known.women)


@lru_cache
def _known() -> _Known:
    return msgspec.convert(json.loads((files("hub") / "names.json").read_text("utf-8")), _Known)
