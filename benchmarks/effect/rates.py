"""How often the product finds something in simulated programmes, with exact intervals."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import comb

from regions.calendar import Calendar
from rollout.effect import Effect, RegionUse, effect_of, seed_of, slip

from .simulator import TODAY, Scenario, SimulatedRegion, programme

WEEKDAYS = Calendar("12345")
# Effects of 3 working days and none; few regions; lopsided; confounded: none in truth.
SCENARIOS = (
    Scenario("none, 30 regions", effect=0),
    Scenario("none, 12 regions", effect=0, regions=12),
    Scenario("none, 100 regions", effect=0, regions=100),
    Scenario("none, one in five used it", effect=0, share_used=0.2, regions=40),
    Scenario("none, regions differ much", effect=0, busy=6.0),
    Scenario("3 days less, 30 regions", effect=-3),
    Scenario("3 days less, 12 regions", effect=-3, regions=12),
    Scenario("3 days less, 100 regions", effect=-3, regions=100),
    Scenario("1 day less, 100 regions", effect=-1, regions=100),
    Scenario("3 days more, 30 regions", effect=3),
    Scenario("none, but the busy skip it", effect=0, busy=6.0, is_confounded=True),
)


@dataclass(frozen=True)
class Rate:
    """Of `runs` simulated programmes: how many were compared at all, and what was seen."""

    scenario: Scenario
    runs: int
    compared: int
    less: int
    more: int
    # The interval held the true effect.
    held: int


def rate(scenario: Scenario, runs: int) -> Rate:
    found = [judged(programme(scenario, seed), f"{seed}") for seed in range(runs)]
    compared = [one for one in found if one.is_compared]
    seen = [one for one in compared if one.is_seen]
    return Rate(
        scenario,
        runs,
        len(compared),
        less=sum(one.difference < 0 for one in seen),
        more=sum(one.difference > 0 for one in seen),
        held=sum(one.low <= scenario.effect <= one.high for one in compared),
    )


def judged(regions: Iterable[SimulatedRegion], name: str) -> Effect:
    """What the product's functions say of one programme."""
    rows = [
        RegionUse(
            is_used=region.answer in ("used", "adapted"),
            slips=tuple(
                late
                for task in region.tasks
                if (
                    late := slip(
                        task.first_due, task.due, task.finished, TODAY, WEEKDAYS
                    )
                )
                is not None
            ),
        )
        for region in regions
    ]
    return effect_of(rows, seed_of("SIM", name, TODAY.isoformat()))


def exact(k: int, n: int) -> tuple[float, float]:
    """95 % interval of a share by Clopper and Pearson, by halving."""
    low = 0.0 if k == 0 else _root(lambda p: _tail(k, n, p) < 0.025)
    high = 1.0 if k == n else _root(lambda p: 1 - _tail(k + 1, n, p) > 0.025)
    return low, high


def _tail(k: int, n: int, p: float) -> float:
    """Chance of at least k of n."""
    return sum(comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k, n + 1))


def _root(is_left: Callable[[float], bool]) -> float:
    low, high = 0.0, 1.0
    for _number in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if is_left(middle) else (low, middle)
    return low
