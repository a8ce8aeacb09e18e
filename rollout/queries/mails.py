"""The ledger as people look through it, and the mails about a region."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from regions.models import CheckIn, Contact, Region, Rhythm, User
from rollout.enums import DutyState, MailState
from rollout.models import Duty, Mail, Task

SHOWN_TO_THEM = timedelta(days=30)
SHOWN_AS_FAILED = timedelta(days=14)


def ledger(user: User, wanted: Mapping[str, Any], at: datetime) -> QuerySet[Mail]:
    """Mails that somebody may see, newest first, under the filters that are set."""
    rows = Mail.objects.visible_to(user).select_related("recipient")
    if wanted.get("mine"):
        rows = rows.filter(recipient=user)
    if state := wanted.get("state"):
        rows = rows.filter(state=state)
    if days := wanted.get("days"):
        rows = rows.filter(planned_at__gt=at - timedelta(days=int(days)))
    if words := wanted.get("q"):
        rows = rows.filter(
            Q(recipient__name__icontains=words) | Q(recipient__email__icontains=words)
        )
    if kind := wanted.get("kind"):
        rows = rows.filter(_tells(Duty.objects.filter(kind=kind)))
    if region := wanted.get("region"):
        rows = rows.filter(_tells(about(region)))
    return rows.order_by("-planned_at", "-id")


def sent_to(user: User, at: datetime) -> QuerySet[Mail]:
    """What somebody was sent, or should have been, in the last thirty days."""
    rows = Mail.objects.filter(recipient=user, planned_at__gt=at - SHOWN_TO_THEM)
    told = rows.filter(state__in=[MailState.SENT, MailState.RETRY, MailState.FAILED])
    return told.order_by("-planned_at", "-id")


def about(region: Region) -> QuerySet[Duty]:
    """Duties that tell of a region: of talks with its CEOs, and of its tasks."""
    rows = {
        Rhythm: Rhythm.objects.filter(ceo__region=region),
        CheckIn: CheckIn.objects.filter(ceo__region=region),
        Task: Task.objects.filter(plan__region=region),
    }
    told = Q()
    for model, found in rows.items():
        told |= Q(model=model._meta.label_lower, object_id__in=found.values("pk"))
    return Duty.objects.filter(told)


def failed_about(region: Region, at: datetime) -> list[Mail]:
    """Mails about a region that failed of late, until somebody talks to its CEO after all."""
    talked = Contact.objects.filter(
        ceo__region=region, withdrawn_at=None, held_at__gt=OuterRef("planned_at")
    )
    rows = Mail.objects.filter(
        _tells(about(region).exclude(state=DutyState.MET)),
        ~Exists(talked),
        state=MailState.FAILED,
        planned_at__gt=at - SHOWN_AS_FAILED,
    )
    return list(rows.select_related("recipient").order_by("-planned_at", "-id"))


def _tells(duties: QuerySet[Duty]) -> Exists:
    return Exists(duties.filter(mail=OuterRef("pk")))
