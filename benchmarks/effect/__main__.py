"""`python -m benchmarks.effect`: the rates over simulated programmes, into docs/effect.md."""

import argparse
from datetime import UTC, datetime
from pathlib import Path

from rollout.effect import FEWEST_REGIONS, RESAMPLES

from .rates import SCENARIOS, Rate, exact, rate

FILE = Path(__file__).parents[2] / "docs" / "effect.md"
HEAD = """# Effect of lessons, on simulated programmes

`benchmarks/effect/simulator.py`, which shares no code with the product, makes {runs}
programmes of each kind, whose truth is known; `rollout/effect.py` judges each ({draws}
draws; fewer than {fewest} regions on one side are only counted). Version {version}, {day},
by `make effect`. In brackets the exact 95 % interval of a share.

In these programmes a region is late by a part of its own (2 working days unless said), each
task by a long tail (3 working days on average); one task in ten is open and overdue.

| true effect | compared | seen: less slip | seen: more slip | interval held the truth |
|---|---|---|---|---|
"""
FOOT = """
In the last line the lesson does nothing, but busy regions leave it out more often than the
others: the difference that is seen is real and has another cause. That is why the page says
"seen together" and never "caused". A procedure is judged over all of its versions.
"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=200)
    options.add_argument("--print", action="store_true", help="write no file")
    wanted = options.parse_args()
    lines = []
    for scenario in SCENARIOS:
        lines.append(line(rate(scenario, wanted.runs)))
        print(lines[-1], flush=True)
    if not wanted.print:
        FILE.write_text(head(wanted.runs) + "\n".join(lines) + "\n" + FOOT)


def head(runs: int) -> str:
    project = (FILE.parents[1] / "pyproject.toml").read_text()
    version = project.partition('version = "')[2].partition('"')[0]
    day = datetime.now(UTC).date()
    return HEAD.format(
        runs=runs, draws=RESAMPLES, fewest=FEWEST_REGIONS, version=version, day=day
    )


def line(one: Rate) -> str:
    cells = [
        one.scenario.name,
        f"{one.compared} of {one.runs}",
        *(share(k, one.compared) for k in (one.less, one.more, one.held)),
    ]
    return f"| {' | '.join(cells)} |"


def share(k: int, n: int) -> str:
    """97 of 200: 48 % (41 to 56)."""
    if not n:
        return "–"
    low, high = exact(k, n)
    return f"{k} of {n}: {k / n:.0%} ({low:.0%} to {high:.0%})".replace("%", " %")


if __name__ == "__main__":
    main()
