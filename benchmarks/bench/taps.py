"""One tap on Done beside a bare Django POST that locks, updates and records.

`python -m benchmarks.bench.taps TASKS TAPS` in an environment with a fresh store: somebody
has so many tasks and finishes some of them. Both kinds of POST go, in turn, through
Django's whole stack in this process, so the network costs neither anything. The bare one
has the middleware of a new Django project, signs in, and answers with a line of text.
"""

import json
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from statistics import median
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.test import Client, override_settings  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import path  # noqa: E402
from django.utils import timezone  # noqa: E402

from regions.enums import Change, Role, Via  # noqa: E402
from regions.models import (  # noqa: E402
    HistoryEntry,
    Membership,
    Programme,
    Region,
    User,
)
from rollout.models import Plan, Task, Wave  # noqa: E402

OF_A_NEW_PROJECT = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
WARM_UP = 10


@transaction.atomic
def bare(request: HttpRequest, pk: int) -> HttpResponse:
    """The least that keeps a change and who made it."""
    row = Task.objects.select_for_update().get(pk=pk)
    before, row.state, row.finished_at = row.state, "done", timezone.now()
    row.save(update_fields=["state", "finished_at"])
    HistoryEntry.objects.create(
        model="rollout.task",
        object_id=row.pk,
        object_text=row.title,
        change=Change.CHANGED,
        field="state",
        before=before,
        after=row.state,
        by=request.user if isinstance(request.user, User) else None,
        via=Via.WEB,
        at=row.finished_at,
    )
    return HttpResponse(f"Done: {row.title}")


urlpatterns = [path("bare/<int:pk>/", bare)]


def arrange(tasks: int) -> tuple[User, list[int]]:
    """One person of a region with so many tasks, a tenth of them due this week."""
    now = timezone.now()
    day = now.date()
    programme = Programme.objects.create(code="ERP", name="ERP roll-out")
    region = Region.objects.create(code="NORTH", name="North Company")
    wave = Wave.objects.create(programme=programme, name="1", go_live_date=day)
    plan = Plan.objects.create(
        region=region,
        wave=wave,
        programme=programme,
        first_go_live_date=day,
        go_live_date=day,
    )
    owner = User.objects.create(
        email="staff@example.org", name="Staff", may_sign_in=True, password="!"
    )
    Membership.objects.create(
        user=owner, role=Role.STAFF, region=region, from_date=day - timedelta(days=90)
    )
    dues = [day + timedelta(days=number % 70) for number in range(tasks)]
    rows = [
        Task(
            plan=plan,
            title=f"Task {number}",
            owner=owner,
            first_due_date=due,
            due_date=due,
        )
        for number, due in enumerate(dues)
    ]
    Task.objects.bulk_create(rows, batch_size=500)
    return owner, [row.pk for row in rows]


def browser(owner: User) -> Client:
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(owner, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def timed(post: Callable[[int], Any], keys: list[int]) -> list[float]:
    found = []
    for key in keys:
        begun = time.perf_counter()
        answer = post(key)
        found.append(time.perf_counter() - begun)
        if answer.status_code != 200:
            raise RuntimeError(f"task {key}: {answer.status_code}")
    return found[WARM_UP:]


def main(tasks: int, taps: int) -> None:
    owner, keys = arrange(tasks)
    client = browser(owner)

    def tap(key: int) -> Any:
        address, htmx = f"/tasks/{key}/complete/", {"HX-Request": "true"}
        return client.post(address, {"version": "1"}, headers=htmx)

    count = taps + WARM_UP
    with override_settings(MIDDLEWARE=OF_A_NEW_PROJECT, ROOT_URLCONF=__name__):
        bare_client = browser(owner)
        bare_times = timed(lambda key: bare_client.post(f"/bare/{key}/"), keys[:count])
    times = timed(tap, keys[count : 2 * count])
    with CaptureQueriesContext(connection) as tapped:
        tap(keys[-1])
    with CaptureQueriesContext(connection) as opened:
        client.get("/tasks/")
    told = {
        "tasks": tasks,
        "bare_ms": median(bare_times) * 1000,
        "tap_ms": median(times) * 1000,
        "tap_statements": len(tapped),
        "page_statements": len(opened),
    }
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
