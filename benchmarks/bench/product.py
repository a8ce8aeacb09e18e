"""The product's own part of the measurement, in a process apart.

`python -m benchmarks.bench.product arrange PEOPLE` makes the duties; `hand` is one worker
process: it says that it is ready, waits for a line, and delivers until nothing is left.
Answers are lines of JSON.
"""

import json
import resource
import sys
import time
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks.faults import arrange  # noqa: E402
from regions.models import User  # noqa: E402
from rollout import reminders  # noqa: E402
from rollout.enums import DutyKind  # noqa: E402
from rollout.models import Mail  # noqa: E402
from rollout.previews import preview  # noqa: E402
from rollout.services import mail  # noqa: E402
from rollout.services.leases import LARGEST  # noqa: E402

# One liaison each, as far as the store can be filled in time.
MOST_REGIONS = 10_000


def say(**answer: Any) -> None:
    print(json.dumps(answer), flush=True)


def make(people: int) -> None:
    """So many people have to be told of one region each."""
    made = arrange.world(regions=min(people, MOST_REGIONS), people=people)
    codes = made["codes"]
    arrange.appoint(
        pairs=[
            [email, codes[number % len(codes)]]
            for number, email in enumerate(made["people"])
        ]
    )
    say(people=people)


def plan() -> None:
    """Duties and mails of all that is due."""
    say(ready=True)
    sys.stdin.readline()
    begun = time.monotonic()
    rows = reminders.queue(at=timezone.now())
    say(rows=rows, seconds=time.monotonic() - begun, **_used())


def hand() -> None:
    """One worker process, warm as one that has been running: it has written before."""
    preview(DutyKind.CHECK_IN, User.objects.latest("id"), "en", timezone.now(), "")
    say(ready=True)
    sys.stdin.readline()
    sent = 0
    while count := mail.deliver(clock=timezone.now):
        sent += count
    say(sent=sent, **_used())


def some(mails: int) -> None:
    """The first so many mails, and the memory that a worker needs for them."""
    say(ready=True)
    sys.stdin.readline()
    sent, mail.RUN_SECONDS = 0, 0.2
    while sent < mails and (count := mail.deliver(clock=timezone.now)):
        sent += count
    say(sent=sent, **_used())


def statements() -> None:
    """How many statements the first batch takes, and how many the next."""
    found = []
    for _batch in range(2):
        seen: list[str] = []

        def watch(execute: Any, sql: str, *rest: Any, seen: list[str] = seen) -> Any:
            seen.append(sql)
            return execute(sql, *rest)

        with connection.execute_wrapper(watch):
            leases = mail.take_leases(timezone.now(), LARGEST)
        found.append({"mails": len(leases), "statements": len(seen)})
    say(batches=found)


def letters() -> None:
    """What was sent, for the other senders."""
    for row in Mail.objects.filter(state="sent").select_related("recipient"):
        say(
            to=row.recipient.email,
            subject=row.subject,
            text=row.body_text,
            html=row.body_html,
        )


def _used() -> dict[str, float]:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "cpu_seconds": usage.ru_utime + usage.ru_stime,
        "peak_mb": usage.ru_maxrss / 1024,
    }


if __name__ == "__main__":
    {
        "arrange": lambda: make(int(sys.argv[2])),
        "plan": plan,
        "hand": hand,
        "some": lambda: some(int(sys.argv[2])),
        "statements": statements,
        "letters": letters,
    }[sys.argv[1]]()
