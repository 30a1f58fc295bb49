"""The user data header of a short message: which part of which message it is (3GPP TS 23.040,
9.2.3.24)."""

from __future__ import annotations

import msgspec

CONCATENATED, CONCATENATED_16 = 0x00, 0x08


class Place(msgspec.Struct, frozen=True):
    """Part `index` (from 1) of `total` of the message that its sender numbered `ref`."""

    ref: int
    total: int
    index: int

    @property
    def sound(self) -> bool:
        """Whether it can be: broken headers name parts beyond the last, or none."""
        return 1 <= self.index <= self.total <= 255


def take_off(data: bytes) -> tuple[bytes, bytes]:
    """Split user data that begins with a header into the header (its length octet included) and
    the rest. What is too short to be one is all rest."""
    if not data or len(data) < data[0] + 1:
        return b"", data
    return data[: data[0] + 1], data[data[0] + 1 :]


def place(header: bytes) -> Place | None:
    """What a header says of concatenation; None where it says nothing that can be."""
    at = 1
    end = min(len(header), header[0] + 1) if header else 0
    while at + 2 <= end:
        element, length = header[at], header[at + 1]
        value = header[at + 2 : at + 2 + length]
        found = None
        if element == CONCATENATED and len(value) == 3:
            found = Place(value[0], value[1], value[2])
        elif element == CONCATENATED_16 and len(value) == 4:
            found = Place(int.from_bytes(value[:2], "big"), value[2], value[3])
        if found is not None:
            return found if found.sound else None
        at += 2 + length
    return None


def header(ref: int, total: int, index: int) -> bytes:
    """The header of part `index` of `total`, with a reference of 8 bits, known to every phone."""
    return bytes((5, CONCATENATED, 3, ref % 256, total, index))
