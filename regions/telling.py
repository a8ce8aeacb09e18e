"""How the history is told: one act is one entry, whatever number of rows it touched.

Used by every page that shows what changed. All functions answer in the active language.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from types import MappingProxyType
from typing import Any

from django.apps import apps
from django.db.models import Count, F, Model, QuerySet, Window
from django.db.models.functions import DenseRank, RowNumber
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from regions.enums import Change, Via
from regions.models import HistoryEntry
from regions.privacy import private_fields
from regions.wording import capital, full_day, listed, moment

ISO_DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")


@dataclass(frozen=True)
class ChangeLine:
    """What an act did to one row, or to many rows in the same way."""

    name: str
    words: str


@dataclass(frozen=True)
class PastAct:
    """One act as the history tells it: what changed in short lines, who did it, and why."""

    at: datetime
    actor: str
    reason: str
    lines: list[ChangeLine]


def past_acts(entries: QuerySet[HistoryEntry], most: int) -> list[PastAct]:
    """The newest acts first. One query, and one per kind of row that the changes name.

    An act that did the same to many rows is told by their number, so that an import of
    a hundred rows is one line.
    """
    alike = [F("act"), F("model"), F("change"), F("field")]
    rows = list(
        entries.annotate(
            nth_act=Window(DenseRank(), order_by=[F("at").desc(), F("act").asc()]),
            nth_alike=Window(RowNumber(), partition_by=alike, order_by=F("id").asc()),
            alike=Window(Count("id"), partition_by=alike),
        )
        .filter(nth_act__lte=most, nth_alike=1)
        .select_related("by", "region")
        .order_by("nth_act", "id")
    )
    names = names_in(rows)
    acts = [list(mine) for _, mine in groupby(rows, key=lambda row: row.act)]
    return [
        PastAct(
            at=mine[0].at,
            actor=actor(mine[0]),
            reason=mine[0].reason,
            lines=change_lines([(row, row.alike) for row in mine], names),
        )
        for mine in acts
    ]


def names_in(entries: Iterable[HistoryEntry]) -> dict[tuple[str, str], str]:
    """What the rows are called that changes point to, by kind and number."""
    wanted: dict[type[Model], set[str]] = defaultdict(set)
    for entry in entries:
        if target := related_model(entry):
            wanted[target] |= {entry.before, entry.after} - {""}
    return {
        (target._meta.label_lower, str(row.pk)): name
        for target, numbers in wanted.items()
        for row in target._default_manager.filter(pk__in=numbers)
        if (name := getattr(row, "name", None) or getattr(row, "title", None))
    }


def change_lines(
    alike: Iterable[tuple[HistoryEntry, int]], names: Mapping[tuple[str, str], str]
) -> list[ChangeLine]:
    """The entries of one act; each stands for as many like it as its number says."""
    loaded: list[str] = []
    lines: list[ChangeLine] = []
    for entry, count in alike:
        if entry.field in apps.get_model(entry.model).untold_fields:
            continue
        if entry.via == Via.IMPORT and entry.change == Change.CREATED:
            loaded.append(counted(entry, count))
            continue
        if count > 1:
            line = ChangeLine(counted(entry, count), _what_changed(entry))
        else:
            line = ChangeLine(name_of(entry), change(entry, names))
        if lines and lines[-1].name == line.name:
            line = ChangeLine(line.name, listed([lines.pop().words, line.words]))
        lines.append(line)
    if loaded:
        said = _("Loaded from files: %(rows)s.") % {"rows": listed(loaded)}
        lines.insert(0, ChangeLine("", said))
    return lines


def actor(entry: HistoryEntry) -> str:
    """Who did it and through which door: CIO · web page."""
    door = entry.get_via_display()
    if entry.by is None and entry.via == Via.IMPORT:
        return door
    return f"{entry.by.name if entry.by else _('by itself')} · {door}"


def last_saved(row: Model) -> str:
    """Who changed a row last, and when; nothing where nobody is known."""
    entries = HistoryEntry.objects.of(row).select_related("by").order_by("-id")
    last = entries.first()
    if last is None or last.by is None:
        return ""
    return _("%(person)s saved it on %(moment)s.") % {
        "person": last.by.name,
        "moment": moment(timezone.localtime(last.at)),
    }


def counted(entry: HistoryEntry, count: int) -> str:
    """43 tasks."""
    kind = apps.get_model(entry.model)._meta
    return pgettext("rows of a kind", "%(n)d %(kind)s") % {
        "n": count,
        "kind": kind.verbose_name if count == 1 else kind.verbose_name_plural,
    }


def name_of(entry: HistoryEntry) -> str:
    """The row as its region's page names it; the days in its name are said in words."""
    name = entry.object_text
    if entry.region:
        name = name.removeprefix(f"{entry.region.name}: ")
    name = ISO_DAY.sub(lambda day: full_day(date.fromisoformat(day[0])), name)
    if entry.change == Change.CHANGED:
        return name
    kind = str(apps.get_model(entry.model)._meta.verbose_name)
    return _("%(kind)s: %(name)s") % {"kind": capital(kind), "name": name}


def change(
    entry: HistoryEntry, names: Mapping[tuple[str, str], str] = MappingProxyType({})
) -> str:
    """One entry of the history: state: open → done. `names` has those of related rows.

    Of a private field it tells that it changed: its text stands in one place only, where
    every view of it is logged.
    """
    if entry.change != Change.CHANGED or _is_private(entry):
        return _what_changed(entry)
    column = _column(entry)
    return _("%(field)s: %(before)s → %(after)s") % {
        "field": _label(entry),
        "before": _value(column, entry.before, names),
        "after": _value(column, entry.after, names),
    }


def related_model(entry: HistoryEntry) -> type[Model] | None:
    """The kind of row that a changed field points to."""
    if entry.change != Change.CHANGED or _is_private(entry):
        return None
    related: type[Model] | None = _column(entry).related_model
    return related


def _is_private(entry: HistoryEntry) -> bool:
    return entry.field in private_fields(apps.get_model(entry.model))


def _what_changed(entry: HistoryEntry) -> str:
    if entry.change != Change.CHANGED:
        return entry.get_change_display()
    return _("%(field)s changed") % {"field": _label(entry)}


def _column(entry: HistoryEntry) -> Any:
    return apps.get_model(entry.model)._meta.get_field(entry.field)


def _label(entry: HistoryEntry) -> str:
    return field_label(entry.model, entry.field)


def field_label(model: str, name: str) -> str:
    """What a field of a kind of row is called."""
    column: Any = apps.get_model(model)._meta.get_field(name)
    return capital(str(getattr(column, "verbose_name", name)))


def _value(column: Any, text: str, names: Mapping[tuple[str, str], str]) -> str:
    """A stored value in words: choices by their label, dates as days, nothing as a dash."""
    if not text:
        return "–"
    if column.choices:
        return str(dict(column.flatchoices).get(text, text))
    if column.get_internal_type() == "DateField":
        return full_day(date.fromisoformat(text))
    if column.get_internal_type() == "DateTimeField":
        return moment(timezone.localtime(datetime.fromisoformat(text)))
    if column.is_relation:
        key = (column.related_model._meta.label_lower, text)
        return names.get(key) or _("no. %(n)s") % {"n": text}
    return text
