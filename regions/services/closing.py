"""Closing a programme and archiving a region: nothing is due any more, all of it stays.

A closed programme and an archived region can be read as before, and opened again.
"""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from regions import history
from regions.history import Act
from regions.models import Programme, Region


class CannotClose(Exception):  # noqa: N818 - a refusal, told to the user as it stands
    """It is closed already, or is not closed; or nobody said why."""


@transaction.atomic
def close_programme(programme: Programme, *, act: Act) -> Programme:
    """Raises CannotClose."""
    _insist_on_reason(act)
    row = history.lock(Programme.objects.all(), programme.pk)
    check_close(row)
    history.change(row, {"closed_at": act.at}, act)
    return row


@transaction.atomic
def open_programme(programme: Programme, *, act: Act) -> Programme:
    """Raises CannotClose."""
    _insist_on_reason(act)
    row = history.lock(Programme.objects.all(), programme.pk)
    check_open(row)
    history.change(row, {"closed_at": None}, act)
    return row


@transaction.atomic
def archive_region(region: Region, *, act: Act) -> Region:
    """Raises CannotClose."""
    _insist_on_reason(act)
    row = history.lock(Region.objects.all(), region.pk)
    check_archive(row)
    history.change(row, {"archived_at": act.at}, act)
    return row


@transaction.atomic
def take_up_region(region: Region, *, act: Act) -> Region:
    """Raises CannotClose."""
    _insist_on_reason(act)
    row = history.lock(Region.objects.all(), region.pk)
    check_take_up(row)
    history.change(row, {"archived_at": None}, act)
    return row


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


def _insist_on_reason(act: Act) -> None:
    if not act.reason.strip():
        raise CannotClose(_("Say why."))
