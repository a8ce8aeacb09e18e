"""What somebody may do at a moment, by the roles that he holds then."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection

from regions.enums import (
    GROUP_ROLES,
    NOT_STOOD_IN_FOR,
    REGION_ROLES,
    RIGHTS,
    Right,
    Role,
)

from .absences import A_DAY, is_within

# Asked with every request. Written out, since Django takes thirty times as long to make
# these statements and their rows as SQLite to answer them. The second one is asked only
# where somebody may stand in for another: the join with it costs PostgreSQL more than it
# finds for nearly everybody.
OWN_ROLES = """
    SELECT held.user_id, held.role, held.region_id,
        EXISTS (
            SELECT 1 FROM regions_absence absence
            WHERE absence.deputy_id = %(person)s
                AND absence.from_date <= %(tomorrow)s
                AND absence.last_date >= %(yesterday)s
        )
    FROM regions_membership held
    WHERE held.user_id = %(person)s AND held.from_date <= %(day)s
        AND (held.to_date IS NULL OR held.to_date > %(day)s)
"""
LENT_ROLES = """
    SELECT held.user_id, held.role, held.region_id,
        holder.time_zone, absence.from_date, absence.last_date
    FROM regions_absence absence
    JOIN regions_user holder ON holder.id = absence.user_id
    JOIN regions_membership held ON held.user_id = absence.user_id
    WHERE absence.deputy_id = %(person)s
        AND absence.from_date <= %(tomorrow)s AND absence.last_date >= %(yesterday)s
        AND held.user_id <> %(person)s AND held.from_date <= %(day)s
        AND (held.to_date IS NULL OR held.to_date > %(day)s)
"""


class RoleHeld(NamedTuple):
    """A role of a person, or of somebody for whom he may stand in during an absence."""

    user_id: int
    role: str
    region_id: int | None
    # Of one's own there is no absence.
    time_zone: str = ""
    from_date: date | None = None
    last_date: date | None = None

    def is_lent(self, at: datetime) -> bool:
        """Whether its holder is away, where he is."""
        return (
            self.from_date is not None
            and self.last_date is not None
            and is_within(self.from_date, self.last_date, at, ZoneInfo(self.time_zone))
        )


@dataclass(frozen=True)
class Standing:
    """The roles that a person holds at a moment: which ones, and for which regions.

    Whoever stands in for somebody has that person's roles too while it lasts, except those
    that are not stood in for.
    """

    roles: frozenset[str]
    regions_by_role: dict[str, frozenset[int]]
    stands_in_for: frozenset[int] = frozenset()

    @classmethod
    def at(cls, moment: datetime, person: int) -> "Standing":
        """What a person holds at a moment. One query, and one more for a deputy."""
        return cls.of(person, _roles_held(person, moment), moment)

    @classmethod
    def of(cls, person: int, roles: Iterable[RoleHeld], at: datetime) -> "Standing":
        """By a person's roles, and those of people for whom he may stand in."""
        by_role: dict[str, set[int]] = {}
        others = set()
        for held in roles:
            if held.user_id != person:
                if not held.is_lent(at):
                    continue
                others.add(held.user_id)
                if held.role in NOT_STOOD_IN_FOR:
                    continue
            places = by_role.setdefault(held.role, set())
            places.update({held.region_id} if held.region_id else ())
        return cls(
            roles=frozenset(by_role),
            regions_by_role={role: frozenset(ids) for role, ids in by_role.items()},
            stands_in_for=frozenset(others),
        )

    def may(self, right: Right, region_id: int | None = None) -> bool:
        """By a role of the group, or by one in this region; without one, in any."""
        if self.may_everywhere(right):
            return True
        places = self.places(right)
        return bool(places) if region_id is None else region_id in places

    def may_everywhere(self, right: Right) -> bool:
        return bool(self.roles & RIGHTS[right] & GROUP_ROLES)

    def places(self, right: Right) -> frozenset[int]:
        """The regions in which one may, by roles in them."""
        return self.regions(*(RIGHTS[right] & REGION_ROLES))

    def regions(self, *roles: Role) -> frozenset[int]:
        return frozenset().union(
            *(self.regions_by_role.get(role, frozenset()) for role in roles)
        )

    @property
    def is_cio(self) -> bool:
        return Role.CIO in self.roles

    @property
    def is_hq(self) -> bool:
        return Role.HQ in self.roles

    @property
    def sees_all(self) -> bool:
        return self.may_everywhere(Right.SEE_REGIONS)

    @property
    def liaison_of(self) -> frozenset[int]:
        return self.regions(Role.LIAISON)

    @property
    def manager_of(self) -> frozenset[int]:
        return self.regions(Role.MANAGER)

    @property
    def region_ids(self) -> frozenset[int]:
        return self.places(Right.SEE_REGIONS)

    @property
    def is_regional(self) -> bool:
        """Works in a region and has no role at headquarters."""
        return bool(self.roles) and not self.sees_all and Role.LIAISON not in self.roles


def _roles_held(person: int, at: datetime) -> list[RoleHeld]:
    """With every absence near the moment: where its holder is decides, not UTC."""
    day, adapt = at.date(), connection.ops.adapt_datefield_value
    values = {
        "person": person,
        "yesterday": adapt(day - A_DAY),
        "day": adapt(day),
        "tomorrow": adapt(day + A_DAY),
    }
    with connection.cursor() as cursor:
        cursor.execute(OWN_ROLES, values)
        rows = cursor.fetchall()
        own = [RoleHeld(*row[:3]) for row in rows]
        # Whoever has no role at all may stand in for somebody all the same.
        if rows and not rows[0][3]:
            return own
        cursor.execute(LENT_ROLES, values)
        return own + [RoleHeld(*row) for row in cursor.fetchall()]
