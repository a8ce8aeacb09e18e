"""What a mail is about is settled while the mail is due, or on its way."""

import time
from collections.abc import Callable
from functools import partial

from benchmarks.faults.bench import Bench, Control, Measured, Scenario
from benchmarks.faults.oracle import Due
from benchmarks.faults.parts import wait_for
from benchmarks.faults.stand import Stand

ORPHANED = 130.0
PLANNED = "SELECT count(*) FROM rollout_mail"
# Each settles one reminder; gives the moment.
ACTS: dict[str, Callable[[Stand, Due], float]] = {
    "log": lambda stand, one: stand.order("log", code=one.mark),
    "move": lambda stand, one: stand.order("move", code=one.mark),
    "cancel": lambda stand, one: stand.order("cancel", code=one.mark),
    "remove": lambda stand, one: stand.order("remove", email=one.to),
}


def settled(bench: Bench, each: int, *, while_leased: bool) -> Measured:
    """So many are logged, moved, cancelled, removed, and as many of each stay due."""
    measured = Measured()
    acts = [act for act in ACTS for _number in range(each)]
    with bench.stand(clock="all") as stand:
        _arrange(stand, acts)
        measured.kills = (_leased if while_leased else _due)(stand, len(acts))
        measured.repeats_allowed = measured.kills
        for one, act in zip(list(stand.due), acts, strict=False):
            stand.settle(one, ACTS[act](stand, one))
        for part in stand.hands:
            part.restart()
        stand.wire.will()
        stand.wire.listen()
        stand.clock.step(ORPHANED)
        stand.drain(40, steps=ORPHANED)
        stand.quiet(8)
        bench.say(f"{len(stand.told())} told, {len(acts)} settled")
        measured.add(stand)
    measured.verdict.late = []  # the clock was stepped
    return measured


def _arrange(stand: Stand, acts: list[str]) -> None:
    """One region a person; where a booked talk is off, none is due by the rhythm."""
    ages = [2 if act == "cancel" else 18 for act in acts + acts]
    stand.world(regions=len(ages), people=len(ages), held_days=ages)
    booked = [code for code, age in zip(stand.codes, ages, strict=True) if age == 2]
    stand.order("book_today", codes=booked)


def _due(stand: Stand, settled: int) -> int:
    """The mails are planned, and the mail server takes none: no kill hits a mail."""
    stand.wire.refuse()
    stand.start()
    stand.feed(2 * settled)
    wait_for(lambda: stand.store.rows(PLANNED)[0][0] == 2 * settled, "the plan")
    for part in stand.hands:
        part.kill()
    return 0


def _leased(stand: Stand, settled: int) -> int:
    """The first of the mails are on their way or leased when their workers are killed.

    Gives how many were: one that dies after the dot of another mail repeats that.
    """
    kills = len(stand.workers)
    first = "|".join(f"p{number:05}@" for number in range(settled))
    stand.wire.will({"at": "data", "do": "hold", "to": first})
    stand.start()
    stand.feed(2 * settled)
    untouched = f"{PLANNED} WHERE message_id = ''"
    wait_for(lambda: stand.store.rows(PLANNED)[0][0] == 2 * settled, "the plan")
    # All are leased and composed when each worker has been killed often enough.
    while stand.store.rows(untouched)[0][0]:
        time.sleep(1)
        held = [line for line in stand.wire.lines() if line["event"] == "hold"]
        for part in {stand.holder_of(line["peer"]) for line in held} - {None}:
            part.restart()
            kills += 1
    for part in stand.hands:
        part.kill()
    return kills


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
