"""What headquarters keeps in the admin of the top app; Django finds it here."""

from . import briefs, checkins, clarifications, ledger, plans, tasks, waves

__all__ = ["briefs", "checkins", "clarifications", "ledger", "plans", "tasks", "waves"]
