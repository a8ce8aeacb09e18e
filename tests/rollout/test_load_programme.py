"""The command that checks and loads a programme, and what it prints."""

import io

import pytest
import time_machine
from django.core.management import CommandError, call_command

from regions.models import Programme
from tests.programme_files import FILES, TODAY, write_folder

pytestmark = pytest.mark.django_db
IGNORED = (
    "Ignored columns: our_cutover_tasks.csv: code; our_phases.csv: code, source_group; "
    "signins.csv: who"
)


def run(path, *arguments: str, at=TODAY) -> list[str]:
    out = io.StringIO()
    with time_machine.travel(at, tick=False):
        call_command("load_programme", str(path), *arguments, stdout=out)
    return out.getvalue().splitlines()


def test_load_prints_what_is_new_and_how_far_dates_moved(tmp_path):
    folder = write_folder(tmp_path / "erp")

    lines = run(folder, at="2028-03-09T12:00Z")

    assert lines[:5] == [
        IGNORED,
        "No faults in 42 rows. All dates are moved by 52 weeks, later.",
        "Loaded ERP roll-out (ERP-1).",
        "  programme        1 new, 0 the same",
        "  regions          3 new, 0 the same",
    ]
    assert Programme.objects.get().date_shift_weeks == 52


def test_later_load_keeps_the_shift_of_the_first(tmp_path):
    folder = write_folder(tmp_path / "erp")
    run(folder)

    lines = run(folder, at="2028-03-09T12:00Z")

    assert lines[1] == "No faults in 42 rows. All dates are as in the files."
    assert lines[3] == "  programme        0 new, 1 the same"
    assert lines[-1] == "  stances          0 new, 1 the same"


def test_load_says_that_changed_rows_are_kept(tmp_path):
    folder = write_folder(tmp_path / "erp")
    run(folder)
    write_folder(folder, {"asks.csv": FILES["asks.csv"].replace(",done", ",declined")})

    lines = run(folder)

    assert "  asks             0 new, 1 the same, 1 kept" in lines
    assert lines[-2:] == [
        "  stances          0 new, 1 the same",
        "Kept: these rows differ from the files. Somebody may have changed them since, "
        "so they were left as they are.",
    ]


def test_check_writes_nothing(tmp_path):
    lines = run(write_folder(tmp_path / "erp"), "--check")

    assert lines == [IGNORED, "No faults in 42 rows. All dates are as in the files."]
    assert not Programme.objects.exists()


def test_faults_are_printed_and_end_the_command(tmp_path):
    files = FILES | {"owners.csv": "responsible,kind,role\n*,wrk,staff\n"}
    out = io.StringIO()

    with pytest.raises(CommandError, match="1 fault"):
        call_command(
            "load_programme", str(write_folder(tmp_path / "erp", files)), stdout=out
        )

    assert out.getvalue().splitlines()[-1] == (
        'owners.csv, row 2, column kind: "wrk" is not allowed. '
        "Allowed: work, clarify, confirm, data, meeting, milestone, *."
    )
    assert not Programme.objects.exists()
