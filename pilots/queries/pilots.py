"""One pilot on one screen: what it had to reach, and what it taught."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from pilots.criteria import judge
from pilots.enums import UNDECIDED, FindingKind, FindingState, Judgement
from pilots.models import Finding, Pilot, SuccessCriterion
from regions.models import HistoryEntry, Programme, User

# As the marks of states are drawn.
MARKS = {Judgement.MET: "ok", Judgement.UNMET: "help", Judgement.UNKNOWN: "open"}


@dataclass(frozen=True)
class CriterionLine:
    criterion: SuccessCriterion
    judgement: Judgement

    @property
    def mark(self) -> str:
        return MARKS[self.judgement]


@dataclass(frozen=True)
class PilotPage:
    """A pilot's criteria and findings, as far as somebody may read these."""

    pilot: Pilot
    criteria: list[CriterionLine]
    achieved: list[Finding]
    went_wrong: list[Finding]
    learnt: list[Finding]
    undecided: list[Finding]


def pilots_of(programme: Programme, user: User) -> QuerySet[Pilot]:
    return (
        Pilot.objects.visible_to(user)
        .filter(programme=programme)
        .order_by("name", "id")
    )


def criteria_of(pilot: Pilot) -> list[CriterionLine]:
    """The mandatory ones first."""
    rows = pilot.criteria.order_by("-is_mandatory", "id")
    return [CriterionLine(row, judge(row)) for row in rows]


def pilot_page(pilot: Pilot, user: User) -> PilotPage:
    """Two queries. What is put aside or merged is on the list of findings only."""
    gone = (FindingState.REJECTED, FindingState.RETIRED, FindingState.MERGED)
    rows = Finding.objects.visible_to(user).filter(pilot=pilot).exclude(state__in=gone)
    found = list(rows.order_by("id"))

    def of(*kinds: FindingKind) -> list[Finding]:
        return [row for row in found if row.kind in kinds]

    return PilotPage(
        pilot=pilot,
        criteria=criteria_of(pilot),
        achieved=of(FindingKind.ACHIEVEMENT),
        went_wrong=of(FindingKind.PROBLEM),
        learnt=of(FindingKind.EXPERIENCE, FindingKind.LESSON),
        undecided=[row for row in found if row.state in UNDECIDED],
    )


def pilot_history(pilot: Pilot, user: User) -> QuerySet[HistoryEntry]:
    """What changed on a pilot and on its criteria."""
    ids = pilot.criteria.values("pk")
    of_criteria = Q(model=SuccessCriterion._meta.label_lower, object_id__in=ids)
    of_pilot = Q(model=pilot._meta.label_lower, object_id=pilot.pk)
    return HistoryEntry.objects.told_to(user).filter(of_pilot | of_criteria)
