"""What letters are made of, read for a whole batch of them at once; in no language yet."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from pilots.models import Finding
from regions.calendar import Corrections
from regions.enums import Role
from regions.models import Programme, User
from regions.queries import holders, on_duty
from rollout.enums import CAPS, DutyKind, MailCap
from rollout.models import Brief, Clarification, CloseOut, Duty, Task
from rollout.queries.blocked import BlockedTask, blocked_tasks
from rollout.queries.briefs import briefs, briefs_of
from rollout.queries.calls import Call, calls_due
from rollout.queries.clarifications import unanswered
from rollout.queries.closeouts import told_close_outs
from rollout.queries.duties import (
    findings_of,
    plans_of,
    questions_of,
    rhythms_of,
    tasks_of,
)
from rollout.queries.owned import (
    OwnTask,
    assigned_tasks,
    overdue_tasks,
    tasks_of_plans,
)
from rollout.queries.pushnews import Carried, carried
from rollout.queries.sheetfacts import SheetFacts, sheet_facts
from rollout.queries.talks import Booked, talks_told
from rollout.queries.taskparts import who_waits
from rollout.queries.taught import forgotten_findings

OF_BRIEFS = (DutyKind.BRIEF, DutyKind.CALL_ME, DutyKind.BRIEF_ANSWER)


@dataclass(frozen=True)
class Facts:
    """What the letters of some duties are made of, in no language yet.

    Calls stand with the most pressing first, tasks with the longest waiting.
    """

    at: datetime
    calls: list[Call]
    sheets: SheetFacts
    tasks: list[BlockedTask]
    overdue: list[OwnTask]
    # Who waits for each of these.
    waiting: dict[int, list[str]]
    assigned: list[OwnTask]
    planned: list[Task]
    carried: list[Carried]
    questions: list[Clarification]
    briefs: list[Brief]
    talks: dict[int, Booked]
    findings: list[Finding]
    close_outs: list[CloseOut]
    liaisons: dict[int, User]
    house: Programme | None
    planner: User | None

    @cached_property
    def calls_of(self) -> dict[int, list[Call]]:
        """By caller, so that a letter looks at its reader's alone."""
        found: dict[int, list[Call]] = defaultdict(list)
        for call in self.calls:
            for caller in call.callers:
                if not call.put_off_by(caller):
                    found[caller.pk].append(call)
        return found


def read(duties: list[Duty], at: datetime, corrected: Corrections) -> Facts:
    """All that letters with these duties are made of, whoever gets them.

    A fixed number of queries for each programme, however many letters and duties.
    """
    calls = calls_due(rhythms_of(duties), at, corrected)
    overdue = overdue_tasks(tasks_of(duties, DutyKind.OVERDUE), at, corrected)
    found = list(briefs(briefs_of(duties, *OF_BRIEFS)))
    regions = {one.task.plan.region_id for one in overdue}
    return Facts(
        at=at,
        calls=calls,
        sheets=sheet_facts([call.engagement for call in calls], at),
        tasks=blocked_tasks(tasks_of(duties, DutyKind.BLOCKED), at),
        overdue=overdue,
        waiting=who_waits([one.task for one in overdue]) if overdue else {},
        assigned=assigned_tasks(tasks_of(duties, DutyKind.ASSIGNED), at),
        planned=tasks_of_plans(plans_of(duties)),
        carried=carried(duties),
        questions=unanswered(questions_of(duties)),
        briefs=found,
        talks=talks_told(duties, at, corrected),
        close_outs=told_close_outs(duties),
        findings=forgotten_findings(findings_of(duties), at),
        liaisons=_liaisons(regions | {one.ceo.region_id for one in found}, at),
        house=_house(duties),
        planner=next(iter(holders(at, Role.HQ)[Role.HQ, None]), None),
    )


def _liaisons(regions: set[int], at: datetime) -> dict[int, User]:
    """Whom to call in each of these regions."""
    if not regions:
        return {}
    held = on_duty(at, Role.LIAISON, regions=regions)
    return {
        region: ones[0].user
        for (_role, region), ones in held.items()
        if region and ones
    }


def _house(duties: list[Duty]) -> Programme | None:
    """The programme that signs what is asked for at once, which belongs to none."""
    if all(CAPS[DutyKind(duty.kind)] != MailCap.AT_ONCE for duty in duties):
        return None
    return Programme.objects.running_first().first()
