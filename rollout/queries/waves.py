"""What is read about one wave: whether it is open, what is missing, who goes live in it."""

from dataclasses import dataclass

from pilots.criteria import judge
from pilots.enums import Judgement
from pilots.models import Finding, Pilot, SuccessCriterion
from pilots.queries import CriterionLine
from regions.models import User
from rollout.models import Plan, Wave


@dataclass(frozen=True)
class Missing:
    """What keeps a wave closed: criteria not shown to be met, findings not decided."""

    criteria: list[CriterionLine]
    findings: list[Finding]

    def __bool__(self) -> bool:
        return bool(self.criteria or self.findings)


@dataclass(frozen=True)
class WavePage:
    wave: Wave
    plans: list[Plan]
    # None where it is open, or where the reader does not see all findings.
    missing: Missing | None


def missing_for(wave: Wave) -> Missing:
    """What the pilots of the programme still owe. Three queries.

    A wave that is a pilot itself owes nothing: it has to run to show anything.
    """
    pilots = Pilot.objects.filter(programme=wave.programme_id)
    if pilots.filter(name=wave.name).exists():
        return Missing([], [])
    criteria = SuccessCriterion.objects.filter(pilot__in=pilots, is_mandatory=True)
    judged = [
        CriterionLine(row, judge(row))
        for row in criteria.select_related("pilot").order_by("pilot__name", "id")
    ]
    findings = Finding.objects.undecided().filter(pilot__in=pilots)
    return Missing(
        [line for line in judged if line.judgement != Judgement.MET],
        list(findings.select_related("pilot").order_by("pilot__name", "id")),
    )


def wave_page(wave: Wave, user: User) -> WavePage:
    plans = Plan.objects.visible_to(user).filter(wave=wave).select_related("region")
    standing = user.standing
    sees_findings = standing.sees_all or bool(standing.liaison_of)
    is_told = wave.opened_at is None and sees_findings
    return WavePage(
        wave=wave,
        plans=list(plans.order_by("go_live_date", "region__code", "id")),
        missing=missing_for(wave) if is_told else None,
    )
