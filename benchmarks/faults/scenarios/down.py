"""Everything is down for days: one catch-up mail per duty, well before the next regular one."""

from functools import partial

from benchmarks.faults.bench import Bench, Control, Measured, Scenario
from benchmarks.faults.oracle import Due
from benchmarks.faults.parts import wait_for
from benchmarks.faults.stand import Stand

DAY, HOUR = 86_400.0, 3600.0
REGIONS = 10
APART_SECONDS = 4 * HOUR
# From the return in the early afternoon to half past eight of the next day.
TO_NEXT_MORNING = 18.5 * HOUR


def down(bench: Bench, people: int, *, days: int) -> Measured:
    """Reminders fall due on many days of the outage; then the product comes back.

    Everybody has one that fell due meanwhile, and one of the day after the return.
    """
    measured = Measured()
    spread = [1 + number * (days - 1) // (REGIONS - 1) for number in range(REGIONS)]
    with bench.stand(clock="all") as stand:
        due_in_days = [*spread, *[days + 1] * REGIONS]
        stand.world(regions=2 * REGIONS, people=people, due_in_days=due_in_days)
        pairs = [
            (email, code)
            for number, email in enumerate(stand.people)
            for code in stand.codes[number % REGIONS :: REGIONS]
        ]
        stand.appoint(pairs)
        stand.start()
        stand.quiet(10)
        before = len(stand.wire.accepted())
        measured.check(before == 0, f"{before} told before anything was due")
        _all_down(stand)
        stand.clock.step(days * DAY + 5 * HOUR)
        _all_up(stand)
        stand.due = [
            Due(*pair, due_at=None) for pair in pairs if _is_first(stand, pair)
        ]
        measured.worst("seconds until all was told", stand.drain(120))
        _next_days(stand, pairs)
        measured.add(stand)
        closest = closest_mails(stand)
        measured.check(
            closest >= APART_SECONDS, f"two mails only {closest / HOUR:.1f} h apart"
        )
    return measured


def _is_first(stand: Stand, pair: tuple[str, str]) -> bool:
    return stand.codes.index(pair[1]) < REGIONS


def _next_days(stand: Stand, pairs: list[tuple[str, str]]) -> None:
    """The regular slots after it: whatever is told twice is told then."""
    stand.quiet(10)
    stand.due = [Due(*pair, due_at=None) for pair in pairs]
    for seconds in (TO_NEXT_MORNING, DAY, DAY):
        stand.clock.step(seconds)
        stand.drain(60)
        stand.quiet(10)


def _all_down(stand: Stand) -> None:
    for part in (*stand.hands, stand.broker):
        part.kill()


def _all_up(stand: Stand) -> None:
    stand.start_broker()
    stand.start()
    wait_for(lambda: all(part.is_alive for part in stand.hands), "the start")


def closest_mails(stand: Stand) -> float:
    """The shortest time between two mails to the same person."""
    last: dict[str, float] = {}
    closest = float("inf")
    for line in stand.wire.accepted():
        if line["to"] in last:
            closest = min(closest, line["at"] - last[line["to"]])
        last[line["to"]] = line["at"]
    return closest


SCENARIOS = [
    Scenario(
        f"down-{days}-days",
        f"everything is down for {days} days",
        "one mail per duty, at least 4 h from the next",
        partial(down, days=days),
        60,
        Control("every-day", 12, "visible"),
    )
    for days in (3, 30)
]
