"""What the system proposes for a talk: its goal, the one ask, what it will be about.

Plain functions of facts; the rules stand in `docs/rules.md`. All sentences are in the
active language.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regions.enums import AskKind, AskState, Stage, Topic
from regions.models import Ask
from regions.queries import Engagement
from regions.wording import days
from rollout.models import Task

# Within these days a deed answers a promise.
KEPT_WITHIN = timedelta(days=60)
TOPIC_OF_STAGE = {
    Stage.BEFORE_KICK_OFF: Topic.KICK_OFF,
    Stage.PREPARING: Topic.HOW,
    Stage.LAST_SIX_WEEKS: Topic.PEOPLE,
    Stage.AFTER_GO_LIVE: Topic.DIFFICULTY,
}
TOPIC_OF_ASK = {
    AskKind.KICK_OFF: Topic.KICK_OFF,
    AskKind.PEOPLE: Topic.PEOPLE,
    AskKind.DIFFICULTY: Topic.DIFFICULTY,
    AskKind.DECISION: Topic.HOW,
    AskKind.INFORMATION: Topic.HOW,
}


@dataclass(frozen=True)
class Proposal:
    """What to ask for when nothing is open with this CEO."""

    kind: AskKind
    text: str
    due_date: date | None = None


@dataclass(frozen=True)
class TalkFacts:
    """What a talk is chosen from: asks of both sides and tasks, the oldest day first."""

    one: Engagement
    # All that was asked of him, settled or not.
    of_him: list[Ask]
    # What we owe him.
    of_us: list[Ask]
    late: list[Task]
    # Blocked until he acts.
    waits: list[Task]

    @property
    def waiting(self) -> list[Ask]:
        """What he still owes us."""
        open_states = (AskState.OPEN, AskState.PROMISED)
        return [ask for ask in self.of_him if ask.state in open_states]


def proposed_ask(one: Engagement) -> Proposal:
    """One useful ask for each stage of the roll-out, until the talk after this one."""
    proposals = {
        Stage.BEFORE_KICK_OFF: (
            AskKind.KICK_OFF, _("agree the day of the kick-off")
        ),
        Stage.PREPARING: (
            AskKind.PEOPLE, _("name one person who decides open questions")
        ),
        Stage.LAST_SIX_WEEKS: (
            AskKind.PEOPLE, _("free the key people for the week of the go-live")
        ),
        Stage.AFTER_GO_LIVE: (
            AskKind.DIFFICULTY, _("name the biggest difficulty since the go-live")
        ),
    }  # fmt: skip
    kind, text = proposals[one.state.stage if one.state else Stage.PREPARING]
    return Proposal(kind, text, one.then_due_date)


def topics_of(one: Engagement, ask: Ask | Proposal) -> list[Topic]:
    """By the stage and the kind of the ask; a first talk is about the why as well."""
    stage = one.state.stage if one.state else Stage.PREPARING
    about = {TOPIC_OF_STAGE[stage], TOPIC_OF_ASK[AskKind(ask.kind)]}
    if one.state is None or one.state.is_first_talk:
        about.add(Topic.WHY)
    return [one for one in Topic if one in about]


def goal_of(facts: TalkFacts) -> str:
    """What this talk is for: the first rule that has something to say."""
    return next(goal for rule in GOALS if (goal := rule(facts)))


def _first_talk(facts: TalkFacts) -> str:
    state = facts.one.state
    if state is not None and not state.is_first_talk:
        return ""
    said = _(
        "Get to know each other: why it matters to %(region)s, and one first step."
    )
    return said % {"region": facts.one.region.name}


def _overdue_ask(facts: TalkFacts) -> str:
    ask = _overdue(facts.waiting, facts.one.day)
    if ask is None:
        return ""
    said = _("Get a firm day for what is %(days)s overdue: “%(ask)s”.")
    return said % {"ask": ask.text, "days": days(overdue_days(ask, facts.one.day))}


def _own_word(facts: TalkFacts) -> str:
    ask = _overdue(facts.of_us, facts.one.day)
    if ask is None:
        return ""
    said = _("Say when we keep our word: “%(ask)s”, %(days)s overdue.")
    return said % {"ask": ask.text, "days": days(overdue_days(ask, facts.one.day))}


def _waits(facts: TalkFacts) -> str:
    if not facts.waits:
        return ""
    text = ngettext(
        "Get %(n)d task going that waits for this CEO: “%(title)s”.",
        "Get %(n)d tasks going that wait for this CEO, first “%(title)s”.",
        len(facts.waits),
    )
    return text % {"n": len(facts.waits), "title": facts.waits[0].title}


def _only_words(facts: TalkFacts) -> str:
    """Promises, and nothing kept of late."""
    since = facts.one.day - KEPT_WITHIN
    kept = [
        ask
        for ask in facts.of_him
        if ask.state == AskState.DONE
        and ask.settled_at is not None
        and ask.settled_at.date() >= since
    ]
    promised = [ask for ask in facts.waiting if ask.state == AskState.PROMISED]
    if kept or not promised:
        return ""
    said = _("From words to deeds: agree the first step of “%(ask)s”.")
    return said % {"ask": promised[0].text}


def _go_live(facts: TalkFacts) -> str:
    state = facts.one.state
    if state is None or state.stage != Stage.LAST_SIX_WEEKS:
        return ""
    said = _("Go-live in %(days)s: make sure that the key people are free.")
    return said % {"days": days(state.days_to_go_live or 0)}


def _after_go_live(facts: TalkFacts) -> str:
    state = facts.one.state
    if state is None or state.stage != Stage.AFTER_GO_LIVE:
        return ""
    return _("Hear how work runs since the go-live, and which difficulty weighs most.")


def _late_work(facts: TalkFacts) -> str:
    if not facts.late:
        return ""
    text = ngettext(
        "Find out what holds up %(n)d overdue task, and what would help.",
        "Find out what holds up %(n)d overdue tasks, and what would help.",
        len(facts.late),
    )
    return text % {"n": len(facts.late)}


def _kick_off(facts: TalkFacts) -> str:
    state = facts.one.state
    if state is None or state.stage != Stage.BEFORE_KICK_OFF:
        return ""
    said = _("Agree what the kick-off needs from %(region)s.")
    return said % {"region": facts.one.region.name}


def _keep_in_touch(facts: TalkFacts) -> str:
    return _("Keep in touch: what was done since the last talk, and the next step.")


GOALS: tuple[Callable[[TalkFacts], str], ...] = (
    _first_talk,
    _overdue_ask,
    _own_word,
    _waits,
    _only_words,
    _go_live,
    _after_go_live,
    _late_work,
    _kick_off,
    _keep_in_touch,
)


def overdue_days(ask: Ask, day: date) -> int:
    """How many days past its day it is; 0 while it is not."""
    return max((day - ask.due_date).days, 0) if ask.due_date else 0


def _overdue(asks: list[Ask], day: date) -> Ask | None:
    return next((ask for ask in asks if overdue_days(ask, day)), None)
