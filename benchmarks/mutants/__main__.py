"""`python -m benchmarks.mutants`: take each guard away, print what nobody noticed.

A whole run writes docs/security.md; with `--only` it refuses to.
"""

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Sequence

import django

from .bench import ROOT, Bench, Mutant, all_mutants

DOCUMENT = ROOT / "docs" / "security.md"


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mutants")
    parser.add_argument("--only", metavar="TEXT", help="guards whose line holds it")
    options = parser.parse_args(words)
    # The report counts the lines of the matrix, which knows models.
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from .report import document

    mutants = [one for one in all_mutants() if (options.only or "") in str(one)]
    bench = Bench(ROOT / "var" / "mutants")
    if not bench.begin():
        sys.exit("The access tests are red before anything is taken away.")
    survivors = tried(bench, mutants)
    print(f"{len(mutants)} guards taken away, {len(survivors)} not missed.")
    if not options.only:
        kinds = Counter(one.guard.kind for one in mutants)
        text = document(kinds, survivors, tests=len(bench.ran))
        DOCUMENT.write_text(text, encoding="utf-8")
    return int(bool(survivors))


def tried(bench: Bench, mutants: list[Mutant]) -> list[Mutant]:
    survivors = []
    for number, mutant in enumerate(mutants, 1):
        begun = time.monotonic()
        caught = bench.is_caught(mutant)
        took = time.monotonic() - begun
        if not caught:
            survivors.append(mutant)
        said = "caught" if caught else "SURVIVED"
        print(f"{number}/{len(mutants)} {took:.0f} s {said} {mutant}", flush=True)
    return survivors


if __name__ == "__main__":
    sys.exit(main())
