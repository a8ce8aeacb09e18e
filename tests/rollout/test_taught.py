"""Findings where they meet the work: recorded from a task, and not forgotten."""

from datetime import timedelta

import pytest

from pilots.enums import FindingState
from pilots.models import Finding
from pilots.services.findings import merge_finding, record_finding, reject_finding
from regions.calendar import Corrections
from regions.history import Act
from rollout import reminders
from rollout.composing import compose
from rollout.enums import DutyKind, MailCap, TaskState
from rollout.models import TaskFinding
from rollout.queries.taught import taught_by
from rollout.services import mail
from rollout.services.duties import still_open
from tests import factories
from tests.factories import NOW, make_finding, make_task
from tests.history_guard import unrecorded

pytestmark = [pytest.mark.usefixtures("frozen", "folder"), pytest.mark.any_store]

DAY = timedelta(days=1)
AGO = NOW - 15 * DAY
WORDS = {"kind": "problem", "area": "data", "title": "Labels were late"}


@pytest.fixture
def folder(settings, tmp_path):
    settings.MAIL_DIR = tmp_path / "mail"


@pytest.fixture
def finding(programme, hq):
    """In charge is headquarters, since fifteen days ago."""
    return record_finding(
        programme=programme, owner=hq, act=Act(by=hq, at=AGO), **WORDS
    )


def tick(at=NOW):
    reminders.queue(at=at)
    return mail.deliver(clock=lambda: at)


def told(user):
    return user.duties.filter(kind=DutyKind.FINDING).count()


# --- From a task ---------------------------------------------------------------------


def test_done_task_offers_a_finding_that_knows_its_task(
    as_user, plan_north, staff_north
):
    step = factories.make_step(factories.make_procedure(plan_north.programme))
    pilot = factories.make_pilot(plan_north.programme, plan_north.wave.name)
    done = {"state": TaskState.DONE, "finished_at": NOW, "kind": "data"}
    task = make_task(plan_north, owner=staff_north, step=step, **done)
    browser, address = as_user(staff_north), f"/tasks/{task.pk}/finding/"

    assert address in browser.get(f"/tasks/{task.pk}/").content.decode()
    form = browser.get(address).context["form"]
    known = {name: form[name].value() for name in ("step", "area", "pilot", "trigger")}
    key = str(form["key"].value())
    browser.post(address, WORDS | known | {"key": key})
    browser.post(address, WORDS | known | {"key": key})

    link = TaskFinding.objects.get()
    assert (link.task, link.finding.step, link.finding.pilot) == (task, step, pilot)
    assert (link.finding.area, link.finding.trigger) == ("data", "task-data")
    assert taught_by(task, staff_north) == [link.finding]


def test_task_leads_to_what_its_finding_was_merged_into(plan_north, hq, staff_north):
    programme = plan_north.programme
    task = make_task(plan_north, owner=staff_north)
    merged, kept = make_finding(programme, "A"), make_finding(programme, "B")
    factories.make_taught(task, merged)

    merge_finding(merged, into=kept, version=1, act=Act(by=hq, at=NOW))

    assert taught_by(task, hq) == [kept]
    assert taught_by(task, staff_north) == []


# --- Waiting -------------------------------------------------------------------------


def test_owner_is_reminded_once_after_two_weeks(finding, hq):
    sent = [tick(AGO + n * DAY) for n in range(30)]

    assert sum(sent) == 1
    # The fifteenth day is the first on which it has waited for more than fourteen.
    assert sent.index(1) == 15
    assert told(hq) == 1


def test_what_is_nobodys_reminds_nobody(finding):
    with unrecorded():
        Finding.objects.update(owner=None)

    assert tick() == 0


def test_decided_between_finding_and_sending_is_not_told(finding, hq):
    reminders.queue(at=NOW)
    reject_finding(finding, reason="no", version=1, act=Act(by=hq, at=NOW))

    assert mail.deliver(clock=lambda: NOW) == 0
    assert told(hq) == 1


def test_moved_finding_waits_anew_and_nobody_is_told_twice(programme, finding, hq):
    other = make_finding(programme, "B", owner=hq, state=FindingState.REVIEWED)

    assert (tick(), tick(NOW + DAY)) == (1, 0)
    assert told(hq) == 1
    # Nobody knows since when this one waits.
    assert not hq.duties.filter(object_id=other.pk).exists()


def test_mail_names_what_waits_and_why_it_comes(finding, hq):
    reminders.queue(at=NOW)
    nothing = Corrections()
    duties = still_open(hq, MailCap.PLANNED, NOW, nothing)

    letter = compose(hq, duties, NOW, nothing)

    assert letter.subject == "Waits for a decision: Labels were late"
    assert f"/findings/{finding.pk}/" in letter.text
    assert "nobody has decided on them for two weeks" in letter.text


@pytest.mark.parametrize("count", [1, 3])
def test_looking_for_forgotten_ones_costs_the_same_for_any_number(
    count, programme, hq, assert_queries
):
    for number in range(count):
        values = WORDS | {"title": f"F{number}", "owner": hq}
        record_finding(programme=programme, act=Act(by=hq, at=AGO), **values)
    reminders.queue(at=NOW)

    with assert_queries(17):
        reminders.queue(at=NOW)
