"""Tables from the bytes of a file, with the row numbers that a spreadsheet shows."""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import chain
from pathlib import PurePath
from typing import NamedTuple, Protocol, cast

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from .formulas import unguarded

MAX_BYTES = 20_000_000
# What a packed workbook may grow to; stands in its directory, so a bomb is never unpacked.
MAX_UNPACKED_BYTES = 200_000_000
MAX_ROWS = 100_000
MAX_COLUMNS = 200
MAX_CELLS = 3_000_000
LAST_ROW_OF_A_SHEET = 1_048_576
# A number cell keeps 15 digits; beyond it the spreadsheet has already changed the number.
EXACT_NUMBERS_BELOW = 1e15

DELIMITERS = ",;\t"
COMMENT = ("#", '"#')
ZIP, OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
BYTE_ORDER_MARKS = {
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}

Records = Iterator[tuple[int, list[str]]]


class TableFault(Exception):  # noqa: N818 - a refusal, told to the user as it stands
    """The file cannot be read as a table; says why, and where if there is a place."""

    def __init__(
        self, message: str, *, sheet: str = "", row: int | None = None, column: str = ""
    ) -> None:
        self.message, self.sheet, self.row, self.column = message, sheet, row, column
        super().__init__(message)


class Row(NamedTuple):
    """Text cells: as many as the header has, or more when the row is longer than it."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """One CSV file (no sheet) or one sheet of a workbook. Blank rows are left out."""

    file: str
    sheet: str
    header: tuple[str, ...]
    header_row: int
    rows: tuple[Row, ...]


class OpenCell(Protocol):
    """A cell as openpyxl reads it; an empty one has neither place nor format."""

    row: int
    column: int
    number_format: str
    value: object


class OpenSheet(Protocol):
    """A sheet of a workbook that is open for reading only."""

    title: str

    def reset_dimensions(self) -> None: ...
    def iter_rows(self) -> Iterator[tuple[OpenCell, ...]]: ...


def every(names: Collection[str]) -> Collection[str]:
    return names


def read_tables(
    name: str,
    data: bytes,
    *,
    choose: Callable[[Collection[str]], Collection[str]] = every,
) -> list[Table]:
    """Every table of a file; sheets without any cell are left out. Raises TableFault.

    `choose` says which sheets to read, given the names of all; the others may hold anything.
    """
    if len(data) > MAX_BYTES:
        raise TableFault(
            _("The file is too large. At most %(n)d MB are read.")
            % {"n": MAX_BYTES // 10**6}
        )
    suffix = PurePath(name).suffix.lower()
    if data and (suffix in (".xlsx", ".xlsm") or data.startswith((ZIP, OLD_EXCEL))):
        tables = _read_workbook(name, data, choose)
    else:
        tables = [_read_text(name, data, "\t" if suffix == ".tsv" else "")]
    found = [table for table in tables if table is not None]
    if tables and not found:
        raise TableFault(_("The file is empty."))
    return found


def read_table(name: str, data: bytes) -> Table:
    """The first table of a file. Raises TableFault."""
    return read_tables(name, data)[0]


# --- Text files ----------------------------------------------------------------------


def _read_text(name: str, data: bytes, delimiter: str) -> Table | None:
    lines = io.StringIO(_decode(data), newline="")
    first = 1
    line = next(lines, "")
    while line and (not line.strip() or line.startswith(COMMENT)):
        line = next(lines, "")
        first += 1
    if not delimiter:
        # The header decides: names of columns hold no delimiters, the texts below them may.
        names = re.sub(r'"[^"]*"', "", line)
        delimiter = max(DELIMITERS, key=names.count)
    records = csv.reader(chain([line], lines), delimiter=delimiter, strict=True)
    return _table(name, "", _text_records(records, first))


def _decode(data: bytes) -> str:
    for mark, encoding in BYTE_ORDER_MARKS.items():
        if data.startswith(mark):
            return _decoded(data, encoding)
    if b"\0" in data[:1000]:
        # UTF-16 without a mark: the zero bytes of its ASCII letters stand second or first.
        return _decoded(data, "utf-16-le" if data[1:2] == b"\0" else "utf-16-be")
    try:
        return _decoded(data, "utf-8")
    except TableFault:
        return _decoded(data, "gb18030")


def _decoded(data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise TableFault(_("The encoding is unknown. Save the file as CSV UTF-8."))
    return text


def _text_records(records: Iterator[list[str]], first: int) -> Records:
    number = first
    try:
        for number, cells in enumerate(records, start=first):
            yield number, [unguarded(cell) for cell in cells]
    except csv.Error:
        raise TableFault(
            _("A quotation mark is missing or out of place in this row or the next."),
            row=number,
        ) from None


# --- Workbooks -----------------------------------------------------------------------


def _read_workbook(
    name: str, data: bytes, choose: Callable[[Collection[str]], Collection[str]]
) -> list[Table | None]:
    if data.startswith(OLD_EXCEL):
        raise TableFault(
            _("This is an old or a protected workbook. Save it as plain .xlsx.")
        )
    try:
        _refuse_bomb(data)
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheets = cast(list[OpenSheet], book.worksheets)
        chosen = choose([sheet.title for sheet in sheets])
        return [
            _table(name, sheet.title, _sheet_records(sheet))
            for sheet in sheets
            if sheet.title in chosen
        ]
    except TableFault:
        raise
    # A damaged workbook fails anywhere in zipfile, the XML parser or openpyxl.
    except Exception as fault:
        raise TableFault(_("This is not an Excel workbook (.xlsx).")) from fault


def _refuse_bomb(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(part.file_size for part in archive.infolist()) > MAX_UNPACKED_BYTES:
            raise TableFault(_("The workbook is too large when unpacked."))


def _sheet_records(sheet: OpenSheet) -> Records:
    # The size that a sheet claims may be a million empty rows: look at what is there.
    sheet.reset_dimensions()
    cells = 0
    for number, row in enumerate(sheet.iter_rows(), start=1):
        cells += len(row)
        _refuse_more(number, LAST_ROW_OF_A_SHEET, cells, sheet.title)
        if row:
            yield number, [_cell_text(cell, sheet.title) for cell in row]


def _cell_text(cell: OpenCell, sheet: str) -> str:
    value = cell.value
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        if abs(value) >= EXACT_NUMBERS_BELOW:
            raise TableFault(
                _(
                    "This number has lost digits. Format the column as text and enter it again."
                ),
                sheet=sheet,
                row=cell.row,
                column=get_column_letter(cell.column),
            )
        value = int(value) if value.is_integer() else value
    if isinstance(value, int):
        # A number that is shown with leading zeros is a code.
        zeros = cell.number_format
        return str(value).zfill(len(zeros)) if set(zeros) == {"0"} else str(value)
    if isinstance(value, datetime):
        return _moment_text(value)
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _moment_text(value: datetime) -> str:
    if (value.hour, value.minute, value.second) == (0, 0, 0):
        return value.date().isoformat()
    return value.isoformat(sep=" ", timespec="seconds" if value.second else "minutes")


# --- Both ----------------------------------------------------------------------------


def _table(
    file: str, sheet: str, records: Iterable[tuple[int, list[str]]]
) -> Table | None:
    """A header and the rows under it; comments may stand before them. None if all is blank."""
    header: tuple[str, ...] = ()
    header_row, cells = 0, 0
    rows: list[Row] = []
    for number, texts in records:
        if not any(text.strip() for text in texts):
            continue
        if not header:
            if not texts[0].startswith("#"):
                header, header_row = _header(texts, sheet, number), number
            continue
        while len(texts) > len(header) and not texts[-1].strip():
            texts.pop()
        cells += len(texts)
        _refuse_more(len(rows) + 1, MAX_ROWS, cells, sheet)
        texts += [""] * (len(header) - len(texts))
        rows.append(Row(number, tuple(texts)))
    return Table(file, sheet, header, header_row, tuple(rows)) if header else None


def _header(texts: list[str], sheet: str, number: int) -> tuple[str, ...]:
    names = [text.strip() for text in texts]
    while not names[-1]:
        names.pop()
    if len(names) > MAX_COLUMNS:
        raise TableFault(
            _("There are more than %(n)d columns.") % {"n": MAX_COLUMNS}, sheet=sheet
        )
    seen = set()
    for position, name in enumerate(names, start=1):
        column = name or get_column_letter(position)
        if not name:
            raise TableFault(
                _("This column has no name."), sheet=sheet, row=number, column=column
            )
        if name.casefold() in seen:
            raise TableFault(
                _("Two columns have this name."), sheet=sheet, row=number, column=column
            )
        seen.add(name.casefold())
    return tuple(names)


def _refuse_more(rows: int, most: int, cells: int, sheet: str) -> None:
    if rows > most:
        raise TableFault(
            _("There are more than %(n)d rows.") % {"n": most}, sheet=sheet
        )
    if cells > MAX_CELLS:
        raise TableFault(
            _("There are more than %(n)d cells.") % {"n": MAX_CELLS}, sheet=sheet
        )
