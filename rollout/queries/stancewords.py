"""What the pages of stances say: marks, gaps, and the next action in words."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from regions.enums import Attitude
from regions.models import Ask
from regions.rhythm import begins_on
from regions.stance import Move, Trend, gap
from regions.wording import (
    asked,
    ceo_of,
    day,
    full_day,
    listed,
    next_talk,
    since_last_talk,
)
from rollout.queries.proposals import proposed_ask
from rollout.queries.stances import StanceLine, WaveTrend


@dataclass(frozen=True)
class Cell:
    """One of the five columns: whether he stands there, and whether he is wanted there."""

    label: str
    is_current: bool
    is_wanted: bool


@dataclass(frozen=True)
class Told:
    """A line as a page places it."""

    line: StanceLine
    who: str
    cells: list[Cell]
    stands: str
    gap: str
    action: str
    judged: str
    kept: str
    trend: str


@dataclass(frozen=True)
class ToldWave:
    name: str
    trend: Trend
    words: str


def told(line: StanceLine) -> Told:
    stance = line.stance
    return Told(
        line=line,
        who=ceo_of(line.region),
        cells=[
            Cell(
                str(one.label),
                is_current=bool(stance) and stance.current == one,  # type: ignore[union-attr]
                is_wanted=bool(stance) and stance.wanted == one,  # type: ignore[union-attr]
            )
            for one in Attitude
        ],
        stands=_stands(line),
        gap=_gap(line),
        action=_action(line),
        judged=_judged(line),
        kept=_kept(line),
        trend=trend_words(line.trend),
    )


def told_wave(wave: WaveTrend) -> ToldWave:
    """2 coming nearer, 1 going away; those that tell nothing last."""
    parts = {
        Trend.UP: _("%(n)d coming nearer"),
        Trend.DOWN: _("%(n)d going away"),
        Trend.STEADY: _("%(n)d unchanged"),
        Trend.NONE: _("%(n)d not judged twice yet"),
    }
    said = [
        text % {"n": wave.counts[one]}
        for one, text in parts.items()
        if wave.counts[one]
    ]
    return ToldWave(wave.name, wave.trend, listed(said))


def trend_words(value: Trend) -> str:
    return {
        Trend.UP: pgettext("trend", "coming nearer"),
        Trend.DOWN: pgettext("trend", "going away"),
        Trend.STEADY: pgettext("trend", "unchanged"),
        Trend.NONE: "",
    }[value]


def _stands(line: StanceLine) -> str:
    if line.stance is not None:
        return line.stance.get_current_display()
    talked = line.move == Move.RATE
    return _("Not judged yet") if talked else _("Rate after the first talk")


def _gap(line: StanceLine) -> str:
    if line.stance is None:
        return pgettext("gap", "unknown")
    steps = gap(line.stance.current, line.stance.wanted)
    if steps == 0:
        return pgettext("gap", "none")
    return ngettext("%(n)d step", "%(n)d steps", steps) % {"n": steps}


def _judged(line: StanceLine) -> str:
    if line.stance is None:
        return ""
    when = line.stance.judged_at.astimezone(line.region.zone).date()
    return _("%(day)s, %(who)s") % {"day": day(when), "who": line.stance.by.name}


def _kept(line: StanceLine) -> str:
    if line.kept is None or line.kept.settled_at is None:
        return ""
    when = line.kept.settled_at.astimezone(line.region.zone).date()
    return _("Kept on %(day)s: %(ask)s") % {"day": day(when), "ask": line.kept.text}


def _action(line: StanceLine) -> str:
    """The next thing to do, as one sentence with the fact that it is chosen by."""
    state = line.engagement.state
    said = {
        Move.RATE: _("Judge where he stands after the talks so far."),
        Move.KEEP_OUR_WORD: _("Keep our promise first: %(ask)s.")
        % {"ask": _asked(line, line.promise)},
        Move.ASK_AGAIN: _("Ask again: %(ask)s.") % {"ask": _asked(line, line.ask)},
        Move.ASK_FOR_DEED: _next_ask(line),
        Move.OFFER_PEER: _("Offer a talk with a CEO whose region is live."),
        Move.OFFER_VISIT: _("Offer a visit."),
        Move.OFFER_DEMO: _("Offer a demo of the pilot."),
        Move.ASK: _next_ask(line),
    }
    if line.move in said:
        return said[line.move]
    if state is None:
        return _outside(line)
    if line.move == Move.FIRST_TALK:
        return _("Hold the first talk, due on %(day)s.") % {
            "day": day(state.next_due_date)
        }
    if line.move == Move.TALK:
        return _("Talk with him: %(since)s") % {"since": since_last_talk(state)}
    return next_talk(state)


def _outside(line: StanceLine) -> str:
    """Where no talk is due: since when one will be, if they have not begun."""
    begin = begins_on(line.engagement.rhythm)
    if begin is None or begin <= line.engagement.day:
        return _("No talk is due at this time.")
    return _("Talks begin on %(day)s.") % {"day": full_day(begin)}


def _next_ask(line: StanceLine) -> str:
    if line.ask is None:
        proposal = proposed_ask(line.engagement).text
        return _("Agree one ask with a day: %(ask)s.") % {"ask": proposal}
    return _("Next ask: %(ask)s.") % {"ask": _asked(line, line.ask)}


def _asked(line: StanceLine, ask: Ask | None) -> str:
    if ask is None:
        return ""
    return asked(ask.text, ask.due_date, line.engagement.day)
