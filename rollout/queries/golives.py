"""A go-live as it stands everywhere: first promise, current day, slip, and why it moved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import ngettext

from regions.models import HistoryEntry
from regions.wording import full_day, short_day
from rollout.models import Plan


@dataclass(frozen=True)
class Move:
    """One move of a go-live, in words."""

    before: str
    after: str
    reason: str


@dataclass(frozen=True)
class GoLive:
    """First promise, current day, slip and reasons: wherever one stands, all stand."""

    was: str
    now: str
    slip_days: int
    signed: str
    moved: str
    moves: list[Move]

    @property
    def reason(self) -> str:
        """Why it moved last."""
        return self.moves[-1].reason if self.moves else ""


def go_live_of(plan: Plan, moves: Sequence[HistoryEntry], day: date) -> GoLive:
    """`moves` in the order they came, `day` is today in the region."""
    times = len(moves)
    return GoLive(
        was=short_day(plan.first_go_live_date, day),
        now=short_day(plan.go_live_date, day),
        slip_days=plan.slip_days,
        signed=f"{plan.slip_days:+d}",
        moved=ngettext("moved once", "moved %(n)d times", times) % {"n": times}
        if times
        else "",
        moves=[_move(entry) for entry in moves],
    )


def _move(entry: HistoryEntry) -> Move:
    before, after = (
        full_day(date.fromisoformat(text)) for text in (entry.before, entry.after)
    )
    return Move(before, after, entry.reason)
