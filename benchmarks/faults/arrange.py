"""Puts rows into the product's database, and does what its users do, in a process apart.

Reads one JSON order a line, `{"do": NAME, ...}`, and answers each with one line. It alone
of the harness knows the product's models; what it arranged is told to the oracle in plain
words: who has to be told what, since when.
"""

import json
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import django

django.setup()

from django.db import close_old_connections, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from regions import history  # noqa: E402
from regions.enums import CheckInState, Outcome, Role, Via  # noqa: E402
from regions.history import Act  # noqa: E402
from regions.models import (  # noqa: E402
    CheckIn,
    Contact,
    Membership,
    Programme,
    Region,
    RegionalCEO,
    Rhythm,
    User,
)
from regions.services.contacts import Log, log_contact  # noqa: E402
from rollout.celery import app as celery_app  # noqa: E402

LONG_AGO = date(2020, 1, 1)
MORNING = 9
# Days between two talks where a scenario looks at many days.
IDEAL = 40
Answer = Any


def working_morning(at: datetime, hour: int = MORNING) -> str:
    """A zone in which it is this hour now; zones of whole hours reach from -12 to +14."""
    offset = (hour - at.hour + 12) % 24 - 12
    # The names of these zones count westwards.
    return f"Etc/GMT{-offset:+d}" if offset else "UTC"


def person(name: str, zone: str, **values: Any) -> User:
    return User(
        email=f"{name}@example.org",
        name=name,
        time_zone=zone,
        working_days="1234567",
        password="!",
        **{"may_sign_in": True} | values,
    )


@transaction.atomic
def world(
    *,
    regions: int,
    people: int,
    held_days: Sequence[int] = (),
    due_in_days: Sequence[int] = (),
) -> Answer:
    """Regions whose talk has been due for some days, and people without a role yet.

    With `held_days` the last talk of each was so many days ago; with `due_in_days` each
    falls due in so many days.
    """
    now = timezone.now()
    zone, today = working_morning(now), now.date()
    programme = Programme.objects.create(code="ERP", name="ERP roll-out")
    # Nobody is CIO: regions without a liaison have no caller and are told to nobody.
    hq, caller = User.objects.bulk_create(
        [person(name, zone) for name in ("hq", "caller")]
    )
    Membership.objects.create(user=hq, role=Role.HQ, from_date=LONG_AGO)
    codes = [f"R{number:03}" for number in range(regions)]
    areas = Region.objects.bulk_create(
        [
            Region(
                code=code, name=f"Region {code}", time_zone=zone, working_days="1234567"
            )
            for code in codes
        ]
    )
    heads = User.objects.bulk_create(
        [person(f"ceo-{code.lower()}", zone, may_sign_in=False) for code in codes]
    )
    ceos = RegionalCEO.objects.bulk_create(
        [
            RegionalCEO(user=user, region=region, from_date=LONG_AGO)
            for user, region in zip(heads, areas, strict=True)
        ]
    )
    days = {"preparing_ideal": IDEAL, "preparing_longest": IDEAL + 7}
    dates = {
        "kick_off_date": today - timedelta(days=35),
        "go_live_date": today + timedelta(days=100),
    }
    Rhythm.objects.bulk_create(
        [
            Rhythm(
                ceo=ceo, programme=programme, **dates | (days if due_in_days else {})
            )
            for ceo in ceos
        ]
    )
    ages = [IDEAL - days for days in due_in_days] or held_days or [18] * regions
    _talks(ceos, programme, caller, [now - timedelta(days=age) for age in ages])
    liaisons = User.objects.bulk_create(
        [person(f"p{number:05}", zone) for number in range(people)], batch_size=500
    )
    return {"codes": codes, "people": [user.email for user in liaisons], "zone": zone}


def _talks(
    ceos: Iterable[RegionalCEO],
    programme: Programme,
    by: User,
    held_at: Iterable[datetime],
) -> None:
    Contact.objects.bulk_create(
        [
            Contact(
                ceo=ceo,
                programme=programme,
                by=by,
                held_at=moment,
                outcome=Outcome.REACHED,
                minutes=15,
            )
            for ceo, moment in zip(ceos, held_at, strict=True)
        ]
    )


def appoint(*, pairs: list[list[str]]) -> Answer:
    """Make people liaisons of regions, from now on; gives the moment they were."""
    users = dict(User.objects.values_list("email", "pk"))
    regions = dict(Region.objects.values_list("code", "pk"))
    with transaction.atomic():
        Membership.objects.bulk_create(
            [
                Membership(
                    user_id=users[email],
                    role=Role.LIAISON,
                    region_id=regions[code],
                    from_date=LONG_AGO,
                )
                for email, code in pairs
            ]
        )
    return time.time()


def tick() -> Answer:
    """What the beat asks for, once more: a doubled tick changes nothing."""
    for entry in celery_app.conf.beat_schedule.values():
        celery_app.send_task(entry["task"], expires=5)


def book_today(*, codes: list[str]) -> Answer:
    """A talk for today where none is due by the rhythm."""
    programme = Programme.objects.get()
    ceos = RegionalCEO.objects.filter(region__code__in=codes).select_related("region")
    now = timezone.now()
    CheckIn.objects.bulk_create(
        [
            CheckIn(
                ceo=ceo,
                programme=programme,
                day_date=now.astimezone(ceo.region.zone).date(),
            )
            for ceo in ceos
        ]
    )
    return time.time()


def rename(*, email: str, name: str, to_email: str = "") -> Answer:
    """As no form would let it be: past every check of the product."""
    User.objects.filter(email=email).update(name=name, email=to_email or email)
    return time.time()


# --- What users do -------------------------------------------------------------------


def _act() -> Act:
    return Act(
        by=User.objects.get(email="caller@example.org"), at=timezone.now(), via=Via.WEB
    )


def _ceo(code: str) -> RegionalCEO:
    return RegionalCEO.objects.current().get(region__code=code)


def log(*, code: str) -> Answer:
    """Somebody reached the CEO."""
    act = _act()
    talk = Log(outcome=Outcome.REACHED, held_at=act.at, minutes=15)
    log_contact(_ceo(code), Programme.objects.get(), talk, act=act)
    return time.time()


def move(*, code: str, days: int = 1) -> Answer:
    """The talk was moved by some days."""
    act = _act()
    to_date = act.at.astimezone(_ceo(code).region.zone).date() + timedelta(days=days)
    talk = Log(outcome=Outcome.MOVED, held_at=act.at, moved_to_date=to_date)
    log_contact(_ceo(code), Programme.objects.get(), talk, act=act)
    return time.time()


def cancel(*, code: str) -> Answer:
    """The booked talk is off."""
    with transaction.atomic():
        booked = CheckIn.objects.planned().get(ceo=_ceo(code))
        booked = history.lock(CheckIn.objects.all(), booked.pk)
        history.change(booked, {"state": CheckInState.CANCELLED}, _act())
    return time.time()


def remove(*, email: str) -> Answer:
    """The person looks after nothing any more and has no login."""
    with transaction.atomic():
        act = _act()
        user = history.lock(User.objects.all(), User.objects.get(email=email).pk)
        history.change(user, {"may_sign_in": False}, act)
        for row in list(user.memberships.filter(to_date=None)):
            history.change(row, {"to_date": act.at.astimezone(UTC).date()}, act)
    return time.time()


ORDERS: dict[str, Callable[..., Answer]] = {
    order.__name__: order
    for order in (world, appoint, tick, book_today, rename, log, move, cancel, remove)
}


def main() -> None:
    for line in sys.stdin:
        order = json.loads(line)
        close_old_connections()
        answer = ORDERS[order.pop("do")](**order)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
