"""Whom a link from a mail is for, as long as he is still with us and has not revoked it."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from regions.models import Membership, RegionalCEO, User
from rollout.links import Purpose


def person_behind(purpose: Purpose, token: str, at: datetime) -> User | None:
    """None when the link is forged, over, of another purpose or revoked, or he has left."""
    claim = purpose.claim(token, at)
    if claim is None:
        return None
    people = still_here(at).filter(pk=claim.person_id)
    if purpose.is_for_login:
        people = people.filter(may_sign_in=True)
    # A link is dated by the second: one of the very second in which all were revoked is dead.
    revoked = Q(links_revoked_at__gte=claim.made_at)
    return people.exclude(revoked).first()


def still_here(at: datetime) -> QuerySet[User]:
    """Who may sign in, holds a role, or leads a region; all others have left."""
    roles = Membership.objects.held_on(at).filter(user=OuterRef("pk"))
    posts = RegionalCEO.objects.current().filter(user=OuterRef("pk"))
    rows: QuerySet[User] = User.objects.filter(
        Q(may_sign_in=True) | Exists(roles) | Exists(posts)
    )
    return rows
