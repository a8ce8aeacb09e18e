"""The ledger as people look through it, and the mails about a region."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from regions.models import CheckIn, Contact, Region, Rhythm, User
from rollout.access import can_read_mail
from rollout.enums import DutyState, MailState
from rollout.models import Brief, Clarification, Duty, Mail, Task

# The rows that duties tell of, and how each leads to its region.
WAY_TO_REGION: dict[type[Model], str] = {
    Rhythm: "ceo__region",
    CheckIn: "ceo__region",
    Task: "plan__region",
    Clarification: "region",
    Brief: "ceo__region",
}
SHOWN_TO_THEM = timedelta(days=30)
SHOWN_AS_FAILED = timedelta(days=14)


@dataclass(frozen=True)
class Told:
    """A duty of a mail, and the region that it is about."""

    duty: Duty
    region: Region | None


@dataclass(frozen=True)
class Failed:
    """A mail that did not arrive, on the page of its region."""

    mail: Mail
    may_open: bool


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


def told_by(mail: Mail) -> list[Told]:
    """One query for the duties and two for each kind of row that they tell of."""
    duties = list(mail.duties.order_by("id"))
    regions: dict[tuple[str, int], Region] = {}
    for model, path in WAY_TO_REGION.items():
        label = model._meta.label_lower
        rows = {duty.object_id for duty in duties if duty.model == label}
        if rows:
            found = model._default_manager.filter(pk__in=rows)
            ids = dict(found.values_list("pk", path))
            of_id = Region.objects.in_bulk(ids.values())
            regions |= {(label, pk): of_id[region] for pk, region in ids.items()}
    return [Told(duty, regions.get((duty.model, duty.object_id))) for duty in duties]


def about(region: Region) -> QuerySet[Duty]:
    """Duties that tell of a region: of talks with its CEOs, and of its tasks."""
    told = Q()
    for model, path in WAY_TO_REGION.items():
        rows = model._default_manager.filter(**{path: region}).values("pk")
        told |= Q(model=model._meta.label_lower, object_id__in=rows)
    return Duty.objects.filter(told)


def failed_about(region: Region, user: User, at: datetime) -> list[Failed]:
    """Mails about a region that failed of late, until somebody calls its CEO after all.

    Who may see the calls of the region learns of each; who may read it may open it.
    """
    talked = Contact.objects.filter(
        ceo__region=region, withdrawn_at=None, held_at__gt=OuterRef("planned_at")
    )
    rows = Mail.objects.filter(
        _tells(about(region).exclude(state=DutyState.MET)),
        ~Exists(talked),
        state=MailState.FAILED,
        planned_at__gt=at - SHOWN_AS_FAILED,
    )
    newest = rows.select_related("recipient").order_by("-planned_at", "-id")
    return [Failed(mail, may_open=bool(can_read_mail(user, mail))) for mail in newest]


def _tells(duties: QuerySet[Duty]) -> Exists:
    return Exists(duties.filter(mail=OuterRef("pk")))
