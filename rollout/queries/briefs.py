"""What is read of briefs: the lists, who is to be called for one, whom an answer is told."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery

from regions.calendar import today
from regions.enums import Outcome, Role
from regions.models import Contact, Programme, RegionalCEO, Rhythm, User
from regions.queries import Engagement, on_duty
from rollout.enums import OUT, BriefAnswer, BriefCall, BriefState, DutyKind
from rollout.links import BRIEF_LINK
from rollout.models import Brief, Duty

# An answer older than this is news to nobody.
NEWS = timedelta(days=14)


@dataclass(frozen=True)
class CallForBrief:
    """That a CEO is to be called for a brief, and since which day."""

    why: BriefCall
    day: date


@dataclass(frozen=True)
class Told:
    """An answer that somebody has to be told. Changed, it is another occurrence."""

    row: Brief
    kind: DutyKind
    recipient: User

    @property
    def occurrence(self) -> str:
        return f"{self.row.answered_at:%Y-%m-%d %H:%M:%S}"


def briefs(rows: QuerySet[Brief]) -> QuerySet[Brief]:
    """With all that a line or a page names, the drafts first and then the newest."""
    return (
        rows.select_related(
            "ceo__region", "ceo__user", "programme", "ask", "made_by", "reviewed_by",
            "writer",
        )
        .defer("paper")
        .order_by(F("sent_at").desc(nulls_first=True), "-id")
    )  # fmt: skip


def has_talked(ceo: RegionalCEO, programme: Programme, at: datetime) -> bool:
    """Whether anybody has: the first brief comes from the CIO."""
    talks = Contact.objects.two_way(at).filter(ceo=ceo, programme=programme)
    return bool(talks.exists())


# --- Who is to be called -------------------------------------------------------------


def with_briefs(rows: QuerySet[Rhythm]) -> QuerySet[Rhythm]:
    """Rhythms with the newest brief that is out, in the same query."""
    newest = Brief.objects.out().filter(
        ceo=OuterRef("ceo"), programme=OuterRef("programme")
    )
    newest = newest.order_by("-sent_at", "-id")
    return rows.annotate(brief_id=Subquery(newest.values("id")[:1]))


def calls_for_briefs(all_: Collection[Engagement]) -> dict[int, CallForBrief]:
    """Who asked to be called, or did not answer for some days; by rhythm.

    A talk since then ends both. One query where there are briefs, else none.
    """
    ids = {one.rhythm.pk: one.rhythm.brief_id for one in all_}  # type: ignore[attr-defined]
    wanted = {pk for pk in ids.values() if pk is not None}
    if not wanted:
        return {}
    rows = Brief.objects.defer("paper").in_bulk(wanted)
    found = {}
    for one in all_:
        row = rows.get(ids[one.rhythm.pk])
        if row is not None and (call := _call_for(row, one)) is not None:
            found[one.rhythm.pk] = call
    return found


def _call_for(row: Brief, one: Engagement) -> CallForBrief | None:
    assert row.sent_at is not None  # noqa: S101 - a constraint of the table
    if row.state == BriefState.ANSWERED:
        is_last = one.last_contact_id == row.contact_id
        if row.answer != BriefAnswer.CALL_ME or not is_last or row.answered_at is None:
            return None
        return CallForBrief(BriefCall.CALL_ME, today(one.region, row.answered_at))
    last: datetime | None = one.rhythm.last_talk_at  # type: ignore[attr-defined]
    has_talked_since = last is not None and last > row.sent_at
    if has_talked_since or row.call_date is None or one.day < row.call_date:
        return None
    return CallForBrief(BriefCall.UNANSWERED, today(one.region, row.sent_at))


# --- Whom an answer is told ----------------------------------------------------------


def news(at: datetime) -> QuerySet[Brief]:
    """Answers of these days, in programmes and regions that go on."""
    return Brief.objects.filter(
        state=BriefState.ANSWERED,
        answered_at__gt=at - NEWS,
        programme__closed_at=None,
        ceo__region__archived_at=None,
    )


def answers_to_tell(rows: QuerySet[Brief], at: datetime) -> list[Told]:
    """The region's liaison, or without one whoever wrote. Two queries.

    Who asks to be called cannot wait, until somebody talked with him.
    """
    if rows.query.is_empty():
        return []
    later = Contact.objects.standing().filter(
        ceo=OuterRef("ceo"), programme=OuterRef("programme"), outcome=Outcome.REACHED,
        held_at__gt=OuterRef("answered_at"),
    )  # fmt: skip
    found = list(
        briefs(rows.filter(state=BriefState.ANSWERED)).annotate(talked=Exists(later))
    )
    held = on_duty(at, Role.LIAISON, regions={row.ceo.region_id for row in found})
    told = []
    for row in found:
        is_urgent = row.answer == BriefAnswer.CALL_ME
        if is_urgent and row.talked:
            continue
        kind = DutyKind.CALL_ME if is_urgent else DutyKind.BRIEF_ANSWER
        liaisons = [one.user for one in held[Role.LIAISON, row.ceo.region_id]]
        people = liaisons or ([row.writer] if row.writer else [])
        told += [
            Told(row, kind, one) for one in dict.fromkeys(people) if one.may_sign_in
        ]
    return told


def briefs_of(duties: Iterable[Duty], *kinds: DutyKind) -> QuerySet[Brief]:
    """Those that duties of these kinds tell of."""
    ids = {duty.object_id for duty in duties if duty.kind in kinds}
    return Brief.objects.filter(pk__in=ids) if ids else Brief.objects.none()


# --- Behind a link -------------------------------------------------------------------


def mailed_brief(token: str) -> Brief | None:
    """The one that the mail of a link told, of a CEO who is still in his place; whether
    the link still acts for him, `links.person_behind` says."""
    claim = BRIEF_LINK.late_claim(token)
    if claim is None:
        return None
    told = Duty.objects.filter(
        mail=claim.mail_id, kind=DutyKind.BRIEF, recipient=claim.person_id
    )
    rows = Brief.objects.filter(
        pk__in=told.values("object_id"),
        ceo__user=claim.person_id,
        ceo__to_date=None,
        state__in=[*OUT, BriefState.WITHDRAWN],
    )
    return briefs(rows).first()
