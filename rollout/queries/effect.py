"""The effect of lessons per procedure, read from tasks and from what was said on them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from pilots.enums import FindingState
from pilots.models import Finding, Procedure
from regions.calendar import Calendar, Corrections, today
from regions.models import Programme, User
from regions.queries import corrections
from regions.wording import sentences
from rollout.effect import (
    FEWEST_REGIONS,
    Effect,
    RegionUse,
    Side,
    effect_of,
    seed_of,
    slip,
)
from rollout.enums import LessonOutcome, TaskState
from rollout.models import LessonUse, Task
from rollout.queries.lessonuse import ACTED_ON, ReviewLine, review_lines

# Lessons that stand on tasks, or stood there.
TRIED = (FindingState.ADOPTED, FindingState.RETIRED)


# --- What a page shows ---------------------------------------------------------------


@dataclass(frozen=True)
class SideWords:
    """The regions of one side, as the table writes them."""

    n: int
    median: str
    came_back: str


@dataclass(frozen=True)
class EffectLine:
    """One procedure: both sides, what is seen together, and what was counted."""

    procedure: Procedure
    effect: Effect
    # Tasks with a slip; and of the regions that did not use it, those that said so.
    tasks: int
    skipped: int

    @property
    def words(self) -> str:
        """What the figures say, and no more."""
        difference = self.effect.difference
        if difference is None:
            said = _("Fewer than %(n)d regions on one side: only counted.")
            return said % {"n": FEWEST_REGIONS}
        if not self.effect.is_seen:
            return _("No difference seen.")
        less = ngettext(
            "Seen together with %(days)s working day less slip.",
            "Seen together with %(days)s working days less slip.",
            _plural(difference),
        )
        more = ngettext(
            "Seen together with %(days)s working day more slip.",
            "Seen together with %(days)s working days more slip.",
            _plural(difference),
        )
        return (less if difference < 0 else more) % {"days": f"{abs(difference):g}"}

    @property
    def facts(self) -> str:
        tasks = ngettext("%(n)d task counted.", "%(n)d tasks counted.", self.tasks)
        silent = self.effect.other.n - self.skipped
        other = _("Not used: %(skipped)d skipped it, %(silent)d said nothing.")
        return sentences(
            [
                tasks % {"n": self.tasks},
                other % {"skipped": self.skipped, "silent": silent},
            ]
        )

    @property
    def difference(self) -> str:
        return signed(self.effect.difference)

    @property
    def interval(self) -> str:
        low, high = self.effect.low, self.effect.high
        if low is None:
            return "–"
        return _("%(low)s to %(high)s") % {"low": signed(low), "high": signed(high)}

    @property
    def sides(self) -> list[SideWords]:
        """Used, not used."""
        return [_in_words(side) for side in (self.effect.used, self.effect.other)]


@dataclass(frozen=True)
class EffectPage:
    """The effect per procedure, and the lessons that the next version is made of."""

    programme: Programme
    lines: list[EffectLine]
    review: list[ReviewLine]


def effect_page(programme: Programme, user: User, at: datetime) -> EffectPage:
    """Six queries, however many procedures, regions and tasks there are."""
    lines = list(effects(programme, user, at))
    return EffectPage(programme, lines, review_lines(programme, user))


def signed(value: float | None) -> str:
    """+2.5, -3, 0; a dash where there is none. Nobody measures less than a tenth of a day."""
    if value is None:
        return "–"
    return f"{round(value, 1):+g}" if value else "0"


def _plural(difference: float) -> int:
    """Half a day is said as many."""
    return 1 if abs(difference) == 1 else 2


def _in_words(side: Side) -> SideWords:
    share = pgettext("share", "%(k)d of %(n)d")
    back = share % {"k": side.came_back, "n": side.asked} if side.asked else "–"
    return SideWords(side.n, signed(side.median), back)


# --- What is read --------------------------------------------------------------------


@dataclass(frozen=True)
class _Told:
    """What one task tells: its slip, and what was said of the lessons on it."""

    slip: int | None
    answers: frozenset[str]
    outcomes: frozenset[str]
    is_done: bool


def effects(programme: Programme, user: User, at: datetime) -> Iterator[EffectLine]:
    """Procedures with a lesson on a task, each over all of its versions. Four queries."""
    told = _told(programme, user, at)
    rows = Procedure.objects.visible_to(user).newest().filter(programme=programme)
    for procedure in rows.order_by("position", "id"):
        if by_region := told.get(procedure.name):
            yield _line(procedure, by_region, programme, at)


def _line(
    procedure: Procedure,
    by_region: dict[str, list[_Told]],
    programme: Programme,
    at: datetime,
) -> EffectLine:
    # Always in the same order: the draws go by it.
    regions = {code: _region(tasks) for code, tasks in sorted(by_region.items())}
    day = at.astimezone(UTC).date().isoformat()
    seed = seed_of(programme.code, procedure.name, day)
    others = [code for code, one in regions.items() if one.slips and not one.is_used]
    return EffectLine(
        procedure,
        effect_of(regions.values(), seed),
        tasks=sum(len(one.slips) for one in regions.values()),
        skipped=sum(any(one.answers for one in by_region[code]) for code in others),
    )


def _region(tasks: Sequence[_Told]) -> RegionUse:
    """Who used one lesson of a procedure and skipped another used it."""
    return RegionUse(
        is_used=any(one.answers & set(ACTED_ON) for one in tasks),
        slips=tuple(one.slip for one in tasks if one.slip is not None),
        was_asked=any(one.answers and one.is_done for one in tasks),
        came_back=any(LessonOutcome.CAME_BACK in one.outcomes for one in tasks),
    )


def _told(
    programme: Programme, user: User, at: datetime
) -> dict[str, dict[str, list[_Told]]]:
    """What the tasks tell, by name of procedure and region. Three queries."""
    corrected = corrections()
    said = _said(programme, user)
    found: dict[str, dict[str, list[_Told]]] = defaultdict(lambda: defaultdict(list))
    for task in _tasks(programme, user):
        pairs = said.get(task.pk, [])
        told = _Told(
            slip=_slip(task, at, corrected),
            answers=frozenset(answer for answer, _outcome in pairs),
            outcomes=frozenset(outcome for _answer, outcome in pairs),
            is_done=task.state == TaskState.DONE,
        )
        assert task.step is not None, "chosen by its step"  # noqa: S101
        found[task.step.procedure.name][task.plan.region.code].append(told)
    return found


def _tasks(programme: Programme, user: User) -> QuerySet[Task]:
    lessons = Finding.objects.filter(programme=programme, state__in=TRIED)
    return (
        Task.objects.visible_to(user)
        .filter(plan__programme=programme, step__key__in=lessons.values("step__key"))
        .exclude(state=TaskState.DROPPED)
        .select_related("plan__region", "step__procedure")
        .order_by("id")
    )


def _said(programme: Programme, user: User) -> dict[int, list[tuple[str, str]]]:
    """Answer and outcome of each lesson, by task."""
    rows = LessonUse.objects.visible_to(user).filter(task__plan__programme=programme)
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for task, answer, outcome in rows.values_list("task", "answer", "outcome"):
        found[task].append((answer, outcome))
    return found


def _slip(task: Task, at: datetime, corrected: Corrections) -> int | None:
    region = task.plan.region
    finished = task.finished_at
    return slip(
        task.first_due_date,
        task.due_date,
        finished.astimezone(region.zone).date() if finished else None,
        today(region, at),
        Calendar.of(region, corrected),
    )


# --- As a file -----------------------------------------------------------------------


def export_header() -> list[str]:
    used, other = _("Used: %(what)s"), _("Not used: %(what)s")
    each = [_("regions"), _("median slip"), _("problem came back"), _("could tell")]
    return [
        _("Procedure"),
        *[used % {"what": one} for one in each],
        *[other % {"what": one} for one in each],
        _("Difference of medians"),
        _("Lower end of 95 %"),
        _("Upper end of 95 %"),
        _("Tasks counted"),
        _("What it says"),
    ]


def export_rows(lines: Iterable[EffectLine]) -> Iterator[list[object]]:
    for line in lines:
        effect = line.effect
        sides = [
            [side.n, side.median, side.came_back, side.asked]
            for side in (effect.used, effect.other)
        ]
        yield [
            line.procedure.name,
            *sides[0],
            *sides[1],
            effect.difference,
            effect.low,
            effect.high,
            line.tasks,
            line.words,
        ]
