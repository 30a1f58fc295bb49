"""What hangs in entrances: the code that opens the chat about a house, as a picture and as a sheet
to print."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from admin_web.assets_served import STATIC

if TYPE_CHECKING:
    from fpdf import FPDF
    from segno import QRCode

Size = Literal["a4", "a5"]
SIZES: dict[str, tuple[float, float]] = {"a5": (148.0, 210.0), "a4": (210.0, 297.0)}
"""Millimetres."""
WEIGHTS = {"": 450.0, "B": 720.0}
INK, PALE = (23, 32, 44), (92, 103, 117)
DOT = 12
"""Pixels of a dot of the code in a picture: enough for a large print."""


class Poster(NamedTuple):
    """One sheet: whose house it is for, what is said, where the code leads."""

    title: str
    hint: str
    address: str
    foot: str
    link: str


def picture(link: str) -> bytes:
    """The code as a PNG."""
    out = io.BytesIO()
    _code(link).save(out, kind="png", scale=DOT, border=4)
    return out.getvalue()


def printed(posters: Iterable[Poster], size: str) -> bytes:
    """The sheets as a PDF with the fonts of the pages in it."""
    # Here and not above: it brings half a second of numbers and fonts to who never prints.
    from fpdf import FPDF

    page = SIZES[size]
    pdf = FPDF(format=page)
    for style, weight in WEIGHTS.items():
        for family in ("cyrillic", "latin"):
            pdf.add_font(family, style, _font(family), variations={"wght": weight})
    pdf.set_fallback_fonts(["latin"], exact_match=False)
    pdf.set_auto_page_break(False)
    for poster in posters:
        pdf.add_page()
        _draw(pdf, poster, page[0], page[1], page[0] / SIZES["a5"][0])
    return bytes(pdf.output())


def _draw(pdf: FPDF, poster: Poster, width: float, height: float, scale: float) -> None:
    side, margin = 86 * scale, 14 * scale
    pdf.set_margins(margin, margin)
    pdf.set_y(15 * scale)
    _words(pdf, poster.title, "B", 25 * scale, INK)
    pdf.set_y(pdf.get_y() + 2.5 * scale)
    _words(pdf, poster.hint, "", 12.5 * scale, PALE)
    top = pdf.get_y() + 4 * scale
    _draw_code(pdf, poster.link, (width - side) / 2, top, side)
    pdf.set_y(top + side + 3 * scale)
    large = 18 if len(poster.address) <= 45 else 14
    _words(pdf, poster.address, "B", large * scale, INK)
    pdf.set_y(height - 19 * scale)
    _words(pdf, poster.foot, "", 11 * scale, PALE)


def _words(pdf: FPDF, text: str, style: str, points: float, ink: tuple[int, int, int]) -> None:
    pdf.set_font("cyrillic", style, points)
    pdf.set_text_color(*ink)
    line = points * 0.3528 * 1.25
    pdf.multi_cell(0, line, text, align="C", new_x="LMARGIN", new_y="NEXT")


def _draw_code(pdf: FPDF, link: str, left: float, top: float, side: float) -> None:
    code = _code(link)
    rows = [list(row) for row in code.matrix_iter(border=2)]
    dot = side / len(rows)
    pdf.set_fill_color(*INK)
    for at, row in enumerate(rows):
        start = 0
        while start < len(row):
            end = start
            while end < len(row) and row[end] == row[start]:
                end += 1
            if row[start]:
                # A hair more than its place: viewers leave seams between neighbours otherwise.
                x, y = left + start * dot, top + at * dot
                pdf.rect(x, y, (end - start) * dot + 0.02, dot + 0.02, style="F")
            start = end


def _code(link: str) -> QRCode:
    from segno import make_qr

    return make_qr(link, error="q")


def _font(family: str) -> Path:
    return STATIC / "vendor" / f"golos-text-{family}-wght-normal.woff2"
