"""What headquarters keeps in the admin of the bottom app; Django finds it here."""

from . import calendars, companies, files, ledger, people, talks

__all__ = ["calendars", "companies", "files", "ledger", "people", "talks"]
