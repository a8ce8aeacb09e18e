"""Saying what a pilot is, what it has to reach and what it reached."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from pilots.models import Pilot, SuccessCriterion
from regions import history
from regions.history import Act


class CannotKeepPilot(Exception):  # noqa: N818 - a refusal, told to the user as it stands
    """The same is measured twice."""


@transaction.atomic
def edit_pilot(
    pilot: Pilot, values: Mapping[str, Any], *, version: int, act: Act
) -> Pilot:
    """Raises EditedMeanwhile."""
    row = history.lock(Pilot.objects.all(), pilot.pk, version)
    history.change(row, values, act)
    return row


@transaction.atomic
def add_criterion(
    pilot: Pilot, values: Mapping[str, Any], *, act: Act
) -> SuccessCriterion:
    """Raises CannotKeepPilot."""
    history.lock(Pilot.objects.all(), pilot.pk)
    _insist_on_another(pilot.pk, values["metric"])
    return history.create(SuccessCriterion(pilot=pilot, **values), act)


@transaction.atomic
def edit_criterion(
    criterion: SuccessCriterion, values: Mapping[str, Any], *, version: int, act: Act
) -> SuccessCriterion:
    """Raises EditedMeanwhile and CannotKeepPilot."""
    rows = SuccessCriterion.objects.all()
    row = history.lock(rows, criterion.pk, version)
    _insist_on_another(row.pilot_id, values["metric"], row.pk)
    history.change(row, values, act)
    return row


@transaction.atomic
def remove_criterion(criterion: SuccessCriterion, *, version: int, act: Act) -> None:
    """It counts no more; what it said stays in the history. Raises EditedMeanwhile."""
    row = history.lock(SuccessCriterion.objects.all(), criterion.pk, version)
    history.delete(row, act)


def _insist_on_another(pilot_id: int, metric: str, but: int = 0) -> None:
    same = SuccessCriterion.objects.filter(pilot=pilot_id, metric=metric)
    if same.exclude(pk=but).exists():
        raise CannotKeepPilot(_("This is measured already."))
