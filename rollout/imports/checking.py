"""What the checks of all tables have in common: doubles, and references into nothing."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from .content import Content, Known
from .entries import Entry
from .faults import Fault


def doubles(entries: Iterable[Entry], *columns: str) -> Iterator[Fault]:
    """Rows whose key an earlier row has; the fault points at the last column of the key."""
    first: dict[tuple[str, ...], Entry] = {}
    for entry in entries:
        key = tuple(entry[column] for column in columns)
        if None in key:
            continue
        before = first.setdefault(key, entry)
        if before is not entry:
            yield entry.fault(columns[-1], said_before(before))


def said_before(before: Entry) -> str:
    where = before.fault("", "").place
    return _("The same stands already in %(place)s.") % {"place": where}


def unknown(
    entries: Iterable[Entry], column: str, allowed: Collection[str]
) -> Iterator[Fault]:
    shown = tuple(sorted(allowed))
    for entry in entries:
        if entry[column] and entry[column] not in allowed:
            yield not_there(entry, column, entry[column], shown)


def not_there(entry: Entry, column: str, value: str, allowed: tuple[str, ...]) -> Fault:
    return entry.fault(
        column, _('"%(value)s" is not known.') % {"value": value}, allowed
    )


def titles(content: Content) -> dict[str, int]:
    """How many steps have a title; tasks and lessons name their step by it."""
    counts: dict[str, int] = {}
    for step in content.steps:
        if step.title:
            counts[step.title] = counts.get(step.title, 0) + 1
    return counts


def step_named(
    content: Content, entries: Iterable[Entry], column: str
) -> Iterator[Fault]:
    known = titles(content)
    yield from unknown(entries, column, known)
    for entry in entries:
        if known.get(entry[column], 0) > 1:
            yield entry.fault(
                column, _("Several procedures have a step of this title.")
            )


def without_ceo(
    entries: Iterable[Entry], content: Content, known: Known
) -> Iterator[Fault]:
    with_ceo = {*content.ceos, *known.regions_with_ceo}
    for entry in entries:
        if entry["region"] in content.region_codes and entry["region"] not in with_ceo:
            yield entry.fault("region", _("This region has no CEO among the people."))


def later(
    entries: Iterable[Entry], content: Content, column: str, said: str, at: datetime
) -> Iterator[Fault]:
    """What is said to have happened on a day that has not come in its region."""
    zones = {entry["code"]: content.zone_of(entry) for entry in content.of("regions")}
    for entry in entries:
        zone = zones.get(entry["region"])
        if zone is None or not entry[column]:
            continue
        if content.shift.day(entry[column].date()) > at.astimezone(zone).date():
            yield entry.fault(column, said)
