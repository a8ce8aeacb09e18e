"""What pages list, count and offer where no address stands behind it alone."""

import pytest
from django.urls import reverse

from regions.enums import Role
from rollout.enums import MailState
from tests import factories
from tests.factories import NOW
from tests.markers import leaks, marker
from tests.matrix import args_of

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.any_store]

GROUP = ("cio", "hq", "auditor", "liaison")


@pytest.fixture
def world(shared_world, db):
    return shared_world


def shown(world, role, name, **query):
    """A page of the north; nothing stands in it that this person may not read."""
    path = reverse(name, args=args_of(name, world.north), query=query)
    answer = world.clients[role].get(path)
    assert answer.status_code == 200
    assert leaks(role, answer.content.decode()) == set()
    return answer.context


def test_failed_mail_is_opened_by_who_may_read_it(world):
    member, rhythm = world.north.member, world.north.rhythm
    mail = factories.make_mail(member, "failed", state=MailState.FAILED)
    factories.make_duty(member, rhythm, "failed", mail=mail)

    opened = {
        role: [one.may_open for one in pages["page"].failed_mails]
        for role in GROUP
        if (pages := shown(world, role, "rollout:region"))
    }

    assert opened == {
        "cio": [True],
        "hq": [True],
        "auditor": [True],
        "liaison": [False],
    }


def test_calls_are_logged_by_who_may_talk(world):
    logs = {
        role: {
            call.may_log for call in shown(world, role, "rollout:today")["page"].calls
        }
        for role in GROUP
    }

    assert logs == {"cio": {True}, "hq": {True}, "auditor": {False}, "liaison": {True}}


def test_form_of_a_task_asks_each_for_what_he_may_say(world):
    asked = {
        role: {"owner", "counts"}
        & set(shown(world, role, "rollout:task-edit")["form"].fields)
        for role in ("cio", "hq", "liaison", "manager", "staff")
    }

    assert asked == {
        "cio": {"owner", "counts"}, "hq": {"owner", "counts"}, "liaison": {"owner"},
        "manager": {"owner", "counts"}, "staff": set(),
    }  # fmt: skip


def test_request_is_answered_and_taken_back_by_whom_it_concerns(world):
    path = reverse("rollout:task", args=[world.north.changed.pk])
    may = {}
    for role in ("cio", "liaison", "staff", "helper"):
        [one] = world.clients[role].get(path).context["requests"]
        may[role] = (one.may_settle, one.may_withdraw)

    assert may == {
        "cio": (True, False), "liaison": (True, False), "staff": (False, True),
        "helper": (False, False),
    }  # fmt: skip


def test_questions_about_a_task_are_not_told_with_it(world):
    """Somebody of no region is in charge of it, and sees it for that alone."""
    task = world.north.task
    with factories.unrecorded():
        task.backup = world.people["outsider"]
        task.save()
    path = reverse("rollout:task", args=[task.pk])

    told = {
        role: len(world.clients[role].get(path).context["questions"])
        for role in ("cio", "outsider")
    }

    assert told == {"cio": 1, "outsider": 0}


def test_many_tasks_are_changed_as_far_as_one_may(world):
    """A number in the address brings no task that is not seen."""
    ticked = [world.north.task.pk, world.south.task.pk]
    wanted = {"act": "drop", "why": "no need", "task": ticked}

    previews = {
        role: shown(world, role, "rollout:task-bulk", **wanted)["preview"]
        for role in ("manager", "staff", "outsider")
    }

    assert {
        role: ([one.task.pk for one in preview.changes], len(preview.staying))
        for role, preview in previews.items()
    } == {"manager": (ticked[:1], 0), "staff": ([], 1), "outsider": ([], 0)}


def test_sheet_of_a_person_tells_each_reader_of_his_regions(world):
    """He also works in another region, which the manager here does not see."""
    person, south = world.north.member, world.south
    factories.make_membership(person, Role.STAFF, south.region)
    done = {"owner": person, "state": "done", "finished_at": NOW}
    for side in (world.north, south):
        factories.make_task(side.plan, marker(side.region, "all"), **done)
        factories.make_clarification(
            side.region,
            side.plan.programme,
            side.other,
            person,
            state="confirmed",
            question=marker(side.region, "all"),
        )

    seen = {
        role: shown(world, role, "rollout:appraisal")["sheet"]
        for role in ("cio", "manager")
    }

    told = {
        role: (len(sheet.finished), len(sheet.confirmed))
        for role, sheet in seen.items()
    }
    assert told == {"cio": (2, 2), "manager": (1, 1)}


def test_link_of_a_mail_leads_to_no_task_that_its_reader_lost(world):
    """It has another owner; that he still sees it in the region is not enough."""
    task = world.north.task
    path = reverse("rollout:mailed-tasks", args=[world.north.mailed])

    def listed():
        items = world.clients["anonymous"].get(path).context["items"]
        return [item["line"].task.pk for item in items]

    before = listed()
    with factories.unrecorded():
        task.owner = world.north.other
        task.save()

    assert (before, listed()) == ([task.pk], [])
