"""Everything was down for days: what is told when it is up again, and when."""

from datetime import timedelta

import pytest

from regions.enums import Role
from regions.history import Act
from rollout import reminders
from rollout.enums import BlockReason, DutyState, MailState
from rollout.models import Duty, Mail
from rollout.services import mail
from rollout.services.tasks import block_task
from tests.factories import (
    NOW,
    make_ceo,
    make_contact,
    make_membership,
    make_region,
    make_rhythm,
    make_task,
)

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
LEAST_DISTANCE = 4 * HOUR

pytestmark = pytest.mark.any_store

LONG = pytest.mark.long
HOURS = [0, pytest.param(8, marks=LONG), pytest.param(13, marks=LONG), 19]


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MAIL_DIR = tmp_path / "mail"


@pytest.fixture
def fall_due(programme, liaison_north):
    """A talk of the liaison that falls due at a moment."""

    def make(code, at):
        region = make_region(code)
        make_rhythm(ceo := make_ceo(region), programme, go_live_date=None)
        make_membership(liaison_north, Role.LIAISON, region)
        make_contact(ceo, programme, liaison_north, held_at=at - 14 * DAY)

    return make


def tick(at):
    reminders.queue(at=at)
    mail.deliver(clock=lambda: at)


def live(since, until):
    while since <= until:
        tick(since)
        since += HOUR


@pytest.mark.parametrize("hour", HOURS)
@pytest.mark.parametrize("days", [3, pytest.param(30, marks=pytest.mark.long)])
def test_each_duty_is_caught_up_on_once_and_well_before_the_next_mail(
    days, hour, fall_due, liaison_north, cio, plan_north, staff_north
):
    down, up = NOW, NOW - 9 * HOUR + days * DAY + hour * HOUR
    fall_due("BEFORE", down - DAY)
    fall_due("MEANWHILE", down + DAY)
    live(down - HOUR, down)
    assert Mail.objects.get().state == MailState.SENT
    # After the last tick.
    block_task(
        make_task(plan_north),
        reason=BlockReason.DECISION,
        waits_for=cio,
        version=1,
        act=Act(by=staff_north, at=down),
    )
    fall_due("REGULAR", up + DAY)

    live(up, up + 4 * DAY)

    assert set(Duty.objects.values_list("state", flat=True)) == {DutyState.MAILED}
    sent = list(Mail.objects.filter(state=MailState.SENT).order_by("dated_at"))
    assert sum(one.duties.count() for one in sent) == Duty.objects.count() == 4
    mine = [one.dated_at for one in sent if one.recipient == liaison_north]
    assert all(8 <= at.hour < 20 and at.isoweekday() < 6 for at in mine)
    assert len({at.date() for at in mine}) == len(mine)
    _before, catch_up, *regular = mine
    assert up <= catch_up <= up + 3 * DAY
    assert all(at - catch_up >= LEAST_DISTANCE for at in regular)


@pytest.mark.parametrize("hour", HOURS)
@pytest.mark.parametrize("days", [3, pytest.param(30, marks=pytest.mark.long)])
def test_mail_that_was_planned_but_not_sent_is_caught_up_on_once(days, hour, fall_due):
    up = NOW - 9 * HOUR + days * DAY + hour * HOUR
    fall_due("BEFORE", NOW - DAY)
    reminders.queue(at=NOW)
    assert Mail.objects.get().state == MailState.PLANNED

    live(up, up + 4 * DAY)

    assert Duty.objects.get().state == DutyState.MAILED
    sent = Mail.objects.get(state=MailState.SENT)
    assert 8 <= sent.dated_at.hour < 20
    assert sent.dated_at.isoweekday() < 6
