"""A plan from the playbook: every task counted back from go-live, and moved with it."""

from datetime import date

import pytest

from pilots.models import Step
from regions.history import Act
from regions.models import HistoryEntry, Rhythm
from rollout.enums import TaskState
from rollout.models import Plan, Task
from rollout.services.plans import CannotMoveGoLive, CannotPlan, make_plan, move_go_live
from tests.factories import GO_LIVE, NOW, make_procedure, make_step, make_task


@pytest.fixture
def act(hq):
    return Act(by=hq, at=NOW)


@pytest.fixture
def steps(programme):
    procedure = make_procedure(programme)
    make_step(procedure, "Clean the customer list", offset_days=-30)
    make_step(procedure, "Close the support room", offset_days=14)
    return Step.objects.order_by("id")


def test_plan_has_a_task_per_step_on_its_day(north, wave, steps, act):
    make_plan(north, wave, steps=steps, act=act)

    due = list(
        Task.objects.order_by("id").values_list("title", "due_date", "first_due_date")
    )
    assert due == [
        ("Clean the customer list", date(2027, 4, 3), date(2027, 4, 3)),
        ("Close the support room", date(2027, 5, 17), date(2027, 5, 17)),
    ]


def test_plan_tells_the_rhythm_its_dates(north, wave, steps, act, ceo_north):
    make_plan(north, wave, steps=steps, act=act)

    rhythm = Rhythm.objects.get()
    assert (rhythm.ceo, rhythm.go_live_date) == (ceo_north, GO_LIVE)


def test_second_plan_of_a_region_is_refused(north, wave, steps, act):
    make_plan(north, wave, steps=steps, act=act)

    with pytest.raises(CannotPlan):
        make_plan(north, wave, steps=steps, act=act)


def test_kick_off_after_go_live_is_refused(north, wave, act):
    with pytest.raises(CannotPlan):
        make_plan(north, wave, steps=[], act=act, kick_off=date(2027, 6, 1))

    assert not Plan.objects.exists()


def test_moving_go_live_moves_unfinished_tasks_and_keeps_the_promise(
    north, wave, steps, act, ceo_north
):
    plan = make_plan(north, wave, steps=steps, act=act)
    done = Task.objects.get(title="Clean the customer list")
    history_before = HistoryEntry.objects.count()

    move_go_live(plan, to=date(2027, 5, 17), reason="no testers", version=1, act=act)

    plan.refresh_from_db()
    assert (plan.first_go_live_date, plan.slip_days) == (GO_LIVE, 14)
    assert Task.objects.get(title="Close the support room").due_date == date(
        2027, 5, 31
    )
    assert Task.objects.get(pk=done.pk).first_due_date == date(2027, 4, 3)
    assert Rhythm.objects.get().go_live_date == date(2027, 5, 17)
    new = HistoryEntry.objects.order_by("id")[history_before:]
    assert {entry.reason for entry in new} == {"no testers"}


def test_moving_go_live_leaves_finished_tasks_and_those_without_step(
    north, wave, steps, act
):
    plan = make_plan(north, wave, steps=steps, act=act)
    own = make_task(plan, "Their own task", due_date=date(2027, 4, 1))
    done = make_task(
        plan,
        "Done already",
        step=None,
        state=TaskState.DONE,
        finished_at=NOW,
        due_date=date(2027, 3, 1),
    )

    move_go_live(plan, to=date(2027, 5, 17), reason="no testers", version=1, act=act)

    assert Task.objects.get(pk=own.pk).due_date == date(2027, 4, 1)
    assert Task.objects.get(pk=done.pk).due_date == date(2027, 3, 1)


@pytest.mark.parametrize(
    ("to", "reason"), [(date(2027, 5, 17), " "), (date(2027, 1, 31), "too early")]
)
def test_move_without_reason_or_before_kick_off_is_refused(to, reason, plan_north, act):
    with pytest.raises(CannotMoveGoLive):
        move_go_live(plan_north, to=to, reason=reason, version=1, act=act)
