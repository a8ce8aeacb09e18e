"""All that one region's page shows."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from regions.access import (
    can_change_ceo,
    can_change_contact,
    can_log_contact,
    can_read_notes,
)
from regions.calendar import Closed, today
from regions.enums import Role
from regions.models import Contact, Programme, Region, RegionalCEO, User
from regions.queries import (
    OnDuty,
    Viewing,
    calendars,
    contacts_of,
    on_duty,
    viewings,
)
from regions.timeline import PastAct, timeline
from regions.wording import time_asked
from rollout.access import (
    can_agree_plan,
    can_ask,
    can_move_go_live,
    can_push_change,
    can_see_board,
)
from rollout.models import Plan
from rollout.queries.appraisal import people_of
from rollout.queries.asks import RegionAsks, asks_in
from rollout.queries.clarifications import ClarificationLine, unsettled_of
from rollout.queries.history import story_of
from rollout.queries.lessons import (
    LessonCount,
    LessonLine,
    lesson_count,
    open_lessons,
)
from rollout.queries.mails import Failed, failed_about
from rollout.queries.plans import OddDay, impossible_days, near_blackouts
from rollout.queries.pushing import Followed, behind_of_plan
from rollout.queries.regions import RegionLine, region_facts, region_line
from rollout.queries.requests import RequestLine, requests_in
from rollout.queries.talktimes import respect_of, talks_with
from rollout.queries.tasklines import TaskLine, task_lines
from rollout.queries.tasks import region_tasks

TASKS_SHOWN, CONTACTS_SHOWN, CHANGES_SHOWN, VIEWS_SHOWN = 5, 8, 10, 10
LESSONS_SHOWN = 3


@dataclass(frozen=True)
class PlanPart:
    """What stands beside a go-live: who may do what with the plan, and its odd days."""

    is_running: bool
    may_move: bool
    may_agree: bool
    # Those to come, and the one that the go-live itself lies in.
    blackouts: list[Closed]
    closed: Closed | None
    impossible: list[OddDay]
    lessons: LessonCount
    # The first of those that nobody answered.
    open_lessons: list[LessonLine]
    # The procedures of which a later version is out.
    behind: list[Followed]
    may_push: bool


@dataclass(frozen=True)
class RegionPage:
    """One region: where it stands, its tasks, the talks with its CEO, what changed."""

    region: Region
    plan: Plan | None
    line: RegionLine | None
    day: date
    liaisons: list[OnDuty]
    ceo: RegionalCEO | None
    requests: list[RequestLine]
    blocked: list[TaskLine]
    tasks: list[TaskLine]
    more_tasks: int
    asks: RegionAsks | None
    contacts: list[Contact]
    # Those whose log the reader may correct.
    correctable: set[int]
    knows_talks: bool
    reads_private: bool
    may_change_ceo: bool
    private_views: list[Viewing]
    may_log: bool
    may_see_board: bool
    plan_part: PlanPart | None
    changes: list[PastAct]
    failed_mails: list[Failed]
    questions: list[ClarificationLine]
    may_ask: bool
    people: list[User]
    # What was asked of the CEO's time.
    time_asked: list[str]

    @property
    def disclosed(self) -> list[Contact]:
        """The rows whose private texts this page shows."""
        return self.contacts if self.reads_private else []


def region_page(region: Region, user: User, *, at: datetime) -> RegionPage:
    """A fixed number of queries, however many tasks and talks the region has."""
    plan = (
        Plan.objects.visible_to(user)
        .filter(region=region)
        .select_related("wave", "programme", "region", "agreed_by")
        .order_by("id")
        .first()
    )
    day = today(region, at)
    rows = list(region_tasks(region)[: TASKS_SHOWN * 3]) if plan else []
    lines = task_lines(rows, day)
    blocked = [line for line in lines if line.is_blocked]
    tasks = [line for line in lines if not line.is_blocked][:TASKS_SHOWN]
    shown = len(blocked) + len(tasks)
    is_archived = region.archived_at is not None
    may_log = can_log_contact(user, region)
    part = _plan_part(plan, user, day) if plan else None
    knows_talks = bool(may_log) or user.standing.sees_all
    contacts = _contacts(region, plan, user) if plan and knows_talks else []
    line = _line(plan, user, at, archived=is_archived) if plan else None
    return RegionPage(
        region=region,
        plan=plan,
        line=line,
        day=day,
        liaisons=on_duty(at, Role.LIAISON, regions=[region.pk])[
            Role.LIAISON, region.pk
        ],
        ceo=region.ceos.current().select_related("user").first()
        if knows_talks
        else None,
        requests=requests_in(region, user),
        blocked=blocked,
        tasks=tasks,
        more_tasks=region_tasks(region).count() - shown if plan else 0,
        asks=asks_in(region, plan.programme_id, day) if plan and knows_talks else None,
        contacts=contacts,
        correctable={one.pk for one in contacts if can_change_contact(user, one)},
        knows_talks=knows_talks,
        reads_private=can_read_notes(user, region.pk),
        may_change_ceo=not is_archived and bool(can_change_ceo(user)),
        private_views=viewings(region, user, VIEWS_SHOWN),
        may_log=bool(may_log),
        may_see_board=bool(can_see_board(user, region.pk)),
        plan_part=part,
        changes=timeline(story_of(region, user), user, CHANGES_SHOWN),
        failed_mails=failed_about(region, user, at) if knows_talks else [],
        questions=unsettled_of(region, at),
        may_ask=bool(part and part.is_running and can_ask(user, region.pk)),
        people=people_of(region, user, at),
        time_asked=time_of(line, at) if line and knows_talks else [],
    )


def _plan_part(plan: Plan, user: User, day: date) -> PlanPart:
    """Who does not plan is not told what cannot be kept: he could not change it."""
    is_running = plan.programme.closed_at is None and plan.region.archived_at is None
    may_move = is_running and bool(can_move_go_live(user, plan))
    may_agree = is_running and bool(can_agree_plan(user, plan))
    days = calendars().of(plan.region, plan.programme_id)
    return PlanPart(
        is_running=is_running,
        may_move=may_move,
        may_agree=may_agree,
        blackouts=near_blackouts(plan, days, day),
        closed=days.closed_on(plan.go_live_date),
        impossible=impossible_days(plan, days) if may_move or may_agree else [],
        lessons=lesson_count(plan),
        open_lessons=open_lessons(plan, user, LESSONS_SHOWN) if is_running else [],
        behind=behind_of_plan(plan),
        may_push=is_running and bool(can_push_change(user)),
    )


def unplanned_regions(
    programme: Programme | None, user: User, *, archived: bool = False
) -> QuerySet[Region]:
    """Regions that have no plan in this programme yet, so no line in its tables."""
    planned = Plan.objects.filter(programme=programme).values("region")
    seen = Region.objects.visible_to(user).filter(archived_at__isnull=not archived)
    return seen.exclude(pk__in=planned).order_by("code")


def time_of(line: RegionLine, at: datetime) -> list[str]:
    """What was asked of the CEO's time, as facts. One query."""
    one = line.facts.engagement
    return time_asked(respect_of(one, talks_with([one]), at)) if one else []


def _line(plan: Plan, user: User, at: datetime, *, archived: bool) -> RegionLine | None:
    facts = region_facts(plan.programme, user, at, archived=archived)
    return next((region_line(one) for one in facts if one.plan.pk == plan.pk), None)


def _contacts(region: Region, plan: Plan, user: User) -> list[Contact]:
    ceos = region.ceos.values_list("pk", flat=True)
    rows = contacts_of(ceos, plan.programme)
    visible = Contact.objects.visible_to(user).values("pk")
    return list(rows.filter(pk__in=visible)[:CONTACTS_SHOWN])
