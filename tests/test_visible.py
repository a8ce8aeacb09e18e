"""Which rows of each model each person sees, against a table that shares nothing with it.

The rows of two regions and everybody of the matrix; what a word of the table means is said
here by the path from a row to its region and to the people whom it concerns.
"""

from datetime import date
from functools import reduce
from operator import or_
from uuid import uuid4

import pytest
from django.apps import apps
from django.db.models import Q
from django.urls import reverse

from pilots.models import Finding, Procedure, Step, StepLink
from regions.enums import Audience, Change, Via
from regions.models import Ask, HistoryEntry, PrivateView, Sending
from regions.undoing import undo_answers
from rollout.access import can_plan, can_say_counts, can_see_ledger, can_work_on
from rollout.models import Breaker, CloseOut, CloseOutReply, Task
from tests import factories
from tests.factories import NOW
from tests.markers import WAY_TO_REGION
from tests.texts import our_models

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.any_store]

# `own`: of his region; `his`: he is named in it; `open`, `near`, `told`: see below; `-`: none.
TABLE = """
model                   cio  hq      liaison   regional  outsider
pilots.finding          all  all     all       open,his  -
pilots.pilot            all  all     all       all       -
pilots.procedure        all  all     open      open      -
pilots.successcriterion all  all     all       all       -
pilots.steplink         all  all     open      open      -
pilots.step             all  all     open      open      -
regions.absence         all  all     his       his       -
regions.ask             all  all     own       -         -
regions.attachment      all  all     own       own       -
regions.blackout        all  all     own,open  own,open  -
regions.checkin         all  all     own       -         -
regions.contact         all  all     own       -         -
regions.contactdraft    his  his     his       -         -
regions.historyentry    all  told    own,open  near,open -
regions.holiday         all  all     all       all       all
regions.membership      all  all     own       own       his
regions.privateview     all  -       own       -         -
regions.programme       all  all     all       all       -
regions.region          all  all     own       own       -
regions.regionalceo     all  all     own       -         -
regions.rhythm          all  all     own       -         -
regions.sending         all  all     -         -         -
regions.snooze          all  all     own       -         -
regions.stance          all  -       own       -         -
regions.user            all  all     own,open  own,open  his,open
rollout.breaker         all  all     -         -         -
rollout.brief           all  all     own       -         -
rollout.calendarfeed    his  his     his       his       his
rollout.checklistitem   all  all     own,his   own,his   his
rollout.clarification   all  all     own,his   own,his   his
rollout.closeout        all  all     -         -         -
rollout.closeoutreply   -    -       -         -         -
rollout.duty            all  all     his       his       -
rollout.handover        all  all     -         -         -
rollout.heartbeat       all  all     -         -         -
rollout.lessonuse       all  all     own,his   own,his   his
rollout.mail            all  all     his       his       -
rollout.mailevent       all  all     his       his       -
rollout.plan            all  all     own       own       -
rollout.planprocedure   all  all     own       own       -
rollout.push            all  all     -         -         -
rollout.pushedplan      all  all     -         -         -
rollout.task            all  all     own,his   own,his   his
rollout.taskcomment     all  all     own,his   own,his   his
rollout.taskfinding     all  all     own,his   own,his   his
rollout.tasklink        all  all     own,his   own,his   his
rollout.taskrequest     all  all     own,his   own,his   his
rollout.wave            all  all     own       own       -
"""
COLUMNS = {
    "cio": ["cio"],
    "hq": ["hq", "auditor"],
    "liaison": ["liaison", "south_liaison"],
    "regional": [
        "manager", "staff", "helper", "proofreader", "south", "south_manager",
    ],
    "outsider": ["outsider", "former"],
}  # fmt: skip
WAYS = {model._meta.label_lower: way for model, way in WAY_TO_REGION.items()} | {
    "regions.privateview": "region",
}
NAMED = {
    "pilots.finding": ["author"],
    "regions.absence": ["user", "deputy"],
    "regions.contactdraft": ["user"],
    "regions.membership": ["user"],
    "regions.user": ["pk"],
    "rollout.calendarfeed": ["user"],
    "rollout.clarification": ["asked_of", "asked_by"],
    "rollout.duty": ["recipient"],
    "rollout.mail": ["recipient"],
    "rollout.mailevent": ["mail__recipient"],
    "rollout.task": ["owner", "backup", "waits_for"],
    "rollout.checklistitem": ["task__owner"],
    "rollout.lessonuse": ["task__owner"],
    "rollout.taskcomment": ["task__owner"],
    "rollout.taskfinding": ["task__owner"],
    "rollout.tasklink": ["task__owner"],
    "rollout.taskrequest": ["task__owner"],
}
SHARED = Q(audience=Audience.REGION)
OPEN = {
    "pilots.procedure": Q(published_at__isnull=False),
    "pilots.step": Q(procedure__published_at__isnull=False),
    "pilots.steplink": Q(step__procedure__published_at__isnull=False),
    "pilots.finding": Q(state="adopted") | Q(merged_into__state="adopted"),
    "regions.blackout": Q(region=None),
    "regions.historyentry": Q(region=None) & SHARED,
    "regions.user": Q(memberships__role__in=["cio", "hq", "auditor"]),
}
NOTHING = Q(pk__in=[])


@pytest.fixture
def world(shared_world):
    """With rows of the kinds that the matrix needs none of, and some of an outsider."""
    world = shared_world
    outsider = world.people["outsider"]
    programme = factories.make_programme("OTHER")
    factories.make_criterion(factories.make_pilot(programme))
    procedure = factories.make_procedure(programme)
    first, then = (factories.make_step(procedure, title) for title in ("First", "Then"))
    factories.make_step_link(then, first)
    factories.make_holiday()
    for role in ("cio", "hq", "liaison", "outsider"):
        factories.make_feed(world.people[role])
    factories.make_blackout(programme)
    HistoryEntry.objects.create(
        model="regions.programme",
        object_id=programme.pk,
        change=Change.CREATED,
        via=Via.WEB,
        at=NOW,
    )
    Breaker.objects.create(server="mail.example.org", since_at=NOW, retry_at=NOW)
    for role in ("cio", "hq", "auditor", "liaison", "south_liaison"):
        ceo = world.north.rhythm.ceo
        factories.make_draft(ceo, programme, world.people[role])
    for made, staff, helper in (
        (world.north, world.people["staff"], world.people["helper"]),
        (world.south, world.people["south"], world.people["south_manager"]),
    ):
        _add(made, programme, staff, helper, outsider)
    return world


def _add(made, programme, staff, other, outsider):
    region, what = made.region, {"model": "regions.contact", "object_id": 1}
    factories.make_plan(region, factories.make_wave(programme, region.code))
    factories.make_version(made.plan, Procedure.objects.first())
    factories.make_check_in(made.rhythm.ceo, programme)
    factories.make_stance(made.rhythm.ceo, programme, staff)
    factories.make_finding(programme, region.code, author=staff)
    days = {"from_date": date(2027, 4, 1), "last_date": date(2027, 4, 2)}
    for person in (staff, made.other):
        factories.make_absence(person, other, **days)
        mail = factories.make_mail(person, slot="other")
        factories.make_event(mail)
        factories.make_duty(person, made.rhythm)
    Sending.objects.create(by=staff, at=NOW, **what)
    PrivateView.objects.create(by=staff, region=region, at=NOW, field="note", **what)
    task = factories.make_task(made.plan, "His", owner=outsider)
    factories.make_link(task, made.task)
    factories.make_link(made.task, made.changed)
    for one in (task, made.task):
        known = factories.make_finding(programme, f"From {one.pk}")
        factories.make_taught(one, known)
        CloseOutReply.objects.create(
            close_out=CloseOut.objects.first(),
            mark=str(one.pk),
            question="well",
            finding=known,
        )
    factories.make_item(task)
    factories.make_comment(task, staff)
    factories.make_use(task, made.taught, staff)
    factories.make_request(task, outsider)
    factories.make_clarification(region, programme, made.other, outsider)


def cells():
    """Of each line of the table: the model, and the words of each column."""
    head, *lines = [line.split() for line in TABLE.strip().splitlines()]
    for label, *words in lines:
        yield label, dict(zip(head[1:], words, strict=True))


def meant(label, word, person, region):
    """The rows that a word of the table stands for."""
    own = Q(**{WAYS[label]: region}) if label in WAYS else NOTHING
    his = [Q(**{path: person.pk}) for path in NAMED.get(label, [])]
    return {
        "all": Q(),
        "own": own,
        "his": reduce(or_, his, NOTHING),
        "open": OPEN.get(label),
        "near": own & SHARED,
        "told": ~Q(audience=Audience.PRIVATE),
        "-": NOTHING,
    }[word]


def numbers(rows):
    return sorted(rows.values_list("pk", flat=True))


def look(world, label, words, role):
    """What somebody sees of a model, what the table says, and what there is."""
    rows, person = apps.get_model(label)._default_manager, world.people[role]
    region = (world.south if role.startswith("south") else world.north).region.pk
    which = [meant(label, word, person, region) for word in words.split(",")]
    expected = set(numbers(rows.filter(reduce(or_, which))))
    return numbers(rows.visible_to(person)), sorted(expected), len(rows.all())


def test_everybody_sees_the_rows_of_the_table(world):
    """A word that stands for nothing here, or for everything, would prove nothing."""
    for label, columns in cells():
        for column, words in columns.items():
            found = {role: look(world, label, words, role) for role in COLUMNS[column]}
            for role, (seen, expected, all_there_are) in found.items():
                assert seen == expected, (label, role)
                assert (len(seen) < all_there_are) == (words != "all"), (label, role)
            assert any(seen for seen, *_ in found.values()) == (words != "-"), label


def test_every_model_stands_in_the_table():
    scoped = {
        model._meta.label_lower
        for model in our_models()
        if hasattr(model._default_manager, "visible_to")
    }

    assert {label for label, _ in cells()} == scoped


@pytest.mark.parametrize("model", [Ask, Finding])
def test_rule_that_lets_everybody_see_is_found(model, world, monkeypatch):
    rows = type(model._default_manager.all())
    monkeypatch.setattr(rows, "visible_to", lambda self, user: self)
    label = model._meta.label_lower
    words = dict(cells())[label]["regional"]

    seen, expected, _ = look(world, label, words, "staff")

    assert set(seen) > set(expected)


def test_drafts_of_the_playbook_are_for_who_sees_everything(world):
    other = Procedure.objects.first().programme
    draft = factories.make_procedure(other, "Draft", published_at=None)
    first, then = (factories.make_step(draft, title) for title in ("First", "Then"))
    link = factories.make_step_link(then, first)

    for row, model in ((draft, Procedure), (first, Step), (link, StepLink)):
        seen = {
            role
            for role, user in world.people.items()
            if user and model.objects.visible_to(user).filter(pk=row.pk)
        }
        assert seen == {"cio", "hq", "auditor"}, model


# --- What is told from these rows ----------------------------------------------------


def test_findings_are_listed_and_counted_as_far_as_they_are_seen(world):
    page = world.clients["staff"].get(reverse("pilots:finding-list"))

    assert [one.title for one in page.context["page"]] == ["Taught", "Adopted"]
    assert [(one.state, one.count) for one in page.context["counts"]] == [
        ("adopted", 2)
    ]


def test_act_on_a_hidden_row_is_answered_as_one_on_a_row_that_is_gone(world):
    hidden, gone = world.south.act, uuid4()
    entry = HistoryEntry.objects.filter(act=hidden).values().first()
    HistoryEntry.objects.create(
        **entry | {"id": None, "act": gone, "object_id": 999_999}
    )

    told = undo_answers([hidden, gone], world.people["staff"])

    assert not told[hidden]
    assert told[hidden] == told[gone]


def test_rules_that_only_decide_what_is_offered(world):
    """No address stands behind them alone."""
    people = {role: user for role, user in world.people.items() if user}
    task = world.north.task

    assert {role for role, user in people.items() if can_plan(user)} == {"hq"}
    assert {role for role, user in people.items() if can_see_ledger(user)} == {
        "cio", "hq", "auditor",
    }  # fmt: skip
    assert {role for role, user in people.items() if can_say_counts(user, task)} == {
        "cio", "hq", "manager",
    }  # fmt: skip


def test_whoever_may_work_on_a_task_sees_it(world):
    """Who may change something can look at it first."""
    may, sees = set(), set()
    for role, user in world.people.items():
        if user is None:
            continue
        may |= {
            (role, task.pk) for task in Task.objects.all() if can_work_on(user, task)
        }
        sees |= {(role, pk) for pk in numbers(Task.objects.visible_to(user))}

    assert may < sees
