"""A calendar to subscribe to, as text. Nothing in it is private: no note, no stance."""

from django.utils.translation import gettext as _

from rollout.ical import Entry, feed, uid
from rollout.models import Task
from rollout.placing import page
from rollout.placing.talks import caller_entry
from rollout.queries.feeds import Agenda


def calendar_text(agenda: Agenda) -> str:
    talks = [caller_entry(row, agenda.changed_at(row)) for row in agenda.talks]
    tasks = [_task_entry(row, agenda) for row in agenda.tasks]
    return feed([*talks, *tasks], _("Rollout"))


def _task_entry(task: Task, agenda: Agenda) -> Entry:
    url = page("rollout:task", task.pk)
    said = {"title": task.title, "region": task.plan.region.name}
    return Entry(
        uid=uid("task", task.pk),
        title=_("Due: %(title)s (%(region)s)") % said,
        day=task.due_date,
        changed_at=agenda.changed_at(task),
        text=url,
        url=url,
        sequence=task.version,
    )
