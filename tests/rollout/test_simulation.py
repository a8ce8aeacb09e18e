"""Sixty days at the sample break no cap and tell nothing twice, whenever the ticks come."""

from datetime import time, timedelta
from itertools import count

import pytest
from django.db import transaction

from regions.calendar import Calendar, today
from rollout import reminders
from rollout.enums import DutyState
from rollout.models import Duty
from rollout.services import mail
from rollout.slots import Slot
from tests import simulation
from tests.simulation import DAY, FIRST_NIGHT, NOON, Script, faults, told_in

pytestmark = pytest.mark.any_store

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def queue(at):
    reminders.queue(at=at)


def deliver(at):
    mail.deliver(clock=lambda: at)


# Counted from half past eight in the evening; slots are open from 11:30 on, until 23:30.
STEADY = [
    (hours * HOUR + 10 * MINUTE, job) for hours in (12, 19) for job in (queue, deliver)
]
WILD = [
    (9 * HOUR, deliver),
    (9 * HOUR, queue),
    (9 * HOUR + MINUTE, deliver),
    (12 * HOUR, deliver),
    (12 * HOUR, queue),
    (12 * HOUR + MINUTE, queue),
    (12 * HOUR + MINUTE, deliver),
    (12 * HOUR + MINUTE, deliver),
    (22 * HOUR, deliver),
    (22 * HOUR + MINUTE, queue),
    (22 * HOUR + MINUTE, deliver),
    (23 * HOUR + 31 * MINUTE, queue),
    (23 * HOUR + 31 * MINUTE, deliver),
]


@pytest.fixture
def run(db, settings, tmp_path):
    """Lives through some days with these ticks, in a world that is as new each time."""
    simulation.load_sample()
    numbers = count()

    def live(ticks, days):
        settings.MAIL_DIR = tmp_path / str(next(numbers))
        script = Script()
        with transaction.atomic():
            for number in range(days):
                night = FIRST_NIGHT + number * DAY
                script.night(number, night)
                noon = (NOON, lambda at, number=number: script.noon(number, at))
                # What happens at the same time happens in the order of the list.
                for after, act in sorted([noon, *ticks], key=lambda one: one[0]):
                    act(night + after)
            told = told_in(settings.MAIL_DIR)
            wrong = list(faults(told, script))
            days_told = [(one.email, one.local.date(), one.about) for one in told]
            transaction.set_rollback(True)
        return sorted(days_told), wrong

    return live


@pytest.mark.long
def test_sixty_days_tell_the_same_whenever_the_ticks_come(run):
    steady, steady_wrong = run(STEADY, 60)
    wild, wild_wrong = run(WILD, 60)

    assert (steady_wrong, wild_wrong) == ([], [])
    assert steady == wild
    assert len(steady) > 100
    assert len({email for email, _day, _about in steady}) == 42


# --- What is switched off is seen ------------------------------------------------------


def no_cap(patch):
    """A slot of its own for every hour."""
    begins = []
    patch.setattr(Slot, "key", property(lambda slot: f"{slot.cap} {begins[-1]}"))
    patch.setattr(
        "rollout.slots.today",
        lambda user, at: begins.append(f"{at:%Y-%m-%d %H}") or today(user, at),
    )


def no_calendar(patch):
    patch.setattr(Calendar, "is_working", lambda calendar, day: True)


def no_pause(patch):
    patch.setattr("rollout.slots._is_wanted", lambda user, day, calendar: True)


def no_hours(patch):
    patch.setattr("rollout.slots._hours", lambda user, cap: (time(2), time(23)))


def no_memory(patch):
    """Every duty is forgotten to be told as soon as the mail is gone."""
    patch.setattr(
        mail,
        "deliver",
        lambda clock, send=mail.deliver: send(clock=clock) and forget(),
    )


def forget():
    Duty.objects.update(state=DutyState.OPEN, mail=None)


@pytest.mark.long
def test_simulation_sees_what_is_switched_off(run):
    for off, fault in (
        (no_cap, "2 mails: "),
        (no_calendar, "day off: "),
        (no_pause, "not wanted: "),
        (no_hours, "quiet hours: "),
        (no_memory, "told twice: "),
    ):
        with pytest.MonkeyPatch.context() as patch:
            off(patch)
            _told, wrong = run(WILD, 10)

        assert [one for one in wrong if one.startswith(fault)] != [], off
