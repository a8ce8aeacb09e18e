"""Which figure of a region that is live tells a CEO most, and why it is like his.

The rule stands in `docs/rules.md`; every fact that it used is said beside the figure.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pilots.enums import FindingKind
from pilots.models import Finding
from regions.models import Region
from regions.wording import listed
from rollout.models import Plan

# By programme and name of wave.
Waves = Mapping[tuple[int, str], list[Plan]]
FAR = 10**6


@dataclass(frozen=True)
class Here:
    """What is known of the region that an example is looked for."""

    region: Region
    plan: Plan | None
    day: date
    # Names of the procedures with a late or blocked task, whatever version it follows.
    needs: frozenset[str]


@dataclass(frozen=True)
class Example:
    """An achievement and a region that has it; a pilot may be of no region that is known."""

    finding: Finding
    plan: Plan | None


def achievements(programmes: list[int]) -> QuerySet[Finding]:
    """What was achieved and adopted, in pilots and in waves."""
    return (
        Finding.objects.adopted()
        .filter(programme__in=programmes, kind=FindingKind.ACHIEVEMENT)
        .filter(Q(pilot__isnull=False) | ~Q(wave_name=""))
        .select_related("pilot", "step__procedure")
        .order_by("id")
    )


def with_tasks(plans: QuerySet[Plan]) -> QuerySet[Plan]:
    return plans.annotate(task_count=Count("tasks"))


def plans_where(found: list[Finding]) -> QuerySet[Plan]:
    """The regions of the waves, and of the pilots by the name that their wave has."""
    rows = Plan.objects.filter(
        programme__in={one.programme_id for one in found},
        wave__name__in={place_of(one) for one in found},
    )
    return with_tasks(rows).select_related("region", "wave").order_by("id")


def place_of(finding: Finding) -> str:
    return finding.pilot.name if finding.pilot else finding.wave_name


def most_alike(found: list[Finding], waves: Waves, here: Here) -> Example | None:
    """The example whose region is most like this one; of two alike the later go-live."""
    examples = (one for row in found for one in _examples(row, waves, here))
    return min(examples, key=lambda one: _distance(one, here), default=None)


def figure(example: Example) -> str:
    """What was achieved, with its source."""
    row = example.finding
    said = (
        _("%(title)s: %(effect)s (%(source)s).")
        if row.effect
        else _("%(title)s (%(source)s).")
    )
    source = row.source or place_of(row)
    return said % {"title": row.title, "effect": row.effect, "source": source}


def why_alike(example: Example, here: Here) -> str:
    """In what the two regions are alike, from the facts that the choice used."""
    there = example.plan
    if there is None:
        return ""
    facts = [
        *_place(there.region, here.region),
        *_need(example, here),
        *_size(there, here),
    ]
    if not facts:
        facts = [_("the last one that went live")]
    said = _("Most like %(here)s: %(there)s, %(facts)s.")
    names = {"here": here.region.name, "there": there.region.name}
    return said % {**names, "facts": listed(facts)}


def _examples(row: Finding, waves: Waves, here: Here) -> Iterator[Example]:
    plans = waves.get((row.programme_id, place_of(row)), [])
    if row.pilot and not plans:
        yield Example(row, None)
    for plan in plans:
        is_live = bool(row.pilot) or plan.is_live(here.day)
        if is_live and plan.region_id != here.region.pk:
            yield Example(row, plan)


def _distance(one: Example, here: Here) -> tuple[int, bool, int, int, str, int]:
    """The smaller, the more alike: place, need, size, then the later go-live."""
    plan = one.plan
    if plan is None:
        return FAR, not _meets(one, here), FAR, 0, "", one.finding.pk
    return (
        _apart(plan.region, here.region),
        not _meets(one, here),
        _difference(plan, here.plan),
        -plan.go_live_date.toordinal(),
        plan.region.code,
        one.finding.pk,
    )


def _apart(there: Region, here: Region) -> int:
    """0 in the same state or province, 1 in the same country, 2 else or where unknown."""
    if not here.country or there.country != here.country:
        return 2
    return 0 if here.subdivision and there.subdivision == here.subdivision else 1


def _meets(one: Example, here: Here) -> bool:
    step = one.finding.step
    return step is not None and step.procedure.name in here.needs


def _tasks(plan: Plan | None) -> int:
    return plan.task_count if plan else 0  # type: ignore[attr-defined]


def _difference(there: Plan, here: Plan | None) -> int:
    if not _tasks(there) or not _tasks(here):
        return FAR
    return abs(_tasks(there) - _tasks(here))


def _place(there: Region, here: Region) -> list[str]:
    return [
        [_("in the same state or province")],
        [_("in the same country")],
        [],
    ][_apart(there, here)]  # fmt: skip


def _need(one: Example, here: Here) -> list[str]:
    if not _meets(one, here):
        return []
    said = _("%(area)s, where tasks wait here")
    return [said % {"area": one.finding.get_area_display()}]


def _size(there: Plan, here: Here) -> list[str]:
    mine, theirs = _tasks(here.plan), _tasks(there)
    if not mine or not theirs:
        return []
    if mine == theirs:
        text = ngettext("%(n)d task as here", "%(n)d tasks as here", theirs)
        return [text % {"n": theirs}]
    text = ngettext("%(n)d task, here %(mine)d", "%(n)d tasks, here %(mine)d", theirs)
    return [text % {"n": theirs, "mine": mine}]
