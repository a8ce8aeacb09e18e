"""A steady stream of reminders, and processes that die in the midst of it."""

import random
import time

from benchmarks.faults.bench import Bench, Control, Measured, Scenario
from benchmarks.faults.stand import Stand

PER_SECOND = 6
REGIONS = 40
# Long enough for an orphaned lease to be taken over, which the product promises in 120 s.
TAKE_OVER_SECONDS = 200
# The server takes its time, so that most kills hit a mail on its way.
SLOW = (
    {"at": "data", "do": "wait", "seconds": 0.08},
    {"at": "taken", "do": "wait", "seconds": 0.08},
)


class Stream:
    """People fall due second by second while something else happens."""

    def __init__(self, stand: Stand, per_second: int = PER_SECOND) -> None:
        self.stand, self.per_second = stand, per_second
        self._next = time.monotonic()

    def run(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while (now := time.monotonic()) < end:
            if now >= self._next:
                self.stand.feed(self.per_second)
                self._next = max(self._next + 1, now)
            time.sleep(max(0.0, min(self._next, end) - time.monotonic()))


def kill_workers(bench: Bench, kills: int) -> Measured:
    """`kill -9` of one of two workers every 2 to 5 s; each is started again at once."""
    # ruff: ignore[S311] - the same run each time, no secret
    chance = random.Random(1)
    measured = Measured(kills=kills, repeats_allowed=kills)
    with bench.stand(clock="all" if bench.in_haste else "") as stand:
        stand.world(regions=REGIONS, people=int(kills * 3.6 * PER_SECOND) + 120)
        stand.wire.will(*SLOW)
        stand.start()
        stream = Stream(stand)
        stream.run(5)
        for number in range(kills):
            stream.run(chance.uniform(2, 5))
            chance.choice(stand.workers).restart()
            report(bench, number, kills, stand)
        finish(bench, stand, measured)
    return measured


def kill_everything(bench: Bench, kills: int) -> Measured:
    """`kill -9` of workers and beat together, every second time of the broker too."""
    # ruff: ignore[S311] - the same run each time, no secret
    chance = random.Random(2)
    measured = Measured(kills=kills, repeats_allowed=2 * kills)
    with bench.stand(clock="all" if bench.in_haste else "") as stand:
        stand.world(regions=REGIONS, people=int(kills * 9.5 * PER_SECOND) + 120)
        stand.wire.will(*SLOW)
        stand.start()
        stream = Stream(stand)
        stream.run(3)
        for number in range(kills):
            # The workers need some 3 s before they deliver.
            stream.run(chance.uniform(4, 9))
            for part in stand.hands:
                part.kill()
            if number % 2:
                stand.broker.kill()
                stand.start_broker()
            stand.start()
            report(bench, number, kills, stand)
        finish(bench, stand, measured)
    return measured


def report(bench: Bench, number: int, kills: int, stand: Stand) -> None:
    if (number + 1) % 10 == 0:
        told, due = len(stand.told()), len(stand.due)
        bench.say(f"{number + 1} of {kills} kills, {told} of {due} told")


def finish(bench: Bench, stand: Stand, measured: Measured) -> None:
    patience = 40 if bench.tamper else TAKE_OVER_SECONDS
    took = stand.drain(patience, steps=60 if bench.in_haste else 0)
    measured.worst("seconds from the last kill until all was told", took)
    stand.quiet(2 if bench.in_haste else 6)
    measured.add(stand)


def ten_thousand(bench: Bench, people: int) -> Measured:
    """All fall due within one minute; nothing goes wrong."""
    measured = Measured()
    with bench.stand() as stand:
        stand.world(regions=max(people // 10, 1), people=people)
        stand.start()
        Stream(stand, per_second=-(-people // 60)).run(61)
        bench.say(f"{len(stand.told())} of {len(stand.due)} told after a minute")
        stand.drain(60 if bench.tamper else 600)
        stand.quiet()
        measured.add(stand)
    p99 = measured.verdict.p99
    measured.check(p99 is not None and p99 <= 90, f"p99 {p99} s instead of 90")
    return measured


SCENARIOS = [
    Scenario(
        "no-fault",
        "10,000 due in one minute, no fault",
        "0 lost, 0 repeated, p99 due to accepted at most 90 s",
        ten_thousand,
        10_000,
        Control("slow", 30, "goal"),
        runs_alone=True,
    ),
    Scenario(
        "kill-worker",
        "kill -9 of a random worker every 2-5 s, 100 times",
        "0 lost; repeats are the same bytes, at most 1 per process killed",
        kill_workers,
        100,
        Control("kept-claims", 10, "lost"),
    ),
    Scenario(
        "kill-all",
        "kill -9 of the whole group (workers, beat, every second time the broker), 40 times",
        "0 lost; repeats are the same bytes, at most 1 per process killed",
        kill_everything,
        40,
        Control("kept-claims", 8, "lost"),
    ),
]
