"""Judges from what the clients were told and what stands in the database."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from .clients import Told

Rows = list[tuple[Any, ...]]
NOTES = """
    SELECT object_id, "before", "after" FROM regions_historyentry
    WHERE model = 'rollout.task' AND field = 'block_note' ORDER BY id
"""
TASKS = "SELECT id, version, block_note FROM rollout_task ORDER BY id"


def faults(told: Told, updates: int, read: Callable[[str], Rows]) -> list[str]:
    """Everything that contradicts: acknowledged = applied = recorded, nothing unseen."""
    history, tasks = read(NOTES), read(TASKS)
    found = [f"error: {text}" for text in told.errors[:3]]
    if len(told.acknowledged) != updates:
        found.append(f"{len(told.acknowledged)} of {updates} acknowledged")
    applied = sum(version - 1 for _id, version, _note in tasks)
    if applied != len(told.acknowledged):
        found.append(f"{len(told.acknowledged)} acknowledged, {applied} applied")
    acknowledged = Counter((one.task, one.note) for one in told.acknowledged)
    recorded = Counter((task, after) for task, _before, after in history)
    if acknowledged != recorded:
        odd = (acknowledged - recorded) + (recorded - acknowledged)
        found.append(f"{odd.total()} differ between acknowledged and history")
    seen = Counter((one.task, one.version) for one in told.acknowledged)
    if twice := sum(count - 1 for count in seen.values()):
        found.append(f"{twice} overwrote what their author had not seen")
    return [*found, *broken_chains(history, tasks)]


def broken_chains(history: Rows, tasks: Rows) -> list[str]:
    """Each entry begins where the one before it ended; the last is what the row says."""
    last: dict[int, str] = {}
    broken = 0
    for task, before, after in history:
        broken += before != last.get(task, "")
        last[task] = after
    broken += sum(last.get(task, "") != note for task, _version, note in tasks)
    return [f"{broken} entries of the history do not follow"] if broken else []
