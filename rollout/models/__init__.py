"""Waves, plans and tasks, and the ledger of what people are told."""

from .mail import Duty, Mail
from .plan import Plan, Wave
from .task import Task

__all__ = ["Duty", "Mail", "Plan", "Task", "Wave"]
