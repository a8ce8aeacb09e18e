"""What becomes of an ask, and with it of the tasks that wait for it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from regions import history
from regions.enums import AskState
from regions.history import Act
from regions.models import Ask, HistoryEntry
from regions.services import asks
from rollout.enums import LEFT_BEHIND, TaskState
from rollout.models import Task


class CannotLink(Exception):  # noqa: N818 - a refusal, told to the user as it stands
    """The ask is settled, or a task cannot wait for it."""


@dataclass(frozen=True)
class Settled:
    ask: Ask
    freed: list[Task]


@transaction.atomic
def settle_ask(ask: Ask, state: AskState, *, version: int, act: Act) -> Settled:
    """Promised, done, declined or open again; done frees the tasks that wait for it.

    All of it is one act, so that one undo takes it back. Raises EditedMeanwhile and
    CannotChangeAsk.
    """
    row = asks.settle(ask, state, version=version, act=act)
    return Settled(row, _free(row, act) if row.state == AskState.DONE else [])


@transaction.atomic
def link_tasks(ask: Ask, tasks: Collection[Task], *, act: Act) -> list[Task]:
    """Let blocked tasks of the same plan wait for an ask. Raises CannotLink."""
    row = waiting_ask(ask)
    chosen = [one.pk for one in tasks]
    rows = _locked(Task.objects.filter(pk__in=chosen))
    for task in rows:
        check_link(row, task)
        if task.state != TaskState.BLOCKED:
            raise CannotLink(_("“%(task)s” is not blocked.") % {"task": task.title})
        if task.waits_for_ask_id not in (None, row.pk):
            said = _("“%(task)s” waits for another ask.")
            raise CannotLink(said % {"task": task.title})
    return history.change_all([(task, {"waits_for_ask": row}) for task in rows], act)


@transaction.atomic
def unlink_task(ask: Ask, task: Task, *, version: int, act: Act) -> Task:
    """It stays blocked, and waits for this ask no more. Raises EditedMeanwhile."""
    row = history.lock(Task.objects.select_related("plan"), task.pk)
    if row.waits_for_ask_id != ask.pk:
        return row
    if row.version != version:
        raise history.EditedMeanwhile(row)
    history.change(row, {"waits_for_ask": None}, act)
    return row


def waiting_ask(ask: Ask) -> Ask:
    """The ask, locked: always before the tasks, so that no two acts wait for each other."""
    row = history.lock(Ask.objects.select_related("ceo"), ask.pk)
    if not row.is_waiting:
        raise CannotLink(
            _("This ask is %(state)s; no task waits for it.")
            % {"state": row.get_state_display()}
        )
    return row


def check_link(ask: Ask, task: Task) -> None:
    """Raises CannotLink where a task has nothing to do with an ask."""
    plan = task.plan
    if (plan.region_id, plan.programme_id) != (ask.ceo.region_id, ask.programme_id):
        raise CannotLink(_("This ask belongs to another plan."))


def _free(ask: Ask, act: Act) -> list[Task]:
    """Open again, or started where it was before it was blocked."""
    rows = _locked(Task.objects.filter(waits_for_ask=ask))
    started = _started_before(rows)
    states = {
        row.pk: TaskState.STARTED if row.pk in started else TaskState.OPEN
        for row in rows
    }
    pairs = [(row, {**LEFT_BEHIND, "state": states[row.pk]}) for row in rows]
    return history.change_all(pairs, act)


def _locked(rows: QuerySet[Task]) -> list[Task]:
    rows = rows.select_related("plan").select_for_update(of=("self",))
    return list(rows.order_by("due_date", "id"))


def _started_before(rows: Iterable[Task]) -> set[int]:
    """Those that were started when they were blocked."""
    blocks = HistoryEntry.objects.filter(
        model=Task._meta.label_lower,
        object_id__in=[row.pk for row in rows],
        field="state",
        after=TaskState.BLOCKED,
    )
    # The last one of each counts.
    before = dict(blocks.order_by("id").values_list("object_id", "before"))
    return {pk for pk, state in before.items() if state == TaskState.STARTED}
