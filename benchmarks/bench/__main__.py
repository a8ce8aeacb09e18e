"""`python -m benchmarks.bench`: measure, print, and with the full sizes write the document."""

import argparse
import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.faults.parts import ROOT, base_environment
from benchmarks.faults.stores import STORES, Store
from tests.services.processes import free_port, run_folder

from .figures import Found, Size, Speed, Taps
from .report import document, table

DOCUMENT = ROOT / "docs" / "performance.md"
WORKERS = 2
MAILS = 2000
DUTIES = (1_000, 10_000, 100_000)
SOME = 500
# What somebody has, and how much of it he finishes.
TASKS, TAPS = (1_000, 10_000), 200
Answer = dict[str, Any]


class Process:
    """One that answers each line with a line of JSON."""

    def __init__(self, environment: Mapping[str, str], *words: str) -> None:
        self.process = subprocess.Popen(
            (sys.executable, "-m", *words),
            cwd=ROOT,
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def read(self) -> Answer:
        if self.process.stdout is None:
            raise RuntimeError("nothing to read from")
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.process.args} ended with {self.process.wait()}")
        return dict(json.loads(line))

    def go(self) -> None:
        if self.process.stdin is None:
            raise RuntimeError("nothing to write to")
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def ask(self) -> Answer:
        self.go()
        return self.read()

    def lines(self) -> list[str]:
        return self.process.communicate()[0].splitlines()

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()


class Place:
    """A fresh store and a fresh mail server."""

    def __init__(self, folder: Path, store: Store) -> None:
        folder.mkdir()
        self.folder, self.store, self.port = folder, store, free_port()
        self._made: list[Process] = []

    @contextmanager
    def running(self) -> Iterator["Place"]:
        with ExitStack() as stack:
            stack.enter_context(self.store.running(self.folder, {}))
            stack.callback(lambda: [one.end() for one in self._made])
            self.sink = self.start("benchmarks.bench.sink", str(self.port))
            self.sink.read()
            yield self

    def start(self, *words: str) -> Process:
        environment = base_environment() | {
            "DJANGO_SETTINGS_MODULE": "rollout.settings",
            "VAR_DIR": str(self.folder),
            "EMAIL_URL": f"smtp://127.0.0.1:{self.port}",
            **self.store.environment,
        }
        one = Process(environment, *words)
        self._made.append(one)
        return one

    def product(self, *words: str) -> Process:
        return self.start("benchmarks.bench.product", *words)

    def timed(self, hands: Sequence[Process], mails: int) -> float:
        """From the start of all at once to the last mail taken; all have to be taken."""
        for one in hands:
            one.read()
        before, begun = self.sink.ask(), datetime.now(UTC).timestamp()
        for one in hands:
            one.go()
        for one in hands:
            one.process.wait()
        after = self.sink.ask()
        if after["taken"] - before["taken"] != mails:
            raise RuntimeError(f"{after['taken'] - before['taken']} of {mails} taken")
        return float(after["last_at"] - begun)


# --- Measurements ----------------------------------------------------------------------


def product_speed(place: Place, mails: int) -> Speed:
    """Duties and mails are planned, then two processes deliver; both are counted."""
    planned = plan(place, mails)
    hands = [place.product("hand") for _number in range(WORKERS)]
    seconds = place.timed(hands, mails) + planned["seconds"]
    return Speed("Rollout", place.store.name, mails, seconds)


def plan(place: Place, duties: int) -> Answer:
    """So many people have to be told something; their mails are planned."""
    place.product("arrange", str(duties)).read()
    planner = place.product("plan")
    planner.read()
    return planner.ask()


def rival_speed(place: Place, name: str, letters: Path, mails: int) -> Speed:
    where = str(place.folder / "post-office.sqlite3")
    if url := place.store.environment.get("DATABASE_URL"):
        place.store.rows("CREATE DATABASE postoffice")
        where = f"{url.rpartition('/')[0]}/postoffice"
    words = ("benchmarks.bench.rivals", name, str(letters), str(place.port), where)
    seconds = place.timed([place.start(*words)], mails)
    if url:
        place.store.rows("DROP DATABASE postoffice")
    return Speed(name, place.store.name, mails, seconds)


def speeds(folder: Path, store: Store, found: Found) -> None:
    letters = folder / f"letters-{store.name}"
    with Place(folder / f"speed-{store.name}", store).running() as place:
        found.speeds.append(product_speed(place, found.mails))
        letters.write_text("\n".join(place.product("letters").lines()))
        for name in ("smtplib", "django", "post-office"):
            found.speeds.append(rival_speed(place, name, letters, found.mails))


def sizes(folder: Path, store: Store, duties: int) -> Size:
    """The statements of a batch and the memory of it all, beside so many duties."""
    with Place(folder / f"size-{store.name}-{duties}", store).running() as place:
        planned = plan(place, duties)
        batches = place.product("statements").read()["batches"]
        worker = place.product("some", str(SOME))
        worker.read()
        used = worker.ask()
    return Size(
        store=store.name,
        duties=duties,
        plan_seconds=planned["seconds"],
        plan_mb=planned["peak_mb"],
        batches=[(one["mails"], one["statements"]) for one in batches],
        sent=SOME,
        worker_mb=used["peak_mb"],
    )


def taps(folder: Path, store: Store, tasks: int, count: int) -> Taps:
    """Somebody with so many tasks finishes some of them."""
    with Place(folder / f"taps-{store.name}-{tasks}", store).running() as place:
        told = place.start("benchmarks.bench.taps", str(tasks), str(count)).read()
    return Taps(store=store.name, **told)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bench")
    parser.add_argument("--mails", type=int, default=MAILS)
    parser.add_argument("--duties", type=int, nargs="*", default=DUTIES)
    parser.add_argument("--taps", type=int, default=TAPS)
    parser.add_argument("--store", choices=sorted(STORES), action="append")
    options = parser.parse_args()
    with (ROOT / "pyproject.toml").open("rb") as file:
        version = tomllib.load(file)["project"]["version"]
    found = Found(
        mails=options.mails,
        version=version,
        on_date=f"{datetime.now(UTC):%Y-%m-%d}",
        cores=os.cpu_count() or 1,
    )
    stores = options.store or sorted(STORES)
    with run_folder() as folder:
        for name in stores:
            store = STORES[name](folder)
            speeds(folder, store, found)
            for duties in options.duties:
                found.sizes.append(sizes(folder, store, duties))
            found.taps += [taps(folder, store, many, options.taps) for many in TASKS]
    print(table(found))
    is_full = options.mails >= MAILS and options.taps >= TAPS
    is_full = is_full and len(stores) == len(STORES)
    if is_full and tuple(options.duties) == DUTIES:
        DOCUMENT.write_text(document(found), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
