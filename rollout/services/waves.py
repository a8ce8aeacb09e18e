"""A region leaves its wave alone: for another one, or for one of its own."""

from dataclasses import replace
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from regions import history
from regions.history import Act
from rollout.models import Plan, Wave
from rollout.services.plans import check_go_live, move_go_live


class CannotChangeWave(Exception):  # noqa: N818 - a refusal, told to the user as it stands
    """No other wave was named, or no reason was given."""


@transaction.atomic
def change_wave(
    plan: Plan,
    *,
    wave: Wave | None,
    name: str,
    to: date | None,
    reason: str,
    version: int,
    act: Act,
) -> Plan:
    """Put one region into another wave, or into a new one of that name.

    Its go-live stays unless `to` is given; a new wave begins with the region's dates. The
    first promise stays in any case. Raises CannotChangeWave, CannotMoveGoLive and
    EditedMeanwhile.
    """
    if not reason.strip():
        raise CannotChangeWave(_("Say why the region leaves its wave."))
    rows = Plan.objects.select_related("region", "programme", "wave")
    row = history.lock(rows, plan.pk, version)
    day = to or row.go_live_date
    check_go_live(row, day)
    act = replace(act, reason=reason.strip())
    target = check_wave(row, wave, name, day)
    if target._state.adding:
        history.create(target, act)
    history.change(row, {"wave": target}, act)
    if day == row.go_live_date:
        return row
    return move_go_live(row, to=day, reason=reason, version=row.version, act=act)


def check_wave(plan: Plan, wave: Wave | None, name: str, go_live: date) -> Wave:
    """The wave that is meant; a new one is not yet saved. Raises CannotChangeWave."""
    name = name.strip()
    if (wave is None) == (not name):
        raise CannotChangeWave(_("Choose another wave, or name a new one."))
    if wave is None:
        if Wave.objects.filter(programme=plan.programme_id, name=name).exists():
            raise CannotChangeWave(_("There is a wave of this name already."))
        return Wave(
            programme=plan.programme,
            name=name,
            kick_off_date=plan.kick_off_date,
            go_live_date=go_live,
            # Who was let in is not asked again for going alone.
            opened_at=plan.wave.opened_at,
            opened_by=plan.wave.opened_by,
            overruled_reason=plan.wave.overruled_reason,
        )
    if wave.programme_id != plan.programme_id:
        raise CannotChangeWave(_("Choose a wave of the same programme."))
    if wave.pk == plan.wave_id:
        raise CannotChangeWave(_("The region is in this wave already."))
    return wave
