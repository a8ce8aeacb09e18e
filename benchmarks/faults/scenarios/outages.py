"""Parts that go away and come back, and clocks that jump: all is told once, and soon."""

import time
from collections.abc import Callable
from functools import partial

from benchmarks.faults.bench import Bench, Control, Measured, Scenario
from benchmarks.faults.stand import Stand
from benchmarks.faults.stores import PostgresStore, SqliteStore

from .kills import Stream

BACK_SECONDS = 120
HOUR = 3600.0
Outage = Callable[[Stand, Stream], None]
# The control: what went away stays away.
UNMENDED = "unmended"


def outage(bench: Bench, rounds: int, *, happens: Outage, clock: str = "") -> Measured:
    """Reminders fall due before, during and after; nobody helps the product up again."""
    mended = bench.tamper != UNMENDED
    measured = Measured()
    with bench.stand(clock=clock, tampered=mended) as stand:
        stand.world(regions=20, people=200 * rounds)
        stand.start()
        stream = Stream(stand, per_second=3)
        stream.run(8 if mended else 3)
        for number in range(rounds):
            happens(stand, stream) if mended else _goes_for_good(stand, stream)
            took = stand.drain(BACK_SECONDS if mended else 5)
            measured.worst("seconds until all was told", took)
            bench.say(f"{number + 1} of {rounds}: all told after {took:.0f} s")
        stand.quiet(6 if mended else 1)
        measured.add(stand)
    return measured


def _goes_for_good(stand: Stand, stream: Stream) -> None:
    stand.broker.kill()
    stand.beat.kill()
    stream.run(5)


def beat_is_killed(stand: Stand, stream: Stream) -> None:
    stand.beat.kill()
    stream.run(5)
    stand.beat.start()


def beat_is_away_for_an_hour(stand: Stand, stream: Stream) -> None:
    stand.beat.kill()
    stream.run(5)
    stand.clock.step(HOUR)
    stream.run(5)
    stand.beat.start()


def broker_is_killed(stand: Stand, stream: Stream) -> None:
    stand.broker.kill()
    stream.run(20)
    stand.start_broker()


def broker_is_emptied(stand: Stand, stream: Stream) -> None:
    for _number in range(5):
        stand.flush_broker()
        stream.run(3)


def broker_is_paused(stand: Stand, stream: Stream) -> None:
    stand.pause_broker()
    stream.run(30)
    stand.resume_broker()


def database_is_restarted(stand: Stand, stream: Stream) -> None:
    """On SQLite, which has no server, somebody else holds its write lock instead."""
    if isinstance(stand.store, SqliteStore):
        with stand.store.held():
            time.sleep(25)
    elif isinstance(stand.store, PostgresStore):
        stand.store.restart()
    stream.run(5)


def clock_is_stepped(stand: Stand, stream: Stream) -> None:
    """Of workers and beat alone: an hour ahead, back again, an hour behind, back again."""
    for seconds in (HOUR, -HOUR, -HOUR, HOUR):
        stand.clock.step(seconds)
        stream.run(6)
        stand.drain(BACK_SECONDS)


def scenario(
    name: str, does: str, happens: Outage, *, size: int = 2, clock: str = ""
) -> Scenario:
    return Scenario(
        name,
        does,
        "0 lost, 0 repeated, all told within 120 s",
        partial(outage, happens=happens, clock=clock),
        size,
        Control(UNMENDED, 1, "lost"),
    )


SCENARIOS = [
    scenario("beat-killed", "beat is killed for 5 s", beat_is_killed),
    scenario(
        "beat-away",
        "beat is away for an hour",
        beat_is_away_for_an_hour,
        clock="all",
    ),
    scenario(
        "broker-killed", "the broker is killed and away for 20 s", broker_is_killed
    ),
    scenario("broker-emptied", "the broker is emptied five times", broker_is_emptied),
    scenario("broker-paused", "the broker stands still for 30 s", broker_is_paused),
    scenario(
        "database-restarted",
        "PostgreSQL crashes and restarts; SQLite is locked by somebody else for 25 s",
        database_is_restarted,
    ),
    scenario(
        "clock-stepped",
        "the clock of workers and beat is an hour ahead, then an hour behind",
        clock_is_stepped,
        size=1,
        clock="hands",
    ),
]
