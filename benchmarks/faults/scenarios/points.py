"""A worker that dies, or is stopped, at one exact point of sending a mail."""

import signal
import time
from functools import partial

from benchmarks.faults.bench import Bench, Control, Measured, Scenario
from benchmarks.faults.parts import Part, wait_for
from benchmarks.faults.stand import Stand

ORPHANED = 130.0
TICK_SECONDS = 0.5


def dies(bench: Bench, kills: int, *, point: str, repeats: bool) -> Measured:
    """Each worker that gets as far as `point` with a mail dies there, so many times."""
    measured = Measured(kills=kills, repeats_allowed=kills if repeats else 0)
    inside = "" if point in HELD else f"dies-{point}"
    with bench.stand(clock="all", planted=inside) as stand:
        stand.world(regions=1, people=kills)
        for part in stand.workers:
            part.start()
        if point in HELD:
            stand.wire.will({"at": HELD[point], "do": "hold"})
        for number in range(kills):
            stand.feed(1)
            wait_for(partial(_is_dead, stand, point), f"a death {point}")
            bench.say(f"{number + 1} of {kills} dead")
        stand.wire.will()
        # Whoever holds a mail at this moment is killed as well.
        also = len(_holders(stand))
        measured.kills += also
        measured.repeats_allowed += also if repeats else 0
        stand.mend()
        stand.beat.start()
        # Now all the orphaned leases run out.
        stand.clock.step(ORPHANED)
        stand.drain(25 if bench.tamper else 90, steps=60)
        stand.quiet(8)
        measured.add(stand)
    return measured


# Where the sink holds a worker, so that it can be killed from outside.
HELD = {"before-dot": "data", "after-dot": "taken"}


def _is_dead(stand: Stand, point: str) -> bool:
    """Whether a worker has died at the point since it was asked last; it is replaced."""
    stand.order("tick")
    time.sleep(TICK_SECONDS)
    if point in HELD:
        for part in _holders(stand):
            part.restart()
            return True
        return False
    for part in stand.workers:
        if not part.is_alive:
            part.restart()
            return True
    return False


def _holders(stand: Stand) -> list[Part]:
    """The workers whose mail the sink holds."""
    peers = [line["peer"] for line in stand.wire.lines() if line["event"] == "hold"]
    found = {stand.holder_of(peer) for peer in peers} - {None}
    return [part for part in stand.workers if part in found]


def stopped(bench: Bench, rounds: int) -> Measured:
    """A worker is stopped amid a mail until another has taken it over, then goes on.

    What it then learns, that its connection was cut, must not undo what the other did.
    """
    measured = Measured(kills=rounds)
    with bench.stand(clock="all") as stand:
        stand.world(regions=1, people=rounds)
        for _number in range(rounds):
            stand.wire.will({"at": "data", "do": "hold", "times": 1})
            stand.feed(1)
            _stop_one(stand)
        measured.add(stand)
    return measured


def _stop_one(stand: Stand) -> None:
    for part in stand.hands:
        part.restart()
    before = stand.wire.count("hold", "data")
    wait_for(lambda: stand.wire.count("hold", "data") > before, "a mail on its way")
    line = [line for line in stand.wire.lines() if line["event"] == "hold"][-1]
    part = stand.holder_of(line["peer"])
    if part is None:
        raise RuntimeError("nobody holds the connection")
    part.send(signal.SIGSTOP)
    stand.clock.step(ORPHANED)
    stand.drain(60, steps=60)
    stand.wire.cut()
    part.send(signal.SIGCONT)
    stand.clock.step(ORPHANED)
    stand.quiet(8)


def scenario(
    point: str, does: str, control: Control, *, repeats: bool = False
) -> Scenario:
    goal = "0 lost; 1 repeat per kill" if repeats else "0 lost, 0 repeated"
    run = partial(dies, point=point, repeats=repeats)
    return Scenario(point, f"kill -9 {does}", goal, run, 20, control)


SCENARIOS = [
    scenario("after-claim", "after the claim", Control("kept-claims", 2, "lost")),
    scenario("before-dot", "before the final dot", Control("sent-first", 2, "lost")),
    scenario(
        "after-dot",
        "after the final dot",
        Control("fresh-id", 2, "visible"),
        repeats=True,
    ),
    scenario(
        "after-250", "after the 250", Control("fresh-id", 2, "visible"), repeats=True
    ),
    scenario("after-commit", "after the commit", Control("no-commit", 2, "repeated")),
    Scenario(
        "stopped",
        "a worker is stopped amid a mail, another takes over, the first goes on",
        "0 lost, 0 repeated",
        stopped,
        5,
        Control("no-fence", 2, "repeated"),
    ),
]
