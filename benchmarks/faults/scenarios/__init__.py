"""Every scenario, in the order of the table."""

from . import acts, answers, doors, down, health, kills, outages, points, unwritable

ALL = [
    *kills.SCENARIOS,
    *points.SCENARIOS,
    *outages.SCENARIOS,
    *acts.SCENARIOS,
    *down.SCENARIOS,
    *health.SCENARIOS,
    *answers.SCENARIOS,
    *doors.SCENARIOS,
    *unwritable.SCENARIOS,
]
