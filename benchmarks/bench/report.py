"""The figures as tables, for the terminal and for docs/performance.md."""

from collections.abc import Sequence

from .figures import Found, Size, Speed, Taps

HEAD = """# Performance

Measured by `make bench` with version {version} on {date}, on {cores} cores; a full run writes this page.

## Mails per second

{mails:,} letters to a mail server on the same machine (aiosmtpd), each sender in turn. Time runs from the start to the last letter taken; Rollout's includes finding what is due and planning the mails. PostgreSQL comes from a wheel, its files in memory, without fsync; SQLite as in the embedded run.

- **smtplib**: finished bytes over one connection, the floor.
- **django**: `send_messages`, one connection; builds each message, records nothing.
- **post-office**: django-post-office's own command with 2 processes, on rows queued before with finished texts; records each batch of 100.
- **Rollout**: 2 worker processes that have written a letter before; each letter is written from its templates, leased, and recorded before the next one goes.
"""
SIZES = """
## Statements and memory

The statements of leasing and writing one batch of {batch} mails, and the peak memory of the process that finds what is due and of a worker that sends the first {some} mails, beside more and more duties.
"""
TAPS = """
## A tap on Done

The answer to Done on My tasks with its row and the numbers of the week, beside a bare Django POST that signs in, locks the task, updates it and records who did it; both through Django's whole stack without the network, medians. The statements are those of the whole request, with session, person and history. The goal is twice the bare POST.
"""


def table(found: Found) -> str:
    """Plain text, for the terminal."""
    return "\n".join(
        [
            *_speed_rows(found.speeds),
            "",
            *_size_rows(found.sizes),
            "",
            *_tap_rows(found.taps),
        ]
    )


def document(found: Found) -> str:
    head = HEAD.format(
        version=found.version, date=found.on_date, cores=found.cores, mails=found.mails
    )
    first = found.sizes[0]
    sizes = SIZES.format(batch=first.batches[0][0], some=first.sent)
    lines = [head, *_speed_rows(found.speeds), "", _goal(found.speeds)]
    return (
        "\n".join(
            [*lines, sizes, *_size_rows(found.sizes), TAPS, *_tap_rows(found.taps)]
        )
        + "\n"
    )


def _speed_rows(speeds: Sequence[Speed]) -> list[str]:
    rows = ["| sender | store | mails/s | to the floor |", "|---|---|---|---|"]
    floor = {one.store: one.per_second for one in speeds if one.sender == "smtplib"}
    return rows + [
        f"| {one.sender} | {one.store} | {one.per_second:.0f} "
        f"| {one.per_second / floor[one.store]:.2f} |"
        for one in speeds
    ]


def _goal(speeds: Sequence[Speed]) -> str:
    """The goal: ahead of django-post-office, on each store."""
    rate = {(one.sender, one.store): one.per_second for one in speeds}
    words = [
        f"{'reached' if rate['Rollout', store] > rate['post-office', store] else 'missed'}"
        f" on {store} ({rate['Rollout', store] / rate['post-office', store]:.2f} of it)"
        for store in sorted({one.store for one in speeds})
    ]
    return f"The goal, ahead of django-post-office: {', '.join(words)}."


def _size_rows(sizes: Sequence[Size]) -> list[str]:
    rows = [
        "| store | duties | found and planned in | its memory | statements a batch "
        "| memory of a worker |",
        "|---|---|---|---|---|---|",
    ]
    return rows + [
        f"| {one.store} | {one.duties:,} | {one.plan_seconds:.1f} s "
        f"| {one.plan_mb:.0f} MB | {', '.join(str(count) for _mails, count in one.batches)} "
        f"| {one.worker_mb:.0f} MB |"
        for one in sizes
    ]


def _tap_rows(taps: Sequence[Taps]) -> list[str]:
    rows = [
        "| store | tasks of the person | bare POST | Done | to the bare POST "
        "| statements of Done | of My tasks |",
        "|---|---|---|---|---|---|---|",
    ]
    return rows + [
        f"| {one.store} | {one.tasks:,} | {one.bare_ms:.1f} ms | {one.tap_ms:.1f} ms "
        f"| {one.tap_ms / one.bare_ms:.2f} | {one.tap_statements} "
        f"| {one.page_statements} |"
        for one in taps
    ]
