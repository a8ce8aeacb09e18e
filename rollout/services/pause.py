"""What somebody says by a link in a mail, without signing in: less planned mail, or as before."""

from datetime import datetime, timedelta
from typing import Any

from regions.calendar import today
from regions.enums import PlannedMail, Via
from regions.history import Act
from regions.models import User
from regions.services.people import change_settings
from rollout.enums import PauseChoice

PAUSES = {
    PauseChoice.WEEK: timedelta(days=7),
    PauseChoice.TWO_WEEKS: timedelta(days=14),
}
HOW_OFTEN = {
    PauseChoice.MONDAYS: PlannedMail.MONDAYS,
    PauseChoice.NEVER: PlannedMail.NEVER,
    PauseChoice.AS_BEFORE: PlannedMail.DAILY,
}


def choose(user: User, choice: PauseChoice, *, at: datetime) -> User:
    """The last answer wins: a pause keeps how often, and how often ends a pause."""
    values: dict[str, Any]
    if choice in PAUSES:
        values = {"paused_until_date": today(user, at) + PAUSES[choice]}
    else:
        values = {"planned_mail": HOW_OFTEN[choice], "paused_until_date": None}
    return change_settings(user, values, act=Act(by=user, at=at, via=Via.MAIL))
