"""Mails that cannot be written, and names that no header can take as they are."""

from benchmarks.faults.bench import Bench, Control, Measured, Scenario
from benchmarks.faults.oracle import Due
from benchmarks.faults.stand import Stand

# One before, between and behind the bad ones, whatever the order.
OTHERS = 12
STRANGE = (
    "line\r\nBcc: all@example.org",
    "null\x01and tab\t",
    "\u202eright to left\u202c\u200f",
    "n" * 1000,
    "王小明，" * 50,
    "🎉" * 200,
    '"quoted" <other@example.org>, ',
)
ROWS = """SELECT u.name, m.state, m.attempts, m.answer FROM rollout_mail m
JOIN regions_user u ON u.id = m.recipient_id"""
MOST_NAME = 100


def unwritable(bench: Bench, each: int) -> Measured:
    """So many whose template fails, as many with a bad address; the rest is told."""
    measured = Measured()
    with bench.stand(planted="template-fails") as stand:
        stand.world(regions=5, people=2 * each + len(STRANGE) + OTHERS)
        bad = stand.people[: 2 * each]
        strange = stand.people[2 * each :][: len(STRANGE)]
        for number, email in enumerate(bad):
            # A person whose address cannot stand in a header keeps it past all checks.
            to_email = f"no address {number}" if number % 2 else ""
            name = "No address" if to_email else "Unwritable"
            stand.order("rename", email=email, name=name, to_email=to_email)
            if to_email:
                stand.people[stand.people.index(email)] = to_email
        for email, name in zip(strange, STRANGE, strict=True):
            stand.order("rename", email=email, name=name[:MOST_NAME])
        parked = stand.feed(2 * each)
        stand.feed(len(stand.people))
        _nobody_is_owed(stand, parked)
        stand.start()
        stand.drain(30 if bench.tamper else 90)
        stand.quiet(6)
        measured.add(stand)
        _look_at_rows(stand, measured, 2 * each)
    return measured


def _nobody_is_owed(stand: Stand, parked: list[Due]) -> None:
    for one in parked:
        stand.settle(one, stand.clock.now())


def _look_at_rows(stand: Stand, measured: Measured, expected: int) -> None:
    rows = [
        row for row in stand.store.rows(ROWS) if row[0] in ("Unwritable", "No address")
    ]
    states = sorted({str(row[1]) for row in rows})
    measured.check(len(rows) == expected, f"{len(rows)} mails instead of {expected}")
    measured.check(states == ["failed"], f"the ledger says {states}")
    tries = sorted({int(row[2]) for row in rows})
    measured.check(tries == [1], f"{tries} attempts")
    measured.check(all(row[3] for row in rows), "a mail is parked without its reason")


SCENARIOS = [
    Scenario(
        "unwritable",
        "a template that fails, a bad header, strange names",
        "1 attempt, then failed with its reason; the others are told",
        unwritable,
        5,
        Control("one-fails-all", 2, "lost"),
    )
]
