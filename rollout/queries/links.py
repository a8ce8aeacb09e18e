"""Whom a link from a mail is for, as long as he is still with us and has not revoked it."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from regions.models import Membership, RegionalCEO, User
from rollout.enums import DutyKind
from rollout.links import ANSWERS_LINK, TASKS_LINK, Claim, Purpose
from rollout.models import Clarification, Duty, Task


def person_behind(purpose: Purpose, token: str, at: datetime) -> User | None:
    """None when the link is forged, over, of another purpose or revoked, or he has left."""
    claim = purpose.claim(token, at)
    return _person(purpose, claim, at) if claim else None


def _person(purpose: Purpose, claim: Claim, at: datetime) -> User | None:
    people = still_here(at).filter(pk=claim.person_id)
    if purpose.is_for_login:
        people = people.filter(may_sign_in=True)
    # A link is dated by the second: one of the very second in which all were revoked is dead.
    revoked = Q(links_revoked_at__gte=claim.made_at)
    return people.exclude(revoked).first()


def person_of_late(purpose: Purpose, token: str, at: datetime) -> User | None:
    """Whose link it was that is over: he may ask for a fresh one to the address we know."""
    claim = purpose.late_claim(token)
    person = _person(purpose, claim, at) if claim else None
    return person if person and person.may_sign_in else None


def mailed_tasks(person: User, token: str, at: datetime) -> QuerySet[Task]:
    """The tasks that a mail told its reader, whatever he may still do with them."""
    claim = TASKS_LINK.claim(token, at)
    told = Duty.objects.filter(
        mail=claim.mail_id if claim else None,
        kind=DutyKind.OVERDUE,
        recipient=person,
    )
    return Task.objects.filter(pk__in=told.values("object_id"))


def mailed_questions(token: str) -> QuerySet[Clarification]:
    """Those that the mail of a link told, of whoever is asked now; whether the link still
    acts for him, `person_behind` says."""
    claim = ANSWERS_LINK.late_claim(token)
    told = Duty.objects.filter(
        mail=claim.mail_id if claim else None,
        kind__in=[DutyKind.CONFIRMATION, DutyKind.CLARIFICATION],
        recipient=claim.person_id if claim else None,
    )
    rows = Clarification.objects.filter(
        pk__in=told.values("object_id"), asked_of=claim.person_id if claim else None
    )
    return rows.select_related("region", "programme", "asked_by", "asked_of").order_by(
        "asked_at", "id"
    )


def still_here(at: datetime) -> QuerySet[User]:
    """Who may sign in, holds a role, or leads a region; all others have left, but for
    those who never did any of it: people who only answer questions."""
    roles = Membership.objects.filter(user=OuterRef("pk"))
    posts = RegionalCEO.objects.filter(user=OuterRef("pk"))
    rows: QuerySet[User] = User.objects.filter(
        Q(may_sign_in=True)
        | Exists(roles.held_on(at))
        | Exists(posts.current())
        | Q(~Exists(roles), ~Exists(posts), left_date=None)
    )
    return rows
