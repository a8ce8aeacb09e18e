"""People as headquarters sees them: the list under its filters, and all about one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regions.calendar import today
from regions.enums import GROUP_ROLES, RIGHTS, Right, Role
from regions.models import (
    Absence,
    Membership,
    RegionalCEO,
    User,
)
from regions.models.absences import A_DAY
from regions.timeline import PastAct, timeline
from regions.wording import capital, listed
from rollout.models import Handover, Task
from rollout.queries.history import story_of

CHANGES_SHOWN = 12
HANDOVERS_SHOWN = 5
REGIONS_NAMED = 3


@dataclass(frozen=True)
class RightLine:
    """A line of the table of rights: for each role nothing, all, or its own regions."""

    label: str
    reach: list[tuple[str, str]]


@dataclass(frozen=True)
class PersonPage:
    """All that the page of a person shows. Dated rows stand in their order of time."""

    person: User
    day: date
    away: Absence | None
    roles: list[Membership]
    past_roles: list[Membership]
    absences: list[Absence]
    deputyships: list[Absence]
    regions: int
    tasks: int
    handovers: list[Handover]
    heads: list[RegionalCEO]
    changes: list[PastAct]


def people(reader: User, wanted: Mapping[str, Any], at: datetime) -> QuerySet[User]:
    """By name, with the roles that they hold and whether they are away; three queries."""
    day = at.date()
    held = Membership.objects.held_on(at)
    rows = User.objects.visible_to(reader)
    if words := wanted.get("q"):
        rows = rows.filter(Q(name__icontains=words) | Q(email__icontains=words))
    mine = held.filter(user=OuterRef("pk"))
    if role := wanted.get("role"):
        mine = mine.filter(role=role)
    if region := wanted.get("region"):
        mine = mine.filter(region=region)
    if role or region:
        rows = rows.filter(Exists(mine))
    rows = _in_state(rows, wanted.get("state", "here"), held, day)
    near = Absence.objects.over(day - A_DAY, day + A_DAY).select_related(
        "user", "deputy"
    )
    return rows.prefetch_related(
        Prefetch(
            "memberships",
            held.select_related("region").order_by("role", "region__name", "id"),
            to_attr="held_now",
        ),
        Prefetch("absences", near.order_by("from_date", "id"), to_attr="near"),
    ).order_by("name", "id")


def _in_state(
    rows: QuerySet[User], state: str, held: QuerySet[Membership], day: date
) -> QuerySet[User]:
    if state == "left":
        return rows.exclude(left_date=None)
    rows = rows.filter(left_date=None)
    if state == "away":
        away = Absence.objects.over(day, day).filter(user=OuterRef("pk"))
        return rows.filter(Exists(away))
    if state == "no-role":
        return rows.filter(~Exists(held.filter(user=OuterRef("pk"))), may_sign_in=True)
    return rows.filter(may_sign_in=state != "no-login")


def away_now(person: User, at: datetime) -> Absence | None:
    """Of a person of the list."""
    near: list[Absence] = person.near  # type: ignore[attr-defined]
    return next((one for one in near if one.holds_at(at)), None)


def roles_in_words(person: User) -> list[str]:
    """Of a person of the list: Liaison: North, South; where they are many, how many."""
    by_role: dict[str, list[str]] = {}
    for held in person.held_now:  # type: ignore[attr-defined]
        names = by_role.setdefault(capital(held.get_role_display()), [])
        names += [held.region.name] if held.region else []
    return [
        _("%(role)s: %(regions)s") % {"role": role, "regions": _regions(names)}
        if names
        else role
        for role, names in by_role.items()
    ]


def _regions(names: list[str]) -> str:
    if len(names) <= REGIONS_NAMED:
        return listed(names)
    text = ngettext("%(n)d region", "%(n)d regions", len(names))
    return text % {"n": len(names)}


def person_page(person: User, reader: User, at: datetime) -> PersonPage:
    """A fixed number of queries, however much there is about a person."""
    day = today(person, at)
    roles = list(
        person.memberships.select_related("region").order_by("from_date", "role", "id")
    )
    ended = [row for row in roles if row.to_date and row.to_date <= at.date()]
    ahead = Absence.objects.select_related("user", "deputy").filter(
        last_date__gte=day - A_DAY
    )
    near = list(
        ahead.filter(Q(user=person) | Q(deputy=person)).order_by("from_date", "id")
    )
    absences = [row for row in near if row.user_id == person.pk]
    return PersonPage(
        person=person,
        day=day,
        away=next((one for one in absences if one.holds_at(at)), None),
        roles=[row for row in roles if row not in ended],
        past_roles=ended[::-1],
        absences=[row for row in absences if row.last_date >= day],
        deputyships=[
            row for row in near if row.deputy_id == person.pk and row.last_date >= day
        ],
        regions=len([r for r in roles if r.role == Role.LIAISON and r not in ended]),
        tasks=Task.objects.unfinished().filter(owner=person).count(),
        handovers=list(
            Handover.objects.visible_to(reader)
            .of(person)
            .select_related("giver", "taker", "by")
            .order_by("-at", "-id")[:HANDOVERS_SHOWN]
        ),
        heads=list(
            person.ceo_of.filter(to_date=None).select_related("region").order_by("id")
        ),
        changes=timeline(story_of(person, reader), reader, CHANGES_SHOWN),
    )


def rights_table() -> list[RightLine]:
    """Who may do what, from the table that the checks themselves ask."""
    return [
        RightLine(
            label=str(right.label),
            reach=[(str(role.label), _reach(role, RIGHTS[right])) for role in Role],
        )
        for right in Right
    ]


def _reach(role: Role, roles: frozenset[Role]) -> str:
    if role not in roles:
        return ""
    return "all" if role in GROUP_ROLES else "own"
