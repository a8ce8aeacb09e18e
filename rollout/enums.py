"""Words of the top app that more than one layer needs, with the tables of allowed moves."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class TaskState(TextChoices):
    OPEN = "open", _("open")
    STARTED = "started", _("started")
    BLOCKED = "blocked", _("blocked")
    DONE = "done", _("done")
    DROPPED = "dropped", _("dropped")


UNFINISHED = (TaskState.OPEN, TaskState.STARTED, TaskState.BLOCKED)

TASK_MOVES = {
    TaskState.OPEN: {
        TaskState.STARTED,
        TaskState.BLOCKED,
        TaskState.DONE,
        TaskState.DROPPED,
    },
    TaskState.STARTED: {
        TaskState.OPEN,
        TaskState.BLOCKED,
        TaskState.DONE,
        TaskState.DROPPED,
    },
    TaskState.BLOCKED: {
        TaskState.OPEN,
        TaskState.STARTED,
        TaskState.DONE,
        TaskState.DROPPED,
    },
    TaskState.DONE: {TaskState.OPEN, TaskState.STARTED, TaskState.BLOCKED},
    TaskState.DROPPED: {TaskState.OPEN},
}


class BlockReason(TextChoices):
    """Why a task cannot go on: the five that regions name."""

    DECISION = "decision", _("a decision is missing")
    PEOPLE = "people", _("nobody has time")
    DATA = "data", _("data is missing")
    SYSTEM = "system", _("the system does not do it")
    OTHERS = "others", _("waiting for others")


class DutyKind(TextChoices):
    """What somebody has to be told. The order is that of the parts of a merged mail."""

    CHECK_IN = "check_in", _("check-in reminder")
    SIGN_IN = "sign_in", _("sign-in link")


# Asked for a moment ago: waits for no slot and counts in no cap.
AT_ONCE = (DutyKind.SIGN_IN,)
PLANNED = (DutyKind.CHECK_IN,)


class DutyState(TextChoices):
    OPEN = "open", _("open")
    MAILED = "mailed", _("mailed")
    MET = "met", _("met")
    DROPPED = "dropped", _("dropped")


class MailState(TextChoices):
    PLANNED = "planned", _("planned")
    LEASED = "leased", _("being sent")
    SENT = "sent", _("sent")
    RETRY = "retry", _("will be tried again")
    FAILED = "failed", _("failed")
    SUPERSEDED = "superseded", _("superseded")
    CANCELLED = "cancelled", _("cancelled")


MAIL_MOVES = {
    MailState.PLANNED: {MailState.LEASED, MailState.SUPERSEDED, MailState.CANCELLED},
    MailState.LEASED: {
        MailState.LEASED,
        MailState.SENT,
        MailState.RETRY,
        MailState.FAILED,
        MailState.SUPERSEDED,
    },
    MailState.RETRY: {MailState.LEASED, MailState.SUPERSEDED, MailState.CANCELLED},
    MailState.SENT: set(),
    MailState.FAILED: set(),
    MailState.SUPERSEDED: set(),
    MailState.CANCELLED: set(),
}


class RegionState(TextChoices):
    """Where a region stands, worst first. Words name the reaction."""

    NEEDS_HELP = "help", _("Needs help")
    WATCH = "watch", _("Watch")
    ON_TRACK = "ok", _("On track")
    NOT_STARTED = "open", _("Not started")
    LIVE = "live", _("Live")

    @property
    def count_label(self) -> str:
        """As it stands after a number."""
        labels = {
            RegionState.NEEDS_HELP: _("need help"),
            RegionState.WATCH: _("to watch"),
            RegionState.ON_TRACK: _("on track"),
            RegionState.NOT_STARTED: _("not started"),
            RegionState.LIVE: _("live"),
        }
        return str(labels[self])
