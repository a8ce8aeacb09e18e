"""All that one region's page shows."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from regions.access import can_log_contact, can_read_notes
from regions.calendar import today
from regions.enums import Role
from regions.models import Contact, Programme, Region, RegionalCEO, User
from regions.queries import OnDuty, Viewing, contacts_of, on_duty, viewings
from regions.timeline import PastAct, timeline
from rollout.access import can_ask, can_move_go_live
from rollout.models import Plan
from rollout.queries.appraisal import people_of
from rollout.queries.clarifications import ClarificationLine, unsettled_of
from rollout.queries.history import story_of
from rollout.queries.mails import Failed, failed_about
from rollout.queries.regions import RegionLine, region_facts, region_line
from rollout.queries.requests import RequestLine, requests_in
from rollout.queries.tasks import TaskLine, region_tasks, task_lines

TASKS_SHOWN, CONTACTS_SHOWN, CHANGES_SHOWN, VIEWS_SHOWN = 12, 8, 10, 10


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
    contacts: list[Contact]
    knows_talks: bool
    reads_private: bool
    private_views: list[Viewing]
    may_log: bool
    may_move: bool
    changes: list[PastAct]
    failed_mails: list[Failed]
    questions: list[ClarificationLine]
    may_ask: bool
    people: list[User]

    @property
    def disclosed(self) -> list[Contact]:
        """The rows whose private texts this page shows."""
        return self.contacts if self.reads_private else []


def region_page(region: Region, user: User, *, at: datetime) -> RegionPage:
    """A fixed number of queries, however many tasks and talks the region has."""
    plan = (
        Plan.objects.visible_to(user)
        .filter(region=region)
        .select_related("wave", "programme", "region")
        .order_by("id")
        .first()
    )
    day = today(region, at)
    rows = list(region_tasks(region)[: TASKS_SHOWN * 3]) if plan else []
    lines = task_lines(rows, day)
    may_log = can_log_contact(user, region)
    knows_talks = bool(may_log) or user.standing.sees_all
    return RegionPage(
        region=region,
        plan=plan,
        line=_line(plan, user, at) if plan else None,
        day=day,
        liaisons=on_duty(at, Role.LIAISON, regions=[region.pk])[
            Role.LIAISON, region.pk
        ],
        ceo=region.ceos.current().select_related("user").first()
        if knows_talks
        else None,
        requests=requests_in(region, user),
        blocked=[line for line in lines if line.is_blocked],
        tasks=[line for line in lines if not line.is_blocked][:TASKS_SHOWN],
        more_tasks=max(region_tasks(region).count() - TASKS_SHOWN, 0) if plan else 0,
        contacts=_contacts(region, plan, user) if plan and knows_talks else [],
        knows_talks=knows_talks,
        reads_private=can_read_notes(user, region.pk),
        private_views=viewings(region, user, VIEWS_SHOWN),
        may_log=bool(may_log),
        may_move=bool(plan and can_move_go_live(user, plan)),
        changes=timeline(story_of(region, user), user, CHANGES_SHOWN),
        failed_mails=failed_about(region, user, at) if knows_talks else [],
        questions=unsettled_of(region, at),
        may_ask=bool(plan and can_ask(user, region.pk)),
        people=people_of(region, user, at),
    )


def unplanned_regions(programme: Programme | None, user: User) -> QuerySet[Region]:
    """Regions that have no plan in this programme yet, so no line in its tables."""
    planned = Plan.objects.filter(programme=programme).values("region")
    return Region.objects.visible_to(user).exclude(pk__in=planned).order_by("code")


def _line(plan: Plan, user: User, at: datetime) -> RegionLine | None:
    facts = region_facts(plan.programme, user, at)
    return next((region_line(one) for one in facts if one.plan.pk == plan.pk), None)


def _contacts(region: Region, plan: Plan, user: User) -> list[Contact]:
    ceos = region.ceos.values_list("pk", flat=True)
    rows = contacts_of(ceos, plan.programme)
    visible = Contact.objects.visible_to(user).values("pk")
    return list(rows.filter(pk__in=visible)[:CONTACTS_SHOWN])
