"""People, companies, their CEOs, the engagement log and the history."""

from .absences import Absence
from .asks import Ask
from .attachments import Attachment
from .calendars import Blackout, Holiday
from .ceos import RegionalCEO, Rhythm
from .drafts import ContactDraft
from .history import HistoryEntry, Versioned
from .people import Membership, User
from .privacy import PrivateView
from .programme import Programme, Region
from .sendings import Sending
from .snoozes import Snooze
from .stance import Stance
from .standing import Standing
from .talks import CheckIn, Contact

__all__ = [
    "Absence",
    "Ask",
    "Attachment",
    "Blackout",
    "CheckIn",
    "Contact",
    "ContactDraft",
    "HistoryEntry",
    "Holiday",
    "Membership",
    "PrivateView",
    "Programme",
    "Region",
    "RegionalCEO",
    "Rhythm",
    "Sending",
    "Snooze",
    "Stance",
    "Standing",
    "User",
    "Versioned",
]
