"""The page of check-ins: whether the rhythm of talks with every CEO is kept."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from regions.access import can_log_contact
from regions.calendar import monday_of
from regions.enums import RhythmStatus
from regions.models import CheckIn, Programme, Region, Rhythm, User
from regions.queries import corrections, engagements
from regions.wording import (
    capital,
    ceo_of,
    clock,
    listed,
    since_last_talk,
    time_asked,
    until_go_live,
    what_is_planned,
)
from regions.wording import day as day_words
from rollout.enums import CheckInsShown
from rollout.models import Plan
from rollout.queries.calls import (
    Talk,
    calls_from,
    own_first,
    snoozed_words,
    talks_of,
)
from rollout.queries.talktimes import Strip, respect_of, strip_of, talks_with

ONE_WEEK = timedelta(days=7)
# As a shape beside the word.
MARKS = {RhythmStatus.LATE: "help", RhythmStatus.DUE: "watch", RhythmStatus.FINE: "ok"}
WORST_FIRST = list(MARKS)


@dataclass(frozen=True)
class Overview:
    """All talks of a programme that somebody sees, before any filter."""

    talks: list[Talk]
    # Wave by region, in the order of go-live.
    waves: Mapping[int, tuple[int, str]]
    # CEOs of whom no talk is due in this time.
    resting: int
    # How many regions of a wave have no rhythm yet.
    without: list[tuple[int, str, int]]
    has_rhythms: bool

    @property
    def all_waves(self) -> list[tuple[int, str]]:
        return list(dict.fromkeys(self.waves.values()))

    @property
    def callers(self) -> list[User]:
        found = {one.pk: one for talk in self.talks for one in talk.callers}
        return sorted(found.values(), key=lambda one: (one.name, one.pk))


@dataclass(frozen=True)
class CheckInLine:
    """One CEO: how his rhythm stands, what is planned, and what was asked of his time."""

    region: Region
    rhythm: Rhythm
    booked: CheckIn | None
    who: str
    wave: str
    mark: str
    status: str
    facts: list[str]
    planned: str
    is_none_booked: bool
    callers: str
    strip: Strip
    time: list[str]
    put_off: list[str]
    may_log: bool

    @property
    def is_booked_ahead(self) -> bool:
        return self.booked is not None and not self.is_none_booked


def overview(programme: Programme, user: User, at: datetime) -> Overview:
    """Six queries, however many CEOs."""
    rows = Rhythm.objects.visible_to(user).running().filter(programme=programme)
    engaged = engagements(rows, at, corrections())
    plans = Plan.objects.visible_to(user).running().filter(programme=programme)
    columns = plans.order_by("wave__go_live_date", "wave", "id").values_list(
        "region", "wave", "wave__name"
    )
    waves = {region: (wave, name) for region, wave, name in columns}
    known = {one.region.pk for one in engaged}
    without = Counter(wave for region, wave in waves.items() if region not in known)
    talks = talks_of([one for one in engaged if one.state is not None], at)
    return Overview(
        talks=talks,
        waves=waves,
        resting=len(engaged) - len(talks),
        without=[(*wave, n) for wave, n in sorted(without.items())],
        has_rhythms=bool(engaged),
    )


def fits(
    talk: Talk,
    waves: Mapping[int, tuple[int, str]],
    user: User,
    wanted: Mapping[str, object],
) -> bool:
    """Whether a talk is of the wave and the caller that are wanted."""
    wave = waves.get(talk.engagement.region.pk)
    if wanted.get("wave") and (wave is None or wave[0] != wanted["wave"]):
        return False
    if wanted.get("mine") and user not in talk.callers:
        return False
    caller = wanted.get("caller")
    return not caller or caller in {one.pk for one in talk.callers}


def is_shown(talk: Talk, show: str) -> bool:
    """Whether a talk is in one of the lists of the page."""
    state = talk.state
    if show == CheckInsShown.LATE:
        return state.status == RhythmStatus.LATE and not state.is_held_by_booking
    if show == CheckInsShown.UNBOOKED:
        return state.is_none_booked
    if show == CheckInsShown.WEEK:
        return next_day(talk) < monday_of(state.day) + ONE_WEEK
    return True


def next_day(talk: Talk) -> date:
    """When the next talk is: booked, else due; today where it was due before."""
    state = talk.state
    if state.booked_date is not None and state.is_held_by_booking:
        return state.booked_date
    return max(state.next_due_date, state.day)


def in_order(talks: Iterable[Talk]) -> list[Talk]:
    """Late before due before fine, and the earlier first."""
    return sorted(
        talks,
        key=lambda talk: (
            WORST_FIRST.index(talk.state.status),
            next_day(talk),
            talk.state.late_from_date,
            talk.engagement.region.code,
        ),
    )


def first_call(talks: list[Talk], user: User) -> Region | None:
    """With whom somebody begins his calls, as on Today. Two queries."""
    due = [talk for talk in talks if talk.is_for_today and not talk.put_off_by(user)]
    calls = own_first(calls_from(due), user)
    mine = (call.engagement.region for call in calls if user in call.callers)
    return next(mine, None)


def lines_of(
    talks: list[Talk], waves: Mapping[int, tuple[int, str]], user: User, at: datetime
) -> list[CheckInLine]:
    """One query, however many CEOs."""
    held = talks_with(talk.engagement for talk in talks)
    return [
        CheckInLine(
            region=(one := talk.engagement).region,
            rhythm=one.rhythm,
            booked=one.booked,
            who=ceo_of(one.region),
            wave=waves[one.region.pk][1] if one.region.pk in waves else "",
            mark=MARKS[talk.state.status],
            status=capital(str(talk.state.status.label)),
            facts=_facts(talk),
            planned=_planned(talk),
            is_none_booked=talk.state.is_none_booked,
            callers=listed(caller.name for caller in talk.callers),
            strip=strip_of(one, held, at),
            time=time_asked(respect_of(one, held, at)),
            put_off=_put_off(talk, user),
            may_log=bool(can_log_contact(user, one.region)),
        )
        for talk in talks
    ]


def _facts(talk: Talk) -> list[str]:
    return [since_last_talk(talk.state), until_go_live(talk.state)]


def _planned(talk: Talk) -> str:
    """With the time of day, if one was agreed; and that nothing was logged of a talk."""
    said, booked = what_is_planned(talk.state), talk.engagement.booked
    if booked is None:
        return said
    if booked.day_date < talk.state.day:
        past = _("Booked for %(day)s, nothing logged.")
        return past % {"day": day_words(booked.day_date)}
    if booked.at_time is None:
        return said
    return _("%(planned)s At %(time)s there, %(n)d minutes.") % {
        "planned": said,
        "time": clock(booked.at_time),
        "n": booked.minutes,
    }


def _put_off(talk: Talk, user: User) -> list[str]:
    """By the reader, and by whoever else calls."""
    return [
        snoozed_words(snooze)
        if snooze.user_id == user.pk
        else f"{snooze.user.name}: {snoozed_words(snooze)}"
        for snooze in talk.snoozes.values()
        if talk.put_off_by(snooze.user)
    ]
