"""What a mail is about is settled while the mail is due, or on its way."""

import time
from collections.abc import Callable
from functools import partial

from benchmarks.faults.bench import Bench, Control, Measured, Scenario
from benchmarks.faults.oracle import Due
from benchmarks.faults.parts import wait_for
from benchmarks.faults.stand import Stand

ORPHANED = 130.0
# Each settles one reminder; gives the moment.
ACTS: dict[str, Callable[[Stand, Due], float]] = {
    "log": lambda stand, one: stand.order("log", code=one.mark),
    "move": lambda stand, one: stand.order("move", code=one.mark),
    "cancel": lambda stand, one: stand.order("cancel", code=one.mark),
    "remove": lambda stand, one: stand.order("remove", email=one.to),
}


def settled(bench: Bench, each: int, *, while_leased: bool) -> Measured:
    """Log, move, cancel, remove: so many of each, and as many that stay due."""
    measured = Measured()
    for act in ACTS:
        with bench.stand(clock="all") as stand:
            _arrange(stand, each, act)
            (_leased if while_leased else _due)(stand, each)
            for one in stand.due[:each]:
                stand.settle(one, ACTS[act](stand, one))
            for part in stand.hands:
                part.restart()
            stand.wire.will()
            stand.wire.listen()
            stand.clock.step(ORPHANED)
            stand.drain(40, steps=ORPHANED)
            stand.quiet(8)
            bench.say(f"{act}: {len(stand.told())} told, {each} settled")
            measured.add(stand)
    return measured


def _arrange(stand: Stand, each: int, act: str) -> None:
    """One region a person; for a booked talk that is off, none is due by the rhythm."""
    held = 2 if act == "cancel" else 18
    stand.world(regions=2 * each, people=2 * each, held_days=held)
    if act == "cancel":
        stand.order("book_today", codes=stand.codes)


def _due(stand: Stand, each: int) -> None:
    """The mails are planned, and the mail server takes none."""
    stand.wire.refuse()
    stand.start()
    stand.feed(2 * each)
    wait_for(
        lambda: stand.store.rows("SELECT count(*) FROM rollout_mail")[0][0] == 2 * each,
        "the plan",
    )
    for part in stand.hands:
        part.kill()


def _leased(stand: Stand, each: int) -> None:
    """Each of the first mails is on its way when its worker is killed."""
    first = "|".join(f"p{number:05}@" for number in range(each))
    stand.wire.will({"at": "data", "do": "hold", "to": first})
    stand.start()
    stand.feed(2 * each)
    held = 0
    while held < each:
        before = held
        wait_for(
            lambda before=before: stand.wire.count("hold", "data") > before,
            "a mail on its way",
        )
        time.sleep(0.2)
        held = stand.wire.count("hold", "data")
        for part in stand.workers:
            part.restart()
    for part in stand.hands:
        part.kill()


SCENARIOS = [
    Scenario(
        "settled-while-due",
        "logged, moved, cancelled, person removed while the mail is due",
        "0 wrong, 0 lost",
        partial(settled, while_leased=False),
        5,
        Control("no-recheck", 2, "wrong"),
    ),
    Scenario(
        "settled-while-leased",
        "the same while the mail is leased by a worker that dies",
        "0 wrong, 0 lost",
        partial(settled, while_leased=True),
        5,
        Control("no-recheck", 2, "wrong"),
    ),
]
