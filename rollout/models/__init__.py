"""Waves, plans and tasks, and the ledger of what people are told."""

from .brief import Brief
from .clarification import Clarification
from .closeout import CloseOut, CloseOutReply
from .delivery import Breaker, Heartbeat, MailEvent
from .feed import CalendarFeed
from .handover import Handover
from .lesson import LessonUse
from .mail import Duty, Mail
from .plan import Plan, PlanProcedure, Wave
from .push import Push, PushedPlan
from .request import TaskRequest
from .task import Task
from .taskparts import ChecklistItem, TaskComment, TaskLink
from .taught import TaskFinding

__all__ = [
    "Breaker",
    "Brief",
    "CalendarFeed",
    "ChecklistItem",
    "Clarification",
    "CloseOut",
    "CloseOutReply",
    "Duty",
    "Handover",
    "Heartbeat",
    "LessonUse",
    "Mail",
    "MailEvent",
    "Plan",
    "PlanProcedure",
    "Push",
    "PushedPlan",
    "Task",
    "TaskComment",
    "TaskFinding",
    "TaskLink",
    "TaskRequest",
    "Wave",
]
