"""The appraisal sheet: facts of one person and time, for whom they concern, without a score."""

from datetime import UTC, date, datetime, timedelta

import pytest

from regions.enums import Role
from rollout.enums import BlockReason, ClarificationState, TaskState
from rollout.queries.appraisal import Period, appraisal_sheet, quarter_of
from tests.admin_rows import cells
from tests.factories import (
    NOW,
    make_clarification,
    make_membership,
    make_task,
    make_user,
)
from tests.history_guard import unrecorded

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.any_store]

FIRST, LAST = date(2027, 1, 1), date(2027, 3, 31)
DONE = TaskState.DONE


def done(plan, title, day, first, due, owner):
    make_task(
        plan,
        title,
        owner=owner,
        state=DONE,
        finished_at=datetime(2027, day.month, day.day, 12, tzinfo=UTC),
        first_due_date=first,
        due_date=due,
    )


@pytest.fixture
def tasks(plan_north, plan_south, staff_north):
    """One of each kind; NOW is the 10th of March."""
    days = [date(2027, 3, day) for day in range(1, 31)]
    done(plan_north, "On both", days[1], days[4], days[4], staff_north)
    done(plan_north, "On the agreed", days[7], days[4], days[7], staff_north)
    done(plan_south, "Late on both", days[8], days[4], days[6], staff_north)
    done(plan_north, "Before", date(2027, 1, 31), days[0], days[0], staff_north)
    late, ahead = {"due_date": days[7]}, {"due_date": days[19]}
    make_task(plan_north, "Overdue", owner=staff_north, **late)
    blocked = {"state": TaskState.BLOCKED, "block_reason": BlockReason.DATA}
    make_task(plan_north, "Ahead", owner=staff_north, **ahead, **blocked)
    make_task(plan_north, "Later", owner=staff_north, due_date=date(2027, 4, 1))
    make_task(
        plan_north,
        "No more",
        owner=staff_north,
        state="dropped",
        drop_reason="gone",
        **late,
    )
    make_task(plan_north, "Of another", **late)


def sheet_of(person, reader, first=FIRST, last=LAST):
    return appraisal_sheet(person, Period(first, last, person.zone), reader, NOW)


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        (date(2027, 1, 1), FIRST, LAST),
        (date(2027, 3, 31), FIRST, LAST),
        (date(2027, 6, 30), date(2027, 4, 1), date(2027, 6, 30)),
        (date(2027, 9, 1), date(2027, 7, 1), date(2027, 9, 30)),
        (date(2027, 12, 31), date(2027, 10, 1), date(2027, 12, 31)),
    ],
)
def test_quarter_of_a_day(day, first, last):
    assert quarter_of(day) == (first, last)


def test_sheet_says_both_days_of_each_task_and_counts_them(tasks, staff_north):
    sheet = sheet_of(staff_north, staff_north)

    assert [(line.task.title, line.first, line.agreed) for line in sheet.lines] == [
        ("Before", "on time", "on time"),
        ("On both", "on time", "on time"),
        ("On the agreed", "3 days late", "on time"),
        ("Late on both", "4 days late", "2 days late"),
        ("Overdue", "2 days late", "2 days late"),
        ("Ahead", "not due yet", "not due yet"),
    ]
    assert (len(sheet.finished), sheet.on_time, sheet.on_first_day, sheet.late) == (
        4,
        3,
        2,
        1,
    )
    assert (len(sheet.open), sheet.overdue, sheet.counting) == (2, 1, [])


def test_time_that_is_over_shows_what_was_open_then(tasks, staff_north):
    """What was finished after it is open on its sheet, with the days up to its end."""
    sheet = sheet_of(staff_north, staff_north, FIRST, date(2027, 3, 7))

    assert [(line.task.title, line.agreed) for line in sheet.open] == [
        ("Late on both", "due on the last day"),
    ]
    assert [line.task.title for line in sheet.finished] == ["Before", "On both"]


def test_days_are_those_of_the_person(plan_north, staff_north):
    with unrecorded():
        type(staff_north).objects.filter(pk=staff_north.pk).update(
            time_zone="Asia/Shanghai"
        )
    staff_north.refresh_from_db()
    night = datetime(2027, 3, 31, 16, 30, tzinfo=UTC)
    make_task(plan_north, owner=staff_north, state=DONE, finished_at=night)

    assert sheet_of(staff_north, staff_north).finished == []
    [line] = sheet_of(
        staff_north, staff_north, date(2027, 4, 1), date(2027, 4, 2)
    ).finished
    assert line.finished_date == date(2027, 4, 1)


def test_confirmed_answers_stand_below(north, programme, liaison_north, staff_north):
    state = ClarificationState.CONFIRMED
    make = make_clarification
    make(north, programme, liaison_north, staff_north, state=state, question="Mine")
    early = NOW - timedelta(days=90)
    make(north, programme, liaison_north, staff_north, state=state, confirmed_at=early)
    make(north, programme, liaison_north, staff_north, state="answered")
    by_asker = {"confirmed_by": liaison_north}
    make(north, programme, liaison_north, staff_north, state=state, **by_asker)

    sheet = sheet_of(staff_north, staff_north)

    assert [row.question for row in sheet.confirmed] == ["Mine"]


def test_mark_of_the_manager_shows_where_tasks_have_it(tasks, staff_north):
    sheet = sheet_of(staff_north, staff_north)
    sheet.lines[0].task.counts = True

    assert [line.task.title for line in sheet.counting] == ["Before"]


# --- Who reads it --------------------------------------------------------------------


def test_manager_reads_what_belongs_to_his_region(
    tasks, staff_north, manager_north, north, south, programme, hq
):
    for region in (north, south):
        said = {"state": ClarificationState.CONFIRMED, "question": region.code}
        make_clarification(region, programme, hq, staff_north, **said)

    sheet = sheet_of(staff_north, manager_north)

    titles = {line.task.title for line in sheet.lines}
    assert "Late on both" not in titles
    assert "On both" in titles
    assert [row.question for row in sheet.confirmed] == ["NORTH"]


def test_sheet_and_page_of_a_person_lead_to_each_other(
    as_user, hq, auditor, staff_north
):
    page, sheet = (f"/people/{staff_north.pk}/{end}" for end in ("", "appraisal/"))

    def leads(person, there, to):
        return f'href="{to}"' in as_user(person).get(there).content.decode()

    assert [leads(hq, page, sheet), leads(hq, sheet, page)] == [True, True]
    assert leads(auditor, page, sheet) is False
    assert leads(staff_north, sheet, page) is False


def test_sheets_are_for_the_person_his_manager_and_headquarters(
    as_user, staff_north, manager_north, hq, cio, auditor, liaison_north, south
):
    other_manager = make_user("manager.south@example.org", Role.MANAGER, region=south)
    address = f"/people/{staff_north.pk}/appraisal/"
    of_liaison = f"/people/{liaison_north.pk}/appraisal/"

    def codes(address, *people):
        return [as_user(person).get(address).status_code for person in people]

    assert codes(address, staff_north, manager_north, hq, cio) == [200] * 4
    assert codes(address, auditor, liaison_north, other_manager) == [403, 403, 404]
    assert codes(of_liaison, manager_north, hq) == [403, 200]
    make_membership(staff_north, Role.STAFF, south)
    assert codes(address, other_manager) == [200]


def test_manager_finds_the_sheets_on_the_page_of_his_region(
    as_user, staff_north, manager_north, liaison_north, plan_north
):
    links = [
        f"/people/{person.pk}/appraisal/" in page
        for reader in (manager_north, staff_north)
        for page in [as_user(reader).get("/regions/NORTH/").content.decode()]
        for person in (staff_north, manager_north, liaison_north)
    ]

    # Everybody has his own in his menu.
    assert links == [True, True, False, True, False, False]


# --- The page and the file -----------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_page_costs_the_same_however_many_tasks(
    count, as_user, plan_north, staff_north, manager_north, assert_queries
):
    for number in range(count):
        make_task(plan_north, f"T{number}", owner=staff_north, due_date=NOW.date())
    browser = as_user(manager_north)

    # Session, reader and roles; the person, his role in the region, tasks and answers.
    with assert_queries(7):
        assert browser.get(f"/people/{staff_north.pk}/appraisal/").status_code == 200


@pytest.mark.parametrize(
    ("query", "status", "first"),
    [
        ({}, 200, FIRST),
        ({"from": "2027-02-01", "to": "2027-02-28"}, 200, date(2027, 2, 1)),
        ({"from": "2027-02-01", "to": "2027-01-01"}, 200, FIRST),
        ({"from": "nonsense", "to": "9999-12-31"}, 200, FIRST),
    ],
)
def test_days_stand_in_the_address(query, status, first, as_user, staff_north):
    answer = as_user(staff_north).get(f"/people/{staff_north.pk}/appraisal/", query)

    assert answer.status_code == status
    assert answer.context["sheet"].period.first == first


def test_workbook_has_a_line_for_each_task(
    tasks, as_user, staff_north, north, programme, liaison_north
):
    with unrecorded():
        staff_north.tasks.filter(title="Before").update(title="=1+1")
    make_clarification(
        north, programme, liaison_north, staff_north, state="confirmed", question="Q"
    )

    answer = as_user(staff_north).get(
        f"/people/{staff_north.pk}/appraisal/?format=xlsx"
    )

    header, first, *rest = cells(answer)
    assert header[:3] == ["Kind", "Region", "Title"]
    assert first[2] == "=1+1"
    assert (first[8], first[10]) == ("on time", -29)
    assert rest[-1][:3] == ["Clarification", "North Company", "Q"]
    assert len(rest) == 6


def test_days_that_make_no_time_give_no_file(staff_north, as_user):
    address = f"/people/{staff_north.pk}/appraisal/"
    wrong = {"from": "2026-10-01", "to": "2026-01-01", "format": "csv"}

    page = as_user(staff_north).get(address, wrong)
    taken = as_user(staff_north).get(address, {"format": "csv"})

    assert page["Content-Type"].startswith("text/html")
    assert "2027-01-01%20%E2%80%93%202027-03-31" in taken["Content-Disposition"]
