"""Words of the bottom app that more than one layer needs."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Role(TextChoices):
    """What somebody does in the roll-out. Several per person, each with its dates."""

    CIO = "cio", _("CIO")
    HQ = "hq", _("headquarters")
    LIAISON = "liaison", _("liaison")
    MANAGER = "manager", _("regional manager")
    STAFF = "staff", _("regional staff")
    HELPER = "helper", _("data helper")
    PROOFREADER = "proofreader", _("proofreader")
    AUDITOR = "auditor", _("auditor")


# These see every region; all others only the regions that their memberships name.
GROUP_ROLES = frozenset({Role.CIO, Role.HQ, Role.AUDITOR})
REGION_ROLES = frozenset(Role) - GROUP_ROLES
# What these do is not passed on by being away: nobody becomes one by standing in.
NOT_STOOD_IN_FOR = frozenset({Role.HQ, Role.AUDITOR})


class Right(TextChoices):
    """What somebody may do, in words that complete "may". Who may it, says RIGHTS."""

    SEE_REGIONS = "see_regions", _("see regions, their plans and tasks")
    WORK_ON_TASKS = "work_on_tasks", _("work on tasks of others")
    COMMENT_TASKS = "comment_tasks", _("comment on tasks")
    SET_COUNTS = "set_counts", _("say which tasks count in the appraisal")
    SEE_BOARD = "see_board", _("see who is loaded and who is stuck")
    SETTLE_REQUESTS = "settle_requests", _("answer requests about tasks")
    ASK = "ask", _("ask for clarification")
    READ_APPRAISAL = "read_appraisal", _("read the appraisal sheets of others")
    RECORD_FINDING = "record_finding", _("record findings")
    SEE_TODAY = "see_today", _("see Today: calls, decisions, what got worse")
    SEE_TALKS = "see_talks", _("see talks with CEOs")
    LOG_TALK = "log_talk", _("log talks with CEOs")
    CORRECT_TALK = "correct_talk", _("correct talks that others logged")
    READ_NOTES = "read_notes", _("read what is private: notes on talks, stances")
    WITHDRAW_FILE = "withdraw_file", _("withdraw files of others")
    SET_CALLER = "set_caller", _("say who calls a CEO")
    SET_RHYTHM = "set_rhythm", _("say how often a CEO is talked to")
    CHANGE_CEO = "change_ceo", _("say who leads a region")
    DECIDE_FINDING = "decide_finding", _("adopt and reject findings")
    KEEP_PILOTS = "keep_pilots", _("describe pilots and ask for their close-out")
    KEEP_PLAYBOOK = "keep_playbook", _("write and publish the playbook")
    PUSH_CHANGE = "push_change", _("carry a new version into plans")
    ADD_SOURCE = "add_source", _("add sources to findings of others")
    MOVE_GO_LIVE = "move_go_live", _("move a go-live, or a region to another wave")
    OPEN_WAVE = "open_wave", _("open a wave")
    OVERRULE = "overrule", _("open a wave against what is missing")
    AGREE_PLAN = "agree_plan", _("agree a plan")
    SEE_HEALTH = "see_health", _("be warned when no mail goes out")
    SEE_LEDGER = "see_ledger", _("see all mails")
    SEARCH_HISTORY = "search_history", _("search who changed what")
    SEE_PEOPLE = "see_people", _("see all people and their roles")
    PLAN = "plan", _("make plans")
    CLOSE = "close", _("close programmes and archive regions")
    MANAGE_MAIL = "manage_mail", _("resend and cancel mails")
    MANAGE_PEOPLE = "manage_people", _("invite people and change their roles")
    ADMINISTER = "administer", _("open the administration")


# The one table of who may do what: the checks of access ask it, the page of people prints
# it. A role of the group counts everywhere, one of a region in that region only.
RIGHTS: dict[Right, frozenset[Role]] = {
    Right.SEE_REGIONS: frozenset(Role),
    Right.WORK_ON_TASKS: frozenset({Role.CIO, Role.HQ, Role.LIAISON, Role.MANAGER}),
    Right.COMMENT_TASKS: frozenset(Role) - {Role.AUDITOR},
    Right.SET_COUNTS: frozenset({Role.CIO, Role.HQ, Role.MANAGER}),
    Right.SEE_BOARD: GROUP_ROLES | {Role.LIAISON, Role.MANAGER},
    Right.SETTLE_REQUESTS: frozenset({Role.CIO, Role.HQ, Role.LIAISON, Role.MANAGER}),
    Right.ASK: frozenset({Role.CIO, Role.HQ, Role.LIAISON, Role.MANAGER}),
    Right.READ_APPRAISAL: frozenset({Role.CIO, Role.HQ, Role.MANAGER}),
    Right.RECORD_FINDING: frozenset(Role) - {Role.AUDITOR},
    Right.SEE_TODAY: GROUP_ROLES | {Role.LIAISON},
    Right.SEE_TALKS: GROUP_ROLES | {Role.LIAISON},
    Right.LOG_TALK: frozenset({Role.CIO, Role.HQ, Role.LIAISON}),
    Right.CORRECT_TALK: frozenset({Role.CIO, Role.LIAISON}),
    Right.READ_NOTES: frozenset({Role.CIO, Role.LIAISON}),
    Right.WITHDRAW_FILE: frozenset({Role.CIO, Role.HQ, Role.LIAISON, Role.MANAGER}),
    Right.SET_CALLER: frozenset({Role.CIO}),
    Right.SET_RHYTHM: frozenset({Role.CIO, Role.HQ}),
    Right.CHANGE_CEO: frozenset({Role.CIO, Role.HQ}),
    Right.DECIDE_FINDING: frozenset({Role.CIO, Role.HQ}),
    Right.KEEP_PILOTS: frozenset({Role.CIO, Role.HQ}),
    Right.KEEP_PLAYBOOK: frozenset({Role.CIO, Role.HQ}),
    Right.PUSH_CHANGE: frozenset({Role.CIO, Role.HQ}),
    Right.ADD_SOURCE: frozenset({Role.CIO, Role.HQ}),
    Right.MOVE_GO_LIVE: frozenset({Role.CIO, Role.HQ}),
    Right.OPEN_WAVE: frozenset({Role.CIO, Role.HQ}),
    Right.OVERRULE: frozenset({Role.CIO}),
    Right.AGREE_PLAN: frozenset({Role.CIO, Role.HQ, Role.MANAGER}),
    Right.SEE_HEALTH: frozenset({Role.CIO, Role.HQ}),
    Right.SEE_LEDGER: GROUP_ROLES,
    Right.SEARCH_HISTORY: GROUP_ROLES,
    Right.SEE_PEOPLE: GROUP_ROLES,
    Right.PLAN: frozenset({Role.HQ}),
    Right.CLOSE: frozenset({Role.HQ}),
    Right.MANAGE_MAIL: frozenset({Role.HQ}),
    Right.MANAGE_PEOPLE: frozenset({Role.HQ}),
    Right.ADMINISTER: frozenset({Role.HQ}),
}


class PlannedMail(TextChoices):
    """How often somebody wants the planned mail: on his working days, or less."""

    DAILY = "daily", _("on working days")
    MONDAYS = "mondays", _("on Mondays only")
    NEVER = "never", _("never")


class Via(TextChoices):
    """The door that a change came through."""

    WEB = "web", _("web page")
    API = "api", _("API")
    ADMIN = "admin", _("admin")
    IMPORT = "import", _("import")
    MAIL = "mail", _("mail")
    JOB = "job", _("background job")


class Audience(TextChoices):
    """Who may read an entry of the history: as wide as the row, or the field, itself."""

    REGION = "region", _("everybody who sees the region")
    ENGAGED = "engaged", _("headquarters and the liaison")
    PRIVATE = "private", _("the CIO and the liaison")


class FileKind(TextChoices):
    """What an attachment may be; the value is the suffix of its name."""

    JPEG = "jpg", _("photo (JPEG)")
    PNG = "png", _("picture (PNG)")
    WEBP = "webp", _("picture (WebP)")
    PDF = "pdf", "PDF"
    XLSX = "xlsx", _("workbook (XLSX)")
    DOCX = "docx", _("document (DOCX)")
    CSV = "csv", _("table (CSV)")
    TXT = "txt", _("text file")


class Change(TextChoices):
    CREATED = "created", _("created")
    CHANGED = "changed", _("changed")
    DELETED = "deleted", _("deleted")


class Stage(TextChoices):
    """Where a region stands on a day; sets the rhythm of talks with its CEO."""

    BEFORE_KICK_OFF = "before_kick_off", _("before kick-off")
    PREPARING = "preparing", _("preparing")
    LAST_SIX_WEEKS = "last_six_weeks", _("last six weeks")
    AFTER_GO_LIVE = "after_go_live", _("after go-live")


class RhythmStatus(TextChoices):
    FINE = "fine", pgettext_lazy("rhythm", "fine")
    DUE = "due", pgettext_lazy("rhythm", "due")
    LATE = "late", pgettext_lazy("rhythm", "late")


class Caller(TextChoices):
    """Who talks with a CEO. Where a region has no liaison, the CIO does."""

    USUAL = "usual", _("the liaison, the CIO for the first talk")
    CIO = "cio", _("always the CIO")
    LIAISON = "liaison", _("always the liaison")


class Channel(TextChoices):
    PHONE = "phone", _("phone")
    VISIT = "visit", _("visit")
    MAIL = "mail", _("e-mail")
    # What we offer counts as a talk too.
    PEER = "peer", _("talk with a CEO whose region is live")
    DEMO = "demo", _("demo of the pilot")


class Outcome(TextChoices):
    """How an attempt to talk ended. Only REACHED is two-way and moves the rhythm."""

    REACHED = "reached", _("Reached")
    NO_ANSWER = "no_answer", _("No answer")
    MOVED = "moved", _("Moved")
    DEPUTY = "deputy", _("Deputy")


class Felt(TextChoices):
    WARMER = "warmer", _("Warmer")
    SAME = "same", _("Same")
    COLDER = "colder", _("Colder")


class Atmosphere(TextChoices):
    """How a talk went between two people."""

    TOO_STIFF = "stiff", _("Too stiff")
    GOOD = "good", pgettext_lazy("atmosphere", "Good")
    TOO_CASUAL = "casual", _("Too casual")


class Topic(TextChoices):
    """What a talk was about; a talk may have several."""

    WHY = "why", pgettext_lazy("topic", "why")
    HOW = "how", pgettext_lazy("topic", "how")
    KICK_OFF = "kick_off", pgettext_lazy("topic", "kick-off")
    PEOPLE = "people", pgettext_lazy("topic", "people")
    DIFFICULTY = "difficulty", pgettext_lazy("topic", "difficulty")


class Attitude(TextChoices):
    """Where a CEO stands towards the programme, from far to near."""

    UNAWARE = "unaware", pgettext_lazy("attitude", "unaware")
    RESISTANT = "resistant", pgettext_lazy("attitude", "resistant")
    NEUTRAL = "neutral", pgettext_lazy("attitude", "neutral")
    SUPPORTIVE = "supportive", pgettext_lazy("attitude", "supportive")
    LEADING = "leading", pgettext_lazy("attitude", "leading")

    @property
    def rank(self) -> int:
        """0 to 4, the nearer the higher."""
        return list(Attitude).index(self)


# Said easily: these need a kept ask as evidence.
ATTITUDES_OF_WORDS = (Attitude.SUPPORTIVE, Attitude.LEADING)


class AskKind(TextChoices):
    KICK_OFF = "kick_off", _("kick-off")
    PEOPLE = "people", _("people")
    DIFFICULTY = "difficulty", _("difficulty")
    DECISION = "decision", _("decision")
    INFORMATION = "information", _("information")


class AskOf(TextChoices):
    """Who owes it: the CEO to us, or we to him."""

    CEO = "ceo", _("asked of the CEO")
    US = "us", _("asked of us")


class AskState(TextChoices):
    OPEN = "open", _("open")
    PROMISED = "promised", _("promised")
    DONE = "done", _("done")
    DECLINED = "declined", _("declined")


SETTLED_ASKS = (AskState.DONE, AskState.DECLINED)

ASK_MOVES = {
    AskState.OPEN: {AskState.PROMISED, AskState.DONE, AskState.DECLINED},
    AskState.PROMISED: {AskState.OPEN, AskState.DONE, AskState.DECLINED},
    AskState.DECLINED: {AskState.OPEN, AskState.PROMISED},
    AskState.DONE: {AskState.OPEN, AskState.PROMISED},
}


class AskAnswer(TextChoices):
    """The CEO's answer to the one ask of a talk."""

    YES = "yes", pgettext_lazy("answer", "Yes")
    NO = "no", pgettext_lazy("answer", "No")
    LATER = "later", pgettext_lazy("answer", "Later")


STATE_AFTER_ANSWER = {
    AskAnswer.YES: AskState.PROMISED,
    AskAnswer.NO: AskState.DECLINED,
    AskAnswer.LATER: AskState.OPEN,
}


class CheckInState(TextChoices):
    PLANNED = "planned", _("planned")
    HELD = "held", _("held")
    CANCELLED = "cancelled", _("cancelled")
