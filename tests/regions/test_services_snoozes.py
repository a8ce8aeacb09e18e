"""Putting a call off one's own list: within bounds, recorded, and taken back."""

from datetime import date

import pytest

from regions.history import Act
from regions.models import HistoryEntry, Snooze
from regions.services.snoozes import CannotPutOff, put_back, put_off
from tests.factories import NOW, make_check_in

pytestmark = pytest.mark.any_store

TRAVELS = {"until": date(2027, 3, 13), "reason": "Travels"}


def off(rhythm, user, **values):
    return put_off(rhythm, of=user, act=Act(by=user, at=NOW), **TRAVELS | values)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"reason": "  "}, "Say why"),
        ({"until": NOW.date()}, "lies ahead"),
        ({"until": date(2027, 3, 25)}, "at most 14 days"),
    ],
)
def test_call_is_put_off_for_a_reason_and_at_most_fourteen_days(
    values, said, rhythm_north, liaison_north
):
    with pytest.raises(CannotPutOff, match=said):
        off(rhythm_north, liaison_north, **values)

    assert not Snooze.objects.exists()
    assert off(rhythm_north, liaison_north, until=date(2027, 3, 24)).lifted_at is None


def test_talk_booked_for_today_is_moved_instead(
    rhythm_north, liaison_north, ceo_north, programme
):
    make_check_in(ceo_north, programme, day_date=NOW.date())

    with pytest.raises(CannotPutOff, match="Move it instead"):
        off(rhythm_north, liaison_north)


def test_put_off_again_lifts_the_first_and_both_are_recorded(
    rhythm_north, liaison_north
):
    first = off(rhythm_north, liaison_north)
    second = off(rhythm_north, liaison_north, until=date(2027, 3, 15))

    put_back(second, act=Act(by=liaison_north, at=NOW))
    put_back(second, act=Act(by=liaison_north, at=NOW))

    assert set(Snooze.objects.values_list("pk", "lifted_at")) == {
        (first.pk, NOW),
        (second.pk, NOW),
    }
    entries = HistoryEntry.objects.filter(model="regions.snooze").order_by("id")
    assert [(entry.change, entry.field) for entry in entries] == [
        ("created", ""),
        ("changed", "lifted_at"),
        ("created", ""),
        ("changed", "lifted_at"),
    ]
