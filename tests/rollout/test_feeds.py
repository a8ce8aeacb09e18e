"""Calendars that devices subscribe to: what they hold, for whom, and for how long."""

from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.test import Client
from icalendar import Calendar

from regions.enums import Attitude, Role
from regions.history import Act
from regions.models import HistoryEntry
from rollout.enums import TaskState
from rollout.links import feed_url, webcal_url
from rollout.models import CalendarFeed
from rollout.services.feeds import MOST, revoke_feed
from rollout.services.people import let_go
from rollout.services.taskedit import edit_task
from tests.factories import (
    NOW,
    make_absence,
    make_ceo,
    make_check_in,
    make_contact,
    make_feed,
    make_membership,
    make_region,
    make_rhythm,
    make_stance,
    make_task,
    make_user,
)

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.any_store]
DAY = timedelta(days=1)
GONE = (404, b"Not found\n", "text/plain")


@pytest.fixture(autouse=True)
def _limits(db):
    cache.clear()


@pytest.fixture
def feed(liaison_north):
    return make_feed(liaison_north)


def ask(feed, method="get", **headers):
    return getattr(Client(), method)(urlsplit(feed_url(feed)).path, headers=headers)


def events(feed):
    answer = ask(feed)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    return {str(one["uid"]): one for one in Calendar.from_ical(answer.content).events}


def titles(feed):
    return sorted(str(one["summary"]) for one in events(feed).values())


@pytest.fixture
def talked(ceo_north, programme, rhythm_north, liaison_north):
    """So that the next talk is the liaison's."""
    return make_contact(ceo_north, programme, liaison_north)


def booked_in(code, zone, programme, liaison, **values):
    region = make_region(code, time_zone=zone)
    make_membership(liaison, Role.LIAISON, region)
    ceo = make_ceo(region)
    make_rhythm(ceo, programme)
    make_contact(ceo, programme, liaison)
    return make_check_in(ceo, programme, **values)


# --- What it holds -------------------------------------------------------------------


def test_talks_stand_at_the_time_of_the_region_and_tasks_on_their_day(
    feed, programme, liaison_north, plan_north
):
    nine = {"at_time": time(9)}
    zones = {
        "BER": (
            "Europe/Berlin",
            date(2027, 3, 26),
            datetime(2027, 3, 26, 8, tzinfo=UTC),
        ),
        "HAM": (
            "Europe/Berlin",
            date(2027, 3, 29),
            datetime(2027, 3, 29, 7, tzinfo=UTC),
        ),
        "NYC": (
            "America/New_York",
            date(2027, 3, 12),
            datetime(2027, 3, 12, 14, tzinfo=UTC),
        ),
        "BOS": (
            "America/New_York",
            date(2027, 3, 15),
            datetime(2027, 3, 15, 13, tzinfo=UTC),
        ),
        "FUZ": (
            "Asia/Shanghai",
            date(2027, 3, 29),
            datetime(2027, 3, 29, 1, tzinfo=UTC),
        ),
    }
    expected = {}
    for code, (zone, day, begins) in zones.items():
        row = booked_in(code, zone, programme, liaison_north, day_date=day, **nine)
        expected[f"check-in-{row.pk}@example.org"] = begins
    open_day = booked_in("OPN", "Asia/Tokyo", programme, liaison_north)
    task = make_task(plan_north, "Clean the list", owner=liaison_north)

    found = events(feed)

    day = found.pop(f"check-in-{open_day.pk}@example.org")
    due = found.pop(f"task-{task.pk}@example.org")
    assert {name: one["dtstart"].dt for name, one in found.items()} == expected
    assert {one["dtstart"].dt.hour for one in found.values()} == {9}
    assert day["dtstart"].dt == date(2027, 3, 11)
    assert due["dtstart"].dt == date(2027, 3, 24)
    assert due["summary"] == "Due: Clean the list (North Company)"
    assert due["url"].endswith(f"/tasks/{task.pk}/")


def test_it_is_the_readers_own_view(
    feed, talked, ceo_north, programme, plan_north, liaison_north, cio, staff_north
):
    """His calls and his tasks that are not finished, 30 days back and 180 ahead."""
    make_check_in(ceo_north, programme)
    mine = {"owner": liaison_north}
    for title, values in {
        "Mine": mine,
        "Theirs": {"owner": staff_north},
        "Done": {**mine, "state": TaskState.DONE, "finished_at": NOW},
        "Long ago": {**mine, "due_date": NOW.date() - 31 * DAY},
        "Far": {**mine, "due_date": NOW.date() + 181 * DAY},
    }.items():
        make_task(plan_north, title, **values)

    assert titles(feed) == [
        "Due: Mine (North Company)",
        "Talk with the CEO of North Company",
    ]
    assert titles(make_feed(staff_north)) == ["Due: Theirs (North Company)"]
    assert titles(make_feed(cio)) == []


def test_deputy_has_the_talks_of_whoever_is_away(
    talked, ceo_north, programme, liaison_north, feed
):
    make_check_in(ceo_north, programme)
    deputy = make_user("deputy@example.org", Role.LIAISON, region=make_region("SOUTH"))
    make_absence(liaison_north, deputy)

    assert titles(make_feed(deputy)) == ["Talk with the CEO of North Company"]
    assert titles(feed) == []


def test_nothing_private_is_in_it(
    feed, talked, ceo_north, programme, plan_north, liaison_north
):
    make_stance(ceo_north, programme, liaison_north, current=Attitude.RESISTANT)
    make_contact(ceo_north, programme, liaison_north, note="secret note")
    make_check_in(ceo_north, programme, reason="secret reason")
    make_task(plan_north, owner=liaison_north)

    body = ask(feed).content.decode().replace("\r\n ", "")

    assert "Talk with" in body
    assert "secret" not in body
    assert "esistant" not in body


def test_version_of_an_entry_rises_with_its_row(feed, plan_north, liaison_north, hq):
    task = make_task(plan_north, owner=liaison_north)
    (before,) = events(feed).values()

    edit_task(
        task,
        {"due_date": date(2027, 3, 25)},
        version=task.version,
        act=Act(by=hq, at=NOW),
        reason="later",
    )

    (after,) = events(feed).values()
    assert after["uid"] == before["uid"]
    assert after["sequence"] == before["sequence"] + 1
    assert after["last-modified"].dt == after["dtstamp"].dt == NOW


@pytest.mark.parametrize("count", [1, 3])
def test_as_many_queries_for_one_row_as_for_three(
    count, feed, programme, plan_north, liaison_north, assert_queries
):
    for n in range(count):
        booked_in(f"R{n}", "Europe/Berlin", programme, liaison_north, at_time=time(9))
        make_task(plan_north, f"Task {n}", owner=liaison_north)

    # Eleven of them count the reads of the minute.
    with assert_queries(20):
        answer = ask(feed)

    assert answer.content.count(b"BEGIN:VEVENT") == 2 * count


# --- Who may, and how often ----------------------------------------------------------


def test_same_calendar_is_not_sent_twice(feed, plan_north):
    first = ask(feed)
    again = ask(feed, "get", if_none_match=first["ETag"])
    make_task(plan_north, owner=feed.user)
    changed = ask(feed, "get", if_none_match=first["ETag"])

    assert first["Cache-Control"] == "private, max-age=900"
    assert (again.status_code, again.content) == (304, b"")
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]


def test_last_use_is_kept_by_the_hour_and_only_for_a_read(feed, frozen):
    def used():
        feed.refresh_from_db()
        return feed.last_used_at

    ask(feed, "head")
    assert used() is None
    ask(feed)
    assert used() == NOW
    frozen.move_to(NOW + timedelta(minutes=59))
    ask(feed)
    assert used() == NOW
    frozen.move_to(NOW + timedelta(minutes=61))
    ask(feed)
    assert used() == NOW + timedelta(minutes=61)
    assert HistoryEntry.objects.of(feed).count() == 0


def test_nobody_reads_what_is_revoked_forged_or_of_who_left(feed, hq, north):
    def answer(path):
        found = Client().get(path)
        return found.status_code, found.content, found["Content-Type"]

    path = urlsplit(feed_url(feed)).path
    assert answer(path)[0] == 200
    other = make_feed(make_user("leaver@example.org", Role.STAFF, region=north))
    theirs = urlsplit(feed_url(other)).path
    assert answer(theirs)[0] == 200

    revoke_feed(feed, act=Act(by=feed.user, at=NOW))
    leaver = other.user
    let_go(leaver, version=leaver.version, act=Act(by=hq, at=NOW))

    number, _dot, rest = theirs.rpartition("/")[2].partition(".")
    forged = f"/calendar/{int(number) + 1}.{rest}"
    for gone in (path, theirs, forged, "/calendar/x.ics", "/calendar/1..ics"):
        assert answer(gone) == GONE


def test_address_outlives_a_change_of_the_key(feed, settings):
    path = urlsplit(feed_url(feed)).path
    old = settings.SECRET_KEY

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "n" * 60, [old]
    assert Client().get(path).status_code == 200

    settings.SECRET_KEY_FALLBACKS = []
    assert Client().get(path).status_code == 404


def test_who_asks_all_the_time_is_told_to_wait(feed):
    answers = [ask(feed).status_code for _n in range(21)]

    assert answers == [200] * 20 + [429]
    assert ask(make_feed(feed.user)).status_code == 200


# --- My settings ---------------------------------------------------------------------


def test_feed_is_added_shown_and_revoked_in_settings(as_user, liaison_north):
    client = as_user(liaison_north)
    form = {"key": "6f9619ff-8b86-4011-b42d-00cf4fc964ff", "device": "My phone"}

    client.post("/settings/calendars/", form)
    client.post("/settings/calendars/", form)

    (feed,) = CalendarFeed.objects.all()
    page = client.get("/settings/").content.decode()
    assert feed_url(feed) in page
    assert f'href="{webcal_url(feed)}"' in page
    assert webcal_url(feed).startswith("webcal://")
    assert "made on Wed 10 Mar · not used yet" in page
    ask(feed)
    assert (
        "read last on Wed 10 Mar 2027 09:00"
        in client.get("/settings/").content.decode()
    )

    client.post(f"/settings/calendars/{feed.pk}/revoke/")

    assert ask(feed).status_code == 404
    assert feed_url(feed) not in client.get("/settings/").content.decode()
    told = HistoryEntry.objects.of(feed).order_by("id").values_list("field", flat=True)
    assert list(told) == ["", "revoked_at"]


def test_only_as_many_as_anybody_needs(as_user, liaison_north):
    for n in range(MOST):
        make_feed(liaison_north, device=f"Device {n}")

    form = {"key": "6f9619ff-8b86-4011-b42d-00cf4fc964ff", "device": "One more"}
    page = as_user(liaison_north).post("/settings/calendars/", form, follow=True)

    assert "You have 10 calendars." in page.content.decode()
    assert CalendarFeed.objects.count() == MOST


def test_feed_of_somebody_else_is_not_there(as_user, feed, cio):
    assert (
        as_user(cio).post(f"/settings/calendars/{feed.pk}/revoke/").status_code == 404
    )
    assert ask(feed).status_code == 200
