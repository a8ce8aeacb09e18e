"""Who changed what: the search and its files, one row, one act, and taking it back."""

import threading
from datetime import timedelta

import pytest
from django.db import connections, transaction
from django.urls import reverse

from regions import history
from regions.enums import Outcome, Role
from regions.history import Act
from regions.models import HistoryEntry, Membership
from regions.services.contacts import Log, correct_contact
from regions.services.people import change_settings
from regions.services.roles import end_role
from regions.services.undo import CannotUndo
from regions.undoing import undo_answers
from rollout.enums import TaskState
from rollout.models import Handover
from rollout.queries import history as queries
from rollout.queries.handover import moving_from
from rollout.queries.progress import go_live_moves
from rollout.services.handovers import hand_over
from rollout.services.plans import move_go_live
from rollout.services.tasks import complete_task, start_task
from rollout.services.undo import take_back_act
from tests.admin_rows import cells
from tests.factories import (
    GO_LIVE,
    NOW,
    make_contact,
    make_finding,
    make_procedure,
    make_step,
    make_task,
    make_user,
)
from tests.opened import open_playbook

pytestmark = [pytest.mark.usefixtures("frozen")]
any_store = pytest.mark.any_store

SECRET = "he will resign"


def act_by(user, minutes=0, **values):
    return Act(by=user, at=NOW + timedelta(minutes=minutes), **values)


@transaction.atomic
def changed(row, values, act):
    history.change(row, values, act)


def done(task, user, minutes=0):
    act = act_by(user, minutes)
    complete_task(task, version=task.version, act=act)
    task.refresh_from_db()
    return act


def undo_address(act):
    return reverse("rollout:act-undo", args=[act.id])


def said(response):
    """What the next page says at its top."""
    return [str(message) for message in response.context["messages"]]


def found(client, **filters):
    """What the search tells, act by act."""
    response = client.get("/history/", filters)
    assert response.status_code == 200
    return [
        [f"{line.name}: {line.words}" for line in act.lines]
        for act in response.context["acts"]
    ]


@pytest.fixture
def noted(ceo_north, programme, liaison_north):
    """A talk of whose log only the note was changed since."""
    contact = make_contact(ceo_north, programme, liaison_north, note="before")
    log = Log(outcome=Outcome.REACHED, held_at=contact.held_at, minutes=15, note=SECRET)
    correct_contact(contact, log, version=1, act=act_by(liaison_north))
    return contact


# --- The search ----------------------------------------------------------------------


@any_store
@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, ["South: Done", "North: Done"]),
        ({"who": "staff.north"}, ["North: Done"]),
        ({"who": "Cio"}, ["South: Done"]),
        ({"kind": "task"}, ["South: Done", "North: Done"]),
        ({"kind": "contact"}, []),
        ({"region": "NORTH"}, ["North: Done"]),
        ({"first": "2027-03-11"}, ["South: Done"]),
        ({"last": "2027-03-10"}, ["North: Done"]),
        ({"first": "2027-03-10", "last": "2027-03-10"}, ["North: Done"]),
        ({"q": "south"}, ["South: Done"]),
        ({"q": "nowhere"}, []),
        # Nonsense filters nothing.
        ({"kind": "x", "region": "y", "first": "z"}, ["South: Done", "North: Done"]),
        ({"page": "2"}, ["South: Done", "North: Done"]),
    ],
    ids=str,
)
def test_search_finds_by_its_filters(
    filters, expected, as_user, auditor, cio, staff_north, plan_north, plan_south
):
    done(make_task(plan_north, "North"), staff_north)
    done(make_task(plan_south, "South"), cio, minutes=24 * 60)

    assert found(as_user(auditor), **filters) == [[line] for line in expected]


@any_store
def test_days_are_those_of_the_reader(as_user, plan_north, cio):
    """At nine in UTC it is the next day east of Tonga's line, and not yet west of it."""
    done(make_task(plan_north, "Late"), cio, minutes=6 * 60)
    east = make_user("e@example.org", Role.AUDITOR, time_zone="Pacific/Auckland")
    west = make_user("w@example.org", Role.AUDITOR, time_zone="Pacific/Honolulu")

    assert found(as_user(east), first="2027-03-11") == [["Late: Done"]]
    assert found(as_user(west), first="2027-03-11") == []


@any_store
@pytest.mark.parametrize("count", [1, 3])
def test_search_and_pages_take_the_same_queries(
    count, as_user, auditor, cio, staff_north, plan_north, assert_queries
):
    tasks = [make_task(plan_north, f"T{n}", owner=staff_north) for n in range(count)]
    act = act_by(cio)
    for task in tasks:
        done(task, staff_north)
    rows = [(task, {"owner_id": cio.pk}) for task in tasks]
    history.change_all(rows, act)
    client = as_user(auditor)

    with assert_queries(8):
        assert client.get("/history/").status_code == 200
    with assert_queries(6):
        assert client.get("/history/export/").status_code == 200
    with assert_queries(14):
        assert client.get(f"/history/acts/{act.id}/").status_code == 200
    with assert_queries(11):
        assert client.get(f"/history/task/{tasks[0].pk}/").status_code == 200


@any_store
def test_search_is_where_the_auditor_and_the_cio_look(as_user, auditor, cio, hq):
    menu = [item.url for item in as_user(auditor).get("/regions/").context["menu"]]

    assert menu[:2] == ["/today/", "/history/"]
    for user in (cio, hq, auditor):
        assert 'href="/history/"' in as_user(user).get("/people/").content.decode()


# --- Files ---------------------------------------------------------------------------


@any_store
def test_files_hold_no_live_formula(as_user, auditor, cio, plan_north):
    task = make_task(plan_north, "=1+1")
    start_task(task, version=1, act=act_by(cio, reason="@SUM(A1)"))
    client = as_user(auditor)

    sheet = cells(client.get("/history/export/?format=xlsx&q=%3D1%2B1"))
    text = client.get("/history/export/?q=%3D1%2B1").content.decode("utf-8-sig")

    assert sheet[0][:4] == ["When", "Who", "E-mail", "Through"]
    assert sheet[1][1:12] == [
        "Cio", "cio@example.org", "web page", "North Company", "Task", "=1+1",
        "changed", "State", "open", "started", "@SUM(A1)",
    ]  # fmt: skip
    assert '"\'=1+1"' in text
    assert '"\'@SUM(A1)"' in text


@any_store
def test_too_much_for_a_file_is_refused(as_user, auditor, cio, plan_north, monkeypatch):
    for number in range(2):
        done(make_task(plan_north, f"T{number}"), cio)
    client = as_user(auditor)
    for place in ("rollout.views.history", "rollout.queries.history"):
        monkeypatch.setattr(f"{place}.EXPORTED_MOST", 3)

    refused = client.get("/history/export/?format=xlsx")

    assert refused.status_code == 422
    assert "at most 3 changes" in refused.content.decode()
    assert len(cells(client.get("/history/export/?format=xlsx&q=T1"))) == 3


# --- Private fields ------------------------------------------------------------------


@any_store
def test_of_a_private_note_it_is_told_only_that_it_changed(
    noted, as_user, auditor, hq, cio, liaison_north, staff_north
):
    act = HistoryEntry.objects.get(field="note").act
    pages = [f"/history/acts/{act}/", f"/history/contact/{noted.pk}/"]
    for user in (auditor, hq, cio, liaison_north):
        for page in pages:
            text = as_user(user).get(page).content.decode()
            assert "Note" in text
            assert SECRET not in text
            assert "before" not in text.replace("was before", "")
        if user != liaison_north:
            assert SECRET not in as_user(user).get("/history/").content.decode()
            file = as_user(user).get("/history/export/").content.decode()
            assert "Note" in file
            assert SECRET not in file
    for page in pages:
        assert as_user(staff_north).get(page).status_code == 404


@any_store
@pytest.mark.parametrize("words", [SECRET, "resign", "before"])
def test_private_note_is_not_found_by_its_words(words, noted, as_user, auditor, cio):
    for user in (auditor, cio):
        assert found(as_user(user), q=words) == []
    assert found(as_user(auditor), kind="contact") == [["Contact: Note changed"]]


# --- One row -------------------------------------------------------------------------


@any_store
def test_every_kind_of_row_has_its_timeline(as_user, auditor):
    """And a row that never was has none."""
    client = as_user(auditor)
    kinds = queries.kinds()

    assert set(kinds) >= {
        "region", "contact", "plan", "task", "finding", "programme", "user", "checkin",
        "ask", "rhythm", "regionalceo", "membership", "absence", "wave", "step",
    }  # fmt: skip
    assert {client.get(f"/history/{kind}/999999/").status_code for kind in kinds} == {
        404
    }


@any_store
def test_deleted_row_keeps_its_history_for_who_sees_all(
    as_user, auditor, staff_north, hq, programme
):
    step = make_step(make_procedure(programme), "To go")
    address = f"/history/step/{step.pk}/"
    assert as_user(staff_north).get(address).status_code == 200
    with open_playbook(), transaction.atomic():
        history.delete(step, act_by(hq))

    shown = as_user(auditor).get(address)

    assert "Deleted. Its history stays." in shown.content.decode()
    assert as_user(staff_north).get(address).status_code == 404


@any_store
def test_everybody_sees_what_became_of_himself(as_user, staff_north, hq, helper_north):
    person = {"name": "Renamed", "working_days": "1234"}
    act = act_by(hq)
    change_settings(staff_north, person, version=1, act=act)
    address = f"/history/user/{staff_north.pk}/"

    told = as_user(staff_north).get(address).content.decode()

    assert "Renamed" in told
    assert "Nothing changed yet." in as_user(helper_north).get(address).content.decode()
    assert as_user(helper_north).get(f"/history/acts/{act.id}/").status_code == 404


@any_store
def test_act_tells_nothing_of_rows_that_are_hidden(as_user, staff_north, hq, programme):
    """Of the programme, so no region hides it: but proposals are not for everybody."""
    finding = make_finding(programme, "Proposed")
    act = act_by(hq)
    changed(finding, {"effect": "a day was lost"}, act)
    address = f"/history/acts/{act.id}/"

    assert as_user(hq).get(address).status_code == 200
    assert as_user(staff_north).get(address).status_code == 404


@any_store
def test_pages_of_rows_lead_to_their_whole_history(
    as_user, cio, rhythm_north, plan_north, programme
):
    procedure = make_procedure(programme)
    task, finding = make_task(plan_north), make_finding(programme)
    client = as_user(cio)
    leads = {
        "/settings/": f"/history/user/{cio.pk}/",
        f"/playbook/{procedure.pk}/": f"/history/procedure/{procedure.pk}/",
        "/regions/NORTH/": f"/history/region/{plan_north.region_id}/",
        "/regions/NORTH/call/": f"/history/regionalceo/{rhythm_north.ceo_id}/",
        f"/tasks/{task.pk}/": f"/history/task/{task.pk}/",
        f"/findings/{finding.pk}/": f"/history/finding/{finding.pk}/",
        f"/people/{cio.pk}/": f"/history/user/{cio.pk}/",
    }

    for page, whole in leads.items():
        assert f'href="{whole}"' in client.get(page).content.decode(), page
        assert client.get(whole).status_code == 200


# --- Taking back ---------------------------------------------------------------------


@any_store
def test_button_stands_only_where_taking_back_is_possible(
    plan_north, staff_north, auditor, helper_north, manager_north
):
    task = make_task(plan_north, owner=staff_north)
    start_task(task, version=1, act=act_by(staff_north))
    task.refresh_from_db()
    done(task, staff_north, minutes=1)

    def offered(user):
        user.as_of = NOW
        return [act.may_undo for act in queries.row_timeline(task, user)]

    # The later one, and only for who may work on the task.
    assert offered(staff_north) == [True, False]
    assert offered(manager_north) == [True, False]
    assert offered(auditor) == offered(helper_north) == [False, False]


@any_store
def test_taking_back_is_an_act_of_its_own_and_can_be_taken_back(
    frozen, as_user, plan_north, staff_north, cio
):
    task = make_task(plan_north, owner=staff_north)
    act = done(task, staff_north, minutes=-2)
    client = as_user(cio)

    answer = client.post(undo_address(act), {"then": f"/tasks/{task.pk}/"}, follow=True)

    assert answer.redirect_chain == [(f"/tasks/{task.pk}/", 302)]
    assert said(answer) == ["Taken back. The history keeps both."]
    task.refresh_from_db()
    assert (task.state, task.finished_at) == (TaskState.OPEN, None)
    newest, older = answer.context["changes"]
    frozen.move_to(NOW + timedelta(minutes=1))
    assert (newest.undoes, older.undone_by) == (act.id, newest.id)
    assert [line.words for line in newest.lines] == ["Open again"]
    client.post(undo_address(newest))
    task.refresh_from_db()
    assert task.state == TaskState.DONE


@any_store
def test_later_change_stands_in_the_way_and_is_named(
    as_user, plan_north, staff_north, cio
):
    task = make_task(plan_north, "Clean the list", owner=staff_north)
    first = done(task, staff_north)
    client = as_user(staff_north)
    client.post(undo_address(first))
    before = HistoryEntry.objects.count()

    again = client.post(undo_address(first), follow=True)

    assert said(again)[1:] == [
        "Staff North changed “Clean the list” on Wed 10 Mar 2027 09:00, "
        "so this cannot be taken back."
    ]
    assert again.context["why_not"] == said(again)[1]
    assert HistoryEntry.objects.count() == before


@any_store
def test_later_change_that_is_private_is_not_told(noted, as_user, cio, hq):
    """Who took the talk's time back learns that something changed since, not the note."""
    contact = noted
    contact.refresh_from_db()
    first = act_by(cio)
    changed(contact, {"minutes": 20}, first)
    changed(contact, {"note": "worse"}, act_by(cio, minutes=1))

    page = as_user(hq).get(f"/history/acts/{first.id}/")

    assert page.context["why_not"].startswith("Cio changed “Contact” on")
    assert "worse" not in page.content.decode()


@any_store
def test_go_live_is_moved_back_with_its_tasks(
    as_user, plan_north, rhythm_north, hq, programme
):
    step = make_step(make_procedure(programme))
    task = make_task(plan_north, step=step)
    due, act = task.due_date, act_by(hq)
    to = GO_LIVE + timedelta(days=14)
    move_go_live(plan_north, to=to, reason="no testers", version=1, act=act)

    assert len(go_live_moves(programme)[plan_north.pk]) == 1
    as_user(hq).post(undo_address(act))
    assert go_live_moves(programme)[plan_north.pk] == []

    for row in (plan_north, task, rhythm_north):
        row.refresh_from_db()
    assert (plan_north.go_live_date, rhythm_north.go_live_date) == (GO_LIVE, GO_LIVE)
    assert task.due_date == due


@any_store
@pytest.mark.parametrize("case", ["role", "access", "made", "many"])
def test_what_has_an_act_of_its_own_is_not_taken_back_here(
    case, hq, cio, staff_north, plan_north, monkeypatch
):
    act = act_by(hq)
    if case == "role":
        role = Membership.objects.get(user=staff_north)
        end_role(role, to_date=NOW.date(), version=1, act=act)
    elif case == "access":
        changed(staff_north, {"links_revoked_at": NOW}, act)
    elif case == "made":
        make_task(plan_north)
        history.create(
            type(plan_north.wave)(
                programme=plan_north.programme, name="New", go_live_date=GO_LIVE
            ),
            act,
        )
    else:
        monkeypatch.setattr("regions.undoing.MOST_ROWS", 1)
        tasks = [make_task(plan_north, f"T{n}") for n in range(2)]
        history.change_all([(task, {"due_date": GO_LIVE}) for task in tasks], act)

    answers = [undo_answers([act.id], user)[act.id] for user in (hq, cio)]

    assert not any(answers)
    assert answers[0].reason.endswith(("from the history.", "not taken back here."))


@any_store
def test_hand_over_remembers_that_it_was_taken_back(
    staff_north, helper_north, plan_north, hq
):
    make_task(plan_north, owner=staff_north)
    seen = moving_from(staff_north, NOW).seen
    handover = hand_over(staff_north, helper_north, seen=seen, act=act_by(hq))

    take_back_act(handover.act, act=act_by(hq, minutes=1))

    assert Handover.objects.get().undone_at == NOW + timedelta(minutes=1)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_back_at_once_one_wins(plan_north, staff_north):
    task = make_task(plan_north, owner=staff_north)
    act = done(task, staff_north)
    start, outcomes = threading.Barrier(2), []

    def take_back():
        start.wait()
        try:
            take_back_act(act.id, act=act_by(staff_north))
            outcomes.append("taken back")
        except CannotUndo as refusal:
            outcomes.append(str(refusal))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=take_back) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == [
        "Somebody changed this since, so it cannot be taken back.",
        "taken back",
    ]
    assert HistoryEntry.objects.filter(undoes=act.id, field="state").count() == 1
