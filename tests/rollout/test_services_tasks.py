import pytest
from django.db import transaction

from pilots.models import Finding
from regions import history
from regions.history import Act, EditedMeanwhile
from regions.models import HistoryEntry, Region
from regions.services.undo import CannotUndo, undo
from rollout.enums import BlockReason, TaskState
from rollout.queries.tasks import last_act
from rollout.services.tasks import (
    CannotMoveTask,
    block_task,
    complete_task,
    reopen_task,
    start_task,
)
from tests.factories import (
    NOW,
    make_finding,
    make_procedure,
    make_region,
    make_step,
    make_task,
)


@pytest.fixture
def act(staff_north):
    return Act(by=staff_north, at=NOW)


@pytest.fixture
def task(plan_north, staff_north):
    return make_task(plan_north, owner=staff_north)


def test_complete_task_records_who_and_when(task, act):
    complete_task(task, version=1, act=act)

    task.refresh_from_db()
    entry = HistoryEntry.objects.of(task).get(field="state")
    assert (task.state, task.finished_at) == (TaskState.DONE, NOW)
    assert (entry.before, entry.after, entry.by, entry.at) == (
        "open",
        "done",
        act.by,
        NOW,
    )


def test_complete_task_twice_changes_nothing_more(task, act):
    complete_task(task, version=1, act=act)

    complete_task(task, version=1, act=act)

    assert HistoryEntry.objects.of(task).filter(field="state").count() == 1


def test_complete_task_never_says_done_of_what_somebody_else_did(task, act, cio):
    complete_task(task, version=1, act=Act(by=cio, at=NOW))

    with pytest.raises(EditedMeanwhile):
        complete_task(task, version=1, act=act)

    complete_task(task, version=2, act=act)
    assert HistoryEntry.objects.of(task).get(field="state").by == cio


def test_complete_task_refuses_a_page_that_is_out_of_date(task, act):
    start_task(task, version=1, act=act)

    with pytest.raises(EditedMeanwhile):
        complete_task(task, version=1, act=act)


def test_block_task_says_why_and_for_whom(task, act, cio):
    block_task(
        task, reason="decision", note=" budget ", waits_for=cio, version=1, act=act
    )

    task.refresh_from_db()
    assert (task.state, task.block_reason) == (TaskState.BLOCKED, BlockReason.DECISION)
    assert (task.block_note, task.waits_for) == ("budget", cio)


def test_block_task_needs_a_reason(task, act):
    with pytest.raises(CannotMoveTask):
        block_task(task, reason="", version=1, act=act)


def test_finishing_a_blocked_task_forgets_what_it_waited_for(task, act, cio):
    block_task(task, reason="decision", waits_for=cio, version=1, act=act)

    complete_task(task, version=2, act=act)

    task.refresh_from_db()
    assert (task.block_reason, task.waits_for) == ("", None)


def test_done_task_cannot_be_blocked_without_notice(task, act):
    complete_task(task, version=1, act=act)

    with pytest.raises(EditedMeanwhile):
        block_task(task, reason="data", version=1, act=act)


def test_dropped_task_cannot_be_started(plan_north, act):
    dropped = make_task(plan_north, state=TaskState.DROPPED, drop_reason="no")

    with pytest.raises(CannotMoveTask, match="dropped"):
        start_task(dropped, version=1, act=act)


def renamed(region, code, act):
    with transaction.atomic():
        row = history.lock(Region.objects.all(), region.pk)
        history.change(row, {"code": code}, act)


def test_undo_refuses_what_another_row_has_taken_since(north, act):
    renamed(north, "FAR", act)
    make_region("NORTH")

    with pytest.raises(CannotUndo, match="Something else was changed since"):
        undo(act.id, act=Act(by=act.by, at=NOW))

    north.refresh_from_db()
    assert north.code == "FAR"


def test_undo_refuses_to_point_at_a_row_that_is_gone(programme, act):
    procedure = make_procedure(programme, published_at=None)
    before, after = make_step(procedure, "Before"), make_step(procedure, "After")
    finding = make_finding(programme, step=before)
    with transaction.atomic():
        row = history.lock(Finding.objects.all(), finding.pk)
        history.change(row, {"step": after}, act)
        history.delete(before, Act(by=act.by, at=NOW))

    with pytest.raises(CannotUndo, match="Something else was changed since"):
        undo(act.id, act=Act(by=act.by, at=NOW))

    finding.refresh_from_db()
    assert finding.step == after


def test_undo_brings_back_every_field_of_the_act(task, act, cio):
    block_task(
        task, reason="decision", note="budget", waits_for=cio, version=1, act=act
    )
    complete_task(task, version=2, act=Act(by=act.by, at=NOW))

    undo(last_act(task).act, act=Act(by=act.by, at=NOW))

    task.refresh_from_db()
    assert (task.state, task.block_reason, task.waits_for, task.finished_at) == (
        TaskState.BLOCKED,
        "decision",
        cio,
        None,
    )


def test_undo_is_refused_when_somebody_changed_the_task_since(task, act, manager_north):
    complete_task(task, version=1, act=act)
    reopen_task(task, version=2, act=Act(by=manager_north, at=NOW))

    with pytest.raises(CannotUndo):
        undo(act.id, act=Act(by=act.by, at=NOW))


def test_undo_of_something_unknown_is_refused(act, db):
    with pytest.raises(CannotUndo):
        undo(act.id, act=act)
