"""What is read about close-outs: how many answered, whom to ask, whose link it is."""

from datetime import datetime

from django.db.models import Count, Q, QuerySet

from pilots.models import Pilot
from regions.enums import Role
from regions.models import Membership, RegionalCEO, User
from rollout.enums import DutyKind
from rollout.links import CLOSE_OUT_LINK
from rollout.models import CloseOut, Duty, Plan, Task

# Who leads the roll-out took part in every pilot.
LED_BY = (Role.CIO, Role.HQ, Role.LIAISON)


def rounds_of(pilot: Pilot, user: User) -> QuerySet[CloseOut]:
    """The newest first, each with how many answered anything. Who did is known nowhere."""
    rows = CloseOut.objects.visible_to(user).filter(pilot=pilot)
    counted: QuerySet[CloseOut] = rows.annotate(
        answered=Count("replies__mark", distinct=True)
    )
    return counted.select_related("started_by").order_by("-id")


def took_part(pilot: Pilot, reader: User) -> QuerySet[User]:
    """As far as the reader sees them: the people and CEOs of the regions that go live with the pilot, who has tasks there,
    headquarters and the liaisons."""
    plans = Plan.objects.filter(programme=pilot.programme_id, wave__name=pilot.name)
    regions = plans.values("region")
    held = Membership.objects.held_on(reader.moment).filter(
        Q(region__in=regions) | Q(role__in=LED_BY)
    )
    heads = RegionalCEO.objects.current().filter(region__in=regions)
    owners = Task.objects.filter(plan__in=plans, owner__isnull=False)
    near = Q(pk__in=held.values("user")) | Q(pk__in=heads.values("user"))
    rows: QuerySet[User] = User.objects.visible_to(reader).filter(
        near | Q(pk__in=owners.values("owner")), left_date=None
    )
    return rows.order_by("name", "id")


def close_out_behind(token: str, at: datetime) -> CloseOut | None:
    """The one that the mail of a link asked about."""
    claim = CLOSE_OUT_LINK.claim(token, at)
    told = Duty.objects.filter(
        mail=claim.mail_id if claim else None,
        kind=DutyKind.CLOSE_OUT,
        recipient=claim.person_id if claim else None,
    )
    rows = CloseOut.objects.filter(pk__in=told.values("object_id"))
    return rows.select_related("pilot__programme", "started_by").first()


def told_close_outs(duties: list[Duty]) -> list[CloseOut]:
    """Those that mails with these duties ask about."""
    ids = {duty.object_id for duty in duties if duty.kind == DutyKind.CLOSE_OUT}
    if not ids:
        return []
    rows = CloseOut.objects.filter(pk__in=ids).order_by("id")
    return list(rows.select_related("pilot__programme", "started_by"))
