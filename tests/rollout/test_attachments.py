"""Files on tasks and findings: added, served, withdrawn, erased, and nothing left over."""

import os
from datetime import date, timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.db import transaction
from PIL import Image

from regions.enums import Audience, Change, FileKind, Via
from regions.files import limits
from regions.history import Act, EditedMeanwhile
from regions.models import Attachment, HistoryEntry
from regions.models.attachments import AttachmentStorage, kinds_with_files
from regions.services import attachments
from regions.services.attachments import (
    CannotTake,
    Sent,
    add_file,
    erase_due,
    sweep,
    withdraw_file,
)
from rollout.jobs import erase_files
from tests.factories import (
    NOW,
    make_rhythm,
    make_task,
)
from tests.history_guard import unrecorded
from tests.regions.test_files import picture, workbook

pytestmark = pytest.mark.usefixtures("frozen", "folder")


@pytest.fixture
def task(plan_north, staff_north):
    return make_task(plan_north, "Clean the list", owner=staff_north)


@pytest.fixture
def act(staff_north):
    return Act(by=staff_north, at=NOW)


def on_disk(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file())


def add(task, act, data=b"what is", name="note.txt"):
    return add_file(task, Sent(name, data), programme=task.plan.programme, act=act)


# --- Adding --------------------------------------------------------------------------


def test_photo_is_kept_with_who_when_and_its_history(task, act, folder):
    new = add(task, act, picture(), "IMG 1.JPG")

    assert (new.name, new.kind, new.by, new.added_at) == (
        "IMG 1.jpg",
        FileKind.JPEG,
        act.by,
        NOW,
    )
    assert new.region == task.plan.region
    assert new.size == len(new.file.read())
    new.file.close()
    assert len(on_disk(folder)) == 2
    [entry] = HistoryEntry.objects.of(new)
    assert (entry.change, entry.by, entry.region, entry.audience) == (
        Change.CREATED,
        act.by,
        task.plan.region,
        Audience.REGION,
    )


def test_names_on_the_disk_tell_nothing_and_are_for_the_owner_only(task, act, folder):
    add(task, act, workbook(), "salaries.xlsx")

    [path] = on_disk(folder)
    assert "salaries" not in str(path)
    assert len(path.name) == 32
    assert path.suffix == ""
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (
        0o600,
        0o700,
    )


def test_same_file_twice_is_one(task, act, folder):
    first, again = add(task, act), add(task, act, name="other.txt")

    assert again == first
    assert len(on_disk(folder)) == 1


def test_withdrawn_file_can_be_added_again(task, act):
    first = add(task, act)
    withdraw_file(first, version=1, act=act)

    assert add(task, act) != first


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "The file is empty."),
        (b"x" * (limits.MOST_BYTES + 1), "The file is larger than 20 MB."),
        (b"<svg/>", "Only photos"),
    ],
    ids=["empty", "large", "markup"],
)
def test_file_that_is_not_taken_leaves_nothing(data, said, task, act, folder):
    with pytest.raises(CannotTake, match=said):
        add(task, act, data)

    assert not Attachment.objects.exists()
    assert on_disk(folder) == []


def test_task_takes_so_many_files_and_bytes(task, act, folder, monkeypatch):
    monkeypatch.setattr(attachments, "MOST_FILES", 2)
    add(task, act, b"one")
    gone = add(task, act, b"two")
    with pytest.raises(CannotTake, match="There are 2 files here already"):
        add(task, act, b"three")

    withdraw_file(gone, version=1, act=act)
    add(task, act, b"three")

    monkeypatch.setattr(attachments, "MOST_FILES", 9)
    monkeypatch.setattr(attachments, "MOST_TOTAL_BYTES", 10)
    with pytest.raises(CannotTake, match="MB together"):
        add(task, act, b"four")
    assert len(on_disk(folder)) == 3


# --- Nothing is left over ------------------------------------------------------------


class LostError(Exception):
    """The database goes away."""


def test_upload_that_fails_before_its_row_is_kept_leaves_no_file(
    task, act, folder, monkeypatch
):
    written = []

    def lose(*_row):
        written.extend(on_disk(folder))
        raise LostError

    monkeypatch.setattr("regions.history.create", lose)

    with pytest.raises(LostError):
        add(task, act, picture(), "a.jpg")

    assert len(written) == 2
    assert on_disk(folder) == []


def test_upload_that_fails_in_the_middle_of_writing_leaves_no_file(
    task, act, folder, monkeypatch
):
    """The disk is full: the first file is whole, the second is half there."""
    save = FileSystemStorage.save

    def fill_up(storage, name, content, **options):
        if on_disk(folder):
            path = folder / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(b"half")
            raise OSError(28, "No space left on device")
        return save(storage, name, content, **options)

    monkeypatch.setattr(AttachmentStorage, "save", fill_up)

    with pytest.raises(OSError, match="No space"):
        add(task, act, picture(), "a.jpg")

    assert on_disk(folder) == []
    assert not Attachment.objects.exists()


def age(path, days):
    moment = (NOW - timedelta(days=days)).timestamp()
    os.utime(path, (moment, moment))


def test_sweep_takes_what_no_row_names_after_a_day(task, act, folder):
    kept = add(task, act, picture(), "a.jpg")
    fresh, old = AttachmentStorage(), AttachmentStorage()
    fresh.save("ff/fresh", ContentFile(b"just being kept"))
    old.save("ff/old", ContentFile(b"of a process that died"))
    for path in on_disk(folder):
        age(path, 0 if path.name == "fresh" else 2)

    assert sweep(at=NOW) == 1

    names = {path.name for path in on_disk(folder)}
    assert names == {
        "fresh",
        kept.file.name.partition("/")[2],
        kept.preview.name.partition("/")[2],
    }


def test_sweep_takes_the_file_of_a_row_that_is_gone(task, act, folder):
    add(task, act)
    with unrecorded():
        Attachment.objects.all().delete()
    for path in on_disk(folder):
        age(path, 2)

    assert sweep(at=NOW) == 1
    assert on_disk(folder) == []


def test_sweep_of_nothing_is_nothing(db):
    assert sweep(at=NOW) == 0


# --- Withdrawing and erasing ---------------------------------------------------------


def test_withdrawing_is_in_the_history_and_keeps_the_file_for_a_time(task, act, folder):
    row = add(task, act)

    withdraw_file(row, version=1, act=act)

    entries = HistoryEntry.objects.of(row).order_by("id")
    assert [entry.field for entry in entries] == ["", "withdrawn_at"]
    assert len(on_disk(folder)) == 1


def test_who_withdraws_an_old_page_is_told(task, act):
    row = add(task, act)
    withdraw_file(row, version=1, act=act)

    with pytest.raises(EditedMeanwhile):
        withdraw_file(row, version=1, act=act)


@pytest.mark.django_db(transaction=True)
def test_withdrawn_file_is_erased_for_good_after_thirty_days(task, act, folder):
    row = add(task, act, picture(), "a.jpg")
    other = add(task, act)
    withdraw_file(row, version=1, act=act)

    assert erase_due(at=NOW + timedelta(days=29)) == 0
    assert len(on_disk(folder)) == 3
    assert erase_due(at=NOW + timedelta(days=30)) == 1

    row.refresh_from_db()
    assert (row.file.name, row.preview.name) == ("", "")
    assert row.erased_at == NOW + timedelta(days=30)
    assert [path.name for path in on_disk(folder)] == [
        other.file.name.partition("/")[2]
    ]
    last = HistoryEntry.objects.of(row).order_by("-id").first()
    assert (last.field, last.by, last.via) == ("erased_at", None, Via.JOB)
    assert erase_due(at=NOW + timedelta(days=31)) == 0


@pytest.mark.django_db(transaction=True)
def test_files_of_a_programme_are_erased_long_after_its_last_region_ended(
    task, act, folder, ceo_north, ceo_south, programme, settings
):
    settings.KEEP_ENDED_DAYS = 10
    make_rhythm(ceo_north, programme, end_date=date(2027, 6, 1))
    make_rhythm(ceo_south, programme, end_date=date(2027, 8, 1))
    add(task, act)
    end = NOW.replace(month=8, day=1)

    assert erase_due(at=end + timedelta(days=10)) == 0
    assert erase_due(at=end + timedelta(days=11)) == 1
    assert on_disk(folder) == []


def test_programme_without_a_go_live_never_ends(task, act, ceo_north, programme):
    add(task, act)
    make_rhythm(ceo_north, programme, kick_off_date=None, go_live_date=None)

    assert erase_due(at=NOW + timedelta(days=20_000)) == 0


def test_erasing_that_is_taken_back_keeps_the_file(task, act, folder):
    row = add(task, act)
    withdraw_file(row, version=1, act=act)

    with transaction.atomic():
        erase_due(at=NOW + timedelta(days=30))
        transaction.set_rollback(True)

    row.refresh_from_db()
    assert row.erased_at is None
    assert len(on_disk(folder)) == 1


@pytest.mark.django_db(transaction=True)
def test_job_erases_and_sweeps(task, act, folder, frozen):
    withdraw_file(add(task, act), version=1, act=act)
    AttachmentStorage().save("ff/old", ContentFile(b"left over"))
    age(folder / "ff" / "old", 2)
    frozen.move_to(NOW + timedelta(days=30))

    assert erase_files() == 1
    assert on_disk(folder) == []


# --- What it can take ----------------------------------------------------------------


def test_kinds_of_row_that_take_files():
    assert [model._meta.label_lower for model in kinds_with_files()] == [
        "rollout.task",
        "rollout.clarification",
        "pilots.finding",
    ]


@pytest.mark.long
def test_largest_photo_of_a_phone_is_taken(task, act):
    """Fifty million pixels, within the memory that the decoder has."""
    new = add(task, act, picture(size=(8_160, 6_120)), "a.jpg")

    with new.preview as opened, Image.open(opened) as shown:
        assert shown.size == (480, 360)
