"""Whom lists of people offer: who works there now, and nobody before or after."""

from datetime import timedelta

import pytest

from regions.enums import Role
from rollout.enums import BulkAct
from rollout.forms import BlockForm
from rollout.forms.clarifications import people_near
from rollout.forms.tasklist import BulkForm, RowForm
from rollout.models import Task
from rollout.queries.bulk import Wanted, preview_of
from tests.factories import NOW, make_membership, make_task, make_user

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.any_store]

TODAY, DAY = NOW.date(), timedelta(days=1)


@pytest.fixture
def people(north, south, ceo_north):
    """By name; the first three work in the north today, two of them no longer in a month."""
    times = {
        "Always": {},
        "Ending": {"to_date": TODAY + 30 * DAY},
        "Last Day": {"to_date": TODAY + DAY},
        "Ended": {"to_date": TODAY},
        "Coming": {"from_date": TODAY + DAY},
        "Left": {},
    }
    left = {"left_date": TODAY, "may_sign_in": False}
    found = {}
    for name, dates in times.items():
        more = left if name == "Left" else {}
        email = f"{name.lower().replace(' ', '.')}@example.org"
        found[name] = make_user(email, name=name, **more)
        make_membership(found[name], Role.STAFF, north, **dates)
    elsewhere = make_user("elsewhere@example.org", name="Elsewhere")
    make_membership(elsewhere, Role.STAFF, south)
    return found


def named(rows):
    return [row.name for row in rows]


def test_lists_offer_who_works_there_now(people, north, plan_north, hq, auditor):
    task = make_task(plan_north)
    here = ["Always", "Ending", hq.name, "Last Day"]

    block = BlockForm(task, at=NOW).fields["waits_for"].queryset
    row = [label for value, label in RowForm(task, hq).fields["owner"].choices if value]
    many = BulkForm(hq).fields["taker"].queryset

    assert row == here
    assert sorted(named(many)) == sorted([*here, "Elsewhere"])
    with_head = sorted([*here, "Ceo North"])
    assert sorted(named(block)) == with_head
    assert sorted(named(people_near(north, NOW))) == with_head


def test_who_is_in_charge_stays_in_the_list_though_his_role_ended(
    people, plan_north, hq
):
    task = make_task(plan_north, owner=people["Ended"])

    rows = RowForm(task, hq).fields["owner"].queryset

    assert "Ended" in named(rows)


@pytest.mark.parametrize(
    ("name", "moves"),
    [("Ending", True), ("Ended", False), ("Coming", False), ("Left", False)],
)
def test_many_tasks_go_to_who_works_there_now(name, moves, people, plan_north, hq):
    task = make_task(plan_north)

    preview = preview_of([task.pk], Wanted(BulkAct.OWNER, taker=people[name]), hq)

    assert [one.task for one in preview.changes] == ([task] if moves else [])
    assert Task.objects.get().owner is None
