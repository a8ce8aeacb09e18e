"""Simulated programmes whose truth is known. Shares no code with the product.

A programme is made of regions with a few tasks that a lesson concerns. How late a task
comes has a part of its region (some are busy), a long tail of its own, and the true effect
where the lesson was used. Days are put on a calendar of weekdays by a walk of its own.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

TODAY = date(2027, 6, 30)
FIRST_DUE = date(2027, 3, 1)


@dataclass(frozen=True)
class Scenario:
    """How programmes are made. `effect` is the truth: working days added by the lesson."""

    name: str
    effect: int
    regions: int = 30
    share_used: float = 0.5
    # How much regions differ among themselves, in working days.
    busy: float = 2.0
    tail: float = 3.0
    tasks: tuple[int, int] = (2, 4)
    # Tasks that are still open today, and overdue.
    open_share: float = 0.1
    # The busy ones leave lessons out more often.
    is_confounded: bool = False


@dataclass(frozen=True)
class SimulatedTask:
    """What a plan would say of one task."""

    first_due: date
    due: date
    finished: date | None


@dataclass(frozen=True)
class SimulatedRegion:
    name: str
    # used, adapted, skipped, or nothing said
    answer: str
    tasks: list[SimulatedTask]


def programme(scenario: Scenario, seed: int) -> list[SimulatedRegion]:
    """The same for the same seed."""
    chance = random.Random(f"{scenario.name} {seed}")  # noqa: S311 - repeatable
    return [_region(scenario, number, chance) for number in range(scenario.regions)]


def _region(scenario: Scenario, number: int, chance: random.Random) -> SimulatedRegion:
    busy = abs(chance.gauss(0, scenario.busy))
    share = scenario.share_used
    if scenario.is_confounded:
        share = 0.8 if busy < 0.67 * scenario.busy else 0.2
    is_used = chance.random() < share
    tasks = [
        _task(scenario, busy + (scenario.effect if is_used else 0), chance)
        for _number in range(chance.randint(*scenario.tasks))
    ]
    said = ("used", "used", "adapted") if is_used else ("skipped", "")
    return SimulatedRegion(f"R{number:03d}", chance.choice(said), tasks)


def _task(scenario: Scenario, mean: float, chance: random.Random) -> SimulatedTask:
    late = round(mean + chance.expovariate(1 / scenario.tail) - 1)
    if chance.random() < scenario.open_share:
        due = walk(TODAY, -max(late, 1))
        return SimulatedTask(due, due, None)
    due = walk(FIRST_DUE, chance.randint(0, 40))
    return SimulatedTask(due, due, walk(due, late))


def walk(day: date, count: int) -> date:
    """So many weekdays on, or back."""
    for step in _steps(count):
        day += step
        while day.weekday() > 4:
            day += step
    return day


def _steps(count: int) -> Iterator[timedelta]:
    for _number in range(abs(count)):
        yield timedelta(days=1 if count > 0 else -1)
