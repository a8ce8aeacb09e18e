"""`python -m benchmarks.faults`: run the scenarios, print the table, keep what was found.

A full run on both stores writes docs/reliability.md; a shorter one refuses to. What
finished is kept in var/faults/, so that a run that was ended goes on where it was.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
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
# The short form: what a minute can show, and of what it runs the control as well.
SHORT = {"kill-worker": 4, "after-dot": 2}
CONTROLLED = {"after-dot"}
Job = tuple[Scenario, str]


def main(words: Sequence[str] | None = None) -> int:
    options = arguments().parse_args(words)
    if not clock.LIBRARIES:
        sys.exit(clock.MISSING)
    jobs = chosen(options)
    shelf = Shelf(options.results / "tries" if is_a_try(options) else options.results)
    left = [job for job in jobs if is_a_try(options) or find(shelf, job) is None]
    if options.jobs == 1 or options.short or options.child:
        in_this_process(left, shelf, options)
    else:
        in_processes(left, options)
    if options.child:
        return 0
    results = [result for job in jobs if (result := find(shelf, job))]
    print(table(results))
    if not is_a_try(options):
        publish(shelf)
    is_red = any(not one.is_green or not one.is_controlled for one in results)
    return int(is_red or len(results) < len(jobs))


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.faults")
    parser.add_argument("--short", action="store_true", help="one minute in all")
    parser.add_argument("--only", action="append", metavar="NAME")
    parser.add_argument("--store", action="append", choices=sorted(STORES))
    parser.add_argument("--jobs", type=int, default=3 * (os.cpu_count() or 1))
    parser.add_argument("--size", type=int, help="a try with at most so many kills")
    parser.add_argument("--no-control", action="store_true", help="a try, no proof")
    parser.add_argument("--results", type=Path, default=ROOT / "var" / "faults")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    return parser


def is_a_try(options: argparse.Namespace) -> bool:
    """Whether this run proves nothing, so that its results are kept apart."""
    return bool(options.short or options.size or options.no_control)


def chosen(options: argparse.Namespace) -> list[Job]:
    found = [one for one in ALL if not options.only or one.name in options.only]
    if options.short:
        short = [one for one in found if one.name in SHORT]
        found = [replace(one, size=SHORT[one.name]) for one in short]
    if options.size:
        found = [replace(one, size=min(one.size, options.size)) for one in found]
    stores = options.store or list(STORES)
    return [(one, name) for one in found for name in stores if name in one.stores]


def find(shelf: Shelf, job: Job) -> Result | None:
    scenario, store = job
    return shelf.find(scenario.name, store, scenario.size)


# --- Running --------------------------------------------------------------------------


def in_processes(jobs: Sequence[Job], options: argparse.Namespace) -> None:
    """Some at a time, as most of their time is waiting; what counts seconds runs alone."""
    words = ["--results", str(options.results)]
    words += ["--size", str(options.size)] if options.size else []
    words += ["--no-control"] if options.no_control else []

    def run(job: Job) -> None:
        what = ["--child", "--only", job[0].name, "--store", job[1], *words]
        subprocess.run([sys.executable, "-m", "benchmarks.faults", *what], cwd=ROOT)

    for job in jobs:
        if job[0].runs_alone:
            run(job)
    with ThreadPoolExecutor(max_workers=options.jobs) as pool:
        list(pool.map(run, [job for job in jobs if not job[0].runs_alone]))


def in_this_process(
    jobs: Sequence[Job], shelf: Shelf, options: argparse.Namespace
) -> None:
    made: dict[str, Store] = {}
    with run_folder() as folder:
        for scenario, name in jobs:
            store = made.get(name) or STORES[name](folder)
            made[name] = store
            shelf.keep(run_one(scenario, store, folder, options))


def run_one(
    scenario: Scenario, store: Store, folder: Path, options: argparse.Namespace
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
    usual = Bench(place / "run", store, say, in_haste=options.short)
    measured = run_safely(scenario, usual, scenario.size)
    seconds = time.monotonic() - begun
    say(f"breaches: {measured.breaches or 'none'} {measured.verdict.shown or ''}")
    result = result_of(scenario, store.name, measured, seconds)
    if options.no_control or (options.short and scenario.name not in CONTROLLED):
        return result
    control = scenario.control
    broken = Bench(place / "control", store, say, tamper=control.tamper)
    seen = run_safely(scenario, broken, min(control.size, scenario.size))
    result.control, result.control_measure = control.tamper, control.measure
    result.control_value = control.value(seen)
    say(f"control {control.tamper}: {result.control_value} {control.measure}")
    return result


def run_safely(scenario: Scenario, bench: Bench, size: int) -> Measured:
    """What was measured; something that did not happen in time is a breach."""
    try:
        return scenario.run(bench, size)
    except NotInTime as fault:
        return Measured(faults=[str(fault)])


def publish(shelf: Shelf) -> None:
    """Write the document, or say why not."""
    found = [find(shelf, (one, name)) for one in ALL for name in one.stores]
    try:
        text = document(ALL, [result for result in found if result is not None])
    except NoProof as refusal:
        print(f"docs/reliability.md is not written: {refusal}")
    else:
        DOCUMENT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
