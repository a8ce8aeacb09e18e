"""Moving many booked talks: exactly those that the preview showed, in one act, one undo."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from regions.enums import Channel
from regions.history import Act, EditedMeanwhile
from regions.models import User
from regions.services.checkins import CannotBook
from rollout.queries.shifting import MOST_TALKS, Shift, shift_preview
from rollout.services.bookings import Slot, move_check_in


class CannotShift(Exception):  # noqa: N818 - told to the user as it stands
    """Nothing moves, too much would, or not what the preview showed any more."""


@transaction.atomic
def shift_check_ins(
    pks: list[int], shift: Shift, *, reader: User, seen: str, act: Act
) -> int:
    """How many were moved. Raises CannotShift."""
    if len(pks) > MOST_TALKS:
        raise CannotShift(
            _("At most %(n)d talks are moved at once.") % {"n": MOST_TALKS}
        )
    preview = shift_preview(pks, shift, reader, act.at)
    if not preview.changes:
        raise CannotShift(_("None of these would move."))
    changed = _("Something of it changed in the meantime. Look at it again.")
    if preview.seen != seen:
        raise CannotShift(changed)
    for one in preview.changes:
        row = one.check_in
        slot = Slot(one.to, row.at_time, row.minutes, Channel(row.channel))
        try:
            move_check_in(row, slot, version=row.version, act=act)
        except (CannotBook, EditedMeanwhile):
            raise CannotShift(changed) from None
    return len(preview.changes)
