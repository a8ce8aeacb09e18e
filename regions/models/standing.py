"""What somebody may do at a moment, by the roles that he holds then."""

from dataclasses import dataclass

from regions.enums import GROUP_ROLES, REGION_ROLES, RIGHTS, Right, Role


@dataclass(frozen=True)
class Standing:
    """The roles that a person holds at a moment: which ones, and for which regions.

    Whoever stands in for somebody has that person's roles too while it lasts, except those
    that are not stood in for.
    """

    roles: frozenset[str]
    regions_by_role: dict[str, frozenset[int]]
    stands_in_for: frozenset[int] = frozenset()

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
