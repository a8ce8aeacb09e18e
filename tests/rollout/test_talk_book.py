"""Booking a talk: proposals inside the hours of both, one tap, moved, left out."""

import re
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from regions.calendar import Calendar
from regions.models import CheckIn
from rollout.meetings import Hours, proposals
from rollout.models import Mail
from tests.factories import NOW, make_check_in, make_contact
from tests.history_guard import unrecorded

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.any_store]
PAGE = "/regions/NORTH/book/"
SLOT = {"slot": "2027-03-12T10:00", "minutes": "15", "channel": "phone"}


def hours(zone, opens=8, closes=20, country=""):
    calendar = Calendar("12345", country)
    return Hours(calendar, ZoneInfo(zone), time(opens), time(closes))


def proposed(there, here, first=date(2027, 3, 10), at=NOW, minutes=15):
    found = proposals(there, here, first=first, at=at, minutes=minutes)
    return [f"{one.astimezone(there.zone):%a %d %H:%M}" for one in found]


# Where the region is, when it is open, where the caller is, what he is offered.
@pytest.mark.parametrize(
    ("there", "here", "first", "expected"),
    [
        # Ten o'clock has begun where the caller is, so that day only the afternoon is left.
        ("UTC", "UTC", 10, ["Wed 10 10:00", "Thu 11 14:00", "Fri 12 10:00"]),
        ("Europe/Berlin", "UTC", 10, ["Wed 10 11:00", "Thu 11 14:00", "Fri 12 10:00"]),
        # Eight in the evening in Los Angeles is eleven in the morning in Shanghai.
        (
            "Asia/Shanghai",
            "America/Los_Angeles",
            11,
            ["Thu 11 10:00", "Fri 12 10:00", "Tue 16 10:00"],
        ),
        ("UTC", "UTC", 12, ["Fri 12 10:00", "Mon 15 14:00", "Tue 16 10:00"]),
    ],
)
def test_three_days_mornings_and_afternoons_by_turns(there, here, first, expected):
    offered = proposed(hours(there, 9, 17), hours(here), date(2027, 3, first))

    assert offered == expected


def test_holidays_of_either_side_are_left_out():
    # Good Friday and Easter Monday 2027.
    german = hours("Europe/Berlin", 9, 17, "DE")
    first = date(2027, 3, 25)

    expected = ["Thu 25 10:00", "Tue 30 14:00", "Wed 31 10:00"]
    assert proposed(german, hours("Europe/Berlin"), first) == expected
    plain = hours("Europe/Berlin", 9, 17)
    assert proposed(plain, hours("Europe/Berlin", country="DE"), first) == expected


def test_nothing_where_the_hours_never_meet():
    there, here = hours("America/Los_Angeles", 9, 17), hours("Europe/Berlin", 9, 17)

    assert proposed(there, here) == []


def test_talk_ends_inside_the_hours():
    late = datetime(2027, 3, 10, 16, 50, tzinfo=UTC)

    assert hours("UTC", 9, 17).hold(late, 10)
    assert not hours("UTC", 9, 17).hold(late, 11)
    assert not hours("UTC", 9, 17).hold(datetime(2027, 3, 13, 10, tzinfo=UTC), 10)


# --- The page ------------------------------------------------------------------------


@pytest.fixture
def client(as_user, liaison_north, ceo_north, programme, rhythm_north):
    make_contact(ceo_north, programme, liaison_north)
    with unrecorded():
        type(ceo_north.region).objects.update(time_zone="Asia/Tokyo")
    return as_user(liaison_north)


def test_page_offers_when_the_talk_is_due_by_both_clocks(client, north):
    apart = client.get(PAGE).content.decode()
    assert "18:00 there · 09:00 where you are" in apart
    assert "the hours of both never meet" in apart
    assert 'name="slot"' not in apart

    with unrecorded():
        type(north).objects.update(time_zone="Europe/Berlin")
    page = client.get(PAGE).content.decode()

    offered = re.findall(
        r'value="([^"]+)"[^>]*><span><b>([^<]+)</b><small>([^<]+)<', page
    )
    assert offered == [
        ("2027-03-22T10:00", "Mon 22 Mar 2027 10:00", "09:00 where you are"),
        ("2027-03-23T14:00", "Tue 23 Mar 2027 14:00", "13:00 where you are"),
        ("2027-03-24T10:00", "Wed 24 Mar 2027 10:00", "09:00 where you are"),
    ]


def test_one_tap_books_and_invites(client, plan_north):
    answer = client.post(PAGE, SLOT, follow=True)

    row = CheckIn.objects.get()
    assert (row.day_date, row.at_time, row.minutes) == (
        date(2027, 3, 12),
        time(10),
        15,
    )
    assert (
        "Booked: Fri 12 Mar 2027 10:00 in North Company · Fri 12 Mar 2027 01:00 where "
        "you are. The invitations go out now."
    ) in answer.content.decode()
    assert Mail.objects.count() == 2
    assert 'href="/regions/NORTH/book/"' in answer.content.decode()


def test_sent_twice_is_one_talk(client):
    client.post(PAGE, SLOT)
    client.post(PAGE, SLOT)

    assert CheckIn.objects.get().sequence == 0
    assert Mail.objects.count() == 2


def test_own_day_without_a_time_invites_nobody(client):
    form = {"slot": "", "day": "2027-03-15", "minutes": "20", "channel": "visit"}

    answer = client.post(PAGE, form, follow=True)

    assert "Without a time nobody is invited." in answer.content.decode()
    assert CheckIn.objects.get().at_time is None
    assert Mail.objects.count() == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"slot": "2027-03-09T10:00"},
        {"slot": "x", "day": ""},
        {"slot": "2027-13-40T10:00", "day": ""},
        {"minutes": "0"},
        {"channel": "mail"},
    ],
)
def test_what_cannot_be_is_refused_with_the_form(client, wrong):
    answer = client.post(PAGE, {**SLOT, **wrong})

    assert answer.status_code == 422
    assert CheckIn.objects.count() == 0


def test_moved_by_two_at_once_is_asked(client, ceo_north, programme):
    row = make_check_in(ceo_north, programme, at_time=time(9), sequence=0)
    page = {"seen-day": "2027-03-11", "seen-at_time": "09:00", "seen-minutes": "15"}
    page |= {"seen-channel": "phone", "version": "1"}
    client.post(PAGE, {**SLOT, **page})
    row.refresh_from_db()
    assert row.day_date == date(2027, 3, 12)

    other = {**SLOT, **page, "slot": "2027-03-16T10:00"}
    answer = client.post(PAGE, other)

    assert answer.status_code == 409
    row.refresh_from_db()
    assert row.day_date == date(2027, 3, 12)


def test_leaving_out_wants_a_reason(client, ceo_north, programme):
    row = make_check_in(ceo_north, programme)
    assert "Leave this talk out" in client.get(PAGE).content.decode()

    said = client.post(f"{PAGE}cancel/", {"version": "1"}, follow=True)
    assert "Say why the talk is left out." in said.content.decode()

    client.post(f"{PAGE}cancel/", {"version": "1", "reason": "on leave"})
    row.refresh_from_db()
    assert (row.state, row.reason, row.sequence) == ("cancelled", "on leave", 1)


def test_closed_programme_books_nothing(client, programme):
    with unrecorded():
        type(programme).objects.update(closed_at=NOW)

    assert client.get(PAGE).status_code == 404
    assert client.post(PAGE, SLOT).status_code == 404
