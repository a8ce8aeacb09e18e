"""The talks of the last quarters with some CEOs: for the strip of weeks, and as their time."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regions.calendar import monday_of, today
from regions.enums import Outcome
from regions.models import Contact
from regions.queries import Engagement
from regions.respect import HeldTalk, Respect, respect_on
from regions.wording import day as in_words
from regions.wording import listed

ONE_WEEK = timedelta(weeks=1)
# With the running week these are twelve.
WEEKS_BACK, WEEKS_AHEAD = 8, 3

Talks = dict[tuple[int, int], list[Contact]]


@dataclass(frozen=True)
class Week:
    """One week of a strip: what there was, or is booked. `x` is where it is drawn."""

    x: int
    kind: str
    is_now: bool


@dataclass(frozen=True)
class Strip:
    """Twelve weeks of one CEO, drawn and in words."""

    weeks: list[Week]
    words: str


def talks_with(engaged: Iterable[Engagement]) -> Talks:
    """All that was logged with these CEOs and stands, newest first. One query."""
    ceos = {one.ceo.pk for one in engaged}
    rows = (
        Contact.objects.standing()
        .filter(ceo__in=ceos)
        .only("ceo", "programme", "held_at", "outcome", "channel", "minutes", "topics")
        .order_by("-held_at", "-id")
    )
    found: Talks = defaultdict(list)
    for row in rows:
        found[row.ceo_id, row.programme_id].append(row)
    return found


def respect_of(one: Engagement, talks: Talks, at: datetime) -> Respect:
    """What was asked of this CEO's time in this programme up to now."""
    held = [
        HeldTalk(
            day=today(one.region, row.held_at),
            channel=row.channel,
            minutes=row.minutes,
            topics=tuple(row.topic_list),
        )
        for row in talks.get((one.ceo.pk, one.rhythm.programme_id), [])
        if row.outcome == Outcome.REACHED and row.held_at <= at
    ]
    return respect_on(one.day, held)


def strip_of(one: Engagement, talks: Talks, at: datetime) -> Strip:
    """Eight weeks back, the running one, three ahead."""
    rows = talks.get((one.ceo.pk, one.rhythm.programme_id), [])
    begin = monday_of(one.day) - WEEKS_BACK * ONE_WEEK
    kinds = [""] * (WEEKS_BACK + 1 + WEEKS_AHEAD)
    for row in rows:
        week = (monday_of(today(one.region, row.held_at)) - begin) // ONE_WEEK
        if row.held_at <= at and 0 <= week < len(kinds):
            is_two = row.outcome == Outcome.REACHED or kinds[week] == "two"
            kinds[week] = "two" if is_two else "one"
    booked = one.state.booked_date if one.state else None
    if booked is not None:
        week = (monday_of(booked) - begin) // ONE_WEEK
        if week < len(kinds) and kinds[week] != "two":
            kinds[week] = "plan"
    weeks = [
        Week(x=2 + index * 10, kind=kind, is_now=index == WEEKS_BACK)
        for index, kind in enumerate(kinds)
    ]
    return Strip(weeks, _words(kinds, booked))


def _words(kinds: list[str], booked: date | None) -> str:
    """The strip for whoever cannot see it."""
    two, tried = kinds.count("two"), kinds.count("one")
    parts = [
        ngettext("talks in %(n)d week", "talks in %(n)d weeks", two) % {"n": two},
        ngettext("only tried in %(n)d week", "only tried in %(n)d weeks", tried)
        % {"n": tried},
    ]
    if booked is not None:
        parts.append(_("booked for %(day)s") % {"day": in_words(booked)})
    return listed(parts)
