"""What headquarters keeps in the admin of the bottom app; Django finds it here."""

from . import companies, ledger, people, talks

__all__ = ["companies", "ledger", "people", "talks"]
