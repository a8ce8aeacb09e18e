"""How much talking the rhythms ask for: by stage of the CEOs, and of whoever calls."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _

from regions.calendar import monday_of
from regions.enums import RhythmStatus, Stage
from regions.wording import capital
from regions.wording import stage as stage_words
from rollout.queries.calls import Talk
from rollout.queries.checkins import ONE_WEEK, next_day

WEEKS_OF_LOAD = 4


@dataclass(frozen=True)
class StageLine:
    """The CEOs of one stage, and the rhythm that most of them have."""

    label: str
    days: str
    counts: list[int]


@dataclass(frozen=True)
class CallerLine:
    """What the rhythms ask of one person who calls."""

    who: str
    this_week: int
    next_weeks: int
    minutes: int


def stage_lines(talks: Iterable[Talk]) -> list[StageLine]:
    """How many CEOs of each stage are fine, due, late and without a booking."""
    talks = list(talks)
    lines = []
    for stage in Stage:
        mine = [talk.state for talk in talks if talk.state.stage == stage]
        if not mine:
            continue
        rhythms = Counter((one.ideal_days, one.longest_days) for one in mine)
        usual = "{}/{}".format(*rhythms.most_common(1)[0][0])
        counts = Counter(one.status for one in mine)
        lines.append(
            StageLine(
                label=capital(stage_words(stage)),
                days=usual
                if len(rhythms) == 1
                else _("mostly %(days)s") % {"days": usual},
                counts=[
                    len(mine),
                    *(counts[status] for status in RhythmStatus),
                    sum(one.is_none_booked for one in mine),
                ],
            )
        )
    return lines


def caller_lines(talks: Iterable[Talk]) -> list[CallerLine]:
    """This week and the four after it, by whoever calls; as the rhythms stand today."""
    loads: dict[int, list[int]] = {}
    names: dict[int, str] = {}
    for talk in talks:
        week, later, minutes = _asked_for(talk)
        for one in talk.callers:
            names[one.pk] = one.name
            load = loads.setdefault(one.pk, [0, 0, 0])
            loads[one.pk] = [
                had + more
                for had, more in zip(load, (week, later, minutes), strict=True)
            ]
    lines = [CallerLine(names[pk], *load) for pk, load in loads.items()]
    return sorted(lines, key=lambda line: (-line.this_week, line.who))


def _asked_for(talk: Talk) -> tuple[int, int, int]:
    """Talks of one CEO this week and in the four after it, and the minutes booked."""
    state = talk.state
    end = monday_of(state.day) + ONE_WEEK
    last = end + WEEKS_OF_LOAD * ONE_WEEK
    day, week, later = next_day(talk), 0, 0
    while day < last:
        week, later = week + (day < end), later + (day >= end)
        day += timedelta(days=state.ideal_days)
    booked = talk.engagement.booked
    is_counted = booked is not None and state.day <= booked.day_date < last
    return week, later, booked.minutes if booked is not None and is_counted else 0
