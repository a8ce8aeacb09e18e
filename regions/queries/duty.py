"""Who holds a role at a moment, and who stands in for whoever is away."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import (
    Q,
    QuerySet,
)

from regions.enums import Role
from regions.models import (
    Absence,
    Membership,
    User,
)
from regions.models.absences import absence_near, away_at


@dataclass(frozen=True)
class OnDuty:
    """Who does what is asked of somebody at a moment: himself, or whoever stands in for
    him during an absence."""

    user: User
    absence: Absence | None = None


def holders(
    at: datetime, *roles: Role, regions: Collection[int] = ()
) -> dict[tuple[str, int | None], list[User]]:
    """Who holds these roles now, by role and region; only in these regions.

    Roles for the whole group stand under None.
    """
    rows = _holding(at, roles, regions).select_related("user")
    held: dict[tuple[str, int | None], list[User]] = defaultdict(list)
    for row in rows:
        held[row.role, row.region_id].append(row.user)
    return held


def on_duty(
    at: datetime, *roles: Role, regions: Collection[int] = ()
) -> dict[tuple[str, int | None], list[OnDuty]]:
    """The same with the deputies of those who are away in their place. One query."""
    away = absence_near("user", at)
    rows: QuerySet[Any] = _holding(at, roles, regions).annotate(absence=away)
    held: dict[tuple[str, int | None], dict[int, OnDuty]] = defaultdict(dict)
    for row in rows.select_related("user", "absence__deputy"):
        # Two absences in a row are two rows of one role: the one that holds counts.
        place = held[row.role, row.region_id]
        absence = away_at(row, at)
        if absence is not None or row.pk not in place:
            place[row.pk] = on_duty_for(row.user, absence)
    return defaultdict(list, {key: list(ones.values()) for key, ones in held.items()})


def on_duty_for(person: User, absence: Absence | None) -> OnDuty:
    """Somebody himself, or his deputy while that one has a login."""
    deputy = absence.deputy if absence else None
    if deputy is None or not deputy.may_sign_in:
        return OnDuty(person)
    return OnDuty(deputy, absence)


def _holding(
    at: datetime, roles: Iterable[Role], regions: Collection[int]
) -> QuerySet[Membership]:
    return (
        Membership.objects.held_on(at)
        .filter(Q(region=None) | Q(region__in=regions), role__in=roles)
        .order_by("region_id", "id")
    )
