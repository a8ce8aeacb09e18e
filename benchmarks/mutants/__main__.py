"""`python -m benchmarks.mutants`: take each guard away, print what nobody noticed.

A whole run writes docs/security.md; with `--only` it refuses to. What was caught is kept in
`var/`, so a run can be ended and goes on later, as long as nothing but new tests has come.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import local

import django

from .bench import ROOT, Bench, Mutant, all_mutants
from .kept import Kept, digests

DOCUMENT = ROOT / "docs" / "security.md"


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mutants")
    parser.add_argument("--only", metavar="TEXT", help="guards whose line holds it")
    parser.add_argument("--jobs", type=int, default=2, help="how many at a time")
    options = parser.parse_args(words)
    mutants = [one for one in all_mutants() if (options.only or "") in str(one)]
    kept = Kept(ROOT / "var" / "mutants.json", digests())
    bench = Bench(ROOT / "var" / "mutants")
    if not bench.begin(options.jobs, kept.ran, kept.outside):
        sys.exit("The access tests are red before anything is taken away.")
    kept.ran, kept.outside = bench.ran, sorted(bench.outside)
    kept.save()
    left = [one for one in mutants if one not in kept]
    print(
        f"{len(mutants)} guards, {len(mutants) - len(left)} caught before.", flush=True
    )
    survivors = list(tried(bench, left, kept, jobs=options.jobs))
    print(f"{len(mutants)} guards taken away, {len(survivors)} not missed.")
    if not options.only:
        django.setup()
        from .report import document

        kinds = Counter(one.guard.kind for one in mutants)
        text = document(kinds, survivors, tests=len(bench.ran))
        DOCUMENT.write_text(text, encoding="utf-8")
    return int(bool(survivors))


def tried(
    bench: Bench, mutants: list[Mutant], kept: Kept, *, jobs: int
) -> Iterator[Mutant]:
    """Those that no test missed; each job has a copy of the tree of its own."""
    own = local()

    def one(mutant: Mutant) -> tuple[bool, float]:
        if not hasattr(own, "bench"):
            own.bench = bench.another()
        begun = time.monotonic()
        return own.bench.is_caught(mutant), time.monotonic() - begun

    with ThreadPoolExecutor(jobs) as pool:
        ends = zip(mutants, pool.map(one, mutants), strict=True)
        for number, (mutant, (caught, took)) in enumerate(ends, 1):
            said = "caught" if caught else "SURVIVED"
            print(f"{number}/{len(mutants)} {took:.0f} s {said} {mutant}", flush=True)
            if caught:
                kept.add(mutant)
            else:
                yield mutant


if __name__ == "__main__":
    sys.exit(main())
