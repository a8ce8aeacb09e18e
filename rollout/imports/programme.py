"""Checking a whole programme before a row of it is written.

`check` collects every fault of the files. Without one, its content can be loaded as it is.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from regions.models import Programme, RegionalCEO, User

from .content import Content, Known, filled
from .crosschecks import cross_faults
from .dates import Shift
from .entries import Entry, fault_in, parse_table, unknown_columns
from .faults import Fault
from .playbook import steps_of
from .read import Source

Entries = dict[str, list[Entry]]


@dataclass
class Checked:
    """The report of a check."""

    source: Source
    content: Content
    faults: list[Fault] = field(default_factory=list)
    ignored_columns: list[str] = field(default_factory=list)


def check(source: Source, *, at: datetime) -> Checked:
    """What the files say, and every reason why they cannot be loaded."""
    entries, faults = _parsed(source)
    content = _content(source.name, entries, at)
    report = Checked(source, content, [*source.faults, *faults])
    report.faults += _faults_of_the_whole(source, content)
    report.faults += cross_faults(content, _known(content), at=at)
    report.ignored_columns = [
        f"{table.file}: {', '.join(names)}"
        for kind, tables in source.tables.items()
        for table in tables
        if (names := unknown_columns(kind, table))
    ]
    return report


def _parsed(source: Source) -> tuple[Entries, list[Fault]]:
    entries: Entries = {}
    faults: list[Fault] = []
    for kind, tables in source.tables.items():
        for table in tables:
            rows, wrong = parse_table(kind, table)
            entries.setdefault(kind, []).extend(rows)
            faults += wrong
    return entries, faults


def _content(name: str, entries: Entries, at: datetime) -> Content:
    heads = entries.get("programme", [])
    head = heads[0].values if heads else {}
    # Without programme.csv the folder gives the code, and nothing is shifted.
    code = head.get("code") or _code_from(name)
    time_zone = head.get("time_zone") or "UTC"
    stored = Programme.objects.filter(code=code).first()
    if stored is not None:
        shift = Shift(stored.date_shift_weeks)
    elif sample_today := head.get("sample_today"):
        shift = Shift.to_today(sample_today, ZoneInfo(time_zone), at)
    else:
        shift = Shift()
    title = head.get("name") or name[:100]
    return Content(code, title, time_zone, shift, entries, steps_of(entries))


def _code_from(name: str) -> str:
    return re.sub(r"[^A-Z0-9]+", "-", name.upper()).strip("-")[:20].strip("-")


def _faults_of_the_whole(source: Source, content: Content) -> Iterator[Fault]:
    if "regions" not in source.tables and not source.faults:
        yield Fault(
            source.name, _("There is no file of regions, so there is nothing to load.")
        )
    for kind in ("programme", "regions"):
        for table in source.tables.get(kind, []):
            if not table.rows:
                yield fault_in(
                    table, _("There is no row under the header."), table.header_row
                )
    for entry in content.of("programme")[1:]:
        yield entry.fault("code", _("One programme is loaded at a time."))
    if not content.code:
        yield Fault(
            source.name,
            _("The name gives no code for the programme. Add a file programme.csv."),
        )


def _known(content: Content) -> Known:
    """People and CEOs of earlier loads: rows may refer to them too."""
    emails = chain(
        (entry["by"] for entry in content.of("contacts")),
        (entry["by"] for entry in content.of("stances")),
        (entry["by"] for entry in content.of("lesson_uses")),
        (entry["by"] for entry in content.of("clarifications")),
        (entry["of"] for entry in content.of("clarifications")),
        (entry["waits_for"] for entry in content.of("task_states")),
    )
    people = User.objects.filter(email__in=filled(emails))
    ceos = RegionalCEO.objects.current().filter(region__code__in=content.region_codes)
    return Known(
        emails=frozenset(people.values_list("email", flat=True)),
        regions_with_ceo=frozenset(ceos.values_list("region__code", flat=True)),
    )
