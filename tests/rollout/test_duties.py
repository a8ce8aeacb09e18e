"""Which mails are planned for whom: caps, pauses, days off, and people without a login."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from regions.calendar import Corrections
from regions.enums import PlannedMail
from regions.history import Act
from rollout import reminders
from rollout.enums import BlockReason, DutyKind, DutyState, MailCap, MailState
from rollout.models import Duty, Mail
from rollout.services import mail
from rollout.services.duties import plan_mails
from rollout.services.tasks import block_task
from tests.factories import (
    NOW,
    make_contact,
    make_duty,
    make_holiday,
    make_mail,
    make_task,
    make_user,
)
from tests.history_guard import unrecorded

NOTHING = Corrections()
DAY = timedelta(days=1)
SATURDAY = datetime(2027, 3, 13, 9, 0, tzinfo=UTC)
NIGHT = datetime(2027, 3, 10, 21, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MAIL_DIR = tmp_path / "mail"
    return settings.MAIL_DIR


@pytest.fixture
def task(plan_north):
    return make_task(plan_north)


@pytest.fixture
def due(ceo_north, programme, rhythm_north, liaison_north):
    """A talk with the CEO of the north is due since today."""
    make_contact(ceo_north, programme, liaison_north, held_at=NOW - 14 * DAY)
    return liaison_north


def block(task, *, waits_for, by, at=NOW, note="one or two weekends"):
    task.refresh_from_db()
    return block_task(
        task,
        reason=BlockReason.DECISION,
        note=note,
        waits_for=waits_for,
        version=task.version,
        act=Act(by=by, at=at),
    )


def tick(at):
    reminders.queue(at=at)
    return mail.deliver(clock=lambda: at)


def change(row, **values):
    for name, value in values.items():
        setattr(row, name, value)
    with unrecorded():
        row.save()


def told(user):
    rows = user.duties.order_by("id")
    return [(duty.kind, DutyState(duty.state)) for duty in rows]


# --- Two caps ------------------------------------------------------------------------


def test_planned_and_urgent_come_in_two_mails_a_day(due, task, staff_north):
    block(task, waits_for=due, by=staff_north)

    for hour in range(5):
        tick(NOW + timedelta(hours=hour))

    mails = Mail.objects.order_by("slot")
    assert [(row.slot, row.cap, row.state) for row in mails] == [
        ("day 2027-03-10", MailCap.PLANNED, MailState.SENT),
        ("urgent 2027-03-10", MailCap.URGENT, MailState.SENT),
    ]
    assert [[duty.kind for duty in row.duties.all()] for row in mails] == [
        [DutyKind.CHECK_IN],
        [DutyKind.BLOCKED],
    ]


def test_second_urgent_mail_waits_for_the_next_day(task, plan_north, cio, staff_north):
    block(task, waits_for=cio, by=staff_north)
    assert tick(NOW) == 1

    block(make_task(plan_north, "Load the stock"), waits_for=cio, by=staff_north)

    assert tick(NOW + timedelta(hours=1)) == 0
    assert tick(NOW + DAY) == 1
    assert Mail.objects.count() == 2


@pytest.mark.parametrize(
    ("wish", "planned"),
    [
        ({"paused_until_date": date(2027, 3, 11)}, 0),
        ({"planned_mail": PlannedMail.NEVER}, 0),
        ({"planned_mail": PlannedMail.MONDAYS}, 0),
        ({"planned_mail": PlannedMail.DAILY}, 1),
    ],
)
def test_pause_holds_planned_mail_up_and_lets_urgent_mail_pass(
    wish, planned, due, task, staff_north
):
    block(task, waits_for=due, by=staff_north)
    change(due, **wish)

    tick(NOW)

    caps = Mail.objects.filter(state=MailState.SENT).values_list("cap", flat=True)
    assert sorted(caps) == sorted([MailCap.PLANNED] * planned + [MailCap.URGENT])


@pytest.mark.parametrize("at", [SATURDAY, NIGHT], ids=["weekend", "night"])
def test_urgent_mail_keeps_the_hours_of_its_reader(at, task, cio, staff_north):
    block(task, waits_for=cio, by=staff_north)

    assert tick(at) == 0

    assert told(cio) == [(DutyKind.BLOCKED, DutyState.OPEN)]


def test_talk_that_falls_due_on_the_callers_holiday_is_told_on_his_next_day(due):
    change(due, country="US")
    make_holiday("US", NOW.date())

    assert tick(NOW) == 0
    assert tick(NOW + DAY) == 1

    assert told(due) == [(DutyKind.CHECK_IN, DutyState.MAILED)]


def test_talk_falls_due_after_the_holiday_of_its_region(due, north):
    change(north, country="US", subdivision="WA")
    make_holiday("US", NOW.date(), subdivision="WA")

    assert tick(NOW) == 0
    assert not Duty.objects.exists()

    assert tick(NOW + DAY) == 1


def test_mail_of_the_day_goes_when_quiet_hours_end(due):
    change(due, quiet_to_time=time(9, 30))

    assert tick(NOW) == 0
    assert tick(NOW + timedelta(minutes=30)) == 1
    assert Mail.objects.get().planned_at == NOW + timedelta(minutes=30)


# --- People without a login ----------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "state", "planned"),
    [
        (13, MailState.PLANNED, 0),
        (13, MailState.FAILED, 0),
        (13, MailState.SUPERSEDED, 1),
        (13, MailState.CANCELLED, 1),
        (14, MailState.PLANNED, 1),
    ],
)
def test_ceo_gets_one_mail_in_fourteen_days(days, state, planned, ceo_north):
    before = NOW - days * DAY
    make_mail(ceo_north.user, "day before", planned_at=before, state=state)
    make_duty(ceo_north.user, ceo_north)

    assert plan_mails(NOW, NOTHING) == planned


def test_ceo_gets_no_planned_mail_beside_an_urgent_one(ceo_north):
    make_duty(ceo_north.user, ceo_north)
    make_duty(ceo_north.user, ceo_north, kind=DutyKind.BLOCKED)

    for _number in range(3):
        plan_mails(NOW, NOTHING)

    assert Mail.objects.get().cap == MailCap.URGENT


def test_what_a_ceo_asked_for_counts_in_no_cap(ceo_north):
    make_mail(ceo_north.user, "sign_in 1", cap=MailCap.AT_ONCE)
    make_duty(ceo_north.user, ceo_north)

    assert plan_mails(NOW, NOTHING) == 1


def test_people_with_a_login_are_not_held_to_fourteen_days(cio):
    make_mail(cio, "day before", planned_at=NOW - DAY)
    make_duty(cio, cio)

    assert plan_mails(NOW, NOTHING) == 1


@pytest.mark.parametrize("people", [1, 3])
def test_planning_costs_the_same_for_any_number_of_people(people, assert_queries, db):
    for number in range(people):
        user = make_user(f"person{number}@example.org", may_sign_in=number > 0)
        make_duty(user, user)
        make_duty(user, user, kind=DutyKind.BLOCKED)

    with assert_queries(6):
        plan_mails(NOW, NOTHING)
