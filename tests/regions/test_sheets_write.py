"""What is written holds no live formula, and is read back as the same text."""

import io
from datetime import UTC, date, datetime

import pytest
from openpyxl import load_workbook

from regions.sheets import read_table, write_csv, write_xlsx

pytestmark = pytest.mark.any_store

TEXTS = [
    "=1+1",
    "+49 30 1234",
    "-5",
    "-5 people",
    "@SUM(A1)",
    "\ttab",
    "\uff1d1+1",
    "'=quoted",
    "''=twice",
    "'plain'",
    "#N/A",
    "000123",
    "123456789012345678",
    'a "quoted", text',
    "two\nlines",
    "北京",
]


def cells_of(name: str, data: bytes) -> list[tuple[str, ...]]:
    return [row.cells for row in read_table(name, data).rows]


@pytest.mark.parametrize("text", TEXTS)
def test_text_comes_back_unchanged(text):
    assert cells_of("a.csv", write_csv(["text"], [[text]])) == [(text,)]
    assert cells_of("a.xlsx", write_xlsx("Texts", ["text"], [[text]])) == [(text,)]


@pytest.mark.parametrize("text", TEXTS)
def test_no_cell_of_a_workbook_is_a_formula(text):
    book = load_workbook(io.BytesIO(write_xlsx("Texts", [text], [[text]])))

    for row in book.active.iter_rows():
        assert row[0].data_type == "s"
        assert row[0].quotePrefix == text.startswith(
            ("=", "+", "-", "@", "\t", "\uff1d")
        )


def test_csv_guards_only_what_would_be_run():
    written = write_csv(["text", "n"], [["=1+1", -5], ["plain", 0.5], ["-5", None]])

    assert written.decode("utf-8-sig").splitlines() == [
        '"text","n"',
        '"\'=1+1",-5',
        '"plain",0.5',
        '"-5",""',
    ]
    assert written.startswith(b"\xef\xbb\xbf")


def test_numbers_and_days_stay_typed():
    moment = datetime(2027, 3, 9, 8, 30, 15, 123, tzinfo=UTC)
    row = [5, 0.5, date(2027, 3, 9), moment, None, 123456789012345678]

    sheet = load_workbook(io.BytesIO(write_xlsx("a:b", list("abcdef"), [row]))).active

    assert sheet.title == "a b"
    assert [cell.value for cell in sheet[2]] == [
        5,
        0.5,
        datetime.fromisoformat("2027-03-09"),
        datetime.fromisoformat("2027-03-09 08:30:15"),
        None,
        "123456789012345678",
    ]


def test_sheet_reads_well():
    rows = [["x" * 200, "北京公司", "a\x07b"]]

    sheet = load_workbook(
        io.BytesIO(write_xlsx("", ["long", "city", "text"], rows))
    ).active

    assert sheet.freeze_panes == "A2"
    assert all(cell.font.bold for cell in sheet[1])
    assert [sheet.column_dimensions[letter].width for letter in "ABC"] == [60, 10, 8]
    assert sheet["C2"].value == "ab"
