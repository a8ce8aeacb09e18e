"""Gunicorn's settings, for the embedded run and for production.

Address and number of processes come from the command line.
"""

import os

from django.conf import settings
from gunicorn.arbiter import Arbiter
from gunicorn.workers.base import Worker

from rollout.management.supervisor import die_with

worker_class = "gthread"
threads = 8
graceful_timeout = 25
# Its runtime control would listen on a socket in the home folder, one for all instances.
control_socket_disable = True

# Read here, a faulty environment ends the start; else every worker would end, one after
# the other, for ever.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rollout.settings")
_SITE = settings.SITE_URL


def post_fork(server: Arbiter, worker: Worker) -> None:
    # The signal that ends gunicorn with the supervisor is not inherited by its workers.
    die_with(server.pid)
