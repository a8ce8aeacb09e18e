"""Who leads a region: somebody new, nobody for a while, and how he is addressed.

What belongs to the post passes on, what belongs to the person stays with him: asks go to
the successor, talks and judgements are kept where they were.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from regions import history
from regions.calendar import today
from regions.enums import Attitude, Caller, CheckInState
from regions.history import Act
from regions.models import Ask, CheckIn, Region, RegionalCEO, Rhythm, Stance, User
from regions.services.stances import newest_stance

NOT_COPIED = ("id", "version", "ceo", "caller")


class CannotChangeCEO(Exception):  # noqa: N818 - a refusal, told to the user as it stands
    """A day that does not fit, or somebody who leads the region already."""


@transaction.atomic
def appoint_ceo(
    user: User, region: Region, *, from_date: date, act: Act
) -> RegionalCEO:
    """A new head of the region; the one before him ends on the same day.

    Where there was one before, the new one takes over what was open with him: asks of both
    sides, and his rhythms, in which the first talk is due on the new one's first day.
    Raises CannotChangeCEO.
    """
    region = history.lock(Region.objects.all(), region.pk)
    current = region.ceos.current().first()
    if current is not None and current.user_id == user.pk:
        raise CannotChangeCEO(_("This person is the CEO already."))
    before = region.ceos.order_by("-from_date", "-id").first()
    if current is not None:
        end_ceo(current, to_date=from_date, act=act)
    elif before is not None and before.to_date and from_date < before.to_date:
        raise CannotChangeCEO(_("The CEO before him still led the region on this day."))
    _check_past(region, from_date, act)
    ceo = history.create(
        RegionalCEO(user=user, region=region, from_date=from_date), act
    )
    if before is not None:
        _pass_asks_on(ceo, act)
        _go_on_with_rhythms(before, ceo, act)
    return ceo


@transaction.atomic
def end_ceo(ceo: RegionalCEO, *, to_date: date, act: Act) -> RegionalCEO:
    """He leads no more from a day on, which closes his rhythms; planned talks fall out.

    His asks stay open until somebody takes them over. Raises CannotChangeCEO.
    """
    row = history.lock(RegionalCEO.objects.select_related("region"), ceo.pk)
    if row.to_date is not None:
        raise CannotChangeCEO(_("He is not the CEO any more."))
    if to_date < row.from_date:
        raise CannotChangeCEO(_("The CEO before him started later than this day."))
    _check_past(row.region, to_date, act)
    history.change(row, {"to_date": to_date}, act)
    cancelled = {"state": CheckInState.CANCELLED, "reason": why_cancelled()}
    talks = CheckIn.objects.planned().filter(ceo=row).select_related("ceo")
    history.change_all(
        [
            (talk, {**cancelled, "sequence": talk.sequence + 1})
            for talk in talks.select_for_update(of=("self",))
        ],
        act,
    )
    return row


def why_cancelled() -> str:
    """The reason of a talk that falls out with its CEO."""
    return gettext("The CEO left.")


@transaction.atomic
def change_manners(
    ceo: RegionalCEO, values: Mapping[str, Any], *, version: int, act: Act
) -> RegionalCEO:
    """How he is addressed, and what to be careful with. Raises EditedMeanwhile."""
    row = history.lock(RegionalCEO.objects.select_related("region"), ceo.pk, version)
    history.change(row, values, act)
    return row


def _check_past(region: Region, day: date, act: Act) -> None:
    """Who comes later is named on his first day: until then the other one is called."""
    if day > today(region, act.at):
        raise CannotChangeCEO(_("This day lies ahead. Do it on that day or later."))


def _pass_asks_on(ceo: RegionalCEO, act: Act) -> None:
    rows = (
        Ask.objects.waiting()
        .filter(ceo__region=ceo.region)
        .exclude(ceo=ceo)
        .select_related("ceo")
        .order_by("id")
        .select_for_update(of=("self",))
    )
    history.change_all([(row, {"ceo": ceo}) for row in rows], act)


def _go_on_with_rhythms(before: RegionalCEO, ceo: RegionalCEO, act: Act) -> None:
    """The same days and dates in all that still runs; the first talk is the CIO's again."""
    rows = Rhythm.objects.filter(ceo=before, programme__closed_at=None)
    rhythms = list(rows.select_related("programme").order_by("id"))
    columns = [
        one for one in Rhythm._meta.concrete_fields if one.name not in NOT_COPIED
    ]
    history.create_all(
        [
            Rhythm(
                ceo=ceo,
                caller=Caller.CIO if row.caller == Caller.CIO else Caller.USUAL,
                **{one.attname: getattr(row, one.attname) for one in columns},
            )
            for row in rhythms
        ],
        act,
    )
    history.create_all([_unaware(before, ceo, row, act) for row in rhythms], act)


def _unaware(before: RegionalCEO, ceo: RegionalCEO, rhythm: Rhythm, act: Act) -> Stance:
    """Nobody has told him yet; he is wanted where the one before him was."""
    last = newest_stance(before, rhythm.programme)
    return Stance(
        ceo=ceo,
        programme=rhythm.programme,
        current=Attitude.UNAWARE,
        wanted=last.wanted if last else Attitude.SUPPORTIVE,
        sentence=gettext("New in office"),
        by=act.by,
        judged_at=act.at,
    )
