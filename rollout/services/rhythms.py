"""The rhythm of talks for all CEOs of a wave, in one act."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from regions import history
from regions.history import Act
from regions.services.rhythms import set_rhythms
from rollout.models import Wave
from rollout.queries.rhythms import rhythm_preview


class CannotSetRhythm(Exception):  # noqa: N818 - told to the user as it stands
    """Nothing changes, or not what the preview showed any more."""


@transaction.atomic
def set_wave_rhythm(
    wave: Wave, values: Mapping[str, Any], *, seen: str, act: Act
) -> int:
    """How many CEOs have another rhythm now. Raises CannotSetRhythm.

    Who has none gets one first, in an act of its own: one undo of this act leaves him
    the usual days, so that the rest can be taken back.
    """
    preview = rhythm_preview(wave, values, act.at)
    if preview.seen != seen:
        raise CannotSetRhythm(
            _("Something of it changed in the meantime. Look at it again.")
        )
    if not preview.changed:
        raise CannotSetRhythm(_("None of these would change."))
    made = history.create_all(
        [one.rhythm for one in preview.settings if one.is_new],
        replace(act, id=uuid4()),
    )
    known = [one.rhythm for one in preview.changed if not one.is_new]
    changed = set_rhythms([row.pk for row in [*known, *made]], values, act=act)
    return len({row.pk for row in [*made, *changed]})
