"""What is read of the history: all about one row, and who changed what.

Everything begins with `told_to`: entries as far as the reader sees the rows.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import Max, Model, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from pilots.models import Procedure, Step
from regions.enums import Change
from regions.models import (
    Absence,
    Ask,
    CheckIn,
    Contact,
    HistoryEntry,
    Membership,
    Region,
    RegionalCEO,
    Rhythm,
    User,
    Versioned,
)
from regions.models.history import private_entries
from regions.queries import history_of
from regions.telling import (
    field_name,
    hide_from,
    in_words,
    is_private,
    kind_name,
    name_of,
    names_in,
    values,
)
from regions.timeline import PastAct, timeline
from regions.wording import capital
from rollout.models import (
    Brief,
    ChecklistItem,
    Clarification,
    LessonUse,
    Plan,
    Task,
    TaskComment,
    TaskLink,
    TaskRequest,
)

EXPORTED_MOST = 10_000
SHOWN = 20
# The rows whose history is told with that of another, by the field that leads to it.
BELOW: Mapping[type[Model], Mapping[type[Model], str]] = {
    User: {Membership: "user", Absence: "user"},
    RegionalCEO: {
        Rhythm: "ceo",
        Contact: "ceo",
        CheckIn: "ceo",
        Ask: "ceo",
        Brief: "ceo",
    },
    Plan: {Task: "plan"},
    Task: {
        TaskRequest: "task",
        ChecklistItem: "task",
        Clarification: "task",
        TaskComment: "task",
        TaskLink: "task",
        LessonUse: "task",
    },
    Procedure: {Step: "procedure"},
}


def kinds() -> dict[str, type[Versioned]]:
    """Every kind of row that people edit, by its name in addresses."""
    return {
        str(model._meta.model_name): model
        for model in apps.get_models()
        if issubclass(model, Versioned)
    }


def story_of(row: Versioned, reader: User) -> QuerySet[HistoryEntry]:
    """All that happened to a row and to what hangs on it; to a region, all in it."""
    told = HistoryEntry.objects.told_to(reader)
    if isinstance(row, Region):
        return told.filter(region=row)
    story = history_of(row, reader)
    for model, field in BELOW.get(type(row), {}).items():
        rows = model._default_manager.filter(**{field: row}).values("pk")
        story |= told.filter(model=model._meta.label_lower, object_id__in=rows)
    if isinstance(row, Ask):
        # Which tasks wait for it, or did.
        links = told.filter(model=Task._meta.label_lower, field="waits_for_ask")
        story |= links.filter(Q(before=str(row.pk)) | Q(after=str(row.pk)))
    return story


def row_timeline(row: Versioned, reader: User) -> list[PastAct]:
    """The newest of it, for the page of the row."""
    return timeline(story_of(row, reader), reader, SHOWN)


@dataclass(frozen=True)
class Story:
    """What happened to one row, which may be gone by now."""

    name: str
    kind: str
    is_gone: bool
    entries: QuerySet[HistoryEntry]


def find_story(
    model: type[Versioned], number: int, row: Versioned | None, reader: User
) -> Story | None:
    """Of a row that the reader sees; of one that is deleted, only for who sees all."""
    kind = capital(str(model._meta.verbose_name))
    if row is not None:
        return Story(row_name(row), kind, is_gone=False, entries=story_of(row, reader))
    if not reader.standing.sees_all:
        return None
    entries = HistoryEntry.objects.told_to(reader).filter(
        model=model._meta.label_lower, object_id=number
    )
    last = entries.filter(change=Change.DELETED).select_related("region").first()
    if last is None:
        return None
    name = name_of(last, with_kind=False)
    return Story(name, kind, is_gone=True, entries=entries)


def row_name(row: Versioned) -> str:
    """As it is called in the history; a person by his name alone."""
    return row.name if isinstance(row, User) else in_words(str(row))


# --- Who changed what ----------------------------------------------------------------


def changes(reader: User, wanted: Mapping[str, Any]) -> QuerySet[HistoryEntry]:
    """Entries under the filters that are set; days are those of the reader."""
    rows = HistoryEntry.objects.told_to(reader)
    if who := wanted.get("who"):
        rows = rows.filter(Q(by__name__icontains=who) | Q(by__email__icontains=who))
    if kind := wanted.get("kind"):
        rows = rows.filter(model=kinds()[kind]._meta.label_lower)
    if region := wanted.get("region"):
        rows = rows.filter(region=region)
    if first := wanted.get("first"):
        rows = rows.filter(at__gte=_midnight(first, reader))
    if last := wanted.get("last"):
        rows = rows.filter(at__lt=_midnight(last + timedelta(days=1), reader))
    if words := wanted.get("q"):
        rows = rows.filter(_says(words))
    return rows


def _midnight(day: date, reader: User) -> datetime:
    return datetime.combine(day, time(), tzinfo=reader.zone)


def _says(words: str) -> Q:
    """In the row's name, the reason or a text; a private text is not found by its words."""
    found = Q()
    for name in ("object_text", "reason", "before", "after"):
        found |= Q(**{f"{name}__icontains": words})
    return found & ~private_entries()


def acts_of(entries: QuerySet[HistoryEntry]) -> QuerySet[HistoryEntry, Any]:
    """The acts behind entries, newest first: what pages are counted in."""
    acts = entries.order_by().values("act").annotate(newest=Max("at"))
    return acts.order_by("-newest", "act")


# --- One act in full -----------------------------------------------------------------


def act_entries(act: UUID, reader: User) -> QuerySet[HistoryEntry]:
    """What an act did to rows that the reader sees now; who sees all, to deleted ones too."""
    told = HistoryEntry.objects.told_to(reader).filter(act=act).order_by("id")
    if reader.standing.sees_all:
        return told
    seen = Q(pk=None)
    for label in sorted(set(told.values_list("model", flat=True))):
        kind: Any = apps.get_model(label)
        rows = kind._default_manager.visible_to(reader).values("pk")
        seen |= Q(model=label, object_id__in=rows)
    return told.filter(seen)


def without_steps(entries: QuerySet[HistoryEntry]) -> QuerySet[HistoryEntry]:
    """That tasks go on with the steps of another version is said once, by the version."""
    return entries.exclude(model=Task._meta.label_lower, field="step")


@dataclass(frozen=True)
class ChangeRow:
    """One change in columns: of which row, what it was and what it became."""

    entry: HistoryEntry
    kind: str
    name: str
    field: str
    before: str
    after: str
    is_private: bool

    @property
    def slug(self) -> str:
        return self.entry.model.rpartition(".")[2]


def change_rows(entries: Iterable[HistoryEntry], reader: User) -> list[ChangeRow]:
    """Entries with who did it and the region, in full."""
    rows = list(entries)
    hide_from(reader, rows)
    names = names_in(rows, reader)
    return [_change_row(row, names) for row in rows]


def _change_row(entry: HistoryEntry, names: Mapping[tuple[str, str], str]) -> ChangeRow:
    before, after = values(entry, names)
    return ChangeRow(
        entry=entry,
        kind=kind_name(entry),
        name=name_of(entry, with_kind=False),
        field=field_name(entry),
        before=before,
        after=after,
        is_private=is_private(entry),
    )


# --- As a file -----------------------------------------------------------------------


def export_header() -> list[str]:
    return [
        _("When"),
        pgettext("history", "Who"),
        _("E-mail"),
        pgettext("history", "Through"),
        _("Region"),
        _("Kind"),
        _("Name"),
        _("Change"),
        _("Field"),
        _("From"),
        _("To"),
        _("Reason"),
        _("Act"),
    ]


def export_rows(
    entries: QuerySet[HistoryEntry], reader: User
) -> Iterator[list[object]]:
    """One line for each entry, newest act first; no more than a file may hold."""
    newest = entries.select_related("by", "region").order_by("-at", "act", "id")
    for row in change_rows(newest[:EXPORTED_MOST], reader):
        entry = row.entry
        yield [
            timezone.localtime(entry.at),
            entry.by.name if entry.by else _("by itself"),
            entry.by.email if entry.by else "",
            entry.get_via_display(),
            entry.region.name if entry.region else "",
            row.kind,
            row.name,
            entry.get_change_display(),
            row.field,
            row.before,
            row.after,
            entry.reason,
            str(entry.act),
        ]
