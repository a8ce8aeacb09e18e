"""What is read about findings: lists, who weighed each and when, and which are alike."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.search import TrigramSimilarity
from django.db import connection
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from pilots.enums import FindingState
from pilots.models import Finding
from pilots.similarity import ALIKE, likeness
from regions.enums import Change
from regions.models import HistoryEntry, Programme, User
from regions.queries import FileList, files_on
from regions.wording import full_day

MOST_ALIKE = 5
# Recorded, or moved from one state to another.
WEIGHED = Q(change=Change.CREATED) | Q(field="state")


@dataclass(frozen=True)
class StateCount:
    state: str
    label: str
    count: int


@dataclass(frozen=True)
class FindingLine:
    """A finding in a list, and how it came to its state; empty where nobody noted it."""

    finding: Finding
    weighed: str


def findings_of(
    programme: Programme, user: User, state: str = "", words: str = ""
) -> QuerySet[Finding]:
    """Findings that this user may read, newest first, with step and pilot."""
    rows = Finding.objects.visible_to(user).filter(programme=programme)
    if state:
        rows = rows.filter(state=state)
    if words:
        rows = rows.filter(
            Q(title__icontains=words) | Q(recommendation__icontains=words)
        )
    return rows.select_related("step", "pilot", "author").order_by("-id")


def finding_counts(programme: Programme, user: User) -> list[StateCount]:
    """How many findings stand in each state."""
    rows = Finding.objects.visible_to(user).filter(programme=programme)
    counts = dict(rows.values_list("state").annotate(n=Count("id")).order_by("state"))
    return [
        StateCount(state.value, str(state.label), counts[state.value])
        for state in FindingState
        if counts.get(state.value)
    ]


def lines_of(findings: Iterable[Finding], user: User) -> list[FindingLine]:
    """One query for all of them."""
    found = list(findings)
    ways = ways_of(found, user)
    return [FindingLine(one, (ways[one.pk] or [""])[-1]) for one in found]


def ways_of(findings: Iterable[Finding], user: User) -> dict[int, list[str]]:
    """Who proposed, reviewed and decided each of them, and when, in sentences."""
    ids = [one.pk for one in findings]
    entries = HistoryEntry.objects.told_to(user).lasting().filter(WEIGHED)
    entries = entries.filter(model=Finding._meta.label_lower, object_id__in=ids)
    found: dict[int, list[str]] = defaultdict(list)
    for entry in entries.select_related("by").order_by("id"):
        found[entry.object_id].append(_weighed(entry))
    return found


def _weighed(entry: HistoryEntry) -> str:
    state = FindingState(entry.after or FindingState.PROPOSED)
    said = {
        "state": state.label,
        "day": full_day(timezone.localtime(entry.at).date()),
        "person": entry.by.name if entry.by else "",
    }
    if entry.by is None:
        return _("%(state)s on %(day)s") % said
    return _("%(state)s by %(person)s on %(day)s") % said


def similar_findings(
    programme: Programme, user: User, title: str, *, leave_out: int | None = None
) -> list[Finding]:
    """Those that this user may read whose titles are most alike, the most alike first.

    The trigrams of PostgreSQL know only the letters of the database's own locale, which
    need not be those of Chinese; titles beyond ASCII are compared here on every store.
    """
    if not title.strip():
        return []
    rows = Finding.objects.visible_to(user).filter(programme=programme)
    rows = rows.exclude(state=FindingState.MERGED).exclude(pk=leave_out or 0)
    if connection.vendor == "postgresql" and title.isascii():
        alike = rows.annotate(likeness=TrigramSimilarity("title", title))
        near = alike.filter(likeness__gte=ALIKE).order_by("-likeness", "id")
        return list(near[:MOST_ALIKE])
    return _alike(rows, title)


def _alike(rows: QuerySet[Finding], title: str) -> list[Finding]:
    scored = [
        (likeness(title, known), pk) for pk, known in rows.values_list("pk", "title")
    ]
    nearest = sorted((-score, pk) for score, pk in scored if score >= ALIKE)
    ids = [pk for _score, pk in nearest[:MOST_ALIKE]]
    found = rows.in_bulk(ids)
    return [found[pk] for pk in ids]


def files_of(finding: Finding, user: User) -> FileList:
    """Its own, and those of what was merged into it."""
    lists = [files_on(row, user) for row in (finding, *finding.merged.order_by("id"))]
    return FileList(
        [line for one in lists for line in one.standing],
        [file for one in lists for file in one.gone],
    )


def waiting_since(rows: QuerySet[Finding], day: datetime) -> QuerySet[Finding]:
    """Undecided ones with somebody in charge that nobody has moved since before `day`, the
    longest waiting first."""
    entries = HistoryEntry.objects.filter(
        WEIGHED, model=Finding._meta.label_lower, object_id=OuterRef("pk")
    )
    newest = Subquery(entries.order_by("-id").values("at")[:1])
    waiting = rows.running().undecided().filter(owner__isnull=False)  # type: ignore[attr-defined]
    moved = waiting.annotate(moved_at=newest).filter(moved_at__lt=day)
    found: QuerySet[Finding] = moved.order_by("moved_at", "id")
    return found
