"""What headquarters keeps in the admin of the top app; Django finds it here."""

from . import clarifications, ledger, plans, tasks, waves

__all__ = ["clarifications", "ledger", "plans", "tasks", "waves"]
