"""Whoever stands in: he is called on and told, and sees what he needs, on these days only."""

from datetime import UTC, date, datetime, timedelta

import pytest

from regions.access import can_read_notes
from regions.calendar import Corrections
from regions.enums import Role
from regions.models import Contact, Rhythm, User
from regions.queries import on_duty
from rollout import reminders
from rollout.access import can_work_on
from rollout.dashboard import today_page
from rollout.enums import BlockReason, TaskState
from rollout.models import Duty, Mail, Task
from rollout.queries.calls import calls_due
from rollout.services import mail
from tests.factories import (
    NOW,
    make_absence,
    make_contact,
    make_membership,
    make_rhythm,
    make_task,
    make_user,
)
from tests.history_guard import unrecorded

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.any_store]
NOTHING = Corrections()
DAY = timedelta(days=1)
# Absences of the factory: from the day before NOW to the day after it.
FIRST, LAST = NOW - DAY, NOW + DAY


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MAIL_DIR = tmp_path / "mail"


@pytest.fixture
def deputy(db):
    return make_user("deputy@example.org", Role.AUDITOR)


@pytest.fixture
def plain(db):
    """A deputy who has no role of his own."""
    return make_user("plain@example.org")


@pytest.fixture
def due(rhythm_north, programme, liaison_north):
    """A talk of the liaison that is late."""
    held = NOW - timedelta(days=30)
    make_contact(rhythm_north.ceo, programme, liaison_north, held_at=held)
    return rhythm_north


def as_of(user, at):
    """The person at a moment, as a request reads him."""
    row = User.objects.get(pk=user.pk)
    row.as_of = at
    return row


def callers(at=NOW):
    return [call.callers for call in calls_due(Rhythm.objects.all(), at, NOTHING)]


# --- Who calls -----------------------------------------------------------------------


def test_deputy_calls_while_the_liaison_is_away(due, liaison_north, plain):
    assert callers() == [(liaison_north,)]

    make_absence(liaison_north, plain)

    assert callers(FIRST) == callers(LAST) == [(plain,)]
    assert callers(FIRST - DAY) == callers(LAST + DAY) == [(liaison_north,)]


def test_without_a_deputy_nothing_changes(due, liaison_north):
    make_absence(liaison_north)

    assert callers() == [(liaison_north,)]


def test_deputy_who_lost_his_login_stands_in_no_more(due, liaison_north):
    gone = make_user("gone@example.org", may_sign_in=False)
    make_absence(liaison_north, gone)

    assert callers() == [(liaison_north,)]


def test_deputy_of_the_cio_makes_the_first_talk(rhythm_north, cio, plain):
    assert callers() == [(cio,)]

    make_absence(cio, plain)

    assert callers() == [(plain,)]


def test_liaison_who_stands_in_for_his_fellow_is_named_once(
    due, liaison_north, north, plain
):
    fellow = make_user("fellow@example.org", Role.LIAISON, region=north)
    make_absence(liaison_north, fellow)

    [call] = calls_due(Rhythm.objects.all(), NOW, NOTHING)

    assert call.callers == (fellow,)
    assert call.absences == {}


def test_two_absences_in_a_row_are_two_deputies_in_turn(due, liaison_north, plain, hq):
    make_absence(liaison_north, plain, last_date=NOW.date())
    make_absence(
        liaison_north,
        hq,
        from_date=(NOW + DAY).date(),
        last_date=(NOW + 2 * DAY).date(),
    )

    assert callers(NOW) == [(plain,)]
    assert callers(NOW + DAY) == [(hq,)]


@pytest.mark.parametrize(
    ("zone", "begins"),
    [
        ("Pacific/Auckland", datetime(2027, 3, 8, 11, tzinfo=UTC)),
        ("UTC", datetime(2027, 3, 9, tzinfo=UTC)),
        ("America/Los_Angeles", datetime(2027, 3, 9, 8, tzinfo=UTC)),
    ],
)
def test_first_day_begins_where_the_absent_person_is(zone, begins, north, plain):
    liaison = make_user("far@example.org", Role.LIAISON, region=north, time_zone=zone)
    make_absence(liaison, plain)

    def liaisons(at):
        key = Role.LIAISON, north.pk
        return [one.user for one in on_duty(at, Role.LIAISON, regions=[north.pk])[key]]

    minute = timedelta(minutes=1)
    assert liaisons(begins - minute) == [liaison]
    assert liaisons(begins) == [plain]
    assert not as_of(plain, begins - minute).standing.liaison_of
    assert as_of(plain, begins).standing.liaison_of == {north.pk}


# --- What he sees --------------------------------------------------------------------


def test_deputy_sees_the_talks_on_these_days_only(due, liaison_north, plain):
    make_absence(liaison_north, plain)

    def sees(at):
        rows = Contact.objects.visible_to(as_of(plain, at))
        return [row.ceo.region.code for row in rows]

    assert [sees(at) for at in (FIRST - DAY, FIRST, LAST, LAST + DAY)] == [
        [],
        ["NORTH"],
        ["NORTH"],
        [],
    ]
    assert can_read_notes(as_of(plain, NOW), due.ceo.region_id)
    assert not can_read_notes(as_of(plain, LAST + DAY), due.ceo.region_id)


def test_call_sheet_opens_to_the_deputy_and_closes_again(
    due, plan_north, liaison_north, plain, as_user, frozen
):
    absence = make_absence(liaison_north, plain)
    client = as_user(plain)
    assert client.get("/regions/NORTH/call/").status_code == 200

    absence.last_date = (NOW - DAY).date()
    with unrecorded():
        absence.save()

    assert client.get("/regions/NORTH/call/").status_code == 404


@pytest.mark.parametrize("role", [Role.HQ, Role.AUDITOR])
def test_headquarters_and_auditors_are_not_stood_in_for(role, plain, as_user):
    away = make_user("away@example.org", role)
    make_absence(away, plain)

    assert as_of(plain, NOW).standing.roles == set()
    assert as_of(plain, NOW).standing.stands_in_for == {away.pk}
    client = as_user(plain)
    assert client.get("/people/").status_code == 403
    assert client.get("/admin/").status_code != 200


def test_deputyship_is_not_passed_on(due, liaison_north, plain, hq):
    """Whoever stands in for the deputy does not stand in for whom the deputy does."""
    third = make_user("third@example.org")
    make_absence(liaison_north, plain)
    make_absence(plain, third)

    assert as_of(third, NOW).standing.liaison_of == set()


def test_tasks_of_the_absent_person_open_to_the_deputy(plan_north, hq, plain):
    task = make_task(plan_north, owner=hq)
    make_absence(hq, plain)

    now, then = as_of(plain, NOW), as_of(plain, LAST + DAY)
    assert list(Task.objects.visible_to(now)) == [task]
    assert can_work_on(now, task)
    assert list(Task.objects.visible_to(then)) == []
    assert not can_work_on(then, task)


# --- Where it stands -----------------------------------------------------------------


def test_today_says_for_whom_he_calls_and_until_when(
    due, plan_north, programme, liaison_north, plain, cio
):
    make_absence(liaison_north, plain)

    [mine] = today_page(programme, as_of(plain, NOW), at=NOW).calls
    [his] = today_page(programme, cio, at=NOW).calls

    assert "You stand in for Liaison North until Thu 11 Mar." in mine.reasons
    assert "Caller: Plain for Liaison North." in his.reasons


def test_decisions_of_the_absent_cio_stand_on_todays_page(
    plan_north, programme, cio, plain
):
    make_membership(plain, Role.AUDITOR)
    blocked(plan_north, cio)
    make_absence(cio, plain)

    [line] = today_page(programme, as_of(plain, NOW), at=NOW).decisions

    assert line.what == "North Company: Decide"


def blocked(plan, person):
    return make_task(
        plan,
        "Decide",
        state=TaskState.BLOCKED,
        block_reason=BlockReason.DECISION,
        waits_for=person,
    )


def test_region_names_the_deputy(due, plan_north, liaison_north, plain, as_user, cio):
    make_absence(liaison_north, plain)

    page = as_user(cio).get("/regions/NORTH/").content.decode()

    assert "for Liaison North, away until Thu 11 Mar" in page


# --- Who is told ---------------------------------------------------------------------


def told(user):
    return [(duty.kind, duty.state) for duty in user.duties.order_by("id")]


def tick(at):
    reminders.queue(at=at)
    return mail.deliver(clock=lambda: at)


def test_deputy_is_reminded_in_the_place_of_the_liaison(due, liaison_north, plain):
    make_absence(liaison_north, plain)

    tick(NOW)

    assert told(plain) == [("check_in", "mailed")]
    assert told(liaison_north) == []
    text = Mail.objects.get().body_text
    assert "You stand in for Liaison North until Thu 11 Mar." in text


def test_reminder_that_waits_goes_to_the_deputy_once_the_absence_is_entered(
    due, liaison_north, plain
):
    early = NOW.replace(hour=7)
    reminders.queue(at=early)
    assert told(liaison_north) == [("check_in", "open")]

    make_absence(liaison_north, plain)
    tick(NOW)

    assert told(liaison_north) == [("check_in", "met")]
    assert told(plain) == [("check_in", "mailed")]


def test_liaison_who_was_told_before_is_not_told_again_when_he_is_back(
    due, liaison_north, plain
):
    tick(FIRST - DAY)
    make_absence(liaison_north, plain)
    tick(NOW)
    tick(LAST + DAY)

    assert Mail.objects.filter(recipient=liaison_north).count() == 1
    assert Mail.objects.filter(recipient=plain).count() == 1


def test_urgent_mail_about_a_blocked_task_goes_to_the_deputy(plan_north, hq, plain):
    blocked(plan_north, hq)
    make_absence(hq, plain)

    tick(NOW)

    assert told(plain) == [("blocked", "mailed")]
    assert told(hq) == []
    text = Mail.objects.get().body_text
    assert "You stand in for Hq until Thu 11 Mar." in text


@pytest.mark.parametrize("count", [1, 3])
def test_absences_cost_no_query(count, due, liaison_north, plain, assert_queries):
    for number in range(count - 1):
        first = date(2027, 4, 1) + number * DAY
        make_absence(liaison_north, plain, from_date=first, last_date=first)
    make_absence(liaison_north, plain)

    with assert_queries(6):
        calls_due(Rhythm.objects.all(), NOW, NOTHING)
    # His own roles, and what is lent to him.
    with assert_queries(2):
        assert plain.standing.liaison_of


def test_who_stands_in_for_nobody_asks_once(liaison_north, plain, assert_queries):
    later = date(2027, 4, 1)
    make_absence(plain, liaison_north, from_date=later, last_date=later)

    with assert_queries(1):
        assert liaison_north.standing.liaison_of


def test_no_duty_is_found_twice(due, liaison_north, plain, ceo_south, programme):
    make_rhythm(ceo_south, programme)
    make_absence(liaison_north, plain)

    reminders.queue(at=NOW)
    reminders.queue(at=NOW)

    assert Duty.objects.filter(recipient=plain).count() == 1
