"""Blackouts, previews of moves, regions that leave their wave, agreed plans, the closed."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from pilots.enums import OffsetUnit
from pilots.models import Step
from regions.history import Act
from regions.models import HistoryEntry, Programme, Region
from regions.queries import calendars
from regions.services.closing import (
    CannotClose,
    archive_region,
    close_programme,
    open_programme,
    take_up_region,
)
from rollout import reminders
from rollout.dashboard import today_page
from rollout.enums import BlockReason, TaskState
from rollout.models import Duty, Plan, Task, TaskRequest, Wave
from rollout.queries.plans import impossible_days, move_of
from rollout.queries.tasks import later_of, week_of
from rollout.services.agreements import CannotAgree, agree_plan, take_agreement_back
from rollout.services.clarifications import About, CannotAsk, Question, ask
from rollout.services.plans import CannotMoveGoLive, CannotPlan, make_plan, move_go_live
from rollout.services.taskedit import CannotEditTask, add_task, edit_task
from rollout.services.waves import CannotChangeWave, change_wave
from tests import factories
from tests.factories import GO_LIVE, NOW, make_blackout, make_step, make_task, make_wave
from tests.history_guard import unrecorded
from tests.tables import whole_database

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.any_store]

LATER = date(2027, 5, 17)


@pytest.fixture
def act(hq):
    return Act(by=hq, at=NOW)


@pytest.fixture
def because(hq):
    return Act(by=hq, at=NOW, reason="The group decided so")


@pytest.fixture
def planned(programme, north, wave, act):
    """Three steps: thirty days before, in working days, and on a Sunday with the region."""
    procedure = factories.make_procedure(programme)
    make_step(procedure, "Clean", offset_days=-30)
    make_step(procedure, "Train", offset_days=-5, offset_unit=OffsetUnit.WORKING_DAY)
    make_step(procedure, "Check", offset_days=-1, needs_region=True)
    return make_plan(north, wave, steps=Step.objects.order_by("id"), act=act)


def due():
    return dict(Task.objects.order_by("id").values_list("title", "due_date"))


# --- Due dates in a plan, and blackouts ----------------------------------------------


def test_plan_and_move_count_by_the_calendar_of_the_region(planned, programme, act):
    # Go-live is Monday 3 May 2027; then Monday 17 May, with the Friday before it shut.
    assert due() == {
        "Clean": date(2027, 4, 3),
        "Train": date(2027, 4, 26),
        "Check": date(2027, 4, 30),
    }
    friday = date(2027, 5, 14)
    make_blackout(programme, first_date=friday, last_date=friday)

    move_go_live(planned, to=LATER, reason="no testers", version=1, act=act)

    assert due() == {
        "Clean": date(2027, 4, 17),
        "Train": date(2027, 5, 10),
        "Check": date(2027, 5, 13),
    }


@pytest.mark.parametrize("of_region", [True, False])
def test_go_live_in_a_blackout_needs_a_reason(
    of_region, programme, north, wave, act, because
):
    make_blackout(programme, region=north if of_region else None)

    with pytest.raises(CannotPlan, match="lies in a blackout, Closing of the year"):
        make_plan(north, wave, steps=(), act=act)
    make_plan(north, wave, steps=(), act=because)

    assert Plan.objects.count() == 1


def test_blackout_of_another_region_or_programme_is_none(
    programme, north, south, wave, act
):
    make_blackout(programme, region=south)
    make_blackout(factories.make_programme("OTHER"))

    assert make_plan(north, wave, steps=(), act=act).go_live_date == GO_LIVE


# --- Previews ------------------------------------------------------------------------


def test_preview_tells_what_moves_and_writes_nothing(planned, programme, cio, as_user):
    make_blackout(programme, first_date=date(2026, 1, 1), last_date=date(2027, 3, 16))
    client, address = as_user(cio), reverse("rollout:go-live-move", args=["NORTH"])
    form = {"to": "2027-03-15", "reason": "Sooner", "version": planned.version}
    before = whole_database()

    page = client.post(address, form)
    other_day = client.post(address, form | {"told": "2027-04-01"})

    assert whole_database() == before
    assert other_day.context["preview"].to == date(2027, 3, 15)
    told = page.context["preview"]
    assert (told.count, told.days, told.closed.reason) == (
        3,
        -49,
        "Closing of the year",
    )
    assert [(one.task.title, one.why) for one in told.impossible] == [
        ("Check", "no free day within 60 days")
    ]
    assert [one.task.title for one in told.past] == ["Clean", "Train"]
    assert [one.task.title for one in told.days_off] == ["Clean", "Train", "Check"]
    assert client.post(address, form | {"told": "2027-03-15"}).status_code == 302
    assert Plan.objects.get().go_live_date == date(2027, 3, 15)


def test_impossible_days_are_told_to_who_plans(
    planned, programme, manager_north, staff_north, as_user
):
    make_blackout(programme, first_date=date(2027, 1, 1), last_date=date(2027, 5, 2))
    with factories.unrecorded():
        Task.objects.filter(title="Check").update(due_date=date(2027, 5, 2))
    address = reverse("rollout:region", args=["NORTH"])

    told = as_user(manager_north).get(address).context["page"].plan_part
    quiet = as_user(staff_north).get(address).context["page"].plan_part

    assert [(one.task.title, one.day) for one in told.impossible] == [
        ("Check", date(2027, 5, 2))
    ]
    assert [one.reason for one in told.blackouts] == ["Closing of the year"]
    assert quiet.impossible == []


def test_day_before_that_of_what_a_task_waits_for_is_impossible(planned):
    clean, train, check = Task.objects.order_by("id")
    by_hand = factories.make_task(planned, "By hand", due_date=date(2027, 5, 9))
    days = calendars().of(planned.region, planned.programme_id)

    links = [(clean, train), (check, by_hand)]
    for task, before in links:
        factories.make_link(task, before)
    found = impossible_days(planned, days)
    with unrecorded():
        Task.objects.filter(pk=by_hand.pk).update(
            state=TaskState.DROPPED, drop_reason="Not needed"
        )
    less = impossible_days(planned, days)

    assert [(one.task, one.why) for one in found] == [
        (clean, "before what it waits for"),
        (check, "before what it waits for"),
    ]
    assert [one.task for one in less] == [clean]


def test_reason_of_a_move_stands_wherever_the_go_live_does(
    planned, programme, cio, act, as_user
):
    move_go_live(planned, to=LATER, reason="No testers", version=1, act=act)
    move_go_live(planned, to=GO_LIVE, reason="Found some", version=2, act=act)
    move_go_live(planned, to=LATER, reason="They left", version=3, act=act)

    page = today_page(programme, cio, at=NOW)
    whole = as_user(cio).get("/regions/NORTH/").content.decode()

    [wave] = page.waves
    assert wave.note == "17 May, 1 of 1 moved by 14 days: They left"
    [line] = [*page.regions, *page.folded]
    assert (line.go_live.signed, line.go_live.reason) == ("+14", "They left")
    assert [one.reason for one in line.go_live.moves if one.reason in whole] == [
        "No testers",
        "Found some",
        "They left",
    ]


# --- Another wave --------------------------------------------------------------------


def test_region_leaves_its_wave_alone_and_keeps_the_first_promise(
    planned, south, wave, act
):
    factories.make_plan(south, wave)

    change_wave(
        planned, wave=None, name="3b", to=LATER, reason="No room", version=1, act=act
    )

    planned.refresh_from_db()
    new = Wave.objects.get(name="3b")
    assert (planned.wave, planned.go_live_date) == (new, LATER)
    assert (planned.first_go_live_date, planned.slip_days) == (GO_LIVE, 14)
    assert (new.go_live_date, new.kick_off_date) == (LATER, planned.kick_off_date)
    assert [plan.region for plan in wave.plans.all()] == [south]
    moved = HistoryEntry.objects.filter(act=act.id, field__in=["wave", "go_live_date"])
    assert {(one.field, one.reason) for one in moved} == {
        ("wave", "No room"),
        ("go_live_date", "No room"),
    }


def test_other_wave_without_a_day_leaves_all_days(planned, programme, act):
    other, before = make_wave(programme, "Wave 2", go_live_date=LATER), due()

    change_wave(
        planned, wave=other, name="", to=None, reason="No room", version=1, act=act
    )

    planned.refresh_from_db()
    assert (planned.wave, planned.go_live_date, due()) == (other, GO_LIVE, before)


@pytest.mark.parametrize(
    ("how", "refusal"),
    [
        ({"name": "3b", "reason": " "}, CannotChangeWave),
        ({}, CannotChangeWave),
        ({"name": "Wave 1"}, CannotChangeWave),
        ({"wave": "own"}, CannotChangeWave),
        ({"wave": "foreign"}, CannotChangeWave),
        ({"wave": "other", "name": "3b"}, CannotChangeWave),
        ({"wave": "other", "to": date(2027, 1, 31)}, CannotMoveGoLive),
    ],
)
def test_wave_is_not_changed_without_sense(how, refusal, planned, programme, act):
    waves = {
        "own": planned.wave,
        "other": make_wave(programme, "Wave 2"),
        "foreign": make_wave(factories.make_programme("OTHER")),
    }
    given = {"name": "", "to": None, "reason": "No room"} | how
    given["wave"] = waves.get(how.get("wave"))

    with pytest.raises(refusal):
        change_wave(planned, version=1, act=act, **given)

    assert Plan.objects.get().wave == waves["own"]


# --- Agreed --------------------------------------------------------------------------


def test_agreed_plan_fixes_the_days_that_slips_count_from(
    planned, manager_north, as_user
):
    client, page = as_user(manager_north), reverse("rollout:region", args=["NORTH"])
    with factories.unrecorded():
        Task.objects.filter(title="Clean").update(due_date=date(2027, 4, 9))

    client.post(f"{page}agree/", {"version": 1})

    planned.refresh_from_db()
    assert (planned.agreed_at, planned.agreed_by) == (NOW, manager_north)
    assert dict(Task.objects.values_list("title", "baseline_date")) == due()
    with factories.unrecorded():
        Task.objects.filter(title="Clean").update(due_date=date(2027, 4, 12))
    lines = {one.task.title: one.slip for one in client.get(page).context["page"].tasks}
    assert lines == {"Clean": "3 days later than agreed", "Train": "", "Check": ""}

    client.post(f"{page}disagree/", {"version": 2})

    planned.refresh_from_db()
    assert (planned.agreed_at, planned.agreed_by) == (None, None)
    assert set(Task.objects.values_list("baseline_date", flat=True)) == {None}
    lines = {one.task.title: one.slip for one in client.get(page).context["page"].tasks}
    assert lines["Clean"] == "9 days later than first planned"
    changes = client.get(page).context["page"].changes
    told = {line.words for one in changes for line in one.lines}
    assert told >= {"Agreement taken back", "Plan agreed"}


def test_plan_is_agreed_once_and_taken_back_once(planned, act):
    with pytest.raises(CannotAgree):
        take_agreement_back(planned, version=1, act=act)
    agree_plan(planned, version=1, act=act)
    with pytest.raises(CannotAgree):
        agree_plan(planned, version=2, act=act)


# --- Closed and archived -------------------------------------------------------------


@pytest.fixture
def busy(planned, programme, rhythm_north, staff_north, cio):
    """Something of everything is due in the north."""
    late = make_task(planned, "Late", owner=staff_north, due_date=date(2027, 3, 1))
    ahead = NOW.date() + timedelta(days=30)
    make_task(planned, "Ahead", owner=staff_north, due_date=ahead)
    asked = {"asked_at": NOW - timedelta(days=14)}
    factories.make_clarification(planned.region, programme, cio, staff_north, **asked)
    make_task(
        planned,
        "Blocked",
        state=TaskState.BLOCKED,
        block_reason=BlockReason.DECISION,
        waits_for=cio,
    )
    return late


def standing(programme, cio, staff):
    """What Today, the tasks of somebody and the reminders say."""
    programme.refresh_from_db()
    page = today_page(programme, cio, at=NOW)
    week = week_of(staff, NOW)
    reminders.queue(at=NOW)
    return (
        len(page.calls),
        len(page.decisions),
        len(page.regions) + len(page.folded),
        (week.head.count, week.later, later_of(staff, NOW).count()),
        Duty.objects.open().count(),
    )


def test_archived_region_is_due_nowhere_and_can_still_be_read(
    busy, north, programme, cio, staff_north, because, as_user
):
    client = as_user(cio)
    names = lambda query: [  # noqa: E731
        line.region.code
        for line in client.get(f"/regions/?{query}").context.get("lines", ())
    ]

    archive_region(north, act=because)

    assert standing(programme, cio, staff_north) == (0, 0, 0, (0, 0, 0), 0)
    assert (names(""), names("archived=1")) == ([], ["NORTH"])
    page = client.get("/regions/NORTH/")
    assert "Archived on Wed 10 Mar." in page.content.decode()
    assert client.get(f"/tasks/{busy.pk}/").status_code == 200
    with pytest.raises(CannotMoveGoLive, match="is archived"):
        move_go_live(Plan.objects.get(), to=LATER, reason="x", version=1, act=because)

    take_up_region(north, act=because)

    assert standing(programme, cio, staff_north) == (1, 1, 1, (1, 1, 1), 5)
    assert (names(""), names("archived=1")) == (["NORTH"], [])


def test_closed_programme_is_due_nowhere_and_can_still_be_read(
    busy, programme, cio, staff_north, because, as_user
):
    client = as_user(cio)
    reminders.queue(at=NOW)
    assert Duty.objects.open().count() == 5

    close_programme(programme, act=because)

    reminders.queue(at=NOW)
    assert Duty.objects.open().count() == 0
    assert week_of(staff_north, NOW).head.count == 0
    assert "is closed." in client.get("/today/").content.decode()
    assert [one.region.code for one in client.get("/regions/").context["lines"]] == [
        "NORTH"
    ]
    assert "was closed on" in client.get("/regions/NORTH/").content.decode()
    factories.make_programme("NEXT")
    assert client.get("/today/").context["page"].programme.code == "NEXT"

    open_programme(programme, act=because)

    assert standing(programme, cio, staff_north) == (1, 1, 1, (1, 1, 1), 5)


def test_nothing_is_closed_without_a_reason_or_twice(programme, act, because):
    with pytest.raises(CannotClose):
        close_programme(programme, act=act)
    with pytest.raises(CannotClose):
        open_programme(programme, act=because)
    close_programme(programme, act=because)
    with pytest.raises(CannotClose):
        close_programme(programme, act=because)


@pytest.mark.parametrize("count", [1, 3])
def test_move_is_told_in_as_many_queries_however_many_tasks(
    count, planned, assert_queries
):
    for number in range(count):
        step = make_step(Step.objects.first().procedure, f"More {number}")
        make_task(planned, f"More {number}", step=step)

    with assert_queries(4):
        assert move_of(planned, LATER, at=NOW).count == 3 + count


# --- What a task's own undo leaves alone ---------------------------------------------


def test_undo_of_a_task_takes_back_what_its_presser_did_to_it_alone(
    planned, manager_north, staff_north, cio, as_user
):
    """Not that the plan was agreed, nor what somebody above him set."""
    task = make_task(planned, "Mine", owner=staff_north)
    agree_plan(planned, version=1, act=Act(by=manager_north, at=NOW))
    address = f"/tasks/{task.pk}/undo/"
    for who in (staff_north, manager_north):
        as_user(who).post(address)
    agreed = Plan.objects.get(pk=planned.pk).agreed_by
    task.refresh_from_db()
    edit_task(task, {"counts": True}, version=task.version, act=Act(by=cio, at=NOW))
    as_user(staff_north).post(address)
    task.refresh_from_db()
    counts = task.counts
    as_user(cio).post(address)

    task.refresh_from_db()
    assert (agreed, counts, task.counts) == (manager_north, True, False)


# --- Nothing new where nothing is due ------------------------------------------------


@pytest.fixture(params=["closed", "archived"])
def ended(request, planned, programme):
    with unrecorded():
        if request.param == "closed":
            Programme.objects.update(closed_at=NOW)
        else:
            Region.objects.update(archived_at=NOW)
    return Plan.objects.select_related("region", "programme").get(pk=planned.pk)


def test_nothing_is_added_or_asked_where_nothing_is_due(
    ended, manager_north, staff_north, as_user, act
):
    about = About(ended.region, ended.programme)
    task = Task.objects.order_by("id").first()
    factories.make_request(task, staff_north)

    with pytest.raises(CannotEditTask):
        add_task(ended, {"title": "More", "due_date": LATER}, act=act)
    with pytest.raises(CannotAsk):
        ask(about, Question("Who signs?"), of=staff_north, act=act)
    form = as_user(manager_north).get("/regions/NORTH/tasks/new/").context["form"]
    page = as_user(manager_north).get("/regions/NORTH/").context["page"]
    assert list(form.fields["plan"].queryset) == []
    assert (page.may_ask, page.requests) == (False, [])
    assert list(TaskRequest.objects.waiting()) == []


@pytest.mark.parametrize("page", ["go-live", "wave"])
def test_day_beyond_all_years_is_a_fault_of_the_form(page, planned, cio, as_user):
    sent = {"to": "9999-12-31", "reason": "a slip", "name": "Alone", "version": "1"}

    answer = as_user(cio).post(f"/regions/NORTH/{page}/", sent)

    assert answer.status_code == 422
    assert "Give a day of this century." in answer.content.decode()
