"""Real calendar programs read a feed from the product's own web server.

vdirsyncer subscribes to it over HTTP, khal shows what it brought. They live in an
environment of their own, which pip makes in a folder of the test.
"""

import subprocess
import sys
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest

from regions.enums import Role
from rollout.links import feed_url
from rollout.models import CalendarFeed
from tests.clock import jumps, moment
from tests.factories import (
    make_ceo,
    make_check_in,
    make_contact,
    make_feed,
    make_membership,
    make_plan,
    make_programme,
    make_region,
    make_rhythm,
    make_task,
    make_user,
    make_wave,
)
from tests.history_guard import unrecorded
from tests.rollout.test_limits import environment, served

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.processes,
    pytest.mark.long,
]
WALL = time(9, 30)
DAY = timedelta(days=1)
# Their clocks change in spring and in autumn, here and on the other half of the earth, so
# that some of the changes lie within what a feed holds; those of Shanghai never do.
CHANGING = ("Europe/Berlin", "America/New_York", "Australia/Sydney")
READER = "Asia/Shanghai"
PROGRAMS = ("khal", "vdirsyncer")


@pytest.fixture(scope="session")
def programs(tmp_path_factory):
    """Where khal and vdirsyncer are."""
    home = tmp_path_factory.mktemp("programs")
    run(sys.executable, "-m", "venv", home)
    run(home / "bin" / "python", "-m", "pip", "install", "-q", *PROGRAMS)
    return home / "bin"


def run(*command, **env):
    done = subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        text=True,
        timeout=300,
        env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", **env} if env else None,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def booked():
    """A liaison with a talk on the day before and on the day after a change of the clocks,
    in each of these zones that has one soon. By title, when it is by a clock of our own."""
    now = datetime.now(UTC)
    liaison = make_user("liaison@example.org", Role.LIAISON, region=make_region("HOME"))
    programme = make_programme()
    expected = {}
    for zone in CHANGING:
        for at in jumps(zone):
            if now - 25 * DAY < at < now + 175 * DAY:
                for days in (-DAY, DAY):
                    day = at.astimezone(ZoneInfo(zone)).date() + days
                    expected |= book(liaison, programme, zone, day)
    assert expected, "no clock changes within what a feed holds"
    expected |= book(liaison, programme, READER, now.date() + 9 * DAY)
    wave = make_wave(programme)
    plan = make_plan(make_region("PLAN"), wave)
    make_task(plan, "Clean the list", owner=liaison, due_date=now.date() + 9 * DAY)
    return liaison, expected


def book(liaison, programme, zone, day):
    region = make_region(f"{zone.rpartition('/')[2]}{day:%m%d}", time_zone=zone)
    make_membership(liaison, Role.LIAISON, region)
    ceo = make_ceo(region)
    make_rhythm(ceo, programme, kick_off_date=None, go_live_date=None)
    make_contact(ceo, programme, liaison, held_at=datetime.now(UTC) - 2 * DAY)
    make_check_in(ceo, programme, day_date=day, at_time=WALL)
    return {f"Talk with the CEO of {region.name}": (zone, moment(zone, day, WALL))}


class Subscriber:
    """Somebody's two programs, and the folder that they share."""

    def __init__(self, programs: Path, folder: Path, url: str) -> None:
        self.programs, self.folder = programs, folder
        (folder / "calendar").mkdir(parents=True)
        (folder / "vdirsyncer").write_text(
            f"""[general]
status_path = "{folder}/status/"
[pair feed]
a = "here"
b = "there"
collections = null
[storage here]
type = "filesystem"
path = "{folder}/calendar/"
fileext = ".ics"
[storage there]
type = "http"
url = "{url}"
"""
        )

    def sync(self) -> None:
        for command in ("discover", "sync"):
            run(
                self.programs / "vdirsyncer",
                *("-c", self.folder / "vdirsyncer", command),
                HOME=str(self.folder),
            )

    def shown(self, zone: str) -> dict[str, str]:
        """What khal lists, by title, by the clocks of a zone."""
        config = self.folder / f"khal-{zone.replace('/', '-')}"
        config.write_text(
            f"""[calendars]
[[rollout]]
path = {self.folder}/calendar/
readonly = True
[locale]
local_timezone = {zone}
default_timezone = {zone}
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
[sqlite]
path = {self.folder}/{zone.replace("/", "-")}.db
"""
        )
        first = (datetime.now(UTC) - 30 * DAY).date()
        lines = run(
            self.programs / "khal",
            *("-c", config, "list", "--once", "--day-format", ""),
            *("--format", "{title}|{start-long-full}|{end-long-full}", first, "215d"),
            HOME=str(self.folder),
        ).splitlines()
        found = [line.split("|") for line in lines if "|" in line]
        return {title: f"{start} - {end}" for title, start, end in found}


def wall(at: datetime, zone: str) -> str:
    there = at.astimezone(ZoneInfo(zone))
    ends = (at + timedelta(minutes=15)).astimezone(ZoneInfo(zone))
    return f"{there:%Y-%m-%d %H:%M} - {ends:%Y-%m-%d %H:%M}"


def test_khal_shows_the_times_of_each_place_on_both_sides_of_a_change(
    programs, booked, tmp_path, settings
):
    liaison, expected = booked
    feed = make_feed(liaison)
    env = environment(tmp_path) | {"SECRET_KEY": settings.SECRET_KEY}
    with served(tmp_path, env) as address:
        url = f"{address}{urlsplit(feed_url(feed)).path}"
        subscriber = Subscriber(programs, tmp_path / "subscriber", url)
        subscriber.sync()
        # Where the talk is, it is half past nine before the change and after it.
        for zone in {zone for zone, _at in expected.values()}:
            shown = subscriber.shown(zone)
            here = {title: at for title, (of, at) in expected.items() if of == zone}
            for title, at in here.items():
                assert shown[title] == wall(at, zone)
                assert shown[title].endswith("09:45")
        # Who reads lives elsewhere, and sees the hour move.
        shown = subscriber.shown(READER)
        for title, (_zone, at) in expected.items():
            assert shown[title] == wall(at, READER)
        assert "Due: Clean the list (Plan Company)" in shown
        feed.refresh_from_db()
        assert feed.last_used_at is not None

        with unrecorded():
            CalendarFeed.objects.filter(pk=feed.pk).update(revoked_at=datetime.now(UTC))
        with pytest.raises(AssertionError, match="Not Found"):
            subscriber.sync()
