"""The tick: what is due at a moment becomes duties, and duties become planned mails."""

from datetime import datetime

from regions.queries import corrections
from rollout.queries.duties import duties_due
from rollout.services.duties import close_met, plan_mails, release_past, settle


def queue(*, at: datetime) -> int:
    """Write a duty for all that is due and a mail for everybody whose slot is open.

    Returns how many rows were new. Each row has a unique key, so running twice, or in
    two processes at once, adds nothing; and a tick that finds nothing new writes nothing.
    """
    corrected = corrections()
    known_due: set[int] = set()
    count = sum(settle(due, known_due) for due in duties_due(at, corrected))
    close_met(at, corrected, known_due)
    count += release_past(at, corrected)
    return count + plan_mails(at, corrected)
