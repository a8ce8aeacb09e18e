"""Nothing is delivering, or what should is deaf: the health page says so in time."""

import http.client
import signal
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial

from benchmarks.faults.bench import Bench, Control, Measured, Scenario
from benchmarks.faults.parts import NotInTime, wait_for
from benchmarks.faults.stand import Stand

RED_WITHIN_SECONDS = 180.0
# The clock is stepped so far at a time, and everybody gets a moment to notice.
STEP_SECONDS = 10.0
MOMENT_SECONDS = 0.7


def health(stand: Stand) -> int:
    """The status of the health page."""
    with closing(
        http.client.HTTPConnection("127.0.0.1", stand.port, timeout=30)
    ) as web:
        try:
            web.request("GET", "/health")
            return web.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0


def turns_red(bench: Bench, rounds: int, *, fails: Callable[[Stand], None]) -> Measured:
    """Green while all works, red within three minutes of the fault."""
    measured = Measured(kills=rounds)
    for number in range(rounds):
        with bench.stand(clock="all", web=True) as stand:
            stand.world(regions=1, people=1)
            stand.start()
            try:
                wait_for(lambda: health(stand) == 200, "a green health page", 60)
            except NotInTime as fault:
                measured.check(holds=False, words=str(fault))
                continue
            fails(stand)
            took = _until_red(stand)
            bench.say(f"{number + 1} of {rounds}: red after {took:.0f} s")
            measured.worst("seconds until red", took)
            measured.check(took <= RED_WITHIN_SECONDS, f"red after {took:.0f} s")
    return measured


def _until_red(stand: Stand) -> float:
    """How long it took by the stand's clock."""
    begun = stand.clock.now()
    while health(stand) != 503 and stand.clock.now() - begun < 2 * RED_WITHIN_SECONDS:
        stand.clock.step(STEP_SECONDS)
        time.sleep(MOMENT_SECONDS)
    return stand.clock.now() - begun


def no_worker(stand: Stand) -> None:
    for part in stand.workers:
        part.kill()


def no_beat(stand: Stand) -> None:
    stand.beat.kill()


def deaf_workers(stand: Stand) -> None:
    """They live, and hear nothing."""
    for part in stand.workers:
        part.send(signal.SIGSTOP)


def deaf_broker(stand: Stand) -> None:
    stand.broker.send(signal.SIGSTOP)


def scenario(name: str, does: str, fails: Callable[[Stand], None]) -> Scenario:
    run = partial(turns_red, fails=fails)
    control = Control("rosy", 1, "goal")
    return Scenario(name, does, "health page red within 180 s", run, 1, control)


SCENARIOS = [
    scenario("no-worker", "no worker runs", no_worker),
    scenario("no-beat", "no beat runs", no_beat),
    scenario("deaf-workers", "the workers live and hear nothing", deaf_workers),
    scenario("deaf-broker", "the broker lives and says nothing", deaf_broker),
]
