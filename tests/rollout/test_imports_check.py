"""What the check says of whole files and folders."""

import pytest
from openpyxl import Workbook

from regions.models import HistoryEntry, Programme, Region
from rollout.imports.load import CannotLoad, load
from tests.programme_files import (
    FILES,
    TODAY,
    check_folder,
    load_folder,
    write_folder,
    write_workbook,
    write_workbooks,
)

pytestmark = [pytest.mark.django_db, pytest.mark.any_store]


def test_sound_files_have_no_fault(tmp_path):
    checked = check_folder(write_folder(tmp_path / "erp"))

    assert checked.faults == []
    assert checked.ignored_columns == [
        "our_cutover_tasks.csv: code",
        "our_phases.csv: code, source_group",
        "signins.csv: who",
    ]


# --- Kinds of files ------------------------------------------------------------------


def values_of(checked) -> dict[str, list[dict]]:
    entries = checked.content.entries
    return {
        kind: [entry.values for entry in rows] for kind, rows in sorted(entries.items())
    }


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
def test_encodings_give_equal_rows(encoding, tmp_path):
    files = {
        name: content.replace("South Company", "南方公司").replace(
            "double work", "重复劳动"
        )
        for name, content in FILES.items()
    }
    plain = check_folder(write_folder(tmp_path / "plain", files))

    encoded = check_folder(write_folder(tmp_path / "encoded", files, encoding))

    assert values_of(encoded) == values_of(plain)
    assert encoded.faults == []
    assert encoded.content.of("regions")[1]["name"] == "南方公司"


def test_workbooks_equal_text_files(tmp_path):
    plain = check_folder(write_folder(tmp_path / "plain"))

    books = check_folder(write_workbooks(tmp_path / "books"))

    assert values_of(books) == values_of(plain)
    assert books.faults == []


def test_sheets_of_one_workbook_equal_text_files(tmp_path):
    plain = check_folder(write_folder(tmp_path / "plain"))

    book = check_folder(write_workbook(tmp_path / "erp.xlsx"))

    assert values_of(book) == values_of(plain)
    assert book.faults == []


# --- Faults --------------------------------------------------------------------------


def test_every_fault_is_collected(tmp_path):
    files = FILES | {
        "people.csv": FILES["people.csv"].replace("CIO,cio", "CIO,boss"),
        "asks.csv": FILES["asks.csv"].replace("EAST,decision,us", "WEST,decision,them"),
        "contacts.csv": "region,held,region\nEAST,2027-03-01 10:00,EAST\n",
        "owners.csv": "",
    }

    checked = check_folder(write_folder(tmp_path / "erp", files))

    assert {fault.place for fault in checked.faults} == {
        "contacts.csv, row 1, column region",
        "owners.csv",
        "people.csv, row 2, column role",
        "asks.csv, row 3, column of",
        "asks.csv, row 3, column region",
    }


def test_only_regions_are_required(tmp_path):
    rows = "code,name,wave,planned_go_live\nEAST,East Company,First,2027-04-05\n"
    folder = write_folder(tmp_path / "north-east ERP", {"regions.csv": rows})

    content = check_folder(folder).content

    assert (content.code, content.name) == ("NORTH-EAST-ERP", "north-east ERP")
    assert content.shift.weeks == 0


@pytest.mark.parametrize(
    ("name", "files", "expected"),
    [
        (
            "erp",
            {"people.csv": FILES["people.csv"].split("\n")[0] + "\n"},
            "erp: There is no file of regions, so there is nothing to load.",
        ),
        (
            "推广",
            {
                "regions.csv": "code,name,wave,planned_go_live\nEAST,E,First,2027-04-05\n"
            },
            "推广: The name gives no code for the programme. Add a file programme.csv.",
        ),
        (
            "erp",
            {"regions.csv": "code,name,wave,planned_go_live\n"},
            "regions.csv, row 1: There is no row under the header.",
        ),
    ],
    ids=["no_regions", "no_code", "no_rows"],
)
def test_fault_of_the_whole_names_the_mend(name, files, expected, tmp_path):
    checked = check_folder(write_folder(tmp_path / name, files))

    assert [str(fault) for fault in checked.faults] == [expected]


def test_title_in_two_procedures_names_no_step(tmp_path):
    both = FILES["our_cutover_tasks.csv"].replace(
        "Open the ready room", "Analyse the stakeholders"
    )

    checked = check_folder(
        write_folder(tmp_path / "erp", FILES | {"our_cutover_tasks.csv": both})
    )

    message = "Several procedures have a step of this title."
    assert [str(fault) for fault in checked.faults] == [
        f"our_lessons.csv, row 2, column step: {message}",
        f"task_states.csv, row 2, column task: {message}",
    ]


def test_missing_folder_is_a_fault(tmp_path):
    checked = check_folder(tmp_path / "nowhere")

    assert [fault.message for fault in checked.faults] == [
        "There is no such folder or workbook."
    ]


def test_unknown_files_are_listed_and_left_alone(tmp_path):
    strangers = {"README.md": "=", "readiness_criteria.csv": "a,a\n", ".~lock.csv": ""}
    folder = write_folder(tmp_path / "erp", FILES | strangers)

    checked = check_folder(folder)

    assert checked.source.ignored == ["README.md", "readiness_criteria.csv"]
    assert checked.faults == []


def test_fault_in_a_workbook_names_the_sheet(tmp_path):
    book = Workbook()
    book.active.title = "Notes"
    book.active.append(["same", "same"])
    sheet = book.create_sheet("our regions")
    sheet.append(["code", "name", "wave", "planned_go_live"])
    sheet.append(["EAST", "East Company", "First", "soon"])
    book.save(tmp_path / "erp.xlsx")

    checked = check_folder(tmp_path / "erp.xlsx")

    assert checked.source.ignored == ["erp.xlsx, Notes"]
    assert [str(fault) for fault in checked.faults] == [
        "erp.xlsx, sheet our regions, row 2, column planned_go_live: "
        '"soon" is no day. Write 2026-03-09.'
    ]


def test_faults_keep_everything_out(tmp_path):
    folder = write_folder(tmp_path / "erp")
    (folder / "task_states.csv").write_text("region,task,state\nEAST,Nothing,open\n")
    checked = check_folder(folder)

    with pytest.raises(CannotLoad, match="nothing was loaded"):
        load(checked, by=None, at=TODAY)

    assert not Programme.objects.exists()
    assert not Region.objects.exists()
    assert not HistoryEntry.objects.exists()


def test_rows_may_refer_to_people_of_an_earlier_load(tmp_path):
    folder = write_folder(tmp_path / "erp")
    load_folder(folder)
    (folder / "people.csv").unlink()
    (folder / "signins.csv").unlink()

    assert check_folder(folder).faults == []
