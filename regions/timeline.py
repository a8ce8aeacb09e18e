"""The history as people read it: one act is one entry, whatever number of rows it touched.

Used by every page that shows what changed. All functions answer in the active language.
"""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import (
    Count,
    F,
    Max,
    Min,
    OuterRef,
    QuerySet,
    Subquery,
    Window,
)
from django.db.models.functions import DenseRank, RowNumber
from django.utils.translation import gettext as _

from regions.enums import Change, Via
from regions.models import HistoryEntry, User
from regions.telling import (
    actor,
    counted,
    hide_from,
    is_untold,
    name_of,
    names_in,
    rank,
    said,
    what_changed,
)
from regions.undoing import undo_answers
from regions.wording import listed


@dataclass(frozen=True)
class ChangeLine:
    """What an act did to one row, or to many rows in the same way.

    Where it is one row, its kind (as addresses name it) and number.
    """

    name: str
    words: str
    kind: str = ""
    number: int = 0


@dataclass(frozen=True)
class PastAct:
    """One act as the history tells it: what changed in short lines, who did it, and why.

    `undoes` is the act that it took back, `undone_by` the one that took it back.
    """

    id: uuid.UUID
    at: datetime
    actor: str
    reason: str
    region: str
    lines: list[ChangeLine]
    undoes: uuid.UUID | None = None
    undone_by: uuid.UUID | None = None
    may_undo: bool = False


def past_acts(
    entries: QuerySet[HistoryEntry],
    most: int | None = None,
    reader: User | None = None,
) -> list[PastAct]:
    """The newest acts first. One query, and one per kind of row that the changes name.

    An act that did the same to many rows is told by their number, so that an import of
    a hundred rows is one line. With a reader, entries may be among them of which he is
    told no more than that they are.
    """
    alike = [F("act"), F("model"), F("change"), F("field")]
    told = (
        entries.annotate(
            nth_act=Window(DenseRank(), order_by=[F("at").desc(), F("act").asc()]),
            nth_alike=Window(RowNumber(), partition_by=alike, order_by=F("id").asc()),
            alike=Window(Count("id"), partition_by=alike),
            # An act in one region says so; an act in several does not.
            lowest=Window(Min("region"), partition_by=[F("act")]),
            highest=Window(Max("region"), partition_by=[F("act")]),
            undone_by=Subquery(
                HistoryEntry.objects.filter(undoes=OuterRef("act")).values("act")[:1]
            ),
        )
        .filter(nth_alike=1)
        .select_related("by", "region")
        .order_by("nth_act", "id")
    )
    rows = list(told if most is None else told.filter(nth_act__lte=most))
    if reader is not None:
        hide_from(reader, rows)
    names = names_in(rows, reader)
    acts: dict[uuid.UUID, list[Any]] = {}
    for row in rows:
        # Files tell of several moments; an import of them is one act all the same.
        acts.setdefault(row.act, []).append(row)
    return [_past_act(mine, names) for mine in acts.values()]


def _past_act(rows: list[Any], names: Mapping[tuple[str, str], str]) -> PastAct:
    placed = next((row for row in rows if row.region), None)
    in_one = placed is not None and placed.lowest == placed.highest
    return PastAct(
        id=rows[0].act,
        at=rows[0].at,
        actor=actor(rows[0]),
        reason=next((row.reason for row in rows if row.reason), ""),
        region=placed.region.name if placed is not None and in_one else "",
        lines=change_lines([(row, row.alike) for row in rows], names),
        undoes=rows[0].undoes,
        undone_by=rows[0].undone_by,
    )


def change_lines(
    alike: Iterable[tuple[HistoryEntry, int]], names: Mapping[tuple[str, str], str]
) -> list[ChangeLine]:
    """The entries of one act; each stands for as many like it as its number says.

    What another entry says already is left out, unless there is no other.
    """
    loaded: list[str] = []
    lines: list[ChangeLine] = []
    rows = list(alike)
    telling = [pair for pair in rows if not is_untold(pair[0])]
    for entry, count in _acts_first(telling or rows):
        if entry.via == Via.IMPORT and entry.change == Change.CREATED:
            loaded.append(counted(entry, count))
            continue
        if count > 1:
            line = ChangeLine(counted(entry, count), what_changed(entry))
        else:
            line = ChangeLine(
                name_of(entry),
                said(entry, names),
                entry.model.rpartition(".")[2],
                entry.object_id,
            )
        if lines and replace(lines[-1], words="") == replace(line, words=""):
            line = replace(line, words=listed([lines.pop().words, line.words]))
        lines.append(line)
    if loaded:
        words = _("Loaded from files: %(rows)s.") % {"rows": listed(loaded)}
        lines.insert(0, ChangeLine("", words))
    return lines


def _acts_first(
    alike: Iterable[tuple[HistoryEntry, int]],
) -> list[tuple[HistoryEntry, int]]:
    """Row by row, and of each what was done before what followed from it."""
    order: dict[tuple[str, int], int] = {}
    return sorted(
        alike,
        key=lambda pair: (
            order.setdefault((pair[0].model, pair[0].object_id), len(order)),
            rank(pair[0]),
        ),
    )


def timeline(
    entries: QuerySet[HistoryEntry], reader: User, most: int | None = None
) -> list[PastAct]:
    """The newest of the acts that a reader is told, and which of them he may take back.

    Two queries more, and one for each kind of row that he could take back.
    """
    acts = past_acts(entries, most, reader)
    answers = undo_answers([act.id for act in acts], reader)
    return [replace(act, may_undo=bool(answers[act.id])) for act in acts]
