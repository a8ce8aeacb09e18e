"""Files on tasks and findings: added, served, withdrawn, erased, and nothing left over."""

import os
import re
from datetime import date, timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.db import transaction
from django.test import Client
from PIL import Image

from pilots.enums import FindingState
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
    make_attachment,
    make_finding,
    make_rhythm,
    make_task,
)
from tests.history_guard import unrecorded
from tests.regions.test_files import pdf, picture, workbook

pytestmark = pytest.mark.usefixtures("frozen", "folder")


@pytest.fixture
def folder(settings, tmp_path):
    """Where the files of this test lie, and no others."""
    settings.ATTACHMENT_DIR = tmp_path / "attachments"
    return settings.ATTACHMENT_DIR


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


def send(client, task, data, name="a.txt", field="new-file"):
    address = f"/tasks/{task.pk}/files/"
    return client.post(address, {field: ContentFile(data, name)})


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


# --- Pages ---------------------------------------------------------------------------


def test_form_adds_a_file_and_the_page_shows_it(task, as_user, staff_north):
    client = as_user(staff_north)

    answer = send(client, task, picture(), "shelf.jpg", field="new-photo")

    page = client.get(answer.headers["Location"]).content.decode()
    row = Attachment.objects.get()
    assert answer.headers["Location"] == f"/tasks/{task.pk}/"
    assert f'<img src="/files/{row.pk}/preview/" alt=""' in page
    assert "Added: shelf.jpg" in page
    assert 'capture="environment"' in page
    assert 'enctype="multipart/form-data"' in page
    # In the history below, by its name.
    assert "File: shelf.jpg" in page


@pytest.mark.parametrize(
    ("posted", "said"),
    [
        ({}, "Choose a file first."),
        ({"new-file": ContentFile(b"", "a.txt")}, "The submitted file is empty."),
        ({"new-file": ContentFile(b"<html>", "a.txt")}, "Only photos"),
        ({"new-file": "not a file"}, "Choose a file first."),
    ],
    ids=["nothing", "empty", "markup", "no file"],
)
def test_fault_is_said_on_the_page(posted, said, task, as_user, staff_north):
    answer = as_user(staff_north).post(f"/tasks/{task.pk}/files/", posted)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Attachment.objects.exists()


def test_file_that_is_too_large_is_dropped_on_its_way(
    task, as_user, staff_north, settings, tmp_path
):
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)

    answer = send(as_user(staff_north), task, bytes(limits.MOST_BYTES + 1))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "The file is larger than 20 MB." in page
    assert "Choose a file first." not in page
    assert list(tmp_path.glob("*.upload*")) == []


def test_many_files_at_once_fill_no_disk(task, as_user, staff_north):
    """Each is small enough; together they are not, and the last ones are dropped."""
    files = {
        f"more-{number}": ContentFile(bytes(8_000_000), "a") for number in range(3)
    }

    answer = as_user(staff_north).post(f"/tasks/{task.pk}/files/", files)

    assert "The file is larger than 20 MB." in answer.content.decode()
    assert len(answer.wsgi_request.FILES) == 2


def test_photo_and_file_come_one_by_one(task, as_user, staff_north):
    both = {
        "new-photo": ContentFile(picture(), "a.jpg"),
        "new-file": ContentFile(b"hello", "a.txt"),
    }

    answer = as_user(staff_north).post(f"/tasks/{task.pk}/files/", both)

    assert "Add the photo and the file one by one." in answer.content.decode()
    assert not Attachment.objects.exists()


def test_largest_file_is_taken(task, as_user, staff_north):
    answer = send(as_user(staff_north), task, b"x" * limits.MOST_BYTES)

    assert answer.status_code == 302
    assert Attachment.objects.get().size == limits.MOST_BYTES


def test_source_hangs_on_a_finding_and_is_seen_with_it(
    as_user, hq, staff_north, programme
):
    finding = make_finding(programme, state=FindingState.PROPOSED)
    body = {"new-file": ContentFile(pdf(), "report.pdf")}

    answer = as_user(hq).post(f"/findings/{finding.pk}/files/", body)

    row = Attachment.objects.get()
    assert answer.headers["Location"] == f"/findings/{finding.pk}/"
    assert "report.pdf" in as_user(hq).get(f"/findings/{finding.pk}/").content.decode()
    assert (row.region, HistoryEntry.objects.of(row).get().audience) == (
        None,
        Audience.ENGAGED,
    )
    assert as_user(staff_north).get(f"/files/{row.pk}/").status_code == 404


@pytest.mark.parametrize("item_count", [1, 3])
def test_files_take_the_same_queries_for_one_and_three(
    item_count, task, as_user, staff_north, assert_queries
):
    for number in range(item_count):
        make_attachment(task, staff_north, data=b"%d" % number)
        gone = make_attachment(task, staff_north, data=b"gone %d" % number)
        with unrecorded():
            gone.withdrawn_at = NOW
            gone.save()
    client = as_user(staff_north)

    with assert_queries(7):
        page = client.get(f"/tasks/{task.pk}/")

    files = page.context["files"]
    assert (len(files.standing), len(files.gone)) == (item_count, item_count)


# --- Serving -------------------------------------------------------------------------


@pytest.fixture
def served(task, act, as_user, staff_north):
    """What the browser gets of a file: `served(data, name, address)`."""

    def get(data, name, address="/files/{}/content/"):
        row = add(task, act, data, name)
        return as_user(staff_north).get(address.format(row.pk))

    return get


def test_picture_is_shown_in_a_sandbox_and_nothing_else_than_it_is(served):
    answer = served(picture("PNG"), "plan.png")

    assert answer.status_code == 200
    headers = answer.headers
    assert headers["Content-Type"] == "image/png"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Disposition"] == 'inline; filename="plan.png"'
    assert headers["Cache-Control"] == "private, no-store"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    policy = {part.strip() for part in headers["Content-Security-Policy"].split(";")}
    assert policy == {"default-src 'none'", "frame-ancestors 'none'", "sandbox"}


@pytest.mark.parametrize(
    ("data", "name", "content_type"),
    [
        (pdf(), "a.pdf", "application/pdf"),
        (b"hello", "a.txt", "text/plain"),
        (b"a;b", "a.csv", "text/csv"),
        (
            workbook(),
            "a.xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
    ],
    ids=["pdf", "txt", "csv", "xlsx"],
)
def test_everything_else_is_saved(data, name, content_type, served):
    answer = served(data, name)

    assert answer.headers["Content-Type"] == content_type
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer.content == data


def test_picture_can_be_saved_under_its_chinese_name(served):
    answer = served(picture(), "仓库.jpg", "/files/{}/download/")

    assert answer.headers["Content-Disposition"] == (
        "attachment; filename*=utf-8''%E4%BB%93%E5%BA%93.jpg"
    )


@pytest.mark.parametrize(
    ("data", "name", "shown"),
    [
        (picture(), "a.jpg", ["/files/{}/content/"]),
        (pdf(), "a.pdf", ["/files/{}/preview/"]),
        (b"a;b", "a.csv", []),
    ],
    ids=["jpg", "pdf", "csv"],
)
def test_page_of_a_file_shows_what_can_be_shown(
    data, name, shown, task, act, as_user, staff_north
):
    row = add(task, act, data, name)

    page = as_user(staff_north).get(f"/files/{row.pk}/").content.decode()

    assert re.findall(r'src="(/files/[^"]+)"', page) == [
        address.format(row.pk) for address in shown
    ]
    assert f'href="/files/{row.pk}/download/"' in page


def test_preview_of_a_pdf_is_a_picture(served):
    answer = served(pdf(), "a.pdf", "/files/{}/preview/")

    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.content.startswith(b"\xff\xd8\xff")


def test_file_without_a_preview_has_none(served):
    assert served(b"hello", "a.txt", "/files/{}/preview/").status_code == 404


@pytest.mark.parametrize("page", ["", "content/", "download/", "preview/"])
def test_withdrawn_file_is_served_no_more(page, task, act, as_user, staff_north):
    row = add(task, act, picture(), "a.jpg")
    client = as_user(staff_north)
    address = f"/files/{row.pk}/{page}"
    assert client.get(address).status_code == 200

    client.post(f"/files/{row.pk}/withdraw/", {"then": f"/tasks/{task.pk}/"})

    assert client.get(address).status_code == 404
    assert "1 withdrawn" in client.get(f"/tasks/{task.pk}/").content.decode()


def test_foreign_file_answers_as_one_that_does_not_exist(
    task, act, as_user, staff_south
):
    row = add(task, act)
    client = as_user(staff_south)

    for page in ("", "content/", "download/", "preview/"):
        assert client.get(f"/files/{row.pk}/{page}").status_code == 404
        assert client.get(f"/files/99999/{page}").status_code == 404
    assert client.post(f"/files/{row.pk}/withdraw/").status_code == 404


def test_file_whose_bytes_are_lost_is_not_found(
    task, act, as_user, staff_north, folder
):
    row = add(task, act)
    for path in on_disk(folder):
        path.unlink()

    assert as_user(staff_north).get(f"/files/{row.pk}/content/").status_code == 404


def test_folder_is_not_served(task, act, folder, settings):
    """No address of the product leads into it."""
    add(task, act)
    [path] = on_disk(folder)
    name = path.relative_to(folder)

    for address in (f"/attachments/{name}", f"/media/{name}", f"/static/{name}"):
        assert Client().get(address).status_code in (302, 404)
    assert not folder.is_relative_to(settings.STATIC_ROOT)


def test_kinds_of_row_that_take_files():
    assert [model._meta.label_lower for model in kinds_with_files()] == [
        "rollout.task",
        "pilots.finding",
    ]


def test_largest_photo_of_a_phone_is_taken(task, act):
    """Fifty million pixels, within the memory that the decoder has."""
    new = add(task, act, picture(size=(8_160, 6_120)), "a.jpg")

    with new.preview as opened, Image.open(opened) as shown:
        assert shown.size == (480, 360)
