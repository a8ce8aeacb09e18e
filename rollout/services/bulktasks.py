"""One change to many tasks: exactly those that the preview showed, in one act, one undo."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from regions import history
from regions.history import Act
from regions.models import User
from rollout.models import Task
from rollout.queries.bulk import MOST_TASKS, Wanted, preview_of


class CannotChangeTasks(Exception):  # noqa: N818 - told to the user as it stands
    """Nothing to change, no reason, or not what the preview showed any more."""


@transaction.atomic
def change_tasks(
    pks: list[int], wanted: Wanted, *, reader: User, seen: str, act: Act
) -> int:
    """How many were changed. Raises CannotChangeTasks."""
    if wanted.needs_reason and not wanted.reason:
        raise CannotChangeTasks(_("Say why."))
    if len(pks) > MOST_TASKS:
        raise CannotChangeTasks(
            _("At most %(n)d tasks are changed at once.") % {"n": MOST_TASKS}
        )
    preview = preview_of(pks, wanted, reader, lock=True)
    if not preview.changes:
        raise CannotChangeTasks(_("None of these would change."))
    if preview.seen != seen:
        raise CannotChangeTasks(
            _("Something of it changed in the meantime. Look at it again.")
        )
    pairs: list[tuple[Task, Mapping[str, Any]]] = [
        (one.task, one.values) for one in preview.changes
    ]
    return len(history.change_all(pairs, replace(act, reason=wanted.reason)))
