"""How one entry of the history is told; `regions.timeline` makes acts of them.

All functions answer in the active language.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from regions.access import can_read_notes
from regions.enums import Audience, Change, Via
from regions.models import HistoryEntry, User
from regions.privacy import private_fields
from regions.wording import capital, full_day, listed, moment

ISO_DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")


def hide_from(reader: User, entries: Iterable[HistoryEntry]) -> None:
    """Of private fields of others no word is left but that they changed.

    The text of the field itself is told to nobody here, see `change`.
    """
    for entry in entries:
        knows = entry.region_id is not None and can_read_notes(reader, entry.region_id)
        if is_private(entry) and not knows:
            entry.object_text = entry.reason = ""


def is_private(entry: HistoryEntry) -> bool:
    """Whether the text of what changed stands on the row's own page only."""
    private = private_fields(apps.get_model(entry.model))
    return entry.audience == Audience.PRIVATE or entry.field in private


def names_in(
    entries: Iterable[HistoryEntry], reader: User | None = None
) -> dict[tuple[str, str], str]:
    """What the rows are called that changes point to, by kind and number.

    Without a reader, as for somebody who sees nothing.
    """
    wanted: dict[type[Model], set[str]] = defaultdict(set)
    for entry in entries:
        if target := related_model(entry):
            wanted[target] |= {entry.before, entry.after} - {""}
    return {
        (target._meta.label_lower, number): name
        for target, numbers in wanted.items()
        for number, name in _names(target, numbers, reader).items()
    }


def _names(target: Any, numbers: set[str], reader: User | None) -> dict[str, str]:
    rows, unseen = target._default_manager.filter(pk__in=numbers), {}
    if hidden := getattr(target, "name_unseen", ""):
        rows = rows.visible_to(reader) if reader else rows.none()
        unseen = dict.fromkeys(numbers, str(hidden))
    return unseen | {str(row.pk): name for row in rows if (name := _name(row))}


def _name(row: Model) -> str:
    """What a row is called by: versions, people and regions, tasks and findings, asks."""
    names = ("told_name", "name", "title", "text")
    texts = (getattr(row, name, "") for name in names)
    return next((text for text in texts if text), "")


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


def name_of(entry: HistoryEntry, *, with_kind: bool = True) -> str:
    """The row as its region's page names it; the days in its name are said in words."""
    name = entry.object_text
    if entry.region:
        name = name.removeprefix(f"{entry.region.name}: ")
    name = in_words(name)
    kind = kind_name(entry)
    if not name:
        return kind
    if entry.change == Change.CHANGED or not with_kind:
        return name
    return _("%(kind)s: %(name)s") % {"kind": kind, "name": name}


def in_words(name: str) -> str:
    """A name of a row with its days as people say them."""
    return ISO_DAY.sub(lambda day: full_day(date.fromisoformat(day[0])), name)


def said(
    entry: HistoryEntry, names: Mapping[tuple[str, str], str] = MappingProxyType({})
) -> str:
    """What was done, in the words of its kind of row: Done. Else as `change`."""
    if is_private(entry) or not (words := own_words(entry)):
        return change(entry, names)
    if entry.change != Change.CHANGED:
        return words
    before, after = values(entry, names)
    return words % {"before": before, "after": after}


def own_words(entry: HistoryEntry) -> str:
    told = apps.get_model(entry.model).told_as
    if entry.change != Change.CHANGED:
        return str(told.get(entry.change, ""))
    return str(told.get(_became(entry)) or told.get(entry.field, ""))


def is_untold(entry: HistoryEntry) -> bool:
    """Another entry of the act says it already."""
    untold = apps.get_model(entry.model).untold_fields
    return bool(untold & {entry.field, _became(entry)})


def rank(entry: HistoryEntry) -> int:
    """What was done comes first, then how, then all that followed from it."""
    if _became(entry) in apps.get_model(entry.model).told_as:
        return 0
    return 1 if own_words(entry) else 2


def _became(entry: HistoryEntry) -> str:
    return f"{entry.field}={entry.after}"


def change(
    entry: HistoryEntry, names: Mapping[tuple[str, str], str] = MappingProxyType({})
) -> str:
    """One entry of the history: state: open → done. `names` has those of related rows.

    Of a private field it tells that it changed: its text stands in one place only, where
    every view of it is logged.
    """
    if entry.change != Change.CHANGED or is_private(entry):
        return what_changed(entry)
    before, after = values(entry, names)
    return _("%(field)s: %(before)s → %(after)s") % {
        "field": field_name(entry),
        "before": before,
        "after": after,
    }


def values(
    entry: HistoryEntry, names: Mapping[tuple[str, str], str] = MappingProxyType({})
) -> tuple[str, str]:
    """What a field was and what it became, in words; nothing of a private one."""
    if entry.change != Change.CHANGED or is_private(entry):
        return "", ""
    column = _column(entry)
    return _value(column, entry.before, names), _value(column, entry.after, names)


def field_name(entry: HistoryEntry) -> str:
    """What the field is called that changed; nothing where a row came or went."""
    if entry.change != Change.CHANGED:
        return ""
    return field_label(entry.model, entry.field)


def kind_name(entry: HistoryEntry) -> str:
    """What rows of this kind are called."""
    return capital(str(apps.get_model(entry.model)._meta.verbose_name))


def related_model(entry: HistoryEntry) -> type[Model] | None:
    """The kind of row that a changed field points to."""
    if entry.change != Change.CHANGED or is_private(entry):
        return None
    related: type[Model] | None = _column(entry).related_model
    return related


def what_changed(entry: HistoryEntry) -> str:
    if entry.change != Change.CHANGED:
        return entry.get_change_display()
    return _("%(field)s changed") % {"field": field_name(entry)}


def _column(entry: HistoryEntry) -> Any:
    return apps.get_model(entry.model)._meta.get_field(entry.field)


def field_label(model: str, name: str) -> str:
    """What a field of a kind of row is called."""
    column: Any = apps.get_model(model)._meta.get_field(name)
    return capital(str(getattr(column, "verbose_name", name)))


def _value(column: Any, text: str, names: Mapping[tuple[str, str], str]) -> str:
    """A stored value in words: choices by their label, dates as days, nothing as a dash."""
    if not text:
        return "–"
    if codes := column.model.code_lists.get(column.name):
        return listed(str(codes(one).label) for one in text.split(","))
    if column.choices:
        return str(dict(column.flatchoices).get(text, text))
    if column.get_internal_type() == "DateField":
        return full_day(date.fromisoformat(text))
    if column.get_internal_type() == "DateTimeField":
        return moment(timezone.localtime(datetime.fromisoformat(text)))
    if column.get_internal_type() == "BooleanField":
        return _("yes") if text == "True" else _("no")
    if column.is_relation:
        key = (column.related_model._meta.label_lower, text)
        return names.get(key) or _("no. %(n)s") % {"n": text}
    return text
