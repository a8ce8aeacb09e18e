"""How the board says what it counted: its sentence, the weeks, and the bar of each."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regions.wording import capital, number, sentences, short_day
from rollout.load import WeekLoad

WIDTH = 64
# Where nobody knows somebody's hours, a bar is full at those of a whole week.
WHOLE_WEEK = Decimal(40)


@dataclass(frozen=True)
class WeekBar:
    """One week of one person: 12 of 16 h, and how wide its bar is drawn."""

    label: str
    words: str
    width: int
    stuck_from: int
    stuck: int
    is_over: bool
    # Neither hours to do nor hours that there are: nothing was estimated.
    is_empty: bool


def bars_of(weeks: Iterable[WeekLoad]) -> list[WeekBar]:
    return [_bar(week, week_label(nth, week)) for nth, week in enumerate(weeks)]


def week_label(nth: int, week: WeekLoad) -> str:
    names = {0: _("Hours this week"), 1: _("Hours next week")}
    monday = short_day(week.monday, week.monday)
    return names.get(nth) or _("Hours from %(day)s") % {"day": monday}


def _bar(week: WeekLoad, label: str) -> WeekBar:
    full = WHOLE_WEEK if week.capacity is None else max(week.capacity, Decimal(1))
    width = _scaled(week.hours, full)
    stuck = min(_scaled(week.blocked, full), width)
    is_empty = not week.hours and week.capacity is None
    words = "–" if is_empty else _words(week)
    return WeekBar(label, words, width, width - stuck, stuck, week.is_over, is_empty)


def _scaled(hours: Decimal, full: Decimal) -> int:
    return min(WIDTH, round(hours / full * WIDTH))


def _words(week: WeekLoad) -> str:
    if week.capacity is None:
        return _("%(n)s h") % {"n": _hours(week.hours)}
    both = {"n": _hours(week.hours), "all": _hours(week.capacity)}
    return _("%(n)s of %(all)s h") % both


def _hours(hours: Decimal) -> str:
    """With one decimal where there is one."""
    return (
        f"{round(hours, 1):f}".rstrip("0").rstrip(".") if hours % 1 else f"{hours:.0f}"
    )


def sentence(blocked: int, overdue: int, overloaded: int) -> str:
    """What is the matter: Two tasks are blocked. One person has more to do than hours."""
    told = []
    if blocked:
        said = ngettext("%(n)s task is blocked.", "%(n)s tasks are blocked.", blocked)
        told.append(said % {"n": capital(number(blocked))})
    if overdue:
        said = ngettext("%(n)s is overdue.", "%(n)s are overdue.", overdue)
        told.append(said % {"n": capital(number(overdue))})
    if overloaded:
        said = ngettext(
            "%(n)s person has more to do than hours.",
            "%(n)s people have more to do than hours.",
            overloaded,
        )
        told.append(said % {"n": capital(number(overloaded))})
    return sentences(told) or _("Nobody is stuck, nothing is overdue.")
