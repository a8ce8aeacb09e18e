"""Words of the top app that more than one layer needs, with the tables of allowed moves."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


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


# What a state says besides its word goes with it.
LEFT_BEHIND: dict[str, object] = {
    "finished_at": None,
    "block_reason": "",
    "block_note": "",
    "waits_for": None,
    "waits_for_ask": None,
    "drop_reason": "",
}


class BlockReason(TextChoices):
    """Why a task cannot go on: the five that regions name."""

    DECISION = "decision", _("a decision is missing")
    PEOPLE = "people", _("nobody has time")
    DATA = "data", _("data is missing")
    SYSTEM = "system", _("the system does not do it")
    OTHERS = "others", _("waiting for others")


class LessonAnswer(TextChoices):
    """What somebody does with a lesson that stands on his task."""

    USED = "used", pgettext_lazy("lesson", "used")
    ADAPTED = "adapted", pgettext_lazy("lesson", "adapted")
    SKIPPED = "skipped", pgettext_lazy("lesson", "skipped")


class SkipReason(TextChoices):
    """Why a lesson is left out."""

    NOT_HERE = "not_here", _("does not apply here")
    NO_TIME = "no_time", _("nobody has time for it")
    TOO_LATE = "too_late", _("came too late")
    OTHER_WAY = "other_way", _("we do it another way")


class LessonOutcome(TextChoices):
    """What came of it, told when the task is done."""

    HELPED = "helped", pgettext_lazy("lesson", "helped")
    DID_NOT = "did_not", pgettext_lazy("lesson", "did not help")
    CAME_BACK = "came_back", _("the problem came back")


class BulkAct(TextChoices):
    """What is done to many tasks at once."""

    OWNER = "owner", _("New person in charge")
    SHIFT = "shift", _("Shift by working days")
    DROP = "drop", _("Drop")


class DueWindow(TextChoices):
    """When tasks are due, seen from the reader's day; weeks begin on Monday."""

    OVERDUE = "overdue", _("overdue")
    TODAY = "today", _("today")
    WEEK = "week", _("this week")
    NEXT_WEEK = "next", _("next week")
    FOUR_WEEKS = "month", _("next 4 weeks")
    LATER = "later", _("after next week")


class RequestKind(TextChoices):
    """What an owner may ask about his task."""

    DATE = "date", _("another date")
    NOT_MINE = "not_mine", _("another owner")


class RequestState(TextChoices):
    """A request leaves OPEN once, and comes back to it only by an undo."""

    OPEN = "open", pgettext_lazy("request", "open")
    GRANTED = "granted", pgettext_lazy("request", "granted")
    DECLINED = "declined", pgettext_lazy("request", "declined")
    WITHDRAWN = "withdrawn", pgettext_lazy("request", "taken back")


class DutyKind(TextChoices):
    """What somebody has to be told; `composing.COMPOSERS` has the order in one mail."""

    CHECK_IN = "check_in", _("check-in reminder")
    CLARIFICATION = "clarification", _("reminder of a question")
    BLOCKED = "blocked", _("somebody waits for you")
    OVERDUE = "overdue", _("overdue tasks")
    PLAN = "plan", _("your plan")
    CARRIED = "carried", _("what the playbook changed")
    ASSIGNED = "assigned", _("given to you, due at once")
    SIGN_IN = "sign_in", _("sign-in link")
    TEST = "test", _("test mail")
    INVITATION = "invitation", _("invitation")
    CONFIRMATION = "confirmation", _("question")
    FINDING = "finding", _("findings that wait for you")
    CLOSE_OUT = "close_out", _("questions after a pilot")
    TALK = "talk", _("booked talk")
    TALK_OFF = "talk_off", _("talk that is off")
    BRIEF = "brief", _("brief to a CEO")
    CALL_ME = "call_me", _("a CEO asks to be called")
    BRIEF_ANSWER = "brief_answer", _("answer to a brief")


class MailCap(TextChoices):
    """How many of a kind somebody may get, and when."""

    PLANNED = "planned", _("one on a working day")
    URGENT = "urgent", _("one more when it cannot wait")
    AT_ONCE = "at_once", _("asked for a moment ago")


CAPS = {
    DutyKind.CHECK_IN: MailCap.PLANNED,
    DutyKind.CLARIFICATION: MailCap.PLANNED,
    DutyKind.BLOCKED: MailCap.URGENT,
    DutyKind.OVERDUE: MailCap.PLANNED,
    DutyKind.PLAN: MailCap.PLANNED,
    DutyKind.CARRIED: MailCap.PLANNED,
    DutyKind.ASSIGNED: MailCap.URGENT,
    DutyKind.SIGN_IN: MailCap.AT_ONCE,
    DutyKind.TEST: MailCap.AT_ONCE,
    DutyKind.INVITATION: MailCap.AT_ONCE,
    DutyKind.CONFIRMATION: MailCap.AT_ONCE,
    DutyKind.FINDING: MailCap.PLANNED,
    DutyKind.CLOSE_OUT: MailCap.AT_ONCE,
    DutyKind.TALK: MailCap.AT_ONCE,
    DutyKind.TALK_OFF: MailCap.AT_ONCE,
    DutyKind.BRIEF: MailCap.AT_ONCE,
    DutyKind.CALL_ME: MailCap.URGENT,
    DutyKind.BRIEF_ANSWER: MailCap.PLANNED,
}
# What somebody is written at once without having asked for it: to a CEO it counts as a
# mail of his fourteen days.
UNASKED = (DutyKind.BRIEF, DutyKind.CONFIRMATION)


def kinds_of(*caps: MailCap) -> tuple[DutyKind, ...]:
    return tuple(kind for kind, cap in CAPS.items() if cap in caps)


# Found from the state of things at every tick, and told within the caps. What an act adds
# at once (CARRIED) is looked at again in the same way, but not looked for.
FOUND = kinds_of(MailCap.PLANNED, MailCap.URGENT)


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


UNSENT = (MailState.PLANNED, MailState.LEASED, MailState.RETRY)


class PauseChoice(TextChoices):
    """What the page behind the footer of a mail offers."""

    WEEK = "week", _("A pause of one week")
    TWO_WEEKS = "two-weeks", _("A pause of two weeks")
    MONDAYS = "mondays", _("On Mondays only")
    NEVER = "never", _("Never")
    AS_BEFORE = "as-before", _("On working days, as before")


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


class ClarificationState(TextChoices):
    """How far a question is. Somebody is waited for until it is confirmed or withdrawn."""

    OPEN = "open", pgettext_lazy("clarification", "unanswered")
    ANSWERED = "answered", pgettext_lazy("clarification", "answered")
    DECLINED = "declined", pgettext_lazy("clarification", "needs correction")
    CONFIRMED = "confirmed", pgettext_lazy("clarification", "confirmed")
    WITHDRAWN = "withdrawn", pgettext_lazy("clarification", "withdrawn")


UNSETTLED = (
    ClarificationState.OPEN,
    ClarificationState.ANSWERED,
    ClarificationState.DECLINED,
)


class Reply(TextChoices):
    """What whoever is asked says to what we have understood."""

    RIGHT = "right", pgettext_lazy("reply", "Yes, that is right")
    WRONG = "wrong", pgettext_lazy("reply", "No, not quite")


class CloseOutQuestion(TextChoices):
    """What everybody who took part is asked, one on each screen, in this order."""

    WELL = "well", _("What went well, and should be done again just so?")
    WRONG = "wrong", _("What went wrong, or cost more than it should have?")
    OTHERWISE = "otherwise", _("What would you do differently next time?")
    MISSING = "missing", _("What was missing: people, time, data, knowledge?")
    ADVICE = "advice", _("What one advice do you give to the next region?")


class CheckInsShown(TextChoices):
    """Which of the CEOs the page of check-ins shows."""

    WEEK = "week", _("this week")
    LATE = "late", pgettext_lazy("check-ins", "late")
    UNBOOKED = "unbooked", _("none booked")


class ShiftBy(TextChoices):
    """How the talks of a week move."""

    DAYS = "days", _("by working days")
    WEEKS = "weeks", _("to the same weekday of another week")


class BriefState(TextChoices):
    """How far a brief to a CEO is; an answer may change as long as its link works."""

    DRAFT = "draft", pgettext_lazy("brief", "draft")
    SENT = "sent", pgettext_lazy("brief", "sent, not answered yet")
    ANSWERED = "answered", pgettext_lazy("brief", "answered")
    WITHDRAWN = "withdrawn", pgettext_lazy("brief", "withdrawn")


# Has reached its CEO, and his answer counts.
OUT = (BriefState.SENT, BriefState.ANSWERED)


class BriefAnswer(TextChoices):
    """What a CEO says to the one thing that a brief asks of him."""

    YES = "yes", pgettext_lazy("brief", "Yes")
    CALL_ME = "call_me", pgettext_lazy("brief", "Call me")
    NOT_NOW = "not_now", pgettext_lazy("brief", "Not now")


class BriefCall(TextChoices):
    """Why a brief puts its CEO on the call list, whatever the rhythm says."""

    CALL_ME = "call_me", _("asked to be called")
    UNANSWERED = "unanswered", _("no answer to the brief")
