"""Carrying a version of the playbook into plans: exactly what the preview showed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.template import Context, Template

from pilots.enums import StepRole
from pilots.services.playbook import (
    add_step,
    edit_step,
    open_draft,
    publish,
    remove_step,
)
from regions import history
from regions.history import Act
from regions.models import Programme, Region, User
from regions.services.undo import CannotUndo, undo
from rollout import reminders
from rollout.enums import DutyKind, DutyState, TaskState
from rollout.models import Duty, Mail, PlanProcedure, PushedPlan, Task, TaskLink
from rollout.queries.pushing import push_preview
from rollout.queries.pushwords import plan_lines
from rollout.services import mail
from rollout.services.plans import move_go_live
from rollout.services.pushing import (
    CannotPush,
    push_change,
    take_push_back,
    take_pushes_back,
)
from rollout.services.tasks import start_task
from tests import factories
from tests.factories import GO_LIVE, NOW, make_plan, make_step
from tests.history_guard import unrecorded
from tests.tables import snapshot

pytestmark = pytest.mark.usefixtures("frozen")
DAY = timedelta(days=1)


@pytest.fixture
def act(hq):
    return Act(by=hq, at=NOW)


@pytest.fixture
def old(programme):
    """Four steps: clean, key, check after key, and one that will be given up."""
    procedure = factories.make_procedure(programme)
    make_step(procedure, "Clean", offset_days=-40)
    key = make_step(procedure, "Key", offset_days=-30)
    check = make_step(procedure, "Check", offset_days=-20)
    make_step(procedure, "Fax", offset_days=-10)
    factories.make_step_link(check, key)
    return procedure


@pytest.fixture
def new(old, act):
    """Keying takes longer and begins earlier; check comes after cleaning instead; a new
    step comes before it; nobody faxes any more."""
    draft = open_draft(old, act=act)
    steps = {step.title: step for step in draft.steps.all()}
    more = {"offset_days": -35, "effort_hours": Decimal(8)}
    edit_step(steps["Key"], more, version=1, act=act)
    values = {"title": "Train", "offset_days": -25, "role": StepRole.REGION}
    train = add_step(draft, values, act=act)
    after = [steps["Clean"], train]
    edit_step(steps["Check"], {"title": "Verify"}, version=1, act=act, after=after)
    remove_step(steps["Fax"], version=1, act=act)
    draft.refresh_from_db()
    return publish(draft, version=draft.version, act=act)


@pytest.fixture
def planned(plan_north, old, staff_north):
    return planned_from(plan_north, old, staff_north)


def planned_from(plan, procedure, owner):
    """The tasks of a plan by title, as it was made from a version."""
    with unrecorded():
        tasks = {
            step.title: factories.make_task(
                plan,
                step.title,
                step=step,
                owner=owner,
                due_date=plan.go_live_date + step.offset_days * DAY,
            )
            for step in procedure.steps.order_by("id")
        }
        TaskLink.objects.create(task=tasks["Check"], before=tasks["Key"])
        plan.versions.create(procedure=procedure)
    return tasks


def carry(new, act, reader, **only):
    preview = push_preview(new, reader, act.at, **only)
    seen = {one.plan.pk: one.seen for one in preview.changes}
    return push_change(new, seen, reader=reader, act=act)


def set_(task, **values):
    with unrecorded():
        Task.objects.filter(pk=task.pk).update(**values)


def test_preview_tells_what_is_added_changed_dropped(planned, new, hq, staff_north):
    (one,) = push_preview(new, hq, NOW).changes

    (added,) = one.adding
    assert (added.task.title, added.due.day) == ("Train", GO_LIVE - 25 * DAY)
    assert added.task.owner == staff_north
    said = {c.task.title: (c.values, c.by_hand) for c in one.changing}
    assert said == {
        "Key": (
            {"effort_hours": Decimal(8), "due_date": GO_LIVE - 35 * DAY},
            [],
        ),
        "Check": ({"title": "Verify"}, []),
    }
    assert one.dropping == [planned["Fax"]]
    assert one.kept == []


def test_what_was_changed_by_hand_and_what_is_finished_stays(planned, new, hq, act):
    set_(planned["Key"], due_date=GO_LIVE - 31 * DAY)
    set_(planned["Check"], title="Check twice")
    set_(planned["Clean"], state=TaskState.DONE, finished_at=NOW)
    set_(planned["Fax"], state=TaskState.DONE, finished_at=NOW)

    (one,) = push_preview(new, hq, NOW).changes
    carry(new, act, hq)

    by_hand = {c.task.title: c.by_hand for c in one.going_on if c.by_hand}
    assert by_hand == {"Key": ["due_date"], "Check twice": ["title"]}
    # Cleaning is done, but the version says of it what the one before said.
    assert one.kept == [planned["Fax"]]
    assert one.dropping == []
    key, fax = (Task.objects.get(pk=planned[name].pk) for name in ("Key", "Fax"))
    assert (key.due_date, key.effort_hours) == (GO_LIVE - 31 * DAY, Decimal(8))
    assert (fax.state, fax.step.procedure.number) == (TaskState.DONE, 1)


def test_carrying_does_all_that_in_one_act_for_each_plan(planned, new, hq, act):
    push = carry(new, act, hq)

    tasks = {task.title: task for task in Task.objects.select_related("step")}
    assert set(tasks) == {"Clean", "Key", "Verify", "Fax", "Train"}
    fax = tasks["Fax"]
    assert fax.state == TaskState.DROPPED
    assert fax.drop_reason == "Given up. Playbook: Prepare the data, version 2"
    unfinished = [task for task in tasks.values() if task != fax]
    assert {task.step.procedure_id for task in unfinished} == {new.pk}
    key, train = tasks["Key"], tasks["Train"]
    assert (key.due_date, key.first_due_date) == (
        GO_LIVE - 35 * DAY,
        GO_LIVE - 30 * DAY,
    )
    assert (train.first_due_date, train.baseline_date) == (train.due_date, None)
    order = {(x.before.title, x.task.title) for x in TaskLink.objects.all()}
    assert order == {("Clean", "Verify"), ("Train", "Verify")}
    assert [row.procedure for row in key.plan.versions.all()] == [new]
    assert PushedPlan.objects.get().push == push
    assert push_preview(new, hq, NOW).changes == []


def test_one_undo_brings_all_back_rows_and_order(planned, new, hq, act):
    def said():
        tables = (Task.objects, TaskLink.objects, PlanProcedure.objects)
        return [
            [{k: v for k, v in row.items() if k != "version"} for row in rows]
            for rows in (table.order_by("pk").values() for table in tables)
        ]

    before = said()
    carry(new, act, hq)
    assert said() != before

    take_push_back(PushedPlan.objects.get(), act=Act(by=hq, at=NOW))

    assert said() == before
    assert len(push_preview(new, hq, NOW).changes) == 1


def test_undo_of_one_region_leaves_the_other_and_of_all_takes_the_rest(
    planned, plan_south, old, new, staff_south, hq, act
):
    planned_from(plan_south, old, staff_south)
    push = carry(new, act, hq)
    north, south = push.plans.order_by("plan__region__code")

    take_push_back(north, act=Act(by=hq, at=NOW))
    with pytest.raises(CannotUndo):
        take_push_back(north, act=Act(by=hq, at=NOW))
    numbers = [
        [v.procedure.number for v in x.plan.versions.all()] for x in (north, south)
    ]
    assert numbers == [[1], [2]]

    assert take_pushes_back(push, act=Act(by=hq, at=NOW)) == 1
    assert [v.procedure.number for v in plan_south.versions.all()] == [1]


def test_undo_is_refused_for_all_when_one_region_went_on(planned, new, hq, act):
    push = carry(new, act, hq)
    task = Task.objects.get(title="Key")
    start_task(task, version=task.version, act=Act(by=hq, at=NOW + DAY))

    with pytest.raises(CannotUndo, match="North Company: Somebody changed this"):
        take_pushes_back(push, act=Act(by=hq, at=NOW + DAY))

    assert Task.objects.get(title="Train").step.procedure == new
    assert not PushedPlan.objects.exclude(undone_at=None).exists()


@pytest.mark.parametrize("change", ["task", "go-live", "other digest"])
def test_what_changed_since_the_preview_is_refused(
    planned, plan_north, new, hq, act, change
):
    (one,) = push_preview(new, hq, NOW).changes
    seen = one.seen
    if change == "task":
        start_task(planned["Key"], version=1, act=Act(by=hq, at=NOW))
    elif change == "go-live":
        move_go_live(
            plan_north, to=GO_LIVE + DAY, reason="late", version=1, act=Act(hq, NOW)
        )
    else:
        seen = "0" * 32
    before = snapshot()

    with pytest.raises(CannotPush) as caught:
        push_change(new, {plan_north.pk: seen}, reader=hq, act=act)

    assert caught.value.changed == {plan_north.pk}
    assert snapshot() == before


def test_nothing_ticked_and_an_older_version_are_refused(planned, old, new, hq, act):
    with pytest.raises(CannotPush, match="Tick"):
        push_change(new, {}, reader=hq, act=act)
    with pytest.raises(CannotPush, match="newer version"):
        push_change(old, {1: ""}, reader=hq, act=act)


@pytest.mark.any_store
def test_live_closed_and_archived_plans_stay(planned, plan_north, new, hq, act):
    def whys(at=NOW):
        preview = push_preview(new, hq, at)
        return [one.why for one in preview.staying], len(preview.changes)

    live = datetime(2027, 5, 4, 12, tzinfo=UTC)
    assert (whys(), whys(live)) == (([], 1), (["It is live."], 0))
    with unrecorded():
        Region.objects.update(archived_at=NOW)
    assert whys() == (["The region is archived."], 0)
    with unrecorded():
        Programme.objects.update(closed_at=NOW)
    assert whys() == (["The programme is closed."], 0)
    with pytest.raises(CannotPush):
        push_change(new, {plan_north.pk: ""}, reader=hq, act=act)


@pytest.mark.any_store
def test_days_that_cannot_be_kept_are_told(planned, plan_north, new, hq):
    set_(planned["Clean"], due_date=GO_LIVE - DAY)
    with unrecorded():
        plan_north.__class__.objects.update(go_live_date=NOW.date() + 30 * DAY)
    old_days = {"Key": 0, "Clean": 29}
    for title, days in old_days.items():
        set_(planned[title], due_date=NOW.date() + days * DAY)

    (lines,) = [plan_lines(one) for one in push_preview(new, hq, NOW).changes]

    odd = {line.title: line.odd for line in (*lines.adding, *lines.changing)}
    assert odd == {"Train": [], "Key": ["before today"], "Check": []}
    assert lines.odd == 1


@pytest.mark.any_store
def test_order_by_hand_closes_no_circle(planned, plan_north, new, hq, act):
    factories.make_link(planned["Clean"], planned["Check"])

    (one,) = push_preview(new, hq, NOW).changes
    carry(new, act, hq)

    (check,) = [c for c in one.going_on if c.task == planned["Check"]]
    assert (check.in_circle, len(check.after)) == ([planned["Clean"]], 1)
    order = {(x.before.title, x.task.title) for x in TaskLink.objects.all()}
    assert order == {("Verify", "Clean"), ("Train", "Verify")}


@pytest.mark.any_store
def test_owner_is_who_has_most_of_the_same_role_and_function(
    planned, new, hq, staff_north, liaison_north, plan_north
):
    other = factories.make_procedure(plan_north.programme, "Money")
    for n in range(5):
        step = make_step(other, f"Pay {n}", role=StepRole.CENTRE)
        factories.make_task(plan_north, step=step, owner=liaison_north)
    (one,) = push_preview(new, hq, NOW).changes
    assert one.adding[0].task.owner == staff_north

    with unrecorded():
        Task.objects.filter(owner=staff_north).update(owner=None)
    (one,) = push_preview(new, hq, NOW).changes
    assert one.adding[0].task.owner is None


@pytest.mark.any_store
def test_private_texts_that_were_deleted_are_not_made_up(ceo_north, programme, hq, act):
    with transaction.atomic():
        history.delete(factories.make_stance(ceo_north, programme, hq), act)

    with pytest.raises(CannotUndo, match="cannot be taken back"):
        undo(act.id, act=Act(by=hq, at=NOW), with_rows=True)


@pytest.mark.parametrize("count", [1, 3])
def test_preview_takes_the_same_queries(
    programme, wave, old, new, hq, staff_north, count, assert_queries
):
    for n in range(count):
        plan = make_plan(factories.make_region(f"R{n}"), wave)
        planned_from(plan, old, staff_north)

    hq.standing.roles  # noqa: B018 - read before counting
    with assert_queries(7):
        preview = push_preview(new, hq, NOW)
    assert len(preview.changes) == count


@pytest.mark.any_store
@pytest.mark.parametrize("count", [1, 3])
def test_push_and_undo_take_the_same_statements(
    programme, wave, old, new, hq, staff_north, count, assert_queries, act
):
    for n in range(count):
        plan = make_plan(factories.make_region(f"R{n}"), wave)
        planned_from(plan, old, staff_north)
    seen = {one.plan.pk: one.seen for one in push_preview(new, hq, NOW).changes}

    with assert_queries(39):
        push = push_change(new, seen, reader=hq, act=act)
    # People were told of it, so they are told of this, too.
    told = factories.make_mail(staff_north)
    Duty.objects.update(state=DutyState.MAILED, mail=told)
    with assert_queries(63):
        assert take_pushes_back(push, act=act) == count


# --- Mails ---------------------------------------------------------------------------


def tick(at=NOW):
    reminders.queue(at=at)
    return mail.deliver(clock=lambda: at)


@pytest.fixture
def folder(settings, tmp_path):
    settings.MAIL_DIR = tmp_path / "mail"


def test_everybody_gets_one_mail_whatever_the_regions(
    folder, planned, plan_south, old, new, staff_north, hq, act
):
    planned_from(plan_south, old, staff_north)
    carry(new, act, hq)

    assert [tick(NOW + n * DAY) for n in range(3)] == [1, 0, 0]

    (sent,) = Mail.objects.filter(recipient=staff_north)
    assert sent.subject == (
        "The playbook changed 8 tasks of yours: North Company and 1 more"
    )
    assert sent.body_text.count("Train\n  New, due Thu 8 Apr") == 2
    assert "Key\n  Due Mon 29 Mar instead of Sat 3 Apr" in sent.body_text
    assert "Verify\n  Was called “Check”" in sent.body_text
    assert "Fax\n  No longer needed" in sent.body_text
    assert "Clean" not in sent.body_text


def test_what_is_taken_back_in_time_is_told_to_nobody(
    folder, planned, new, staff_north, hq, act
):
    push = carry(new, act, hq)
    assert staff_north.duties.get().kind == DutyKind.CARRIED
    reminders.queue(at=NOW)
    take_pushes_back(push, act=Act(by=hq, at=NOW))

    assert tick() == 0
    assert staff_north.duties.get().state == DutyState.MET


def test_what_is_taken_back_after_the_mail_is_told_once_more(
    folder, planned, plan_south, old, new, staff_north, manager_north, hq, act
):
    planned_from(plan_south, old, staff_north)
    push = carry(new, act, hq)
    push_mails = tick()
    north, _south = push.plans.order_by("plan__region__code")
    later = Act(by=hq, at=NOW + DAY)

    take_push_back(north, act=later)
    first = [tick(NOW + n * DAY) for n in (1, 2)]
    take_pushes_back(push, act=replace(later, at=NOW + 2 * DAY))
    second = [tick(NOW + n * DAY) for n in (5, 6)]

    assert (push_mails, first, second) == (1, [1, 0], [1, 0])
    _told, mail_north, mail_south = staff_north.mails.order_by("id")
    assert mail_north.subject == (
        "Taken back: what the playbook changed in 4 tasks of yours: North Company"
    )
    assert "Train\n  Taken back: it is not there any more" in mail_north.body_text
    assert "Key\n  Taken back: as it was before, due Sat 3 Apr" in mail_north.body_text
    assert "Check\n  Taken back: as it was before" in mail_north.body_text
    fax = "Fax\n  Taken back: to be done after all, due Fri 23 Apr"
    assert fax in mail_north.body_text
    assert "Clean" not in mail_north.body_text
    assert "South Company" in mail_south.body_text
    assert "North Company" not in mail_south.body_text
    assert not manager_north.duties.exists()


def test_who_carries_and_who_cannot_sign_in_get_no_mail(
    planned, new, staff_north, act, hq
):
    with unrecorded():
        Task.objects.filter(title="Key").update(owner=hq)
        User.objects.filter(pk=staff_north.pk).update(may_sign_in=False)

    carry(new, act, hq)

    assert not Duty.objects.exists()


def test_new_task_that_is_due_at_once_has_no_urgent_mail_besides(
    folder, planned, new, staff_north, hq, act
):
    carry(new, act, hq)
    set_(Task.objects.get(title="Train"), due_date=NOW.date())

    tick()

    kinds = staff_north.duties.values_list("kind", flat=True)
    assert list(kinds) == [DutyKind.CARRIED]


# --- Pages ---------------------------------------------------------------------------


@pytest.mark.any_store
def test_page_carries_the_ticked_and_history_takes_back(
    as_user, planned, plan_south, old, new, staff_south, hq
):
    planned_from(plan_south, old, staff_south)
    browser, address = as_user(hq), f"/playbook/{new.pk}/push/"

    page = browser.get(address)
    plans = {one.plan.region.code: one for one in page.context["plans"]}
    north = plans["NORTH"].plan.pk
    sent = {f"seen-{one.plan.pk}": one.change.seen for one in plans.values()}
    assert browser.post(address, sent).status_code == 422
    refused = browser.post(address, {**sent, f"seen-{north}": "x", "plan": [north]})
    assert refused.status_code == 422
    assert refused.context["changed"] == {north}
    assert "Changed in the meantime." in refused.content.decode()
    done = browser.post(address, {**sent, "plan": [north]}, follow=True)

    assert "Carried into 1 plan." in done.content.decode()
    assert [one.plan.region.code for one in done.context["plans"]] == ["SOUTH"]
    act = PushedPlan.objects.get().act
    page = browser.get(f"/history/acts/{act}/")
    assert f"/history/acts/{act}/undo/" in page.content.decode()
    browser.post(f"/history/acts/{act}/undo/")
    assert PushedPlan.objects.get().undone_at == NOW
    page = browser.get(f"/history/acts/{act}/")
    assert "This was taken back already." in page.content.decode()
    assert len(browser.get(address).context["plans"]) == 2


@pytest.mark.any_store
def test_all_of_them_and_back_again(
    as_user, planned, plan_south, old, new, staff_south, hq
):
    planned_from(plan_south, old, staff_south)
    browser, address = as_user(hq), f"/playbook/{new.pk}/push/"
    sent = {
        f"seen-{one.plan.pk}": one.change.seen
        for one in browser.get(address).context["plans"]
    }

    browser.post(address, sent | {"all": "1"})
    assert PushedPlan.objects.count() == 2
    browser.post(f"/pushes/{PushedPlan.objects.first().push_id}/undo/")

    assert PushedPlan.objects.filter(undone_at=NOW).count() == 2


@pytest.mark.any_store
def test_older_version_leads_to_the_newest(as_user, planned, old, new, hq):
    page = as_user(hq).get(f"/playbook/{old.pk}/push/").content.decode()

    assert f"/playbook/{new.pk}/push/" in page


@pytest.mark.any_store
def test_region_says_which_versions_its_plan_follows(
    as_user, planned, old, new, hq, staff_north
):
    pages = [
        as_user(who).get("/regions/NORTH/").content.decode()
        for who in (hq, staff_north)
    ]

    assert "Prepare the data 1 (2 is out)" in pages[1]
    address = f"/playbook/{new.pk}/push/"
    assert [address in page for page in pages] == [True, False]
    link = Template("{% load pushing %}{% carry_link procedure %}")
    found = [
        link.render(Context({"user": who, "procedure": version})).strip()
        for who, version in ((hq, new), (hq, old), (staff_north, new))
    ]
    assert found == [
        f'<a class="btn-go" href="{address}">Carry it into 1 plan</a>',
        "",
        "",
    ]
