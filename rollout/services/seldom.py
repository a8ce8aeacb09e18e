"""At most one mail in fourteen days: to regional CEOs, and in slots to all without a login.

The one place that counts; planning of mails and acts that mail at once both ask here. To
a CEO everything counts that he has not asked for, but invitations to talks.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from regions.models import RegionalCEO, User
from regions.wording import moment
from rollout.enums import UNASKED, MailCap, MailState
from rollout.models import Mail

SELDOM = timedelta(days=14)
SLOTTED = (MailCap.URGENT, MailCap.PLANNED)
# In the name of a mail's slot: what somebody has just asked for once more.
WANTED = "wanted"


class WrittenLately(Exception):  # noqa: N818 - a refusal, told to the user as it stands
    """He was written to less than fourteen days ago; `until` says when he may be again."""

    def __init__(self, person: User, until: datetime) -> None:
        self.person, self.until = person, until
        super().__init__(f"{person.pk} {until}")


def too_soon(refusal: WrittenLately) -> str:
    """In words, by the clock of whoever would be written to."""
    until = refusal.until.astimezone(refusal.person.zone)
    said = _(
        "%(name)s gets at most one mail in 14 days. The next may go on %(moment)s, his time."
    )
    return said % {"name": refusal.person.name, "moment": moment(until)}


def seldom_written(people: QuerySet[User]) -> QuerySet[User]:
    """Those who are written to so seldom."""
    return people.filter(Q(may_sign_in=False) | Q(_leads("pk")))


def next_mail_from(person: User, at: datetime) -> datetime | None:
    """When a CEO may be written to again; None: now, or it is no CEO."""
    heads = RegionalCEO.objects.current().filter(user=person)
    if not heads.exists():
        return None
    last = _counted([person.pk], at).aggregate(last=Max("planned_at"))["last"]
    return last + SELDOM if last is not None else None


def insist_on_seldom(person: User, at: datetime) -> None:
    """Raises WrittenLately. His row is locked: of two mails at once, one waits."""
    User.objects.select_for_update().get(pk=person.pk)
    if (until := next_mail_from(person, at)) is not None:
        raise WrittenLately(person, until)


def written_lately(people: Collection[int], at: datetime) -> set[int]:
    """Whom of these a mail went to in the last fourteen days. One query."""
    return set(_counted(people, at).values_list("recipient", flat=True))


def _counted(people: Collection[int], at: datetime) -> QuerySet[Mail]:
    """Not what was given up before it was sent."""
    unasked = Q()
    for kind in UNASKED:
        wanted = Q(slot__startswith=f"{kind} {WANTED} ")
        unasked |= Q(slot__startswith=f"{kind} ") & ~wanted
    unasked &= Q(_leads("recipient"))
    return Mail.objects.filter(
        Q(cap__in=SLOTTED) | unasked,
        recipient__in=people,
        planned_at__gt=at - SELDOM,
    ).exclude(state__in=[MailState.SUPERSEDED, MailState.CANCELLED])


def _leads(field: str) -> Exists:
    return Exists(RegionalCEO.objects.current().filter(user=OuterRef(field)))
