"""What would move when somebody hands over: for the preview, and for the act itself."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from regions.enums import Role
from regions.models import CheckIn, Membership, User, Versioned
from rollout.enums import TaskState
from rollout.models import Clarification, Task


@dataclass(frozen=True)
class Moving:
    """All of one person that another would take. Planned talks follow their region."""

    roles: list[Membership]
    check_ins: list[CheckIn]
    tasks: list[Task]
    waiting: list[Task]
    questions: list[Clarification]

    @property
    def is_empty(self) -> bool:
        return not (self.roles or self.tasks or self.waiting or self.questions)

    @property
    def seen(self) -> str:
        """Names exactly these rows as they are now: the act moves what was shown."""
        rows: Iterable[Versioned] = [
            *self.roles, *self.check_ins, *self.tasks, *self.waiting, *self.questions,
        ]  # fmt: skip
        said = ";".join(
            f"{row._meta.label_lower} {row.pk} {row.version}" for row in rows
        )
        return hashlib.sha256(said.encode()).hexdigest()[:32]


def moving_from(giver: User, at: datetime, *, lock: bool = False) -> Moving:
    """Regions he looks after or will, talks planned there, tasks in his charge, blocked
    ones that wait for him, and questions that he asked or is asked. Four queries."""
    day = at.date()
    roles = (
        giver.memberships.filter(role=Role.LIAISON)
        .filter(Q(to_date=None) | Q(to_date__gt=day))
        .select_related("user", "region")
        .order_by("region__name", "id")
    )
    tasks = (
        Task.objects.unfinished()
        .filter(Q(owner=giver) | Q(waits_for=giver, state=TaskState.BLOCKED))
        .select_related("plan__region")
        .order_by("due_date", "id")
    )
    questions = _questions(giver)
    if lock:
        questions = questions.select_for_update(of=("self",))
        roles = roles.select_for_update(of=("self",))
        tasks = tasks.select_for_update(of=("self",))
    held, found = list(roles), list(tasks)
    check_ins = (
        CheckIn.objects.planned()
        .filter(ceo__region__in=[row.region_id for row in held])
        .select_related("ceo__region")
        .order_by("day_date", "id")
    )
    return Moving(
        roles=held,
        check_ins=list(check_ins),
        tasks=[row for row in found if row.owner_id == giver.pk],
        waiting=[row for row in found if row.waits_for_id == giver.pk],
        questions=list(questions),
    )


def _questions(giver: User) -> QuerySet[Clarification]:
    """Those that somebody still waits for, he himself or whoever he asked."""
    mine = Q(asked_of=giver) | Q(asked_by=giver)
    rows = Clarification.objects.unsettled().filter(mine)
    return rows.select_related("region").order_by("asked_at", "id")
