"""The order of the tasks of one plan while it is being rearranged; nothing is written."""

from collections import defaultdict
from collections.abc import Iterable

from pilots.ordering import all_before
from rollout.models import Task, TaskLink


class Order:
    """What comes before what in one plan, by tasks that may not be saved yet."""

    def __init__(self, links: Iterable[TaskLink]) -> None:
        self.links = {(link.task_id, link.before_id): link for link in links}
        self.before: dict[int, set[int]] = defaultdict(set)
        self._numbers: dict[int, int] = {}
        for task, before in self.links:
            self.before[task].add(before)

    def number(self, task: Task) -> int:
        """Its own, or a negative one that stands for it."""
        return task.pk or self._numbers.setdefault(id(task), -1 - len(self._numbers))

    def is_circle(self, task: Task, before: Task) -> bool:
        return self.number(task) in all_before(self.number(before), self.before)

    def add(self, task: Task, before: Task) -> TaskLink:
        self.before[self.number(task)].add(self.number(before))
        return TaskLink(task=task, before=before)

    def remove(self, task: Task, before: Task) -> TaskLink | None:
        self.before[self.number(task)].discard(self.number(before))
        return self.links.get((task.pk, before.pk))

    def has(self, task: Task, before: Task) -> bool:
        return self.number(before) in self.before[self.number(task)]
