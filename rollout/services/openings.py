"""Opening a wave: when the pilots have shown what they had to, or against it."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from regions import history
from regions.history import Act
from rollout.models import Wave
from rollout.queries.waves import missing_for


class CannotOpenWave(Exception):  # noqa: N818 - a refusal, told to the user as it stands
    """It is open, something is missing, or nobody said why it is opened all the same."""


@transaction.atomic
def open_wave(wave: Wave, *, version: int, act: Act) -> Wave:
    """From now on its plans can be agreed. Raises CannotOpenWave and EditedMeanwhile."""
    row = _locked(wave, version)
    if missing_for(row):
        raise CannotOpenWave(_("Something is missing, so the wave stays closed."))
    history.change(row, {"opened_at": act.at, "opened_by": act.by}, act)
    return row


@transaction.atomic
def overrule(wave: Wave, *, reason: str, version: int, act: Act) -> Wave:
    """Open it though something is missing; the reason stays on the wave for ever.

    Raises CannotOpenWave and EditedMeanwhile.
    """
    row = _locked(wave, version)
    if not reason.strip():
        raise CannotOpenWave(_("Say why the wave opens all the same."))
    if not missing_for(row):
        raise CannotOpenWave(_("Nothing is missing. Just open the wave."))
    opened = {"opened_at": act.at, "opened_by": act.by}
    history.change(row, opened | {"overruled_reason": reason.strip()}, act)
    return row


def _locked(wave: Wave, version: int) -> Wave:
    row = history.lock(Wave.objects.select_related("programme"), wave.pk, version)
    if row.opened_at is not None:
        raise CannotOpenWave(_("This wave is open already."))
    if row.programme.closed_at is not None:
        said = _("%(programme)s is closed. Open it again first.")
        raise CannotOpenWave(said % {"programme": row.programme})
    return row
