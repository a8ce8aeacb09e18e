"""How sure a count makes us: exact bounds of a binomial share, and percentiles."""

import math
from collections.abc import Sequence

CONFIDENCE = 0.95


def upper_bound(faults: int, trials: int) -> float:
    """The share of faults that is exceeded with 5 % chance at most (Clopper-Pearson).

    With no fault in n trials it is about 3/n, the rule of three.
    """
    if trials == 0 or faults >= trials:
        return 1.0
    low, high = faults / trials, 1.0
    for _step in range(60):
        middle = (low + high) / 2
        if _at_most(faults, trials, middle) > 1 - CONFIDENCE:
            low = middle
        else:
            high = middle
    return high


def _at_most(faults: int, trials: int, share: float) -> float:
    """The chance of so many faults or fewer."""
    if share in (0.0, 1.0):
        return 1.0 - share
    logs = (
        math.lgamma(trials + 1)
        - math.lgamma(count + 1)
        - math.lgamma(trials - count + 1)
        + count * math.log(share)
        + (trials - count) * math.log1p(-share)
        for count in range(faults + 1)
    )
    return math.fsum(math.exp(log) for log in logs)


def percentile(values: Sequence[float], share: float) -> float | None:
    """The smallest value that at least this share of all values does not exceed."""
    if not values:
        return None
    return sorted(values)[math.ceil(share * len(values)) - 1]
