"""Whether a pilot reached what it had to."""

from decimal import Decimal

from pilots.enums import Direction, Judgement
from pilots.models import SuccessCriterion


def judge(criterion: SuccessCriterion) -> Judgement:
    """Met on the target itself too; unknown until somebody has measured."""
    return judgement(criterion.actual, criterion.target, criterion.direction)


def judgement(actual: Decimal | None, target: Decimal, direction: str) -> Judgement:
    if actual is None:
        return Judgement.UNKNOWN
    is_met = actual >= target if direction == Direction.AT_LEAST else actual <= target
    return Judgement.MET if is_met else Judgement.UNMET
