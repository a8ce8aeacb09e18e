"""How regions stand: plans with their slips, overdue tasks, talks and finished work by week."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db.models import QuerySet

from regions.calendar import monday_of, today
from regions.enums import Outcome
from regions.models import Contact, HistoryEntry, Programme
from rollout.enums import TaskState
from rollout.models import Plan, Task

TALK_WEEKS, DONE_WEEKS = 12, 8


def plans_of(programme: Programme, rows: QuerySet[Plan]) -> list[Plan]:
    """Plans with region and wave, in order of go-live."""
    return list(
        rows.filter(programme=programme)
        .select_related("region", "wave")
        .order_by("go_live_date", "region__code", "id")
    )


def overdue_tasks(plans: Iterable[Plan], at: datetime) -> dict[int, list[Task]]:
    """Unfinished tasks past their day where the region is, oldest first, by plan."""
    by_id = {plan.pk: plan for plan in plans}
    rows = (
        Task.objects.unfinished()
        .filter(plan__in=by_id, due_date__lt=at.date() + timedelta(days=1))
        .order_by("due_date", "id")
    )
    late: dict[int, list[Task]] = defaultdict(list)
    for task in rows:
        if task.due_date < today(by_id[task.plan_id].region, at):
            late[task.plan_id].append(task)
    return late


def go_live_moves(programme: Programme) -> dict[int, list[HistoryEntry]]:
    """Every move of a go-live that was not taken back, oldest first, by plan."""
    plans = Plan.objects.filter(programme=programme).values("pk")
    moves: dict[int, list[HistoryEntry]] = defaultdict(list)
    rows = HistoryEntry.objects.filter(
        model=Plan._meta.label_lower, field="go_live_date", object_id__in=plans
    )
    for entry in rows.lasting().order_by("at", "id"):
        moves[entry.object_id].append(entry)
    return moves


def talk_weeks(
    programme: Programme, region_ids: Iterable[int], at: datetime
) -> dict[int, list[str]]:
    """Twelve weeks of talks by region, oldest first: two-way, tried, or nothing."""
    begin = monday_of(at.date()) - timedelta(weeks=TALK_WEEKS - 1)
    rows = (
        Contact.objects.standing()
        .filter(
            programme=programme,
            ceo__region__in=set(region_ids),
            held_at__date__gte=begin,
        )
        .values_list("ceo__region", "held_at", "outcome")
    )
    weeks: dict[int, list[str]] = defaultdict(lambda: [""] * TALK_WEEKS)
    for region_id, held_at, outcome in rows:
        index = _week_index(held_at, begin, TALK_WEEKS)
        if outcome == Outcome.REACHED:
            weeks[region_id][index] = "two"
        elif not weeks[region_id][index]:
            weeks[region_id][index] = "one"
    return weeks


def done_weeks(plans: Iterable[Plan], at: datetime) -> dict[int, list[int]]:
    """Tasks finished in each of the last eight whole weeks, oldest first, by plan."""
    end = monday_of(at.date())
    begin = end - timedelta(weeks=DONE_WEEKS)
    rows = Task.objects.filter(
        plan__in=[plan.pk for plan in plans],
        state=TaskState.DONE,
        finished_at__date__gte=begin,
        finished_at__date__lt=end,
    ).values_list("plan", "finished_at")
    counts = Counter(
        (plan, _week_index(done, begin, DONE_WEEKS)) for plan, done in rows if done
    )
    return {
        plan.pk: [counts[plan.pk, week] for week in range(DONE_WEEKS)] for plan in plans
    }


def blocked_on(person_ids: Iterable[int], programme: Programme) -> QuerySet[Task]:
    """Blocked tasks that wait for one of these people, the one due first at the head."""
    return (
        Task.objects.running()
        .filter(
            plan__programme=programme,
            state=TaskState.BLOCKED,
            waits_for__in=set(person_ids),
        )
        .select_related("plan__region", "owner", "waits_for")
        .order_by("due_date", "id")
    )


def _week_index(moment: datetime, begin: date, weeks: int) -> int:
    return min(max((moment.date() - begin).days // 7, 0), weeks - 1)
