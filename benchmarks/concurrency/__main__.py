"""`python -m benchmarks.concurrency`: both stores, whole and broken; writes the document."""

import argparse
import os
import sys
from datetime import UTC, datetime

from benchmarks.faults.parts import ROOT
from benchmarks.faults.stores import STORES
from tests.services.processes import run_folder

from .run import CONTROLS, WHOLE, Outcome, run

DOCUMENT = ROOT / "docs" / "concurrency.md"
CLIENTS, TASKS, UPDATES = 20, 5, 1000
# Beside which a control has to be seen red.
CONTROL_UPDATES = 200
MOST_SECONDS = {"sqlite": 2.0, "postgres": 1.0}


def line(one: Outcome) -> str:
    what = {WHOLE: "the product", "no-lock": "without the lock"}
    name = what.get(one.broken, "without the version")
    verdict = "; ".join(one.faults) or "acknowledged = applied = recorded"
    if is_slow(one):
        verdict += f"; slower than {MOST_SECONDS[one.store]:.0f} s"
    return (
        f"| {one.store} | {name} | {one.acknowledged} of {one.updates} | {one.refused} "
        f"| {one.p99_seconds:.2f} s | {verdict} |"
    )


def document(outcomes: list[Outcome], load: float) -> str:
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    return f"""# Many hands on few rows

{CLIENTS} people report {UPDATES} times on {TASKS} tasks, all at once, over HTTP against the
product's own web process. Every update leaves a note of its own, so that each is found
again: in the row, in the history, and in what the row said before it. Who is refused sees
the row as it is now and tries again. Measured on {os.cpu_count()} cores, {today}, by
`make concurrency`; when it began, {load:.0f} other processes wanted them. 99 of 100
answers are to come within 1 s on PostgreSQL and 2 s on SQLite on a machine that is free.

| store | what runs | acknowledged | refused first | p99 of an answer | verdict |
|---|---|---|---|---|---|
{chr(10).join(map(line, outcomes))}

The rows below each product are its negative controls: with the lock or the comparison of
versions taken away the same judge has to find faults.
"""


def is_proved(one: Outcome) -> bool:
    """The product loses nothing, and what is broken is seen."""
    return bool(one.faults) == (one.broken != WHOLE)


def is_slow(one: Outcome) -> bool:
    return one.broken == WHOLE and one.p99_seconds > MOST_SECONDS[one.store]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.concurrency")
    parser.add_argument("--updates", type=int, default=UPDATES)
    parser.add_argument("--store", choices=sorted(STORES), action="append")
    options = parser.parse_args()
    stores = options.store or sorted(STORES)
    outcomes, load = [], os.getloadavg()[0]
    with run_folder() as folder:
        for name in stores:
            store = STORES[name](folder)
            for broken in (WHOLE, *CONTROLS):
                updates = options.updates
                if broken != WHOLE:
                    updates = min(updates, CONTROL_UPDATES)
                place = folder / f"{name}{broken}"
                sizes = {"clients": CLIENTS, "tasks": TASKS, "updates": updates}
                outcomes.append(run(place, store, **sizes, broken=broken))
                print(line(outcomes[-1]), flush=True)
    is_good = all(map(is_proved, outcomes))
    # How fast it was says the document too, where it was too slow.
    if is_good and options.updates >= UPDATES and len(stores) == len(STORES):
        DOCUMENT.write_text(document(outcomes, load), encoding="utf-8")
    return 0 if is_good and not any(map(is_slow, outcomes)) else 1


if __name__ == "__main__":
    sys.exit(main())
