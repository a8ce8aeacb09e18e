"""The background jobs: what a tick of the beat does. Each reads the clock and calls one service."""

import logging

from celery import shared_task
from django.utils import timezone

from regions.services import attachments, drafts, sendings
from rollout import reminders
from rollout.services import mail
from rollout.services.heartbeat import beat

logger = logging.getLogger(__name__)


@shared_task(name="rollout.queue_due", time_limit=120)
def queue_due() -> int:
    """Find what is due and plan its mails."""
    beat("rollout.queue_due", at=timezone.now())
    count = reminders.queue(at=timezone.now())
    if count:
        logger.info("queued: %d", count)
    return count


# Beyond all that a mail server may take for one mail.
@shared_task(name="rollout.deliver", time_limit=1800)
def deliver() -> int:
    """Send what is planned."""
    beat("rollout.deliver", at=timezone.now())
    count = mail.deliver(clock=timezone.now)
    if count:
        logger.info("mailed: %d", count)
    return count


@shared_task(name="rollout.erase_files", time_limit=900)
def erase_files() -> int:
    """Erase the attachments whose time is over, and what dead processes left of some."""
    at = timezone.now()
    count, left = attachments.erase_due(at=at), attachments.sweep(at=at)
    if count or left:
        logger.info("attachments erased: %d; files without a row: %d", count, left)
    return count


@shared_task(name="rollout.forget_forms", time_limit=900)
def forget_forms() -> int:
    """Forget the keys of forms that were sent long ago, and drafts nobody went on with."""
    at = timezone.now()
    count, left = sendings.forget_old(at=at), drafts.forget_old(at=at)
    if count or left:
        logger.info("sent forms forgotten: %d; drafts: %d", count, left)
    return count
