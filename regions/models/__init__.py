"""People, companies, their CEOs, the engagement log and the history."""

from .absences import Absence
from .calendars import Holiday
from .ceos import RegionalCEO, Rhythm
from .history import HistoryEntry, Versioned
from .people import Membership, User
from .programme import Programme, Region
from .standing import Standing
from .talks import Ask, CheckIn, Contact

__all__ = [
    "Absence",
    "Ask",
    "CheckIn",
    "Contact",
    "HistoryEntry",
    "Holiday",
    "Membership",
    "Programme",
    "Region",
    "RegionalCEO",
    "Rhythm",
    "Standing",
    "User",
    "Versioned",
]
