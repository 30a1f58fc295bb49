"""format=flowed (RFC 3676): lines that a program cut, joined again."""

from __future__ import annotations


def joined(text: str, *, delsp: bool) -> str:
    """Join a line that ends in a blank with the next one of the same depth of quoting."""
    out: list[str] = []
    held: list[str] = []
    held_depth = 0
    for line in text.split("\n"):
        rest = line.lstrip(">")
        depth = len(line) - len(rest)
        rest = rest[1:] if rest.startswith(" ") else rest
        sign = rest == "-- "
        if held and (depth != held_depth or sign):
            out.append(_line(held, held_depth))
            held = []
        soft = rest.endswith(" ") and not sign
        held.append(rest[:-1] if soft and delsp else rest)
        held_depth = depth
        if not soft:
            out.append(_line(held, held_depth))
            held = []
    if held:
        out.append(_line(held, held_depth))
    return "\n".join(out)


def _line(held: list[str], depth: int) -> str:
    words = "".join(held)
    return f"{'>' * depth} {words}" if depth else words
