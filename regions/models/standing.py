"""What somebody may do at a moment, by the roles that he holds then."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from regions.enums import (
    GROUP_ROLES,
    NOT_STOOD_IN_FOR,
    REGION_ROLES,
    RIGHTS,
    Right,
    Role,
)

from .absences import away_at

if TYPE_CHECKING:
    from .people import Membership


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
    def of(
        cls, person: int, memberships: "Iterable[Membership]", at: datetime
    ) -> "Standing":
        """By a person's memberships, and those of people whom he may stand in for."""
        by_role: dict[str, set[int]] = {}
        others = set()
        for held in memberships:
            if held.user_id != person:
                if not away_at(held, at):
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
