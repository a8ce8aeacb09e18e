"""`python -m benchmarks.faults`: run the scenarios, print the table, keep what was found.

A full run on both stores writes docs/reliability.md; a shorter one refuses to. What
finished is kept in var/faults/, so that a run that was ended goes on where it was.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tests.services.processes import run_folder

from . import clock
from .bench import Bench, Measured, Scenario
from .parts import ROOT, NotInTime
from .report import NoProof, document, table
from .results import Result, Shelf, result_of
from .scenarios import ALL
from .stores import STORES, Store

DOCUMENT = ROOT / "docs" / "reliability.md"
# The short form: what a minute can show.
SHORT = {"kill-worker": 4, "after-dot": 2}
# Of these the short form runs the control as well.
CONTROLLED = {"after-dot"}


def main(words: Sequence[str] | None = None) -> int:
    options = arguments().parse_args(words)
    if not clock.LIBRARIES:
        sys.exit(clock.MISSING)
    shelf = Shelf(options.results)
    chosen = [one for one in ALL if not options.only or one.name in options.only]
    if options.short:
        chosen = [one for one in ALL if one.name in SHORT]
    if options.size:
        chosen = [replace(one, size=min(one.size, options.size)) for one in chosen]
    results = []
    with run_folder() as folder:
        for name in options.store or STORES:
            results += run_store(name, folder, chosen, shelf, options)
    print(table(results))
    if not options.short:
        publish(shelf)
    return any(not result.is_green or not result.is_controlled for result in results)


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.faults")
    parser.add_argument("--short", action="store_true", help="one minute in all")
    parser.add_argument("--only", action="append", metavar="NAME")
    parser.add_argument("--store", action="append", choices=sorted(STORES))
    parser.add_argument(
        "--size", type=int, help="at most so many kills or mails: no proof"
    )
    parser.add_argument("--no-control", action="store_true", help="no proof either")
    parser.add_argument("--results", type=Path, default=ROOT / "var" / "faults")
    return parser


def run_store(
    name: str,
    folder: Path,
    chosen: Sequence[Scenario],
    shelf: Shelf,
    options: argparse.Namespace,
) -> list[Result]:
    results, store, short = [], None, options.short
    for scenario in chosen:
        if name not in scenario.stores:
            continue
        result = None if short else shelf.find(scenario.name, name, scenario.size)
        if result is None:
            store = store or STORES[name](folder)
            size = SHORT[scenario.name] if short else scenario.size
            control = scenario.name in CONTROLLED or not short
            control = control and not options.no_control
            result = run_one(
                scenario, store, size, folder, short=short, control=control
            )
            if control and not short:
                shelf.keep(result)
        results.append(result)
    return results


def run_one(
    scenario: Scenario,
    store: Store,
    size: int,
    folder: Path,
    *,
    short: bool,
    control: bool,
) -> Result:
    """The scenario, then its control."""
    begun = time.monotonic()

    def say(words: str) -> None:
        passed = time.monotonic() - begun
        print(f"{scenario.name} on {store.name}, {passed:.0f} s: {words}", flush=True)

    say("begins")
    place = folder / f"{scenario.name}-{store.name}"
    for part in ("run", "control"):
        (place / part).mkdir(parents=True)
    measured = run_safely(
        scenario, Bench(place / "run", store, say, in_haste=short), size
    )
    say(f"breaches: {measured.breaches or 'none'}")
    result = result_of(scenario, store.name, size, measured, time.monotonic() - begun)
    if control:
        broken = Bench(place / "control", store, say, tamper=scenario.control.tamper)
        seen = run_safely(scenario, broken, min(scenario.control.size, size))
        result.control = scenario.control.tamper
        result.control_measure = scenario.control.measure
        result.control_value = scenario.control.value(seen)
        say(
            f"control {result.control}: {result.control_value} {result.control_measure}"
        )
    return result


def run_safely(scenario: Scenario, bench: Bench, size: int) -> Measured:
    """What was measured; something that did not happen in time is a breach."""
    try:
        return scenario.run(bench, size)
    except NotInTime as fault:
        return Measured(faults=[str(fault)])


def publish(shelf: Shelf) -> None:
    """Write the document, or say why not."""
    found = [shelf.find(one.name, name, one.size) for one in ALL for name in one.stores]
    try:
        text = document(ALL, [result for result in found if result is not None])
    except NoProof as refusal:
        print(f"docs/reliability.md is not written: {refusal}")
    else:
        DOCUMENT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
