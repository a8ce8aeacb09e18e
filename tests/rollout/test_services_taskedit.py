"""What a task says, what hangs on it, and many at once: change, history and undo together."""

from datetime import date
from decimal import Decimal

import pytest

from regions.access import can_undo
from regions.history import Act, EditedMeanwhile
from regions.models import HistoryEntry
from regions.services.undo import undo
from regions.timeline import past_acts
from regions.undoing import undo_answers
from rollout.access import can_work_on
from rollout.enums import BulkAct, TaskState
from rollout.models import ChecklistItem, Task, TaskLink
from rollout.queries.bulk import MOST_TASKS, Wanted, preview_of
from rollout.queries.history import story_of
from rollout.services.bulktasks import CannotChangeTasks, change_tasks
from rollout.services.taskedit import (
    CannotEditTask,
    CircleOfTasks,
    add_task,
    change_row,
    edit_task,
)
from rollout.services.taskparts import (
    CannotWithdrawComment,
    add_item,
    comment_on,
    remove_item,
    tick_item,
    withdraw_comment,
)
from rollout.services.tasks import CannotMoveTask, drop_task, reopen_task
from tests.factories import NOW, make_holiday, make_link, make_task
from tests.history_guard import unrecorded

DUE = date(2027, 3, 24)


@pytest.fixture
def by(manager_north):
    """A new act of the manager, each time."""
    return lambda: Act(by=manager_north, at=NOW)


@pytest.fixture
def task(plan_north, staff_north):
    return make_task(plan_north, owner=staff_north)


def told(row, reader):
    return [
        line.words for act in past_acts(story_of(row, reader)) for line in act.lines
    ]


# --- What it says --------------------------------------------------------------------


def test_edit_is_one_act_that_one_undo_takes_back(task, by, helper_north, cio):
    values = {
        "backup": helper_north, "start_date": date(2027, 3, 20), "due_date": date(2027, 3, 26),
        "effort_hours": Decimal("7.5"), "counts": True,
    }  # fmt: skip
    act = by()

    edit_task(task, values, version=1, act=act, reason=" no time ")

    task.refresh_from_db()
    entries = HistoryEntry.objects.of(task)
    assert {name: getattr(task, name) for name in values} == values
    assert (task.version, task.first_due_date) == (2, DUE)
    assert {(one.act, one.reason) for one in entries} == {(act.id, "no time")}
    assert "Counts in the appraisal" in told(task, cio)[0]
    undo(act.id, act=by())
    task.refresh_from_db()
    assert (task.due_date, task.counts, task.effort_hours) == (DUE, False, None)


@pytest.mark.parametrize(
    ("values", "reason", "refusal"),
    [
        ({"due_date": date(2027, 3, 26)}, " ", "Say why"),
        ({"start_date": date(2027, 3, 25)}, "", "before it starts"),
        ({"backup": "owner"}, "", "Somebody else"),
    ],
)
def test_edit_refuses_what_contradicts_itself(values, reason, refusal, task, by):
    values = {
        name: getattr(task, value) if isinstance(value, str) else value
        for name, value in values.items()
    }

    with pytest.raises(CannotEditTask, match=refusal):
        edit_task(task, values, version=1, act=by(), reason=reason)

    task.refresh_from_db()
    assert (task.version, HistoryEntry.objects.of(task).count()) == (1, 0)


def test_edit_refuses_a_page_that_is_out_of_date(task, by):
    edit_task(task, {"helper_ready": True}, version=1, act=by())

    with pytest.raises(EditedMeanwhile):
        edit_task(task, {"title": "Another"}, version=1, act=by())


def test_new_task_keeps_its_first_day(plan_north, by):
    values = {"title": "Count the shelves", "due_date": DUE, "owner": None}

    made = add_task(plan_north, values, act=by())

    assert (made.first_due_date, made.step, made.state) == (DUE, None, TaskState.OPEN)
    assert HistoryEntry.objects.of(made).get().change == "created"


def test_row_changes_owner_day_and_state_in_one_act(task, by, cio):
    act = by()

    row = change_row(
        task, owner=cio, due_date=date(2027, 3, 25), state="done", reason="moved",
        version=1, act=act,
    )  # fmt: skip

    assert (row.owner, row.state, row.finished_at) == (cio, TaskState.DONE, NOW)
    undo(act.id, act=by())
    task.refresh_from_db()
    assert (task.state, task.due_date) == (TaskState.OPEN, DUE)


def test_dropping_needs_a_reason_that_goes_when_it_is_opened_again(task, by, cio):
    with pytest.raises(CannotMoveTask, match="Say why"):
        drop_task(task, reason=" ", version=1, act=by())

    drop_task(task, reason=" done by the bank ", version=1, act=by())

    task.refresh_from_db()
    assert (task.state, task.drop_reason) == (TaskState.DROPPED, "done by the bank")
    assert told(task, cio) == ["Dropped, done by the bank"]
    reopen_task(task, version=2, act=by())
    task.refresh_from_db()
    assert task.drop_reason == ""


def test_owner_takes_back_what_is_his_to_say_and_nothing_else(task, staff_north, cio):
    """His state and hours; not his day, which the manager sets, nor what counts."""

    def may(user, *fields):
        return bool(can_undo(user, task, task.history_region_id, set(fields)))

    assert may(staff_north, "state", "finished_at")
    assert may(staff_north, "remaining_hours")
    assert not may(staff_north, "due_date")
    assert not may(staff_north, "state", "owner")


def test_backup_sees_the_task_and_works_on_it(plan_south, staff_north, manager_north):
    task = make_task(plan_south, backup=staff_north)

    assert list(Task.objects.visible_to(staff_north)) == [task]
    assert can_work_on(staff_north, task)
    assert not Task.objects.visible_to(manager_north).exists()
    assert not can_work_on(manager_north, task)


def test_liaison_takes_back_days_but_not_what_counts(
    task, liaison_north, manager_north
):
    def may(user, *fields):
        return bool(can_undo(user, task, task.history_region_id, set(fields)))

    assert may(liaison_north, "due_date")
    assert not may(liaison_north, "due_date", "counts")
    assert may(manager_north, "due_date", "counts")


# --- After what ----------------------------------------------------------------------


def test_order_of_tasks_is_set_and_told(task, plan_north, by, cio):
    first, second = make_task(plan_north, "First"), make_task(plan_north, "Second")
    edit_task(task, {}, version=1, act=by(), after=[first, second])

    edit_task(task, {}, version=2, act=by(), after=[second])

    task.refresh_from_db()
    assert list(task.predecessors.all()) == [second]
    # A form that was shown before knows nothing of it.
    assert task.version == 3
    gone = HistoryEntry.objects.get(model="rollout.tasklink", change="deleted")
    assert (told(task, cio), gone.region) == (["comes first"], task.plan.region)
    with pytest.raises(EditedMeanwhile):
        edit_task(task, {}, version=2, act=by(), after=[])


def test_circle_is_refused_with_both_titles(task, plan_north, by):
    middle, last = make_task(plan_north, "Middle"), make_task(plan_north, "Last")
    make_link(middle, before=task)
    make_link(last, before=middle)

    with pytest.raises(CircleOfTasks, match="“Last” already comes after “Clean the"):
        edit_task(task, {"helper_ready": True}, version=1, act=by(), after=[last])

    task.refresh_from_db()
    assert (task.helper_ready, TaskLink.objects.count()) == (False, 2)
    # The other way round it is no circle.
    edit_task(last, {}, version=1, act=by(), after=[middle, task])


def test_task_never_comes_after_itself_or_one_of_another_plan(task, plan_south, by):
    with pytest.raises(CircleOfTasks):
        edit_task(task, {}, version=1, act=by(), after=[task])
    with pytest.raises(CannotEditTask, match="another plan"):
        edit_task(task, {}, version=1, act=by(), after=[make_task(plan_south)])


# --- What hangs on it ----------------------------------------------------------------


def test_checklist_is_ticked_by_the_owner_and_taken_back(task, by, staff_north, cio):
    item = add_item(task, " Ask the clerk ", act=by())
    act = Act(by=staff_north, at=NOW)

    tick_item(item, is_done=True, act=act)
    again = tick_item(item, is_done=True, act=Act(by=cio, at=NOW))

    assert (again.title, again.done_by, again.version) == (
        "Ask the clerk",
        staff_north,
        2,
    )
    assert "ticked" in told(task, cio)
    assert undo_answers([act.id], staff_north)[act.id]
    undo(act.id, act=act)
    item.refresh_from_db()
    assert (item.is_done, item.done_by, item.done_at) == (False, None, None)
    remove_item(item, act=by())
    assert not ChecklistItem.objects.exists()


def test_only_its_author_takes_a_comment_back_and_no_history_repeats_it(
    task, by, staff_north
):
    comment = comment_on(task, "Half done", by=staff_north, act=by())

    with pytest.raises(CannotWithdrawComment):
        withdraw_comment(comment, act=by())
    withdraw_comment(comment, act=Act(by=staff_north, at=NOW))

    comment.refresh_from_db()
    entries = HistoryEntry.objects.of(comment).values_list(
        "object_text", "before", "after"
    )
    assert comment.withdrawn_at == NOW
    assert "Half done" not in str(list(entries))


# --- Many at once --------------------------------------------------------------------


@pytest.fixture
def many(plan_north, plan_south, staff_north):
    """Two of the north, one of the south, and one that is finished."""
    return [
        make_task(plan_north, "One", owner=staff_north, start_date=date(2027, 3, 22)),
        make_task(plan_north, "Two", state="blocked", block_reason="data"),
        make_task(plan_south, "Three"),
        make_task(plan_north, "Finished", state="done", finished_at=NOW),
    ]


def pks(rows):
    return [row.pk for row in rows]


def test_many_get_a_new_owner_in_one_act_and_one_undo(many, hq, cio):
    wanted = Wanted(BulkAct.OWNER, taker=cio)
    preview = preview_of(pks(many), wanted, hq)
    act = Act(by=hq, at=NOW)

    changed = change_tasks(pks(many), wanted, reader=hq, seen=preview.seen, act=act)

    assert preview.line == "3 tasks, 2 regions: new person in charge: Cio"
    assert [one.why for one in preview.staying] == ["It is done."]
    assert changed == 3
    undo(act.id, act=Act(by=hq, at=NOW))
    many[0].refresh_from_db()
    assert many[0].owner.email == "staff.north@example.org"


def test_shift_goes_by_working_days_of_the_region_and_takes_the_start_along(
    many, north, hq
):
    with unrecorded():
        north.country = "US"
        north.save()
    make_holiday(day_date=date(2027, 3, 25))
    wanted = Wanted(BulkAct.SHIFT, days=2, reason="fair")

    preview = preview_of(pks(many), wanted, hq)

    due = {one.task.title: one.values["due_date"] for one in preview.changes}
    # The 25th is a day off in the north.
    assert due == {"One": date(2027, 3, 29), "Two": date(2027, 3, 29), "Three": date(2027, 3, 26)}  # fmt: skip
    one = next(one for one in preview.changes if one.task.title == "One")
    assert one.values["start_date"] == date(2027, 3, 24)


def test_many_are_dropped_with_their_reason_and_forget_what_blocked_them(many, hq):
    wanted = Wanted(BulkAct.DROP, reason="another system")
    seen = preview_of(pks(many), wanted, hq).seen

    change_tasks(pks(many), wanted, reader=hq, seen=seen, act=Act(by=hq, at=NOW))

    many[1].refresh_from_db()
    assert (many[1].state, many[1].drop_reason, many[1].block_reason) == (
        "dropped",
        "another system",
        "",
    )


def test_nobody_changes_many_that_are_not_his_to_change(
    many, manager_north, staff_north
):
    wanted = Wanted(BulkAct.OWNER)

    mine = preview_of(pks(many), wanted, manager_north)
    theirs = preview_of(pks(many), wanted, staff_north)

    # Of the south he does not even learn that there is one; nobody's stays nobody's.
    assert [one.task.title for one in mine.changes] == ["One"]
    assert len(mine.staying) == 2
    assert theirs.changes == []
    with pytest.raises(CannotChangeTasks, match="None of these"):
        change_tasks(
            pks(many), wanted, reader=staff_north, seen="", act=Act(by=staff_north, at=NOW)
        )  # fmt: skip


def test_many_are_changed_only_as_they_were_shown(many, hq, by, manager_north):
    wanted = Wanted(BulkAct.OWNER, taker=manager_north)
    seen = preview_of(pks(many), wanted, hq).seen
    edit_task(many[0], {"helper_ready": True}, version=1, act=by())

    with pytest.raises(CannotChangeTasks, match="changed in the meantime"):
        change_tasks(pks(many), wanted, reader=hq, seen=seen, act=Act(by=hq, at=NOW))
    with pytest.raises(CannotChangeTasks, match="Say why"):
        change_tasks(
            pks(many), Wanted(BulkAct.DROP), reader=hq, seen=seen, act=Act(by=hq, at=NOW)
        )  # fmt: skip
    with pytest.raises(CannotChangeTasks, match="At most"):
        change_tasks(
            [1] * (MOST_TASKS + 1), wanted, reader=hq, seen=seen, act=Act(by=hq, at=NOW)
        )  # fmt: skip
