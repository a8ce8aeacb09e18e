"""The history as people read it: one act one entry, counts for many rows, names and days."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db.transaction import atomic
from django.utils.translation import override

from regions import history
from regions.enums import AskKind, Outcome, Topic, Via
from regions.history import Act
from regions.models import Ask, HistoryEntry
from regions.services.contacts import Log, correct_contact, log_contact
from regions.timeline import past_acts
from rollout.enums import BlockReason
from rollout.models import Task
from rollout.services.tasks import block_task, complete_task
from tests.factories import NOW, make_task

pytestmark = [pytest.mark.django_db, pytest.mark.any_store]


def told(region, most=10):
    """Every act as its lines and who did it."""
    entries = HistoryEntry.objects.filter(region=region)
    return [
        ([f"{line.name}|{line.words}" for line in act.lines], act.actor)
        for act in past_acts(entries, most)
    ]


def talk(ceo, programme, act):
    log_contact(ceo, programme, Log(outcome=Outcome.NO_ANSWER, held_at=NOW), act=act)


def new_tasks(plan, count):
    return [
        Task(
            plan=plan,
            title=f"Task {number}",
            due_date=date(2027, 3, 12),
            first_due_date=date(2027, 3, 12),
        )
        for number in range(count)
    ]


def test_topics_are_told_in_words(ceo_north, programme, liaison_north, north):
    act = Act(by=liaison_north, at=NOW)
    log = Log(outcome=Outcome.REACHED, held_at=NOW, minutes=15)
    contact = log_contact(ceo_north, programme, log, act=act)

    topics = frozenset({Topic.KICK_OFF, Topic.WHY})
    later = Act(liaison_north, NOW + timedelta(minutes=1))
    correct_contact(contact, replace(log, topics=topics), version=1, act=later)

    [(changed, _by), *_acts] = told(north)
    assert [line.partition("|")[2] for line in changed] == ["Topics: – → why, kick-off"]


@pytest.mark.parametrize(("count", "words"), [(1, "1 task"), (43, "43 tasks")])
def test_an_import_is_one_line_however_many_rows(
    count, words, plan_north, ceo_north, programme
):
    act = Act(by=None, at=NOW, via=Via.IMPORT)
    history.create_all(new_tasks(plan_north, count), act)
    ask = Ask(ceo=ceo_north, programme=programme, kind=AskKind.PEOPLE, text="a name")
    history.create(ask, act)

    assert told(plan_north.region) == [
        ([f"|Loaded from files: {words}, 1 ask."], "import")
    ]


def test_one_act_on_many_rows_says_what_it_did_to_how_many(plan_north, hq):
    tasks = [make_task(plan_north, f"Task {number}") for number in range(3)]
    later = NOW.date() + timedelta(days=40)
    history.change_all(
        [(task, {"due_date": later}) for task in tasks], Act(by=hq, at=NOW)
    )

    assert told(plan_north.region) == [
        (["3 tasks|Due changed"], f"{hq.name} · web page")
    ]


def test_a_single_change_names_the_row_and_the_people(plan_north, staff_north, cio):
    task = make_task(plan_north, "Write the plan", owner=staff_north)
    block_task(
        task,
        reason=BlockReason.DECISION,
        waits_for=cio,
        version=task.version,
        act=Act(by=staff_north, at=NOW),
    )

    ((lines, actor),) = told(plan_north.region)

    assert lines == [
        f"Write the plan|Blocked, a decision is missing, waits for {cio.name}"
    ]
    assert actor == f"{staff_north.name} · web page"


def test_days_in_the_name_of_a_row_are_said_in_words(
    ceo_north, programme, liaison_north, north
):
    talk(ceo_north, programme, Act(by=liaison_north, at=NOW))

    ((lines, _),) = told(north)
    with override("zh-hans"):
        ((chinese, _),) = told(north)

    assert lines == [f"Contact: {ceo_north.user.name}, Wed 10 Mar 2027|logged"]
    assert "2027年3月10日" in chinese[0]


def test_newest_acts_come_first_and_no_more_than_asked_for(plan_north, hq):
    task = make_task(plan_north, "Write the plan")
    for number in (2, 3, 4):
        act = Act(by=hq, at=NOW + timedelta(minutes=number))
        with atomic():
            history.change(task, {"title": f"Title {number}"}, act)

    assert [lines for lines, _ in told(plan_north.region, most=2)] == [
        ["Title 4|Title: Title 3 → Title 4"],
        ["Title 3|Title: Title 2 → Title 3"],
    ]


def test_nothing_is_told_of_entries_that_are_hidden(
    north, programme, ceo_north, liaison_north, staff_north
):
    talk(ceo_north, programme, Act(by=liaison_north, at=NOW))
    of_north = HistoryEntry.objects.filter(region=north)
    liaison_north.as_of = staff_north.as_of = NOW

    assert len(past_acts(of_north.visible_to(liaison_north), 10)) == 1
    assert past_acts(of_north.visible_to(staff_north), 10) == []


@pytest.mark.parametrize("count", [1, 3])
def test_reading_takes_two_queries_however_many_acts(
    count, plan_north, staff_north, cio, assert_queries
):
    for number in range(count):
        task = make_task(plan_north, f"Task {number}", owner=staff_north)
        block_task(
            task,
            reason=BlockReason.DECISION,
            waits_for=cio,
            version=task.version,
            act=Act(by=staff_north, at=NOW),
        )

    with assert_queries(2):
        assert len(told(plan_north.region)) == count


def test_what_nobody_did_happened_by_itself(ceo_north, north):
    leaves = {"to_date": NOW.date()}
    with atomic():
        history.change(ceo_north, leaves, Act(by=None, at=NOW, via=Via.JOB))

    ((lines, actor),) = told(north)

    assert lines == [f"{ceo_north.user.name}|Ends on: – → Wed 10 Mar 2027"]
    assert actor == "by itself · background job"


def test_what_only_follows_from_a_change_is_not_told(plan_north, staff_north):
    task = make_task(plan_north, "Write the plan", owner=staff_north)
    complete_task(task, version=task.version, act=Act(by=staff_north, at=NOW))

    assert HistoryEntry.objects.filter(field="finished_at").exists()
    assert [lines for lines, _ in told(plan_north.region)] == [["Write the plan|Done"]]
