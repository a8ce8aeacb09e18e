"""What is read about findings where they meet the work: in mails and on tasks."""

from datetime import datetime, timedelta

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from pilots.models import Finding
from pilots.queries import waiting_since
from regions.models import User
from rollout.models import Task, TaskFinding

WAITED = timedelta(days=14)


def forgotten_findings(rows: QuerySet[Finding], at: datetime) -> list[Finding]:
    """Those of which their owners are reminded, the longest waiting first. One query."""
    if rows.query.is_empty():
        return []
    waiting = waiting_since(rows, at - WAITED).filter(
        owner__may_sign_in=True, owner__left_date=None
    )
    return list(waiting.select_related("owner", "programme"))


def taught_by(task: Task, user: User) -> list[Finding]:
    """What was recorded from a task, or what that was merged into."""
    links = TaskFinding.objects.visible_to(user).filter(task=task)
    kept = links.annotate(kept=Coalesce(F("finding__merged_into"), F("finding")))
    rows = Finding.objects.visible_to(user).filter(pk__in=kept.values("kept"))
    return list(rows.order_by("id"))
