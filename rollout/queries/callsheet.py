"""What to say in a talk of 10 to 20 minutes, written from facts that were read before.

The page shows one sheet, the reminder mail a short form of up to five.
"""

from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pilots.models import Finding, Pilot
from regions.enums import AskOf, AskState, Channel, Topic
from regions.models import Ask, HistoryEntry
from regions.queries import Engagement
from regions.wording import asked, capital, ceo_of, days, short_day
from rollout.enums import TaskState
from rollout.models import Plan, Task

from .likeness import Here, figure, most_alike, why_alike
from .proposals import (
    Proposal,
    TalkFacts,
    goal_of,
    overdue_days,
    proposed_ask,
    topics_of,
)
from .sheetfacts import SheetFacts, since_when

# A sheet is one page of paper: so many lines of each kind, and in small print where all
# of them together are longer than this. A Chinese character is as wide as two letters.
MOST_PROMISES, MOST_CHANGES = 3, 4
LONG = 1200


@dataclass(frozen=True)
class Promise:
    """A line about what one side owes the other; `overdue` in days, 0 while it is not."""

    text: str
    overdue: int = 0

    @property
    def mark(self) -> str:
        return _("%(days)s overdue") % {"days": days(self.overdue)}


@dataclass(frozen=True)
class Offer:
    """What we can do for him, and as what it is logged once it was done."""

    text: str
    channel: Channel


@dataclass(frozen=True)
class CallSheet:
    """The content of one sheet, ready to print: short sentences, no arithmetic left to do."""

    engagement: Engagement
    ask: Ask | None
    proposal: Proposal
    ask_text: str
    why: list[str]
    changed: list[str]
    by_us: list[Promise]
    by_him: list[Promise]
    offers: list[Offer]
    starters: list[str]
    # His region's plan in this programme.
    plan: Plan | None = None
    goal: str = ""
    # What the figure is of, and in what its region is like his.
    example: Finding | None = None
    likeness: str = ""
    # All that was asked of him; of these, what he still owes.
    asks: list[Ask] = field(default_factory=list)
    waiting: list[Ask] = field(default_factory=list)
    topics: list[Topic] = field(default_factory=list)

    def is_long(self, *more: str) -> bool:
        """Whether it needs small print, with what else its reader is shown."""
        promises = [one.text for one in (*self.by_us, *self.by_him)]
        offers = [one.text for one in self.offers]
        lines = [*self.why, self.likeness, *self.changed, *self.starters]
        text = "".join([*lines, *promises, *offers, *more])
        return sum(1 if letter.isascii() else 2 for letter in text) > LONG

    @property
    def say(self) -> list[str]:
        """At most three points, the benefit to his company first."""
        promised = [one.text for one in self.by_us[:1]]
        return [*self.why[:1], *promised, *(one.text for one in self.offers[:1])]


def call_sheet_of(one: Engagement, facts: SheetFacts) -> CallSheet:
    """The sheet of one CEO, in the active language."""
    programme = one.rhythm.programme_id
    plan = facts.plans.get((programme, one.region.pk))
    tasks = facts.tasks[plan.pk] if plan else []
    talk = _talk_facts(one, facts, tasks)
    since = since_when(one, facts.at)
    proposal = proposed_ask(one)
    ask = next(iter(talk.waiting), None)
    here = _here(one, plan, tasks)
    example = most_alike(facts.achieved[programme], facts.waves, here)
    return CallSheet(
        engagement=one,
        ask=ask,
        proposal=proposal,
        ask_text=ask_words(ask or proposal, one),
        why=[figure(example)] if example else [],
        example=example.finding if example else None,
        likeness=why_alike(example, here) if example else "",
        changed=_changed(one, talk, tasks, facts.moves[one.region.pk], since=since),
        by_us=_shortened([_promise(row, one) for row in talk.of_us]),
        by_him=_shortened(_his_promises(talk, since)),
        offers=_offers(one, facts.live[programme], facts.pilots[programme]),
        starters=_starters() if one.state is None or one.state.is_first_talk else [],
        plan=plan,
        goal=goal_of(talk),
        asks=talk.of_him,
        waiting=talk.waiting,
        topics=topics_of(one, ask or proposal),
    )


def ask_words(ask: Ask | Proposal, one: Engagement) -> str:
    return asked(ask.text, ask.due_date, one.day)


def _talk_facts(one: Engagement, facts: SheetFacts, tasks: list[Task]) -> TalkFacts:
    programme = one.rhythm.programme_id
    asks = [ask for ask in facts.asks[one.ceo.pk] if ask.programme_id == programme]
    owed = (AskState.OPEN, AskState.PROMISED)
    return TalkFacts(
        one=one,
        of_him=[ask for ask in asks if ask.of == AskOf.CEO],
        of_us=[ask for ask in asks if ask.of == AskOf.US and ask.state in owed],
        late=[task for task in tasks if _is_late(task, one)],
        waits=[task for task in tasks if task.waits_for_id == one.person.pk],
    )


def _is_late(task: Task, one: Engagement) -> bool:
    return not task.finished_at and task.due_date < one.day


def _here(one: Engagement, plan: Plan | None, tasks: list[Task]) -> Here:
    needs = frozenset(
        task.step.procedure.name
        for task in tasks
        if task.step and (_is_late(task, one) or task.state == TaskState.BLOCKED)
    )
    return Here(one.region, plan, one.day, needs)


def _changed(
    one: Engagement,
    talk: TalkFacts,
    tasks: list[Task],
    moves: list[HistoryEntry],
    *,
    since: datetime,
) -> list[str]:
    done = [task for task in tasks if task.finished_at and task.finished_at >= since]
    lines = [
        _("Go-live moved from %(from)s to %(to)s: %(reason)s") % _ends(move, one)
        for move in moves
        if move.at >= since
    ][-2:]
    if done:
        text = ngettext("%(n)d task finished.", "%(n)d tasks finished.", len(done))
        lines.append(text % {"n": len(done)})
    if talk.late:
        text = ngettext(
            "%(n)d task overdue: %(title)s.",
            "%(n)d tasks overdue, the oldest: %(title)s.",
            len(talk.late),
        )
        lines.append(text % {"n": len(talk.late), "title": talk.late[0].title})
    waits = [
        _("Waits for this CEO: %(title)s.") % {"title": task.title}
        for task in talk.waits
    ]
    room = MOST_CHANGES - len(lines)
    left = (
        waits if len(waits) <= room else [*waits[: room - 1], _more(waits[room - 1 :])]
    )
    return [*lines, *left]


def _ends(move: HistoryEntry, one: Engagement) -> dict[str, str]:
    def said(text: str) -> str:
        return short_day(datetime.fromisoformat(text).date(), one.day)

    ends = {"from": said(move.before), "to": said(move.after)}
    return {**ends, "reason": move.reason or "–"}


def _promise(ask: Ask, one: Engagement) -> Promise:
    late = overdue_days(ask, one.day)
    return Promise(capital(asked(ask.text, ask.due_date, one.day)), late)


def _his_promises(talk: TalkFacts, since: datetime) -> list[Promise]:
    """What he said he would do, then what he did since the last talk."""
    promised = [
        _promise(ask, talk.one)
        for ask in talk.waiting
        if ask.state == AskState.PROMISED
    ]
    done = [
        Promise(_("%(text)s: done, say thank you.") % {"text": capital(ask.text)})
        for ask in talk.of_him
        if ask.state == AskState.DONE and ask.settled_at and ask.settled_at >= since
    ]
    return [*promised, *done]


def _shortened(lines: list[Promise]) -> list[Promise]:
    if len(lines) <= MOST_PROMISES:
        return lines
    return [*lines[:MOST_PROMISES], Promise(_more(lines[MOST_PROMISES:]))]


def _more(left: list[str] | list[Promise]) -> str:
    text = ngettext("And %(n)d more.", "And %(n)d more.", len(left))
    return text % {"n": len(left)}


def _offers(one: Engagement, live: list[Plan], pilots: list[Pilot]) -> list[Offer]:
    """To meet a CEO whose region is live, the one that went live last, and the pilot."""
    offers = []
    last = next((plan for plan in live if plan.region_id != one.region.pk), None)
    if last is not None:
        said = _("A visit to or a call with the %(ceo)s, live since %(day)s.")
        day = short_day(last.go_live_date, one.day)
        text = said % {"ceo": ceo_of(last.region), "day": day}
        offers.append(Offer(text, Channel.PEER))
    if pilots:
        text = _("A demo of the pilot: %(pilot)s.") % {"pilot": pilots[0].name}
        offers.append(Offer(text, Channel.DEMO))
    return offers


def _starters() -> list[str]:
    return [
        _(
            "What would have to be better in a year for this to be worth your people's time?"
        ),
        _("Who in your company decides fast, and whom do the others follow?"),
        _("Which weeks of the year must we keep free?"),
    ]
