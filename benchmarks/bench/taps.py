"""One tap on Done beside a bare Django POST that locks, updates and records.

`python -m benchmarks.bench.taps TASKS TAPS` in an environment with a fresh store: somebody
has so many tasks and finishes some of them. Both kinds of POST go, one after the other in
turn, through Django's whole stack in this process, so the network costs neither anything
and whatever else the machine does slows both alike.

The bare one is what a new Django project would do: its middleware, a session, somebody
signed in, a checked CSRF token, one row locked, changed and recorded, and a line of text.
It asks for no role, knows no version, renders no template and counts no week.
"""

import json
import sys
import time
from datetime import timedelta
from statistics import median

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth.decorators import login_required  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.middleware.csrf import get_token  # noqa: E402
from django.shortcuts import get_object_or_404  # noqa: E402
from django.test import Client, override_settings  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import path  # noqa: E402
from django.utils import timezone  # noqa: E402
from django.views.decorators.http import require_POST  # noqa: E402

from regions.enums import Change, Role, Via  # noqa: E402
from regions.models import (  # noqa: E402
    HistoryEntry,
    Membership,
    Programme,
    Region,
    User,
)
from rollout.models import Plan, Task, Wave  # noqa: E402
from rollout.urls import urlpatterns as product_urls  # noqa: E402

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


@login_required
@require_POST
@transaction.atomic
def bare(request: HttpRequest, pk: int) -> HttpResponse:
    """The least that keeps a change and who made it."""
    row = get_object_or_404(Task.objects.select_for_update(), pk=pk)
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


urlpatterns = [path("bare/<int:pk>/", bare), *product_urls]


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
    if connection.vendor == "postgresql":
        # As autovacuum does within a minute.
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return owner, [row.pk for row in rows]


class Browser:
    """Somebody signed in, whose forms carry the token against forgery."""

    def __init__(self, owner: User) -> None:
        self.client = Client(enforce_csrf_checks=True, SERVER_NAME="127.0.0.1")
        self.client.force_login(owner, backend=settings.AUTHENTICATION_BACKENDS[0])
        asked = HttpRequest()
        self.token = get_token(asked)
        self.client.cookies[settings.CSRF_COOKIE_NAME] = asked.META["CSRF_COOKIE"]

    def post(self, address: str, **headers: str) -> float:
        """How long the answer took."""
        body = {"version": "1", "csrfmiddlewaretoken": self.token}
        begun = time.perf_counter()
        answer = self.client.post(address, body, headers=headers)
        took = time.perf_counter() - begun
        if answer.status_code != 200:
            raise RuntimeError(f"{address}: {answer.status_code}")
        return took


class Bare(Browser):
    """One at a new Django project; the handler of a client keeps its first middleware."""

    def tap(self, key: int) -> float:
        return self.post(f"/bare/{key}/")


class Product(Browser):
    def tap(self, key: int) -> float:
        return self.post(f"/tasks/{key}/complete/", **{"HX-Request": "true"})


def in_turn(bare: Bare, product: Product, keys: list[int]) -> list[tuple[float, float]]:
    """How long each took, without the first ones."""
    pairs = zip(keys[::2], keys[1::2], strict=True)
    return [(bare.tap(one), product.tap(other)) for one, other in pairs][WARM_UP:]


@override_settings(ROOT_URLCONF=__name__)
def main(tasks: int, taps: int) -> None:
    owner, keys = arrange(tasks)
    bare, product = Bare(owner), Product(owner)
    with override_settings(MIDDLEWARE=OF_A_NEW_PROJECT):
        bare.tap(keys[-1])
    times = in_turn(bare, product, keys[: 2 * (taps + WARM_UP)])
    with CaptureQueriesContext(connection) as tapped:
        product.tap(keys[-2])
    with CaptureQueriesContext(connection) as opened:
        product.client.get("/tasks/")
    told = {
        "tasks": tasks,
        "bare_ms": median(one for one, _other in times) * 1000,
        "tap_ms": median(other for _one, other in times) * 1000,
        "tap_statements": len(tapped),
        "page_statements": len(opened),
    }
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
