"""What headquarters keeps in the admin of the top app; Django finds it here."""

from . import ledger, plans, tasks, waves

__all__ = ["ledger", "plans", "tasks", "waves"]
