"""Russian in Latin letters, for accounts that save on length."""

from __future__ import annotations

import iuliia

# Not letters, but signs that would make a text UCS-2 all the same.
_SIGNS = str.maketrans(
    {
        "«": '"',
        "»": '"',
        "„": '"',
        "“": '"',
        "”": '"',
        "‘": "'",
        "’": "'",
        "—": "-",
        "–": "-",
        "‑": "-",
        "−": "-",
        "…": "...",
        "№": "N",
        "\u00a0": " ",
        "\u202f": " ",
        "\u2009": " ",
        "\t": " ",
        "•": "-",
        "₽": "rub.",
    }
)
# Signs of the schema itself that the alphabet of short messages lacks.
_SCHEMA = iuliia.MOSMETRO


def latin(text: str) -> str:
    """Transliterate as the signs of the Moscow metro do: readable, without diacritics."""
    said: str = _SCHEMA.translate(text)
    return said.translate(_SIGNS)
