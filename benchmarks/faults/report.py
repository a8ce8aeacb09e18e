"""The table of a run, on the terminal and as docs/reliability.md."""

from collections.abc import Sequence

from .bench import Scenario
from .results import Result

HEAD = """# Reminders under faults

How many reminders are lost, repeated or wrong when things go wrong: measured by `make faults`, which kills the product's own processes, cuts its connections and steps its clocks. Anybody can run it again.

Version {version}, {date}, {cores} cores. {note}

**How it is counted.** Every reminder that somebody has to get is written down beforehand. A mail server made for this (`benchmarks/faults/sink.py`) writes each mail that it takes to the disk before it answers. An oracle (`benchmarks/faults/oracle.py`), which shares no code with the product, compares the two.

- *due*: reminders that had to be told. *lost*: of these, not told.
- *repeated*: the same mail taken again: same Message-ID, Date and body, so that a mail server can drop it.
- *visible*: told again in another mail, so that the recipient reads it twice.
- *wrong*: told to the wrong person, told although it was settled before, one Message-ID with two texts, or a ledger that says otherwise than the wire.
- *p99*: seconds from due to taken that 99 % do not exceed.
- *bound*: with 95 % confidence the true share of lost, visible or wrong ones is below it (Clopper-Pearson; without any fault about 3 in n).
- *control*: the same scenario with the product broken on purpose; what it counted. It must not be 0, or the row proves nothing.

**How it ran.** Several scenarios at a time on one machine, but `no-fault` alone. PostgreSQL's files lay in memory, without fsync. Where mails wait for minutes or days, clocks are stepped instead; where a server is silent, time-outs pass forty times as fast. Rows with few duties have a wide bound: read it beside the zeros.

"""
COLUMNS = (
    "scenario",
    "store",
    "kills",
    "due",
    "lost",
    "repeated",
    "visible",
    "wrong",
    "p99",
    "bound",
    "goal",
    "control",
)


class NoProof(Exception):  # noqa: N818 - a refusal, told as it stands
    """The results are too few, or of different code, to be published."""


def cells(result: Result) -> list[str]:
    p99 = "–" if result.p99 is None else f"{result.p99:.1f} s"
    control = "not run"
    if result.control:
        control = f"{result.control}: {result.control_value} {result.control_measure}"
    return [
        result.name,
        result.store,
        str(result.kills),
        f"{result.due:,}",
        str(result.lost),
        f"{result.repeated} of {result.repeats_allowed} allowed",
        str(result.visible),
        str(result.wrong),
        p99,
        f"{result.bound:.3%}",
        "reached" if result.is_green else "missed",
        control if result.is_controlled else f"NOT RED ({control})",
    ]


def table(results: Sequence[Result]) -> str:
    """Plain text, for the terminal."""
    rows = [list(COLUMNS), *(cells(result) for result in results)]
    widths = [max(len(row[number]) for row in rows) for number in range(len(COLUMNS))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    ]
    faults = [
        f"{result.name} on {result.store}: {words}"
        for result in results
        for words in (*result.breaches, *result.shown)
        if not result.is_green
    ]
    return "\n".join([*lines, *faults])


def document(scenarios: Sequence[Scenario], results: Sequence[Result]) -> str:
    """docs/reliability.md. Raises NoProof unless every scenario ran in full."""
    check(scenarios, results)
    first = results[0]
    missed = sum(not result.is_green for result in results)
    text = HEAD.format(
        version=first.version,
        date=max(result.on_date for result in results),
        cores=first.cores,
        note=f"{missed} rows miss their goal."
        if missed
        else "Every row reached its goal.",
    )
    lines = [text, _row(COLUMNS), _row(["---"] * len(COLUMNS))]
    lines += [_row(cells(result)) for result in results]
    lines += [
        "",
        "## What each scenario does",
        "",
        _row(["scenario", "does", "goal", "also measured"]),
    ]
    lines += [_row(["---"] * 4)]
    lines += [_scenario_row(scenario, results) for scenario in scenarios]
    lines += _misses(results)
    return "\n".join(lines) + "\n"


def check(scenarios: Sequence[Scenario], results: Sequence[Result]) -> None:
    found = {(result.name, result.store): result for result in results}
    for scenario in scenarios:
        for store in scenario.stores:
            result = found.get((scenario.name, store))
            if result is None:
                raise NoProof(f"{scenario.name} did not run on {store}.")
            if result.size < scenario.size:
                raise NoProof(
                    f"{scenario.name} ran on {store} with {result.size} instead of "
                    f"{scenario.size}."
                )
            if not result.control or not result.is_controlled:
                raise NoProof(f"The control of {scenario.name} on {store} is not red.")
    if len({result.code for result in results}) > 1:
        raise NoProof("The code changed between the scenarios.")


def _scenario_row(scenario: Scenario, results: Sequence[Result]) -> str:
    facts = "; ".join(
        f"{result.store}: {name} {value:g}"
        for result in results
        if result.name == scenario.name
        for name, value in result.facts.items()
    )
    return _row([scenario.name, scenario.does, scenario.goal, facts or "–"])


def _misses(results: Sequence[Result]) -> list[str]:
    missed = [
        f"- {result.name} on {result.store}: {words}"
        for result in results
        for words in result.breaches
    ]
    return ["", "## Goals missed", "", *missed] if missed else []


def _row(words: Sequence[str]) -> str:
    return "| " + " | ".join(words) + " |"
