"""Being away: what is entered, changed, cancelled, and what is refused in words."""

from datetime import date

import pytest

from regions.enums import Change
from regions.history import Act, EditedMeanwhile
from regions.models import Absence, HistoryEntry
from regions.services.absences import (
    CannotBeAway,
    cancel_absence,
    change_absence,
    end_deputyships,
    plan_absence,
)
from tests.factories import NOW, make_absence, make_user

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2027, 3, 15), date(2027, 3, 19)


@pytest.fixture
def act(hq):
    return Act(by=hq, at=NOW)


@pytest.fixture
def deputy(db):
    return make_user("deputy@example.org")


def plan(user, act, *, first=FIRST, last=LAST, deputy=None):
    return plan_absence(user, first=first, last=last, deputy=deputy, act=act)


def change(absence, act, **values):
    wanted = {
        "first": absence.from_date,
        "last": absence.last_date,
        "deputy": absence.deputy,
        "version": absence.version,
    }
    return change_absence(absence, **wanted | values, act=act)


def test_absence_is_kept_and_recorded(liaison_north, deputy, act):
    row = plan(liaison_north, act, deputy=deputy)

    assert (row.from_date, row.last_date, row.deputy) == (FIRST, LAST, deputy)
    [entry] = HistoryEntry.objects.of(row)
    assert (entry.change, entry.by) == (Change.CREATED, act.by)


def test_days_that_have_begun_are_not_entered(liaison_north, act):
    with pytest.raises(CannotBeAway, match="have begun already"):
        plan(liaison_north, act, first=date(2027, 3, 9))


@pytest.mark.parametrize(
    ("zone", "is_past"), [("Pacific/Kiritimati", True), ("America/Los_Angeles", False)]
)
def test_day_is_that_of_who_is_away(zone, is_past, act):
    """At nine in the evening of UTC it is the next day on Kiritimati."""
    person = make_user("far@example.org", time_zone=zone)
    late = Act(by=act.by, at=NOW.replace(hour=21))

    if is_past:
        with pytest.raises(CannotBeAway):
            plan(person, late, first=NOW.date())
    else:
        assert plan(person, late, first=NOW.date()).from_date == NOW.date()


def test_who_left_is_not_entered_as_away(act):
    gone = make_user("gone@example.org", may_sign_in=False, left_date=NOW.date())

    with pytest.raises(CannotBeAway, match="left already"):
        plan(gone, act)


def test_last_day_before_the_first_is_refused(liaison_north, act):
    with pytest.raises(CannotBeAway, match="before the first"):
        plan(liaison_north, act, first=LAST, last=FIRST)


def test_two_absences_never_share_a_day(liaison_north, act):
    plan(liaison_north, act)

    with pytest.raises(CannotBeAway, match="Mon 15 Mar to Fri 19 Mar"):
        plan(liaison_north, act, first=LAST, last=LAST)
    assert plan(liaison_north, act, first=date(2027, 3, 20), last=date(2027, 3, 20))


def test_nobody_stands_in_for_himself(liaison_north, act):
    with pytest.raises(CannotBeAway, match="himself"):
        plan(liaison_north, act, deputy=liaison_north)


def test_deputy_needs_a_login(liaison_north, ceo_north, act):
    with pytest.raises(CannotBeAway, match="has no login"):
        plan(liaison_north, act, deputy=ceo_north.user)


def test_deputy_who_is_away_himself_is_refused(liaison_north, deputy, act):
    plan(deputy, act, first=LAST, last=date(2027, 3, 30))

    with pytest.raises(CannotBeAway, match="Deputy is away from Fri 19 Mar"):
        plan(liaison_north, act, deputy=deputy)


def test_who_stands_in_for_somebody_cannot_be_away_then(liaison_north, deputy, act):
    plan(liaison_north, act, deputy=deputy)

    with pytest.raises(CannotBeAway, match="Deputy stands in for Liaison North"):
        plan(deputy, act, first=FIRST, last=FIRST)


def test_absence_is_changed(liaison_north, deputy, act):
    row = plan(liaison_north, act)

    change(row, act, last=date(2027, 3, 22), deputy=deputy)

    row.refresh_from_db()
    assert (row.last_date, row.deputy) == (date(2027, 3, 22), deputy)


def test_old_page_changes_nothing(liaison_north, act):
    row = plan(liaison_north, act)
    change(row, act, last=date(2027, 3, 22))

    with pytest.raises(EditedMeanwhile):
        change(row, act, last=date(2027, 3, 23), version=1)
    row.refresh_from_db()
    assert row.last_date == date(2027, 3, 22)


def test_days_that_have_passed_stay(liaison_north, act):
    row = make_absence(liaison_north)

    with pytest.raises(CannotBeAway, match="first day has passed"):
        change(row, act, first=date(2027, 3, 10))
    with pytest.raises(CannotBeAway, match="have passed"):
        change(row, act, last=date(2027, 3, 8))
    assert change(row, act, last=date(2027, 3, 30)).last_date == date(2027, 3, 30)


def test_absence_that_is_over_stays(liaison_north, act):
    row = make_absence(
        liaison_north, from_date=date(2027, 3, 1), last_date=date(2027, 3, 9)
    )

    with pytest.raises(CannotBeAway, match="is over"):
        change(row, act, last=date(2027, 3, 30))
    with pytest.raises(CannotBeAway, match="is over"):
        cancel_absence(row, version=row.version, act=act)


def test_absence_ahead_is_cancelled_and_stays_in_the_history(liaison_north, act):
    row = plan(liaison_north, act)

    cancel_absence(row, version=row.version, act=act)

    assert not Absence.objects.exists()
    [gone] = HistoryEntry.objects.filter(change=Change.DELETED)
    assert gone.object_text == "Liaison North, 2027-03-15 - 2027-03-19"


def test_absence_that_has_begun_ends_with_yesterday(liaison_north, act):
    row = make_absence(liaison_north)

    cancel_absence(row, version=row.version, act=act)

    row.refresh_from_db()
    assert row.last_date == date(2027, 3, 9)


def test_deputyships_ahead_end_and_past_ones_stay(liaison_north, deputy, act):
    past = make_absence(
        liaison_north,
        deputy,
        from_date=date(2027, 3, 1),
        last_date=date(2027, 3, 2),
    )
    ahead = plan(liaison_north, act, deputy=deputy)

    end_deputyships(deputy, act)

    past.refresh_from_db()
    ahead.refresh_from_db()
    assert (past.deputy, ahead.deputy) == (deputy, None)
