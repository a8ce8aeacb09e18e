"""Waves, plans and tasks, and the ledger of what people are told."""

from .delivery import Breaker, Heartbeat, MailEvent
from .handover import Handover
from .mail import Duty, Mail
from .plan import Plan, Wave
from .task import Task
from .taskparts import ChecklistItem, TaskComment, TaskLink

__all__ = [
    "Breaker",
    "ChecklistItem",
    "Duty",
    "Handover",
    "Heartbeat",
    "Mail",
    "MailEvent",
    "Plan",
    "Task",
    "TaskComment",
    "TaskLink",
    "Wave",
]
