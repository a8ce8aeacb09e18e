"""Who talks with a CEO: the CIO hands the talks to the liaison, or takes them back."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from regions import history
from regions.enums import Caller, Role
from regions.history import Act
from regions.models import Rhythm
from regions.queries import holders


class CannotSetCaller(Exception):  # noqa: N818 - a refusal, told to the user as it stands
    """Nobody is there who would call."""


@transaction.atomic
def hand_over_talks(rhythm: Rhythm, *, version: int, act: Act) -> Rhythm:
    """From now on the liaison calls, for the first talk too.

    Raises EditedMeanwhile, and CannotSetCaller where the region has no liaison.
    """
    row = _locked(rhythm, version)
    region = row.ceo.region_id
    if not holders(act.at, Role.LIAISON, regions=[region])[Role.LIAISON, region]:
        raise CannotSetCaller(_("This region has no liaison who could call."))
    history.change(row, {"caller": Caller.LIAISON}, act)
    return row


@transaction.atomic
def take_talks_back(
    rhythm: Rhythm, *, is_first_talk: bool, version: int, act: Act
) -> Rhythm:
    """From now on the CIO calls; as usual, if that makes the next talk his.

    After the first talk the usual caller is the liaison, so the CIO has to be set.
    Raises EditedMeanwhile.
    """
    row = _locked(rhythm, version)
    caller = Caller.USUAL if is_first_talk else Caller.CIO
    history.change(row, {"caller": caller}, act)
    return row


def _locked(rhythm: Rhythm, version: int) -> Rhythm:
    return history.lock(Rhythm.objects.select_related("ceo"), rhythm.pk, version)
