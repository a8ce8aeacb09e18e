"""A CEO leaves, a successor comes: what waits for the one passes on to the other."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from regions import history
from regions.history import Act
from regions.models import CheckIn, Region, RegionalCEO, User
from regions.services.ceos import (
    CannotChangeCEO,
    appoint_ceo,
    end_ceo,
    why_cancelled,
)
from regions.services.people import add_person
from rollout.models import Plan
from rollout.queries.succession import open_questions, waiting_tasks
from rollout.services.bookings import cancel_check_in
from rollout.services.plans import set_rhythm_dates
from rollout.services.questionmails import pass_on

PLACE = ("working_days", "country", "subdivision")


@dataclass(frozen=True)
class NewCEO:
    """Somebody whom nobody has named yet; he needs no login."""

    name: str
    email: str
    details: Mapping[str, Any] = field(default_factory=dict)


@transaction.atomic
def change_ceo(
    region: Region, who: User | NewCEO, *, from_date: date, seen: int, act: Act
) -> RegionalCEO:
    """Somebody leads the region from a day on, and takes over what was open.

    `seen` is whom the page showed as CEO, 0 for nobody. Raises CannotChangeCEO.
    """
    current = _still(region, seen)
    person = _named(who, region, act) if isinstance(who, NewCEO) else who
    if person.left_date is not None:
        gone = _("%(name)s has left. Choose somebody else.")
        raise CannotChangeCEO(gone % {"name": person.name})
    if current is not None and current.user_id != person.pk:
        _cancel_talks(current, act)
    ceo = appoint_ceo(person, region, from_date=from_date, act=act)
    former = set(region.ceos.exclude(pk=ceo.pk).values_list("user", flat=True))
    tasks = waiting_tasks(region, former - {person.pk})
    history.change_all(
        [
            (task, {"waits_for": person})
            for task in tasks.select_for_update(of=("self",))
        ],
        act,
    )
    # Nobody is asked what he asks himself.
    questions = open_questions(region, former - {person.pk}).exclude(asked_by=person)
    pass_on(list(questions.select_for_update(of=("self",))), to=person, act=act)
    # Plans may have moved while nobody led the region.
    for plan in Plan.objects.running().filter(region=region).order_by("id"):
        set_rhythm_dates(plan, act=act)
    return ceo


@transaction.atomic
def leave_post_open(
    region: Region, *, to_date: date, seen: int, act: Act
) -> RegionalCEO:
    """The CEO left and nobody follows yet: what is open waits. Raises CannotChangeCEO."""
    current = _still(region, seen)
    if current is None:
        raise CannotChangeCEO(_("Nobody leads this region now."))
    _cancel_talks(current, act)
    return end_ceo(current, to_date=to_date, act=act)


def _still(region: Region, seen: int) -> RegionalCEO | None:
    """The CEO, as long as it is whom the page showed; locked against a second change."""
    history.lock(Region.objects.all(), region.pk)
    current = region.ceos.current().first()
    if (current.pk if current else 0) != seen:
        raise CannotChangeCEO(
            _("Somebody changed the CEO in the meantime. Look at it again.")
        )
    return current


def _cancel_talks(ceo: RegionalCEO, act: Act) -> None:
    """One by one: whoever was invited is told."""
    for talk in CheckIn.objects.planned().filter(ceo=ceo).order_by("id"):
        cancel_check_in(talk, reason=why_cancelled(), version=talk.version, act=act)


def _named(new: NewCEO, region: Region, act: Act) -> User:
    email = new.email.strip().lower()
    if User.objects.filter(email=email).exists():
        raise CannotChangeCEO(
            _("This address is known already. Choose the person in the list.")
        )
    place = {name: getattr(region, name) for name in PLACE}
    return add_person(email=email, name=new.name, act=act, **place, **new.details)
