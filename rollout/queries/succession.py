"""What passes on when a region gets another CEO: for the preview, and for the act itself."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import QuerySet

from regions.models import Ask, CheckIn, Region, RegionalCEO, Rhythm
from rollout.enums import TaskState
from rollout.models import Clarification, Task


@dataclass(frozen=True)
class Succession:
    """Who leads a region, or led it last, and what is open with him."""

    region: Region
    current: RegionalCEO | None
    last: RegionalCEO | None
    asks: list[Ask]
    talks: list[CheckIn]
    tasks: list[Task]
    questions: list[Clarification]
    rhythms: list[Rhythm]

    @property
    def seen(self) -> int:
        """Whom the page showed as CEO; the act is refused when somebody else is by then."""
        return self.current.pk if self.current else 0


def succession_of(region: Region) -> Succession:
    """Six queries. What was open with former CEOs while nobody led passes on, too."""
    heads = list(region.ceos.select_related("user").order_by("-from_date", "-id"))
    current = next((one for one in heads if one.to_date is None), None)
    last = current or (heads[0] if heads else None)
    asks = Ask.objects.waiting().filter(ceo__in=heads)
    talks = CheckIn.objects.planned().filter(ceo=last)
    rhythms = Rhythm.objects.filter(ceo=last, programme__closed_at=None)
    people = {one.user_id for one in heads}
    return Succession(
        region=region,
        current=current,
        last=last,
        asks=list(asks.order_by("due_date", "id")),
        talks=list(talks.select_related("programme").order_by("day_date", "id")),
        tasks=list(waiting_tasks(region, people)),
        questions=list(open_questions(region, people)),
        rhythms=list(rhythms.select_related("programme").order_by("id")),
    )


def waiting_tasks(region: Region, people: Collection[int]) -> QuerySet[Task]:
    """Blocked tasks of a region that wait for one of these people."""
    return (
        Task.objects.unfinished()
        .filter(plan__region=region, state=TaskState.BLOCKED, waits_for__in=people)
        .select_related("plan__region")
        .order_by("due_date", "id")
    )


def open_questions(region: Region, people: Collection[int]) -> QuerySet[Clarification]:
    """Questions about a region that one of these people was asked and has not answered."""
    return (
        Clarification.objects.running()
        .unanswered()
        .filter(region=region, asked_of__in=people)
        .select_related("programme", "asked_by")
        .order_by("asked_at", "id")
    )
