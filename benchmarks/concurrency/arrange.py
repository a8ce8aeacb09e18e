"""Puts people, tasks and sessions into the product's database; answers in JSON.

`python -m benchmarks.concurrency.arrange CLIENTS TASKS`
"""

import json
import sys
from importlib import import_module

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import (  # noqa: E402
    BACKEND_SESSION_KEY,
    HASH_SESSION_KEY,
    SESSION_KEY,
)
from django.db import transaction  # noqa: E402

from regions.models import User  # noqa: E402
from tests import factories  # noqa: E402


def session_of(user: User) -> str:
    """As the sign-in leaves it."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)


@transaction.atomic
def arrange(clients: int, tasks: int) -> dict[str, list[object]]:
    programme = factories.make_programme()
    region = factories.make_region()
    plan = factories.make_plan(region, factories.make_wave(programme))
    people = [
        factories.make_user(
            f"manager{number}@example.org", factories.Role.MANAGER, region=region
        )
        for number in range(clients)
    ]
    rows = [factories.make_task(plan, f"Task {number}") for number in range(tasks)]
    return {
        "sessions": [session_of(person) for person in people],
        "tasks": [row.pk for row in rows],
    }


if __name__ == "__main__":
    print(json.dumps(arrange(int(sys.argv[1]), int(sys.argv[2]))))
