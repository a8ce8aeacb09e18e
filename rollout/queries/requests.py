"""What people asked about tasks: who has to answer, and what became of it, in words."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from regions.enums import Right
from regions.models import Programme, Region, User
from regions.wording import capital, day
from rollout.access import can_settle, can_withdraw
from rollout.enums import RequestKind, RequestState
from rollout.models import Task, TaskRequest


@dataclass(frozen=True)
class RequestLine:
    """One request as pages list it: who asks what, why, and what the reader may do."""

    request: TaskRequest
    what: str
    reason: str
    told: str
    may_settle: bool
    may_withdraw: bool


def asked_about(task_ids: Iterable[int]) -> dict[int, TaskRequest]:
    """The newest request about each task; one that hands it back, while it is open.

    One query.
    """
    rows = list(TaskRequest.objects.filter(task__in=list(task_ids)))
    rows.sort(key=lambda row: (row.is_open and not row.is_date, row.pk))
    return {row.task_id: row for row in rows}


def about_request(one: TaskRequest) -> str:
    """What became of a request, as the row of its task says it."""
    kind, state = RequestKind(one.kind), RequestState(one.state)
    if state == RequestState.WITHDRAWN:
        return ""
    if kind == RequestKind.DATE:
        told = {
            RequestState.OPEN: _("Asked for %(day)s"),
            RequestState.GRANTED: _("Moved as you asked"),
            RequestState.DECLINED: _("Stays on this day: %(answer)s"),
        }
    else:
        told = {
            RequestState.OPEN: _("Waits for another owner"),
            RequestState.GRANTED: "",
            RequestState.DECLINED: _("Stays yours: %(answer)s"),
        }
    wished = day(one.wished_date) if one.wished_date else ""
    return told[state] % {"day": wished, "answer": one.answer}


def requests_on(task: Task, user: User) -> list[RequestLine]:
    """All about one task, the newest first. One query."""
    rows = with_people(TaskRequest.objects.filter(task=task)).order_by("-id")
    return [request_line(row, user) for row in rows]


def open_requests(user: User, programme: Programme) -> list[RequestLine]:
    """What waits for this person's answer, the oldest first. One query."""
    standing, right = user.standing, Right.SETTLE_REQUESTS
    rows = TaskRequest.objects.visible_to(user).waiting()
    rows = rows.filter(task__plan__programme=programme)
    if not standing.sees_all:
        rows = rows.filter(task__plan__region__in=standing.places(right))
    return [request_line(row, user) for row in with_people(rows).order_by("id")]


def requests_in(region: Region, user: User) -> list[RequestLine]:
    """What is asked and not answered in a region, the oldest first. One query."""
    rows = TaskRequest.objects.waiting().filter(task__plan__region=region)
    return [request_line(row, user) for row in with_people(rows).order_by("id")]


def with_people(rows: QuerySet[TaskRequest]) -> QuerySet[TaskRequest]:
    return rows.select_related("task__plan__region", "task__owner", "by", "settled_by")


def request_line(one: TaskRequest, user: User) -> RequestLine:
    if one.kind == RequestKind.DATE and one.wished_date:
        text = _("%(who)s asks for %(day)s instead of %(due)s")
        said = {"day": day(one.wished_date), "due": day(one.task.due_date)}
    else:
        text, said = _("%(who)s says: not mine"), {}
    told = capital(one.get_state_display())
    if one.answer:
        told = _("%(state)s: %(answer)s") % {"state": told, "answer": one.answer}
    return RequestLine(
        request=one,
        what=text % {**said, "who": one.by.name},
        reason=one.reason,
        told=told,
        may_settle=one.is_open and bool(can_settle(user, one)),
        may_withdraw=one.is_open and bool(can_withdraw(user, one)),
    )
