"""What pages list, count and offer where no address stands behind it alone."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse

from regions.access import can_close
from regions.enums import Caller, Role
from regions.models import Contact, PrivateView, Programme, Region, Rhythm
from regions.models.programme import RegionQuerySet
from rollout.enums import MailState
from rollout.models import Handover, Plan
from rollout.models.task import TaskQuerySet
from tests import factories
from tests.factories import NOW
from tests.markers import leaks, marker
from tests.matrix import Ask, args_of, send, undone

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.any_store]

GROUP = ("cio", "hq", "auditor", "liaison")


@pytest.fixture
def world(shared_world):
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


def test_next_call_after_a_log_is_in_a_region_that_one_sees(world):
    ask = Ask.of("rollout:call-sheet", "POST", world.north)
    ask = replace(ask, body=ask.body + b"&then=next")

    led = {}
    for role in ("cio", "liaison"):
        with undone():
            led[role] = send(world.clients[role], ask).url

    south = reverse("rollout:call-sheet", args=[world.south.region.code])
    assert led == {"cio": south, "liaison": reverse("rollout:today")}


def test_trouble_with_mail_is_told_to_who_looks_after_it(world):
    factories.make_mail(
        world.north.member, "late", next_try_at=NOW - timedelta(minutes=10)
    )
    mine = reverse("rollout:my-tasks")

    told = {
        role
        for role in (*GROUP, "manager", "staff", "outsider")
        if world.clients[role].get(mine).context["trouble"]
    }

    assert told == {"cio", "hq"}


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


# What a page offers to each, beyond what its address asks: page, what is looked at, to whom.
OFFERS = {
    "a talk is logged": (
        "rollout:region", lambda page: page["page"].may_log, {"cio", "hq", "liaison"},
    ),
    "people are invited": (
        "rollout:region-board", lambda page: page["may_invite"], {"hq"},
    ),
    "people are read of": (
        "rollout:appraisal", lambda page: page["sees_person"], {"cio", "hq"},
    ),
    "all mails are read": (
        "rollout:mail-list", lambda page: page["is_ledger"], {"cio", "hq", "auditor"},
    ),
    "many tasks are changed": (
        "rollout:task-list",
        lambda page: page["bulk_form"] is not None,
        {"cio", "hq", "liaison", "manager"},
    ),
    "tasks of others are looked after": (
        "rollout:my-tasks", lambda page: page["leads"], {*GROUP, "manager"},
    ),
    "regions are more than one": (
        "rollout:my-tasks",
        lambda page: "Regions" in [item.label for item in page["menu"]],
        set(GROUP),
    ),
}  # fmt: skip
REFUSED = {
    "rollout:appraisal": {"auditor", "liaison", "helper"},
    "rollout:region-board": {"staff", "helper"},
}


@pytest.mark.parametrize("what", OFFERS)
def test_page_offers_what_its_reader_may(what, world):
    name, offered, whom = OFFERS[what]
    asked = {*GROUP, "manager", "staff", "helper"} - REFUSED.get(name, set())

    assert {role for role in asked if offered(shown(world, role, name))} == whom


def test_talks_are_taken_back_by_the_cio(world):
    with factories.unrecorded():
        world.north.rhythm.caller = Caller.LIAISON
        world.north.rhythm.save()

    offered = {
        role: shown(world, role, "rollout:call-sheet")["swap"] is not None
        for role in GROUP
    }

    assert offered == {"cio": True, "hq": False, "auditor": False, "liaison": False}


def test_answer_is_confirmed_by_who_may(world):
    path = reverse("rollout:clarification", args=[world.north.answered.pk])

    offered = {
        role: world.clients[role].get(path).context["may_confirm"]
        for role in ("cio", "hq", "liaison", "manager", "staff")
    }

    # Who asked, and who was asked.
    assert offered == {
        "cio": False, "hq": False, "liaison": True, "manager": False, "staff": True,
    }  # fmt: skip


def test_home_of_each_is_where_his_work_is(world):
    home = reverse("rollout:home")

    led = {
        role: world.clients[role].get(home).url
        for role in ("cio", "auditor", "liaison", "staff", "outsider")
    }

    today, mine = reverse("rollout:today"), reverse("rollout:my-tasks")
    assert led == {
        "cio": today, "auditor": today, "liaison": today, "staff": mine, "outsider": mine,
    }  # fmt: skip


def test_manager_lands_on_a_board_that_he_sees(world, monkeypatch):
    home = reverse("rollout:home")
    before = world.clients["manager"].get(home).url
    monkeypatch.setattr(RegionQuerySet, "visible_to", lambda rows, user: rows.none())

    after = world.clients["manager"].get(home).url

    board = reverse("rollout:region-board", args=[world.north.region.code])
    assert (before, after) == (board, reverse("rollout:my-tasks"))


def test_history_of_a_row_leads_to_its_page_where_one_may_go(world):
    rows = {"contact": world.north.contact, "user": world.north.member}

    def leads(role, kind):
        path = reverse("rollout:row-history", args=[kind, rows[kind].pk])
        return bool(world.clients[role].get(path).context["own_page"])

    led = {
        (role, kind): leads(role, kind)
        for role, kind in [
            ("cio", "contact"), ("hq", "contact"), ("cio", "user"), ("staff", "user"),
        ]
    }  # fmt: skip

    assert led == {
        ("cio", "contact"): True, ("hq", "contact"): False,
        ("cio", "user"): True, ("staff", "user"): False,
    }  # fmt: skip


def test_who_corrects_his_own_talk_is_shown_no_note_and_stands_in_no_log(world):
    hq = world.people["hq"]
    with factories.unrecorded():
        talk = world.north.contact
        talk.by = hq
        talk.save()

    page = world.clients["hq"].get(reverse("rollout:contact-correct", args=[talk.pk]))

    assert page.status_code == 200
    assert "note" not in page.context["form"].fields
    assert not PrivateView.objects.filter(by=hq).exists()


# A page of something else, what it lists, and of which model that is.
LISTED = {
    "the plan of a region": ("rollout:region", Plan, lambda page: page["page"].plan),
    "its talks": ("rollout:region", Contact, lambda page: page["page"].contacts),
    "its next talk": (
        "rollout:region", Rhythm, lambda page: page["page"].line.talk,
    ),
    "what was handed over": (
        "rollout:person", Handover, lambda page: page["page"].handovers,
    ),
    "the programme of Today": (
        "rollout:today", Programme, lambda page: page.get("page"),
    ),
    "plans for a new task": (
        "rollout:task-new", Plan,
        lambda page: list(page["form"].fields["plan"].queryset),
    ),
    "regions to search": (
        "rollout:history", Region,
        lambda page: list(page["form"].fields["region"].queryset),
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", LISTED)
def test_page_lists_what_its_reader_sees(what, world, monkeypatch):
    name, model, listed = LISTED[what]
    before = listed(shown(world, "hq", name))
    kind = type(model._default_manager.all())
    monkeypatch.setattr(kind, "visible_to", lambda rows, user: rows.none())

    assert (bool(before), bool(listed(shown(world, "hq", name)))) == (True, False)


def test_act_tells_of_rows_that_its_reader_sees_now(world, monkeypatch):
    path = reverse("rollout:act", args=[world.north.act])

    def code():
        return world.clients["staff"].get(path).status_code

    before = code()
    monkeypatch.setattr(TaskQuerySet, "visible_to", lambda rows, user: rows.none())

    assert (before, code()) == (200, 404)


def test_closing_is_for_headquarters(world):
    """Behind the admin, which lets nobody else in either."""
    may = {
        role for role, person in world.people.items() if person and can_close(person)
    }

    assert may == {"hq"}
