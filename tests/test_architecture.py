"""What import-linter and ruff cannot see: relations, rows in views, the beat schedule.

Each check is a function that returns its findings, so that a planted fault can show that
it finds any.
"""

import ast
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.apps import apps
from django.conf import settings
from django.db import models
from django.test.utils import isolate_apps

from rollout.celery import app as celery_app

pytestmark = pytest.mark.any_store

APPS_FROM_BOTTOM = ["regions", "pilots", "rollout"]
MANAGERS = {"objects", "_default_manager", "_base_manager"}


# --- Relations point down ------------------------------------------------------------


def upward_relations(found: Iterable[type[models.Model]]) -> list[str]:
    """Relations of our models that point to an app above their own, by class or name."""
    faults = []
    for model in found:
        for column in model._meta.local_fields + model._meta.local_many_to_many:
            target = column.related_model
            if target is None or model._meta.app_label not in APPS_FROM_BOTTOM:
                continue
            label = target if isinstance(target, str) else target._meta.label
            above = APPS_FROM_BOTTOM[
                APPS_FROM_BOTTOM.index(model._meta.app_label) + 1 :
            ]
            if label.partition(".")[0] in above:
                faults.append(f"{model._meta.label}.{column.name} -> {label}")
    return faults


def test_relations_point_down():
    assert upward_relations(apps.get_models(include_auto_created=True)) == []


@isolate_apps("regions", "pilots", "rollout")
def test_upward_relation_is_found():
    class Planted(models.Model):  # noqa: DJ008 - nobody reads it
        fine = models.ForeignKey("regions.Region", models.PROTECT)
        wave = models.ForeignKey("rollout.Wave", models.PROTECT)
        plans = models.ManyToManyField("rollout.Plan")

        class Meta:
            app_label = "pilots"

    assert upward_relations([Planted]) == [
        "pilots.Planted.wave -> rollout.Wave",
        "pilots.Planted.plans -> rollout.Plan",
    ]


# --- Views reach rows through visible_to ---------------------------------------------


def view_modules() -> list[Path]:
    found = []
    for app in APPS_FROM_BOTTOM:
        folder = settings.BASE_DIR / app
        found += [*folder.glob("views.py"), *folder.glob("views/**/*.py")]
    return found


def unscoped_rows(source: str) -> list[int]:
    """Lines that use a manager other than by calling its `visible_to` at once."""
    tree = ast.parse(source)
    scoped = {
        id(call.func.value)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == "visible_to"
    }
    return sorted(
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in MANAGERS
        and id(node) not in scoped
    )


def test_views_reach_rows_through_visible_to():
    modules = view_modules()
    faults = {
        str(path.relative_to(settings.BASE_DIR)): lines
        for path in modules
        if (lines := unscoped_rows(path.read_text(encoding="utf-8")))
    }

    assert len(modules) > 3
    assert faults == {}


@pytest.mark.parametrize(
    "planted",
    [
        "Wave.objects.get(pk=pk)",
        "Wave.objects.all()",
        "Wave.objects.filter(pk=pk).visible_to(user)",
        "Wave.objects.visible_to",
        "rows = Wave.objects",
        "Wave._default_manager.all()",
        "get_object_or_404(models.Wave.objects, pk=pk)",
    ],
)
def test_unscoped_rows_are_found(planted):
    assert unscoped_rows(f"def show(user, pk):\n    return None\n\n{planted}\n") == [4]


def test_scoped_rows_pass():
    assert unscoped_rows("get_object_or_404(Wave.objects.visible_to(user), pk=1)") == []


# --- The beat schedule names jobs that exist -----------------------------------------


def unknown_jobs(schedule: dict[str, dict], registered: Iterable[str]) -> list[str]:
    return [
        entry["task"] for entry in schedule.values() if entry["task"] not in registered
    ]


def registered_jobs() -> Iterator[str]:
    celery_app.loader.import_default_modules()
    return (name for name in celery_app.tasks if not name.startswith("celery."))


def test_schedule_names_registered_jobs():
    schedule = celery_app.conf.beat_schedule

    assert schedule != {}
    assert unknown_jobs(schedule, set(registered_jobs())) == []


def test_schedule_entry_without_job_is_found():
    schedule = {
        "tick": {"task": "rollout.unheard_of", "schedule": timedelta(seconds=5)}
    }

    assert unknown_jobs(schedule, set(registered_jobs())) == ["rollout.unheard_of"]


def test_ticks_do_not_follow_a_wall_clock_that_is_set_back():
    with time_machine.travel("2027-03-10 12:00 +0000") as clock:
        rings = [one["schedule"] for one in celery_app.conf.beat_schedule.values()]
        last_runs = [ring.now() for ring in rings]
        clock.shift(-3600)
        left = [
            ring.is_due(last)[1] for ring, last in zip(rings, last_runs, strict=True)
        ]

    assert max(left[:2]) <= 5
    assert all(
        seconds <= ring.run_every.total_seconds()
        for seconds, ring in zip(left, rings, strict=True)
    )
