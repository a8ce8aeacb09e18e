"""What is read of the bottom app: talks and their calendars, who is on duty, files and history."""

from .calendars import Calendars, calendars, corrections
from .duty import OnDuty, holders, on_duty, on_duty_for
from .rows import FileLine, FileList, Viewing, files_on, history_of, viewings
from .talks import (
    Engagement,
    asks_of,
    contacts_of,
    ended_programmes,
    engagements,
    next_asks,
    rhythms_at,
)

__all__ = [
    "Calendars",
    "Engagement",
    "FileLine",
    "FileList",
    "OnDuty",
    "Viewing",
    "asks_of",
    "calendars",
    "contacts_of",
    "corrections",
    "ended_programmes",
    "engagements",
    "files_on",
    "history_of",
    "holders",
    "next_asks",
    "on_duty",
    "on_duty_for",
    "rhythms_at",
    "viewings",
]
