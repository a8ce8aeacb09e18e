"""Closing and opening programmes, archiving regions and taking them up again."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy, ngettext

from regions.access import can_close
from regions.administration import RowsAct, Told
from regions.services.closing import (
    CannotClose,
    archive_region,
    check_archive,
    check_close,
    check_open,
    check_take_up,
    close_programme,
    open_programme,
    take_up_region,
)

Tell = Callable[[QuerySet[Any], datetime], Iterable[Told]]
ENDS = gettext_lazy(
    "It leaves Today, and nobody is reminded or given a task of it. It can still be read, "
    "with all its history."
)
BEGINS = gettext_lazy("What is open in it is due again, as it was left.")


def _telling(check: Callable[[Any], None], said: Any) -> Tell:
    def tell(rows: QuerySet[Any], at: datetime) -> Iterator[Told]:
        for row in rows:
            yield _told(row, check, str(said))

    return tell


def _told(row: Model, check: Callable[[Any], None], said: str) -> Told:
    try:
        check(row)
    except CannotClose as refusal:
        return Told(row, str(refusal), is_refused=True)
    return Told(row, said)


def _closed(count: int) -> str:
    said = ngettext("%(n)d programme is closed.", "%(n)d programmes are closed.", count)
    return said % {"n": count}


def _opened(count: int) -> str:
    said = ngettext(
        "%(n)d programme is open again.", "%(n)d programmes are open again.", count
    )
    return said % {"n": count}


def _archived(count: int) -> str:
    said = ngettext("%(n)d region is archived.", "%(n)d regions are archived.", count)
    return said % {"n": count}


def _taken_up(count: int) -> str:
    said = ngettext(
        "%(n)d region is taken up again.", "%(n)d regions are taken up again.", count
    )
    return said % {"n": count}


def _act(
    name: str,
    label: Any,
    about: Any,
    *,
    check: Callable[[Any], None],
    said: Any,
    do: Callable[..., Any],
    done: Callable[[int], str],
) -> RowsAct:
    """An act with a reason; what is refused to one row is told before it is done."""
    return RowsAct(
        name=name,
        label=label,
        about=about,
        may=can_close,
        tell=_telling(check, said),
        do=lambda row, act: do(row, act=act),
        done=done,
        refusals=(CannotClose,),
        needs_reason=True,
    )


CLOSE = _act(
    "close",
    gettext_lazy("Close the programme"),
    gettext_lazy("Nothing is deleted, and it can be opened again."),
    check=check_close,
    said=ENDS,
    do=close_programme,
    done=_closed,
)
OPEN = _act(
    "open",
    gettext_lazy("Open the programme again"),
    gettext_lazy("Its regions stand on Today again, and reminders go out."),
    check=check_open,
    said=BEGINS,
    do=open_programme,
    done=_opened,
)
ARCHIVE = _act(
    "archive",
    gettext_lazy("Archive the region"),
    gettext_lazy("Nothing is deleted, and it can be taken up again."),
    check=check_archive,
    said=ENDS,
    do=archive_region,
    done=_archived,
)
TAKE_UP = _act(
    "take_up",
    gettext_lazy("Take the region up again"),
    gettext_lazy("It stands on Today again, and reminders go out."),
    check=check_take_up,
    said=BEGINS,
    do=take_up_region,
    done=_taken_up,
)
