"""When a step is due in a region. Counted from go-live; plain functions of dates."""

from datetime import date, timedelta


def due_date(go_live: date, offset_days: int) -> date:
    """Go-live plus the step's offset in calendar days; negative is before go-live.

    A calendar-day offset stays on its day, also on a Sunday: a Sunday cut-over is meant.
    """
    return go_live + timedelta(days=offset_days)
