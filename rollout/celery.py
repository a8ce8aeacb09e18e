"""The Celery app and the whole beat schedule.

The database is the queue, Celery only the alarm clock: every entry here is a tick
without content. A tick that is lost, doubled or late changes nothing.
"""

import os
from datetime import timedelta

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rollout.settings")

app = Celery("rollout")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(related_name="jobs")

TICK = timedelta(seconds=5)

# A tick expires when the next one is due, so a backlog never forms.
app.conf.beat_schedule = {
    "queue what is due": {
        "task": "rollout.queue_due",
        "schedule": TICK,
        "options": {"expires": TICK.total_seconds()},
    },
    "deliver what is queued": {
        "task": "rollout.deliver",
        "schedule": TICK,
        "options": {"expires": TICK.total_seconds()},
    },
}
