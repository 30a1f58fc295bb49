"""Spreadsheets that people bring and take: XLSX, and CSV as Excel writes it."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence

from hub.domain.errors import Invalid, TooLarge

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_ROWS = 2000
UNPACKED_LIMIT = 32 * 1024 * 1024


def written(header: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """Return an XLSX file. Every cell is text: what begins with «=» is no formula."""
    # Here and not above: most processes never write a sheet, and all would load the library.
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    page = book.create_sheet()
    page.append(list(header))
    for row in rows:
        cells = [WriteOnlyCell(page, value) for value in row]
        for cell in cells:
            cell.data_type = "s"
        page.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read(name: str, body: bytes) -> Iterator[tuple[str, str, str]]:
    """Yield the first three columns of every row after the header, rows without text left out."""
    for title, folder, text in rows(name, body, 3):
        if title and text:
            yield title, folder, text


def rows(name: str, body: bytes, columns: int) -> Iterator[list[str]]:
    """Yield so many columns of every row after the header, trimmed, empty where there is none."""
    found = _xlsx(body) if name.lower().endswith(".xlsx") else _csv(body)
    for index, row in enumerate(found):
        if index > MAX_ROWS:
            raise Invalid(field="file", reason="rows", limit=MAX_ROWS)
        if index:
            yield [cell.strip() for cell in [*row, *[""] * columns][:columns]]


def _xlsx(body: bytes) -> Iterator[list[str]]:
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > UNPACKED_LIMIT:
                raise TooLarge(limit=UNPACKED_LIMIT)
        book = load_workbook(io.BytesIO(body), read_only=True, data_only=True)
        page = book.worksheets[0]
        for row in page.iter_rows(values_only=True):
            yield ["" if value is None else str(value) for value in row]
    except (zipfile.BadZipFile, KeyError, ValueError, IndexError):
        raise Invalid(field="file", reason="sheet") from None


def _csv(body: bytes) -> Iterator[list[str]]:
    text = None
    for encoding in ("utf-8-sig", "cp1251"):
        try:
            text = body.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    if text is None or "\0" in text:
        raise Invalid(field="file", reason="sheet")
    first = text.partition("\n")[0]
    separator = ";" if first.count(";") >= first.count(",") else ","
    yield from csv.reader(io.StringIO(text), delimiter=separator)
