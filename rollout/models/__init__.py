"""Waves, plans and tasks, and the ledger of what people are told."""

from .clarification import Clarification
from .delivery import Breaker, Heartbeat, MailEvent
from .handover import Handover
from .lessons import TaskFinding
from .mail import Duty, Mail
from .plan import Plan, Wave
from .request import TaskRequest
from .task import Task
from .taskparts import ChecklistItem, TaskComment, TaskLink

__all__ = [
    "Breaker",
    "ChecklistItem",
    "Clarification",
    "Duty",
    "Handover",
    "Heartbeat",
    "Mail",
    "MailEvent",
    "Plan",
    "Task",
    "TaskComment",
    "TaskFinding",
    "TaskLink",
    "TaskRequest",
    "Wave",
]
