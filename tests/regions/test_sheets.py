"""Tables are read as text, with the row numbers that a spreadsheet shows."""

import io
import time
import zipfile
from datetime import date, datetime

import pytest
from openpyxl import Workbook

from regions.sheets import TableFault, read_table, read_tables
from regions.sheets import read as reading

pytestmark = pytest.mark.any_store

CODES = "code,name\n000123,北京公司\n123456789012345678,Müller\n"


def book_of(*rows: list, title: str = "Sheet1") -> Workbook:
    book = Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    return book


def data_of(book: Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def cells_of(name: str, data: bytes) -> list[tuple[str, ...]]:
    return [row.cells for row in read_table(name, data).rows]


# --- Text files ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"]
)
def test_encodings_give_equal_rows(encoding):
    table = read_table("codes.csv", CODES.encode(encoding))

    assert table.header == ("code", "name")
    assert [row.cells for row in table.rows] == [
        ("000123", "北京公司"),
        ("123456789012345678", "Müller"),
    ]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", "a,b\n1;2,3\n"),
        ("a.csv", "a;b\n1;2;3\n"),
        ("a.csv", "a\tb\n1\t2\n"),
        ("a.tsv", "a\tb\n1\t2\n"),
        ("a.csv", '"a,1";b\n1;2\n'),
        ("a.csv", "a,b\r\n1,2\r\n"),
        ("a.csv", "a,b\r1,2\r"),
    ],
)
def test_header_decides_the_delimiter(name, text):
    assert len(read_table(name, text.encode()).header) == 2


def test_rows_keep_the_numbers_of_the_file():
    text = '# made up, for a test\n"# more"\n\na,b\n1,"two\nlines"\n\n,\n3\n4,5,6,\n'

    table = read_table("a.csv", text.encode())

    assert table.header_row == 4
    # A spreadsheet shows a row with a line break as one.
    assert table.rows == (
        (5, ("1", "two\nlines")),
        (8, ("3", "")),
        (9, ("4", "5", "6")),
    )


@pytest.mark.parametrize(
    ("data", "row", "column", "message"),
    [
        (b"", None, "", "The file is empty."),
        (b"\n\n", None, "", "The file is empty."),
        (b"# only a comment\n", None, "", "The file is empty."),
        (
            b"a,b\n\x00\x01,2\n",
            None,
            "",
            "The encoding is unknown. Save the file as CSV UTF-8.",
        ),
        (
            b"a,b\n\xff\xff,2\n",
            None,
            "",
            "The encoding is unknown. Save the file as CSV UTF-8.",
        ),
        (b"\nname,Name\n1,2\n", 2, "Name", "Two columns have this name."),
        (b"a,,c\n1,2,3\n", 1, "B", "This column has no name."),
        (
            b'a,b\n1,2\n3,"4" 5\n',
            2,
            "",
            "A quotation mark is missing or out of place in this row or the next.",
        ),
    ],
)
def test_fault_of_a_text_file_says_where(data, row, column, message):
    with pytest.raises(TableFault) as caught:
        read_tables("a.csv", data)

    assert (caught.value.row, caught.value.column) == (row, column)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("limit", "most", "message"),
    [
        ("MAX_BYTES", 1_000_000, "The file is too large. At most 1 MB are read."),
        ("MAX_ROWS", 2, "There are more than 2 rows."),
        ("MAX_COLUMNS", 1, "There are more than 1 columns."),
        ("MAX_CELLS", 3, "There are more than 3 cells."),
    ],
)
def test_limits_are_kept(limit, most, message, monkeypatch):
    padding = b"#" * 1_000_000 + b"\n" if limit == "MAX_BYTES" else b""
    monkeypatch.setattr(reading, limit, most)

    with pytest.raises(TableFault) as caught:
        read_tables("a.csv", padding + b"a,b\n1,2\n3,4\n5,6\n")

    assert str(caught.value) == message


# --- Workbooks -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("000123", "000123"),
        (5.0, "5"),
        (0.1, "0.1"),
        (date(2027, 3, 9), "2027-03-09"),
        (datetime.fromisoformat("2027-03-09 08:30"), "2027-03-09 08:30"),
        (datetime.fromisoformat("2027-03-09 08:30:15"), "2027-03-09 08:30:15"),
        (True, "TRUE"),
        (None, ""),
    ],
)
def test_cell_of_a_workbook_becomes_text(value, text):
    data = data_of(book_of(["# a comment"], ["cell", "more"], [value, "x"]))

    table = read_table("a.xlsx", data)

    assert (table.header_row, table.rows) == (2, ((3, (text, "x")),))


def test_number_that_is_shown_with_zeros_keeps_them():
    book = book_of(["code"], [123])
    book.active["A2"].number_format = "000000"

    assert cells_of("a.xlsx", data_of(book)) == [("000123",)]


def test_each_sheet_is_a_table_and_empty_ones_are_left_out():
    book = book_of(["a"], [1], title="first")
    book.create_sheet("empty")
    book.create_sheet("second").append(["b"])

    tables = read_tables("a.xlsx", data_of(book))

    assert [(table.sheet, table.header) for table in tables] == [
        ("first", ("a",)),
        ("second", ("b",)),
    ]


def test_days_since_1904_are_the_same_days():
    book = book_of(["day"], [date(2027, 3, 9)])
    book.epoch = datetime.fromisoformat("1904-01-01")

    assert cells_of("a.xlsx", data_of(book)) == [("2027-03-09",)]


def test_merged_cells_keep_their_text_once():
    book = book_of(["a", "b"], ["both", None], ["1", "2"])
    book.active.merge_cells("A2:B2")

    assert cells_of("a.xlsx", data_of(book)) == [("both", ""), ("1", "2")]


def test_number_that_lost_digits_is_refused():
    with pytest.raises(TableFault, match="lost digits") as caught:
        read_tables("a.xlsx", data_of(book_of(["a", "b"], ["x", 123456789012345678])))

    assert (caught.value.sheet, caught.value.row, caught.value.column) == (
        "Sheet1",
        2,
        "B",
    )


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"code,name\n", "This is not an Excel workbook (.xlsx)."),
        (b"PK\x03\x04 nothing behind", "This is not an Excel workbook (.xlsx)."),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            "This is an old or a protected workbook. Save it as plain .xlsx.",
        ),
    ],
)
def test_other_files_are_no_workbooks(data, message):
    with pytest.raises(TableFault) as caught:
        read_tables("a.xlsx", data)

    assert str(caught.value) == message


def with_sheet(xml: str) -> bytes:
    """A workbook whose only sheet holds this XML."""
    source = io.BytesIO(data_of(book_of(["a"], [1])))
    target = io.BytesIO()
    with (
        zipfile.ZipFile(source) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.infolist():
            is_sheet = part.filename == "xl/worksheets/sheet1.xml"
            new.writestr(part.filename, xml if is_sheet else old.read(part))
    return target.getvalue()


SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    "{}<sheetData>{}</sheetData></worksheet>"
)
LAUGHS = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 10))


@pytest.mark.parametrize(
    ("xml", "message"),
    [
        (
            SHEET.format("", '<row r="999999999"><c r="A999999999"><v>1</v></c></row>'),
            "There are more than 1048576 rows.",
        ),
        (
            SHEET.format(
                "", "<row><c><v>1</v></c></row>" + '<row><c r="XFD2"/></row>' * 200
            ),
            "There are more than 3000000 cells.",
        ),
        (
            f"<!DOCTYPE x [<!ENTITY l0 'ha'>{LAUGHS}]>"
            + SHEET.format("", '<row><c t="inlineStr"><is><t>&l9;</t></is></c></row>'),
            "This is not an Excel workbook (.xlsx).",
        ),
    ],
    ids=["far_row", "far_column", "entities"],
)
def test_malicious_sheet_is_refused(xml, message):
    with pytest.raises(TableFault) as caught:
        read_tables("a.xlsx", with_sheet(xml))

    assert str(caught.value) == message


def test_zip_bomb_is_refused_before_it_is_unpacked():
    bomb = with_sheet(" " * 210_000_000)
    start = time.monotonic()

    with pytest.raises(TableFault) as caught:
        read_tables("a.xlsx", bomb)

    assert str(caught.value) == "The workbook is too large when unpacked."
    assert time.monotonic() - start < 1


def test_claimed_size_of_a_sheet_costs_nothing():
    data = with_sheet(
        SHEET.format('<dimension ref="A1:XFD1048576"/>', "<row><c><v>1</v></c></row>")
    )

    assert read_table("a.xlsx", data).header == ("1",)
