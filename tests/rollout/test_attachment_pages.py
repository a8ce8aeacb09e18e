"""Files on the pages of tasks and findings: forms, and how they are served."""

import re
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from pilots.enums import FindingState
from regions.enums import Audience
from regions.files import limits
from regions.history import Act
from regions.models import Attachment, HistoryEntry
from regions.services.attachments import Sent, add_file, erase_due
from rollout.models import Task
from rollout.queries.handover import moving_from
from rollout.services.handovers import hand_over
from rollout.services.people import let_go
from tests.factories import (
    NOW,
    make_attachment,
    make_finding,
    make_procedure,
    make_step,
    make_task,
)
from tests.history_guard import unrecorded
from tests.regions.test_files import pdf, picture, workbook
from tests.rollout.test_attachments import add, on_disk

pytestmark = [pytest.mark.usefixtures("frozen", "folder"), pytest.mark.any_store]


@pytest.fixture
def task(plan_north, staff_north):
    return make_task(plan_north, "Clean the list", owner=staff_north)


@pytest.fixture
def act(staff_north):
    return Act(by=staff_north, at=NOW)


def send(client, task, data, name="a.txt", field="new-file"):
    address = f"/tasks/{task.pk}/files/"
    return client.post(address, {field: ContentFile(data, name)})


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


def test_who_may_not_add_or_withdraw_is_offered_neither(
    as_user, task, act, programme, hq, staff_north, helper_north, liaison_north
):
    finding = make_finding(programme, author=hq)
    make_attachment(finding, hq)
    add(task, act)
    tasks, findings = f"/tasks/{task.pk}/", f"/findings/{finding.pk}/"

    def offered(user, page):
        text = as_user(user).get(page).content.decode()
        return 'name="new-file"' in text, "/withdraw/" in text

    assert offered(staff_north, tasks) == offered(liaison_north, tasks) == (True, True)
    assert offered(helper_north, tasks) == (False, False)
    assert offered(hq, findings) == (True, True)
    # Near a region is not near a finding, which belongs to none.
    assert offered(liaison_north, findings) == (False, False)


def test_history_of_a_file_is_told_as_far_as_its_own_audience(
    as_user, hq, staff_north, programme
):
    """Adopted, a finding and its sources are for all; how it came to that is not."""
    step = make_step(make_procedure(programme))
    finding = make_finding(programme, state=FindingState.ADOPTED, step=step)
    act = Act(by=hq, at=NOW)
    add_file(finding, Sent("r.txt", b"read"), programme=programme, act=act)

    told = {
        user: as_user(user).get(f"/findings/{finding.pk}/").content.decode()
        for user in (hq, staff_north)
    }

    assert [page.count('">r.txt</a>') for page in told.values()] == [1, 1]
    assert ["File: r.txt" in page for page in told.values()] == [True, False]


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

    with assert_queries(14):
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


def test_withdrawn_file_is_served_no_more(task, act, as_user, staff_north):
    row = add(task, act, picture(), "a.jpg")
    client = as_user(staff_north)
    pages = [
        f"/files/{row.pk}/{end}" for end in ("", "content/", "download/", "preview/")
    ]
    assert [client.get(page).status_code for page in pages] == [200] * 4

    for _click in range(2):
        answer = client.post(
            f"/files/{row.pk}/withdraw/", {"then": f"/tasks/{task.pk}/"}
        )
        assert answer.headers["Location"] == f"/tasks/{task.pk}/"

    assert [client.get(page).status_code for page in pages] == [404] * 4
    assert HistoryEntry.objects.of(row).filter(field="withdrawn_at").count() == 1
    assert "1 withdrawn" in client.get(f"/tasks/{task.pk}/").content.decode()


def test_files_stay_with_the_task_when_people_move_on(
    task, act, as_user, staff_north, liaison_north, hq
):
    """He who added it leaves; whoever has the task now, and his region, still has the file."""
    row = add(task, act, picture(), "shelf.jpg")
    moving = moving_from(staff_north, NOW)
    hand_over(staff_north, liaison_north, seen=moving.seen, act=Act(by=hq, at=NOW))
    staff_north.refresh_from_db()
    let_go(staff_north, version=staff_north.version, act=Act(by=hq, at=NOW))

    task.refresh_from_db()
    page = as_user(liaison_north).get(f"/tasks/{task.pk}/").content.decode()

    assert task.owner == liaison_north
    assert f'src="/files/{row.pk}/preview/"' in page
    assert f"{staff_north.name} ·" in page
    for role, code in ((liaison_north, 200), (staff_north, 302)):
        answer = as_user(role).get(f"/files/{row.pk}/content/")
        assert answer.status_code == code
    assert erase_due(at=NOW + timedelta(days=365)) == 0


def test_row_with_files_is_not_deleted(task, act, as_user, hq):
    """A task that nobody touched could be; its files would be seen by nobody then."""
    client, page = as_user(hq), f"/admin/rollout/task/{task.pk}/delete/"
    assert client.get(page).context["protected"] == []
    row = add(task, act, name="shelf.txt")

    said = client.get(page).context["protected"]
    client.post(page, {"post": "yes"})

    link = f'<a href="/admin/regions/attachment/{row.pk}/change/">shelf.txt</a>'
    assert said == [f"File: {link}"]
    assert Task.objects.filter(pk=task.pk).exists()


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
