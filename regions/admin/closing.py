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


CLOSE = RowsAct(
    name="close",
    label=gettext_lazy("Close the programme"),
    about=gettext_lazy("Nothing is deleted, and it can be opened again."),
    may=can_close,
    tell=_telling(check_close, ENDS),
    do=lambda row, act: close_programme(row, act=act),
    done=_closed,
    refusals=(CannotClose,),
    needs_reason=True,
)
OPEN = RowsAct(
    name="open",
    label=gettext_lazy("Open the programme again"),
    about=gettext_lazy("Its regions stand on Today again, and reminders go out."),
    may=can_close,
    tell=_telling(check_open, BEGINS),
    do=lambda row, act: open_programme(row, act=act),
    done=_opened,
    refusals=(CannotClose,),
    needs_reason=True,
)
ARCHIVE = RowsAct(
    name="archive",
    label=gettext_lazy("Archive the region"),
    about=gettext_lazy("Nothing is deleted, and it can be taken up again."),
    may=can_close,
    tell=_telling(check_archive, ENDS),
    do=lambda row, act: archive_region(row, act=act),
    done=_archived,
    refusals=(CannotClose,),
    needs_reason=True,
)
TAKE_UP = RowsAct(
    name="take_up",
    label=gettext_lazy("Take the region up again"),
    about=gettext_lazy("It stands on Today again, and reminders go out."),
    may=can_close,
    tell=_telling(check_take_up, BEGINS),
    do=lambda row, act: take_up_region(row, act=act),
    done=_taken_up,
    refusals=(CannotClose,),
    needs_reason=True,
)
