"""Tables as files for spreadsheets. A text is never a live formula, whatever it begins with."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from .formulas import FORMULA_START, guarded

Value = str | int | float | Decimal | date | None

# What browsers call a workbook.
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NARROWEST, WIDEST = 8, 60
# A number cell keeps 15 digits; a longer number is written as text.
EXACT_NUMBERS_BELOW = 10**15
SHEET_NAME_LENGTH = 31


def write_xlsx(
    sheet_name: str, header: Sequence[str], rows: Iterable[Sequence[object]]
) -> bytes:
    """A workbook with one sheet: numbers and dates keep their type, all else is text."""
    book = Workbook(write_only=True)
    title = re.sub(r"[\[\]:*?/\\']", " ", sheet_name).strip()[:SHEET_NAME_LENGTH]
    sheet = book.create_sheet(title or None)
    table = [[_plain(value) for value in row] for row in rows]
    names = [str(name) for name in header]
    # A write-only sheet takes widths and panes only before its first row.
    sheet.freeze_panes = "A2"
    for position, name in enumerate(names):
        column = chain([name], (row[position] for row in table if position < len(row)))
        letter = get_column_letter(position + 1)
        sheet.column_dimensions[letter].width = _width(column)
    sheet.append([_cell(sheet, name, bold=True) for name in names])
    for row in table:
        sheet.append([_cell(sheet, value) for value in row])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def write_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """UTF-8 with a mark, which Excel needs; every text in quotation marks."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, quoting=csv.QUOTE_NONNUMERIC)
    for row in chain([header], rows):
        writer.writerow([_csv_value(_plain(value)) for value in row])
    return buffer.getvalue().encode("utf-8-sig")


def _plain(value: object) -> Value:
    """A number, a day or a moment as it is (spreadsheets know no zones), all else as text."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None, microsecond=0)
    if isinstance(value, int) and abs(value) >= EXACT_NUMBERS_BELOW:
        return str(value)
    if value is None or isinstance(value, int | float | Decimal | date):
        return value
    return ILLEGAL_CHARACTERS_RE.sub("", str(value))


def _cell(sheet: WriteOnlyWorksheet, value: Value, *, bold: bool = False) -> Cell:
    cell = WriteOnlyCell(sheet, value=value)  # type: ignore[arg-type]
    if isinstance(value, str):
        # openpyxl takes "=1+1" for a formula and "#N/A" for an error. The prefix keeps
        # the text a text when somebody edits the cell.
        cell.data_type = "s"
        cell.quotePrefix = value.startswith(FORMULA_START)
    if bold:
        cell.font = Font(bold=True)
    return cell


def _csv_value(value: Value) -> Value:
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    return guarded(value) if isinstance(value, str) else value


def _width(values: Iterable[Value]) -> int:
    """The widest line of a column in letters; East Asian letters take two."""
    widest = max(
        len(line) + sum(unicodedata.east_asian_width(letter) in "WF" for letter in line)
        for value in values
        for line in str("" if value is None else value).split("\n")
    )
    return min(max(widest + 2, NARROWEST), WIDEST)
