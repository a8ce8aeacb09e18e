"""Closing a programme and archiving a region: nothing is due any more, all of it stays.

A closed programme and an archived region can be read as before, and opened again.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from regions import history
from regions.history import Act
from regions.models import Programme, Region

Row = TypeVar("Row", Programme, Region)


class CannotClose(Exception):  # noqa: N818 - a refusal, told to the user as it stands
    """It is closed already, or is not closed; or nobody said why."""


def close_programme(programme: Programme, *, act: Act) -> Programme:
    """Raises CannotClose."""
    return _changed(programme, check_close, {"closed_at": act.at}, act)


def open_programme(programme: Programme, *, act: Act) -> Programme:
    """Raises CannotClose."""
    return _changed(programme, check_open, {"closed_at": None}, act)


def archive_region(region: Region, *, act: Act) -> Region:
    """Raises CannotClose."""
    return _changed(region, check_archive, {"archived_at": act.at}, act)


def take_up_region(region: Region, *, act: Act) -> Region:
    """Raises CannotClose."""
    return _changed(region, check_take_up, {"archived_at": None}, act)


def check_close(row: Programme) -> None:
    if row.closed_at is not None:
        raise CannotClose(_("It is closed already."))


def check_open(row: Programme) -> None:
    if row.closed_at is None:
        raise CannotClose(_("It is not closed."))


def check_archive(row: Region) -> None:
    if row.archived_at is not None:
        raise CannotClose(_("It is archived already."))


def check_take_up(row: Region) -> None:
    if row.archived_at is None:
        raise CannotClose(_("It is not archived."))


@transaction.atomic
def _changed(
    row: Row, check: Callable[[Row], None], values: Mapping[str, Any], act: Act
) -> Row:
    if not act.reason.strip():
        raise CannotClose(_("Say why."))
    locked = history.lock(type(row)._default_manager.all(), row.pk)
    check(locked)
    history.change(locked, values, act)
    return locked
