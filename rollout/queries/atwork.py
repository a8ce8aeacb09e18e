"""Who works in a region, or for all of them, at a moment: whom lists of people offer."""

from datetime import datetime

from django.db.models import Q, QuerySet

from regions.enums import Role
from regions.models import Membership

FOR_ALL = (Role.CIO, Role.HQ)


def at_work(at: datetime, region_id: int | None = None) -> QuerySet[Membership]:
    """The roles that hold then in one region, without one in any, and those of the CIO and
    headquarters; of nobody who has left."""
    there = Q(region__isnull=False) if region_id is None else Q(region=region_id)
    return Membership.objects.held_on(at).filter(
        there | Q(role__in=FOR_ALL), user__left_date=None
    )
