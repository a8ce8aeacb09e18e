"""The Celery app and the whole beat schedule.

The database is the queue, Celery only the alarm clock: every entry here is a tick
without content. A tick that is lost, doubled or late changes nothing.
"""

import os
import time
from datetime import UTC, datetime, timedelta

from celery import Celery
from celery.schedules import schedule

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rollout.settings")

app = Celery("rollout")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(related_name="jobs")

TICK, HOUR = timedelta(seconds=5), timedelta(hours=1)
_BEGAN = datetime.fromtimestamp(time.time() - time.monotonic(), UTC)


def steady_now() -> datetime:
    """A moment by a clock that nobody sets.

    By the wall clock, beat would stop ringing for an hour when that is set back by one.
    """
    return _BEGAN + timedelta(seconds=time.monotonic())


# A tick expires when the next one is due, so a backlog never forms.
app.conf.beat_schedule = {
    "queue what is due": {
        "task": "rollout.queue_due",
        "schedule": schedule(TICK, nowfun=steady_now),
        "options": {"expires": TICK.total_seconds()},
    },
    "deliver what is queued": {
        "task": "rollout.deliver",
        "schedule": schedule(TICK, nowfun=steady_now),
        "options": {"expires": TICK.total_seconds()},
    },
    "erase attachments whose time is over": {
        "task": "rollout.erase_files",
        "schedule": schedule(HOUR, nowfun=steady_now),
        "options": {"expires": HOUR.total_seconds()},
    },
    "forget forms that were sent long ago": {
        "task": "rollout.forget_forms",
        "schedule": schedule(HOUR, nowfun=steady_now),
        "options": {"expires": HOUR.total_seconds()},
    },
}
