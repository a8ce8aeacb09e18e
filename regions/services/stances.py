"""Judging where a CEO stands, and taking a judgement back. Every judgement stays."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from regions import history
from regions.enums import Attitude
from regions.history import Act
from regions.models import Programme, RegionalCEO, Stance


class CannotJudge(Exception):  # noqa: N818 - a refusal, told to the user as it stands
    """He leads no more, or the judgement lacks the sentence that says why."""


class JudgedMeanwhile(CannotJudge):
    """Somebody else judged since the form was shown; `newest` says what."""

    def __init__(self, newest: Stance | None) -> None:
        self.newest = newest
        super().__init__(
            _(
                "Somebody else judged in the meantime. Look at it, then save yours as "
                "the newer one, or leave it."
            )
        )


@dataclass(frozen=True)
class Judgement:
    """Where somebody sees a CEO, where he is wanted, and what shows it."""

    current: Attitude
    wanted: Attitude
    sentence: str


def newest_stance(ceo: RegionalCEO, programme: Programme) -> Stance | None:
    """The judgement that holds."""
    rows = Stance.objects.standing().filter(ceo=ceo, programme=programme)
    return rows.select_related("by").order_by("-judged_at", "-id").first()


@transaction.atomic
def judge(
    ceo: RegionalCEO,
    programme: Programme,
    judgement: Judgement,
    *,
    seen: int,
    act: Act,
) -> Stance:
    """A new judgement over the one that was seen, 0 for none.

    Raises CannotJudge, and JudgedMeanwhile when another one holds by now.
    """
    row = history.lock(RegionalCEO.objects.all(), ceo.pk)
    if row.to_date is not None:
        raise CannotJudge(_("He is not the CEO any more."))
    if not judgement.sentence.strip():
        raise CannotJudge(_("Say in a sentence what shows it."))
    newest = newest_stance(row, programme)
    if (newest.pk if newest else 0) != seen:
        raise JudgedMeanwhile(newest)
    return history.create(
        Stance(
            ceo=row,
            programme=programme,
            current=judgement.current,
            wanted=judgement.wanted,
            sentence=judgement.sentence.strip(),
            by=act.by,
            judged_at=act.at,
        ),
        act,
    )


@transaction.atomic
def withdraw_judgement(stance: Stance, *, version: int, act: Act) -> Stance:
    """It holds no more, the one before it does; it stays to be read. Raises EditedMeanwhile."""
    rows = Stance.objects.select_related("ceo__region", "ceo__user")
    row = history.lock(rows, stance.pk, version)
    if row.withdrawn_at is None:
        history.change(row, {"withdrawn_at": act.at}, act)
    return row
