"""The heartbeat of the jobs: one that is silent is not running, or deaf to its ticks."""

from datetime import datetime

from rollout.models import Heartbeat


def beat(job: str, *, at: datetime) -> None:
    """A job is at work."""
    if not Heartbeat.objects.filter(job=job).update(at=at):
        Heartbeat.objects.get_or_create(job=job, defaults={"at": at})
