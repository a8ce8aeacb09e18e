"""What headquarters saves in the admin of waves, plans and tasks."""

from datetime import date, timedelta

import pytest
from django.db.transaction import atomic

from regions.history import Act, change
from regions.models import HistoryEntry
from rollout.enums import TaskState
from rollout.models import Plan, Task, Wave
from tests import factories
from tests.admin_rows import address, address_of, errors_of, posted
from tests.factories import GO_LIVE, KICK_OFF

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.any_store]


@pytest.fixture
def browser(hq, as_user):
    return as_user(hq)


@pytest.fixture
def playbook(programme):
    """Two procedures; the first in two versions."""
    old = factories.make_procedure(programme, "Data")
    new = factories.make_procedure(programme, "Data", number=2)
    people = factories.make_procedure(programme, "People")
    factories.make_step(old, "Clean by hand", offset_days=-50)
    factories.make_step(new, "Clean by machine", offset_days=-40)
    factories.make_step(people, "Name a data owner", offset_days=-60)
    factories.make_step(people, "Thank everybody", offset_days=14)
    return {"old": old, "new": new, "people": people}


@pytest.fixture
def add_plan(browser, north, wave):
    """Posts the form of a new plan; says what is wrong with it."""

    def fill(**values):
        page = browser.get(address("rollout.plan", "add"), {"wave": wave.pk})
        data = posted(page, **{"region": north.pk} | values)
        response = browser.post(address("rollout.plan", "add"), data)
        return [] if response.status_code == 302 else errors_of(response)

    return fill


def tasks_of(plan):
    rows = plan.tasks.order_by("due_date", "id")
    return [(task.title, (task.due_date - plan.go_live_date).days) for task in rows]


def test_new_plan_takes_the_newest_playbook_and_counts_back(add_plan, playbook, hq):
    assert add_plan() == []

    plan = Plan.objects.get()
    assert (plan.go_live_date, plan.first_go_live_date) == (GO_LIVE, GO_LIVE)
    assert plan.kick_off_date == KICK_OFF
    assert tasks_of(plan) == [
        ("Name a data owner", -60),
        ("Clean by machine", -40),
        ("Thank everybody", 14),
    ]
    entries = HistoryEntry.objects.all()
    assert {(one.by, one.via) for one in entries} == {(hq, "admin")}
    assert len({one.act for one in entries}) == 1


def test_new_plan_takes_only_the_chosen_procedures(add_plan, playbook):
    assert add_plan(procedures=[playbook["old"].pk], go_live_date="2027-07-05") == []

    plan = Plan.objects.get()
    assert plan.go_live_date == date(2027, 7, 5)
    assert tasks_of(plan) == [("Clean by hand", -50)]


def test_new_plan_in_a_blackout_needs_a_reason(add_plan, programme):
    factories.make_blackout(programme)

    [fault] = add_plan()
    assert fault.startswith("Mon 3 May 2027 lies in a blackout, Closing of the year.")
    assert add_plan(reason="The group decided so") == []

    entry = HistoryEntry.objects.get(model="rollout.plan")
    assert entry.reason == "The group decided so"


def test_new_plan_warns_of_impossible_days(browser, add_plan, playbook, programme):
    days = {"first_date": date(2027, 1, 1), "last_date": date(2027, 4, 30)}
    factories.make_blackout(programme, **days)
    factories.make_step(playbook["people"], "Train", offset_days=-20, needs_region=True)

    assert add_plan() == []

    listed = browser.get(address("rollout.plan", "changelist")).content.decode()
    assert "1 day is impossible. The page of the region lists it." in listed


def test_new_plan_tells_the_rhythm_its_dates(add_plan, rhythm_north):
    assert add_plan(go_live_date="2027-07-05", kick_off_date="2027-03-01") == []

    rhythm_north.refresh_from_db()
    assert (rhythm_north.kick_off_date, rhythm_north.go_live_date) == (
        date(2027, 3, 1),
        date(2027, 7, 5),
    )


def test_new_plan_is_refused_with_every_reason(add_plan, plan_north):
    strange = factories.make_procedure(factories.make_programme("OTHER"), "Strange")

    said = add_plan(kick_off_date="2027-06-01", procedures=[strange.pk])

    assert sorted(said) == [
        "Choose procedures of the wave's programme.",
        "The kick-off lies after the go-live.",
        "This region has a plan already.",
    ]
    assert Plan.objects.count() == 1


def test_go_live_is_moved_elsewhere_with_a_reason(browser, plan_north):
    page = browser.get(address_of(plan_north))

    data = posted(page, go_live_date="2027-08-01", first_go_live_date="2027-08-01")
    browser.post(address_of(plan_north), data)

    plan_north.refresh_from_db()
    assert (plan_north.go_live_date, plan_north.version) == (GO_LIVE, 1)
    assert f'href="/regions/{plan_north.region.code}/"' in page.content.decode()


def test_new_kick_off_reaches_the_rhythm(browser, plan_north, rhythm_north):
    data = posted(browser.get(address_of(plan_north)), kick_off_date="2027-03-01")

    browser.post(address_of(plan_north), data)

    rhythm_north.refresh_from_db()
    assert rhythm_north.kick_off_date == date(2027, 3, 1)
    assert HistoryEntry.objects.values("act").distinct().count() == 1


def test_plan_stays_in_its_programme_and_begins_before_it_ends(browser, plan_north):
    other = factories.make_wave(factories.make_programme("OTHER"), "Elsewhere")
    page = browser.get(address_of(plan_north))

    data = posted(page, wave=other.pk, kick_off_date="2027-06-01")

    assert sorted(errors_of(browser.post(address_of(plan_north), data))) == [
        "Choose a wave of the same programme.",
        "The kick-off lies after the go-live.",
    ]


def test_wave_is_added_with_its_dates(browser, programme):
    page = browser.get(address("rollout.wave", "add"))
    dates = {"kick_off_date": "2027-09-01", "go_live_date": "2027-06-01"}
    data = posted(page, programme=programme.pk, name="Wave 9", **dates)

    refused = browser.post(address("rollout.wave", "add"), data)
    browser.post(address("rollout.wave", "add"), data | {"go_live_date": "2027-12-01"})

    assert errors_of(refused) == ["The kick-off lies after the go-live."]
    assert Wave.objects.get().go_live_date == date(2027, 12, 1)


def test_task_keeps_its_first_day_and_its_state(browser, plan_north, staff_north):
    task = factories.make_task(plan_north)
    day = task.due_date + timedelta(days=7)

    data = posted(
        browser.get(address_of(task)),
        due_date=day.isoformat(),
        first_due_date=day.isoformat(),
        owner=staff_north.pk,
        state=TaskState.DONE,
    )
    browser.post(address_of(task), data)

    before = task.due_date
    task.refresh_from_db()
    assert (task.due_date, task.first_due_date) == (day, before)
    assert (task.owner, task.state) == (staff_north, TaskState.OPEN)


def test_history_of_a_task_names_the_people(browser, plan_north, staff_north, hq):
    task = factories.make_task(plan_north)
    with atomic():
        change(task, {"owner": staff_north}, Act(by=hq, at=factories.NOW))

    page = browser.get(address_of(task, "history")).content.decode()

    assert f"Person in charge: – → {staff_north.name}" in page


def test_task_added_by_hand_remembers_its_first_day(browser, plan_north):
    page = browser.get(address("rollout.task", "add"))
    data = posted(page, plan=plan_north.pk, title="Order badges", due_date="2027-04-01")

    browser.post(address("rollout.task", "add"), data)

    task = Task.objects.get()
    assert (task.first_due_date, task.step) == (date(2027, 4, 1), None)


@pytest.mark.parametrize(("version", "code"), [(1, 302), (2, 403)])
def test_only_a_task_that_nobody_touched_is_deleted(browser, plan_north, version, code):
    task = factories.make_task(plan_north, version=version)

    response = browser.post(address_of(task, "delete"), {"post": "yes"})

    assert response.status_code == code
    assert Task.objects.exists() is (code == 403)


def test_owner_of_a_task_is_not_its_backup(browser, plan_north, staff_north):
    task = factories.make_task(plan_north, owner=staff_north)
    data = posted(browser.get(address_of(task)), backup=staff_north.pk)

    answer = browser.post(address_of(task), data)

    assert errors_of(answer) == ["Somebody else has to stand in."]
