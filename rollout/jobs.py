"""The background jobs: what a tick of the beat does. Each reads the clock and calls one service."""

import logging

from celery import shared_task
from django.utils import timezone

from rollout import reminders
from rollout.services import mail

logger = logging.getLogger(__name__)


@shared_task(name="rollout.queue_due", time_limit=120)
def queue_due() -> int:
    """Find what is due and plan its mails."""
    count = reminders.queue(at=timezone.now())
    if count:
        logger.info("queued: %d", count)
    return count


@shared_task(name="rollout.deliver", time_limit=300)
def deliver() -> int:
    """Send what is planned."""
    count = mail.deliver(at=timezone.now())
    if count:
        logger.info("mailed: %d", count)
    return count
