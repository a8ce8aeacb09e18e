"""A programme is loaded from its files: all of it, once, moved to today."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from unittest.mock import patch

import pytest
from django.apps import apps

from pilots.models import Finding, Pilot, Procedure, Step
from pilots.services.playbook import publish, remove_step
from regions.enums import Role, Via
from regions.history import Act
from regions.models import (
    Ask,
    CheckIn,
    Contact,
    HistoryEntry,
    Membership,
    PrivateView,
    Programme,
    Region,
    RegionalCEO,
    Rhythm,
    Stance,
    User,
)
from rollout.imports import load as loading
from rollout.models import Clarification, LessonUse, Mail, Plan, Task
from tests.history_guard import unrecorded
from tests.programme_files import FILES, TODAY, load_folder, write_folder

pytestmark = pytest.mark.django_db
SAMPLES = Path(__file__).parents[2] / "rollout" / "samples"


@pytest.fixture
def folder(tmp_path) -> Path:
    return write_folder(tmp_path / "erp")


def rows_of_all_tables() -> dict[str, int]:
    return {
        model._meta.label: model._default_manager.count() for model in apps.get_models()
    }


# --- What is written -----------------------------------------------------------------


def test_regions_become_plans_with_tasks(folder):
    loaded = load_folder(folder)

    assert str(loaded.programme) == "ERP roll-out"
    assert {count.kind: count.new for count in loaded.counts} == {
        "programme": 1,
        "regions": 3,
        "people": 7,
        "roles": 7,
        "CEOs": 2,
        "procedures": 4,
        "steps": 7,
        "pilots": 1,
        "criteria": 2,
        "lessons": 2,
        "waves": 2,
        "plans": 3,
        "tasks": 21,
        "asks": 2,
        "talks": 3,
        "check-ins": 1,
        "answers": 2,
        "questions": 3,
        "stances": 1,
    }
    plan = Plan.objects.get(region__code="EAST")
    assert plan.wave.name == "Wave 1"
    assert plan.region.time_zone == "Asia/Shanghai"
    assert (plan.kick_off_date, plan.go_live_date) == (
        date(2026, 12, 6),
        date(2027, 4, 5),
    )
    rhythm = Rhythm.objects.get(ceo__region__code="EAST")
    assert (rhythm.kick_off_date, rhythm.go_live_date) == (
        plan.kick_off_date,
        plan.go_live_date,
    )


def test_known_slip_is_a_move_of_the_past(folder):
    load_folder(folder)

    plan = Plan.objects.get(region__code="NORTH")
    assert (plan.first_go_live_date, plan.go_live_date) == (
        date(2026, 5, 4),
        date(2026, 7, 6),
    )
    move = HistoryEntry.objects.of(plan).get(field="go_live_date")
    assert (move.before, move.after) == ("2026-05-04", "2026-07-06")
    assert move.reason == "as the programme published"
    assert move.via == Via.IMPORT
    assert move.at == datetime(2026, 4, 4, 12, 0, tzinfo=UTC)
    assert (
        Rhythm.objects.get(ceo__region__code="NORTH").go_live_date == plan.go_live_date
    )
    assert not HistoryEntry.objects.of(Plan.objects.get(region__code="SOUTH")).filter(
        field="go_live_date"
    )


def test_steps_keep_their_place_and_say_who_does_them(folder):
    load_folder(folder)

    steps = Step.objects.order_by("position").values_list(
        "procedure__name", "title", "kind", "role", "function"
    )
    assert list(steps) == [
        ("Programme milestones", "Kick-off", "milestone", "shared", ""),
        ("Programme milestones", "Go-live", "milestone", "shared", ""),
        ("Change", "Analyse the stakeholders", "work", "region", ""),
        ("Change", "Agree the roles, then the rights", "clarify", "shared", "hr"),
        ("Data", "Clean the customers", "data", "region", ""),
        ("Cut-over", "Open the ready room", "work", "centre", "rollout team"),
        ("Cut-over", "Freeze the old system", "milestone", "region", "payroll"),
    ]


def test_first_fitting_rule_gives_the_owner(folder):
    load_folder(folder)

    owners = Task.objects.filter(plan__region__code="EAST").order_by("step__position")
    assert list(owners.values_list("title", "owner__email")) == [
        ("Kick-off", None),  # nobody is manager
        ("Go-live", None),
        ("Analyse the stakeholders", "staff.east@example.org"),
        ("Agree the roles, then the rights", "liaison@example.org"),
        ("Clean the customers", "helper.east@example.org"),
        ("Open the ready room", "hq@example.org"),
        ("Freeze the old system", "staff.east@example.org"),
    ]


def test_tasks_are_in_the_stated_state_else_finished_once_due(folder):
    load_folder(folder)

    tasks = Task.objects.filter(plan__region__code="EAST").order_by("due_date")
    assert list(tasks.values_list("title", "state", "finished_at")) == [
        ("Kick-off", "done", datetime(2026, 12, 6, 8, 0, tzinfo=UTC)),  # 16:00 there
        ("Analyse the stakeholders", "blocked", None),
        ("Agree the roles, then the rights", "started", None),
        ("Open the ready room", "done", datetime(2027, 3, 7, 8, 0, tzinfo=UTC)),
        ("Clean the customers", "open", None),
        ("Freeze the old system", "open", None),
        ("Go-live", "open", None),
    ]
    blocked = tasks.get(state="blocked")
    assert blocked.block_reason == "decision"
    assert blocked.block_note == "which two departments"
    assert blocked.waits_for.email == "ceo.east@example.org"
    assert blocked.waits_for_ask.text == "name a second data owner"


def test_people_get_roles_and_ceos_no_login(folder):
    load_folder(folder)

    ceo = RegionalCEO.objects.get(region__code="EAST")
    assert (ceo.user.email, ceo.from_date) == ("ceo.east@example.org", date(2026, 1, 1))
    assert not ceo.user.may_sign_in
    assert not ceo.user.has_usable_password()
    cio = User.objects.get(email="cio@example.org")
    assert cio.may_sign_in
    assert cio.check_password("open-sesame-1")
    liaison = User.objects.get(email="liaison@example.org")
    assert (liaison.language, liaison.working_days) == ("zh-hans", "1234567")
    assert TODAY.astimezone(liaison.zone).hour == 9
    assert (cio.country, cio.subdivision, liaison.country) == ("US", "WA", "")
    held = Membership.objects.filter(user=liaison).order_by("region__code")
    assert list(held.values_list("role", "region__code")) == [
        (Role.LIAISON, "EAST"),
        (Role.LIAISON, "NORTH"),
        (Role.LIAISON, "SOUTH"),
    ]


def test_lessons_with_a_step_are_adopted(folder):
    load_folder(folder)

    pilot = Pilot.objects.get()
    assert pilot.name == "Pilot"
    late = Finding.objects.get(title="Leaders came late")
    assert (late.state, late.pilot, late.wave_name) == ("adopted", pilot, "")
    assert late.step.title == "Analyse the stakeholders"
    old = Finding.objects.get(title="Old customers")
    assert (old.state, old.pilot, old.wave_name) == ("proposed", None, "Wave 1")


def test_pilots_get_their_time_and_what_they_reached(folder):
    load_folder(folder)

    pilot = Pilot.objects.get()
    # From the first go-live to 90 days after the last.
    assert (pilot.from_date, pilot.to_date) == (date(2026, 5, 4), date(2026, 10, 4))
    criteria = pilot.criteria.order_by("metric").values_list(
        "metric", "baseline", "target", "direction", "actual", "is_mandatory"
    )
    assert list(criteria) == [
        ("Days late", None, 0, "at_most", None, False),
        ("Records converted", 90, 98, "at_least", Decimal("98.6"), True),
    ]


def test_judgements_are_made_on_the_clock_of_the_region(folder):
    load_folder(folder)

    stance = Stance.objects.get()
    assert stance.judged_at == datetime(2027, 3, 1, 3, 0, tzinfo=UTC)
    assert (stance.ceo.region.code, stance.by.email) == ("EAST", "liaison@example.org")
    assert (stance.current, stance.wanted, stance.sentence) == (
        "neutral",
        "supportive",
        "Puts the name off.",
    )


def test_answers_to_lessons_are_told_with_their_task(folder):
    """What came of one is known once its task is done: that of the east is blocked."""
    load_folder(folder)

    uses = LessonUse.objects.order_by("task__plan__region__code").values_list(
        "task__plan__region__code", "answer", "skip_reason", "outcome", "at"
    )
    assert list(uses) == [
        ("EAST", "skipped", "no_time", "", datetime(2027, 1, 7, 12, 0, tzinfo=UTC)),
        ("NORTH", "used", "", "helped", datetime(2026, 2, 5, 12, 0, tzinfo=UTC)),
    ]
    north = LessonUse.objects.get(answer="used")
    assert (north.outcome_by, north.outcome_at) == (north.by, north.task.finished_at)


def test_questions_are_asked_answered_and_confirmed(folder):
    """No answer to a proposal is a yes; any other is confirmed by whoever asked."""
    load_folder(folder)

    found = Clarification.objects.order_by("asked_at").values_list(
        "region__code", "state", "answer", "answered_by__email", "confirmed_by__email"
    )
    carriers, plants, purchases = found
    assert carriers == (
        "NORTH", "confirmed", "Two.", "liaison@example.org", "hq@example.org"
    )  # fmt: skip
    ceo = "ceo.east@example.org"
    assert plants == ("EAST", "confirmed", "Both of them.", ceo, ceo)
    assert purchases == ("EAST", "open", "", None, None)
    row = Clarification.objects.get(state="open")
    assert str(row.task) == "Agree the roles, then the rights"
    assert row.asked_at == datetime(2027, 3, 1, 1, 0, tzinfo=UTC)
    assert row.due_date == date(2027, 3, 12)
    assert not Mail.objects.exists()


def test_answer_may_wait_to_be_confirmed(tmp_path):
    files = {"clarifications.csv": FILES["clarifications.csv"].replace(
        "Two.,2026-05-06 10:00", "Two.,")}  # fmt: skip

    load_folder(write_folder(tmp_path / "erp", FILES | files))

    row = Clarification.objects.get(region__code="NORTH")
    assert (row.state, row.answer, row.confirmed_by) == ("answered", "Two.", None)


def test_manners_of_a_ceo_are_private_also_in_the_history(folder):
    load_folder(folder)

    ceo = RegionalCEO.objects.get(region__code="EAST")
    assert ceo.address_as == "Madam East"
    assert ceo.careful_with == "The old plant, unless she names it"
    assert not PrivateView.objects.exists()


def test_talks_are_booked_and_stay_as_people_moved_them(folder):
    load_folder(folder)

    booked = CheckIn.objects.get()
    assert (booked.ceo.region.code, booked.state) == ("EAST", "planned")
    assert (booked.day_date, booked.at_time) == (date(2027, 3, 12), time(14, 30))
    assert (booked.minutes, booked.channel) == (15, "visit")
    with unrecorded():
        CheckIn.objects.update(day_date=date(2027, 3, 15))

    load_folder(folder)

    assert CheckIn.objects.get().day_date == date(2027, 3, 15)


def test_steps_stand_by_day_whatever_the_order_of_the_files(folder):
    """Working days count for more than days of the calendar."""
    files = {
        "our_phases.csv": "milestone,offset_days,offset_unit\n"
        "Go-live,0,day\nVote,-20,day\nPapers,-18,working_day\nKick-off,-120,day\n"
    }
    write_folder(folder, files)

    load_folder(folder)

    steps = Step.objects.filter(procedure__name="Programme milestones")
    assert list(steps.order_by("position").values_list("title", flat=True)) == [
        "Kick-off",
        "Papers",
        "Vote",
        "Go-live",
    ]


def test_talks_are_held_on_the_clock_of_the_region(folder):
    load_folder(folder)

    east = Contact.objects.get(ceo__region__code="EAST", outcome="reached")
    assert east.held_at == datetime(2027, 3, 1, 2, 0, tzinfo=UTC)
    assert (east.by.email, east.minutes, east.felt) == (
        "liaison@example.org",
        15,
        "same",
    )
    assert (east.ask.text, east.ask_answer) == ("name a second data owner", "later")
    north = Contact.objects.get(ceo__region__code="NORTH")
    assert north.held_at == datetime(2026, 6, 1, 7, 30, tzinfo=UTC)
    done = Ask.objects.get(text="send the list")
    assert (done.of, done.state, done.due_date) == ("us", "done", date(2027, 3, 5))


# --- Twice ---------------------------------------------------------------------------


def test_second_load_writes_nothing(folder):
    load_folder(folder)
    rows, newest = rows_of_all_tables(), HistoryEntry.objects.latest("id")

    again = load_folder(folder, TODAY + timedelta(days=20))

    assert rows_of_all_tables() == rows
    assert HistoryEntry.objects.latest("id") == newest
    assert [(count.new, count.kept) for count in again.counts] == [(0, 0)] * 19
    assert {count.kind: count.same for count in again.counts}["tasks"] == 21


def test_second_load_keeps_what_people_changed(folder):
    load_folder(folder)
    task = Task.objects.get(plan__region__code="EAST", title="Clean the customers")
    with unrecorded():
        Task.objects.filter(pk=task.pk).update(state="started")
        Region.objects.filter(code="EAST").update(name="Eastern Company")
        User.objects.filter(email="liaison@example.org").update(time_zone="Asia/Tokyo")
        Membership.objects.filter(user__email="hq@example.org").update(
            to_date=TODAY.date()
        )
    rows = rows_of_all_tables()

    again = load_folder(folder)

    assert rows_of_all_tables() == rows
    assert {count.kind: count.kept for count in again.counts if count.kept} == {
        "regions": 1,
        "roles": 1,
    }
    assert Region.objects.get(code="EAST").name == "Eastern Company"
    task.refresh_from_db()
    assert task.state == "started"
    assert User.objects.get(email="liaison@example.org").time_zone == "Asia/Tokyo"


def test_second_load_adds_what_is_new(folder):
    load_folder(folder)
    west = "WEST,West Company,Wave 1,2027-04-05,,no,\n"
    write_folder(folder, {"our_regions.csv": FILES["our_regions.csv"] + west})

    again = load_folder(folder)

    assert {count.kind: count.new for count in again.counts if count.new} == {
        "regions": 1,
        "plans": 1,
        "tasks": 7,
    }


def test_load_that_breaks_leaves_nothing(folder):
    with (
        patch.object(loading, "load_contacts", side_effect=RuntimeError),
        pytest.raises(RuntimeError),
    ):
        load_folder(folder)

    assert not any(model.objects.exists() for model in (Programme, Region, User, Task))
    assert not HistoryEntry.objects.exists()


# --- The samples ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sample", "regions", "tasks"),
    [("ctclink", 34, 2992), pytest.param("china", 31, 2728, marks=pytest.mark.long)],
)
def test_sample_loads_once(sample, regions, tasks):
    loaded = load_folder(SAMPLES / sample)

    counts = {count.kind: count.new for count in loaded.counts}
    assert (counts["regions"], counts["plans"], counts["tasks"]) == (
        regions,
        regions,
        tasks,
    )
    assert Programme.objects.get().date_shift_weeks == 321
    assert not Task.objects.filter(owner=None)
    rows = rows_of_all_tables()

    again = load_folder(SAMPLES / sample, TODAY + timedelta(days=6))

    assert rows_of_all_tables() == rows
    assert {count.kind: count.new for count in again.counts if count.new} == {}


def test_steps_may_count_in_working_days_and_need_the_region(tmp_path):
    counted = FILES["our_playbook_tasks.csv"]
    counted = counted.replace("function,note", "function,note,offset_unit,needs_region")
    counted = counted.replace("region,-20,data,,", "region,-5,data,,,working_day,yes")
    folder = write_folder(tmp_path, FILES | {"our_playbook_tasks.csv": counted})

    load_folder(folder)
    again = load_folder(folder)

    step = Step.objects.get(title="Clean the customers")
    assert (step.offset_days, step.offset_unit, step.needs_region) == (
        -5,
        "working_day",
        True,
    )
    # China rests on Monday 5 April 2027, so Friday 2 April is the day 0 of the east.
    task = Task.objects.get(step=step, plan__region__code="EAST")
    assert (task.due_date, task.first_due_date) == (date(2027, 3, 26),) * 2
    assert {count.kind: count.new for count in again.counts if count.new} == {}


# --- A playbook that is published already -------------------------------------------

ROWS = FILES["our_playbook_tasks.csv"]
MORE = {"our_playbook_tasks.csv": ROWS + "Data,Count the stock,region,-9,data,,\n"}
WEST = {
    "our_regions.csv": FILES["our_regions.csv"]
    + "WEST,West Company,Wave 1,2027-04-05,,no,\n"
}


def titles_in(code):
    return set(
        Task.objects.filter(plan__region__code=code).values_list("title", flat=True)
    )


def test_new_procedures_are_published_by_who_loads(folder):
    load_folder(folder)

    versions = Procedure.objects.values_list("number", "published_at").distinct()
    assert list(versions) == [(1, TODAY)]


def test_new_step_waits_in_a_draft_and_not_in_plans(folder):
    load_folder(folder)
    write_folder(folder, MORE | WEST)

    again = load_folder(folder)

    step = Step.objects.get(title="Count the stock")
    assert (step.procedure.name, step.procedure.number) == ("Data", 2)
    assert step.procedure.is_draft
    # What the draft took over from the version before is known by its key.
    copies = Step.objects.filter(title="Clean the customers")
    assert copies.values("key").distinct().count() == 1
    assert {count.kind: count.new for count in again.counts if count.new} == {
        "steps": 1,
        "regions": 1,
        "plans": 1,
        "tasks": 7,
    }
    assert titles_in("WEST") == titles_in("EAST")
    rows = rows_of_all_tables()
    load_folder(folder)
    assert rows_of_all_tables() == rows


def test_plans_follow_what_was_published_since(folder, hq):
    """A step that the newest version added is planned, one that it gave up is not."""
    load_folder(folder)
    write_folder(folder, MORE)
    load_folder(folder)
    act, draft = Act(by=hq, at=TODAY), Procedure.objects.get(published_at=None)
    given_up = draft.steps.get(title="Clean the customers")
    remove_step(given_up, version=given_up.version, act=act)
    draft.refresh_from_db()
    publish(draft, version=draft.version, act=act)
    write_folder(folder, MORE | WEST)

    load_folder(folder)

    assert titles_in("EAST") - titles_in("WEST") == {"Clean the customers"}
    assert titles_in("WEST") - titles_in("EAST") == {"Count the stock"}
    plan = Plan.objects.get(region__code="WEST")
    assert plan.procedures.get(name="Data") == draft
    assert not Procedure.objects.filter(published_at=None)
