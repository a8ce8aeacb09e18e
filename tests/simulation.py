"""Sixty days at the sample: what people do, which mails came of it, and what is wrong.

The judge reads the message files, knows hours, weekdays and holidays by itself, and takes
a second mail about the same CEO or task for a double unless somebody acted on it between.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from email import message_from_bytes, policy
from email.utils import parsedate_to_datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import holidays
from django.conf import settings

from regions import history
from regions.enums import Outcome, PlannedMail
from regions.history import Act
from regions.models import CheckIn, Contact, Holiday, Membership, Rhythm, User
from regions.queries import corrections
from regions.services.contacts import Log, log_contact, withdraw_contact
from rollout.enums import BlockReason, TaskState
from rollout.imports.load import load
from rollout.imports.programme import check
from rollout.imports.read import read_source
from rollout.models import Clarification, Plan, Task
from rollout.queries.calls import calls_due
from rollout.services.plans import move_go_live
from rollout.services.tasks import block_task, reopen_task

DAY = timedelta(days=1)
# A Sunday; the sixty days hold four public holidays of Washington.
LOADED_AT = datetime(2026, 11, 1, 17, 0, tzinfo=UTC)
# Half past eight in the evening there: nobody's slot is open.
FIRST_NIGHT = datetime(2026, 11, 2, 4, 30, tzinfo=UTC)
# Noon of the day that follows a night.
NOON = timedelta(hours=15, minutes=30)
SAMPLE = settings.BASE_DIR / "rollout" / "samples" / "ctclink"
# A call, a task that waits for the reader, one of his own that is late.
ABOUT = re.compile(r"/(?:(regions/[\w-]+/call|tasks/\d+)/|\?(done=\d+))(?=\s)")
OFF, WORKED = date(2026, 11, 18), date(2026, 11, 11)
PLANNED, URGENT = "planned", "urgent"


def load_sample() -> None:
    load(check(read_source(SAMPLE), at=LOADED_AT), by=None, at=LOADED_AT)


@dataclass(frozen=True)
class Told:
    """That somebody was told of one CEO, task or question in one mail; `local` is his own time."""

    email: str
    at: datetime
    local: datetime
    cap: str
    about: str


@dataclass
class Script:
    """What people do each night and some noons; the same whenever the ticks come."""

    acted: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    # Who wants how much planned mail, since when; a date is the end of a pause.
    wishes: list[tuple[str, datetime, PlannedMail | date]] = field(default_factory=list)

    def night(self, number: int, at: datetime) -> None:
        if number == 0:
            self.booked()
            self.asked()
        self.calls(number, at)
        self.tasks(number, at)
        self.rest(number, at)

    def noon(self, number: int, at: datetime) -> None:
        if number % 4 == 1:
            self.block(number, at)

    def booked(self) -> None:
        """Of what the sample books, too, the day is told, and after it the talk that nobody
        logged."""
        for row in CheckIn.objects.planned().select_related("ceo__region"):
            region = row.ceo.region
            begins = datetime.combine(row.day_date, time(), region.zone)
            for days in (0, 1):
                self.note(f"regions/{region.code}/call", begins + days * DAY)

    def asked(self) -> None:
        """A question that the sample leaves open is told again two days before the answer
        is needed."""
        for row in Clarification.objects.unanswered().select_related("region"):
            day = row.due_date - 2 * DAY
            self.note(row.question, datetime.combine(day, time(), row.region.zone))

    def calls(self, number: int, at: datetime) -> None:
        """Some of those who are due are reached, some book another day, some stay away."""
        for place, call in enumerate(
            calls_due(Rhythm.objects.all(), at, corrections())
        ):
            one, turn = call.engagement, (place + number) % 6
            log = {
                0: Log(outcome=Outcome.REACHED, held_at=at, minutes=15),
                2: Log(
                    outcome=Outcome.MOVED,
                    held_at=at,
                    moved_to_date=one.day + (2 + number % 3) * DAY,
                ),
                4: Log(outcome=Outcome.NO_ANSWER, held_at=at),
            }.get(turn)
            if log is None:
                continue
            act = Act(by=call.callers[0], at=at)
            log_contact(one.ceo, one.rhythm.programme, log, act=act)
            if log.outcome != Outcome.NO_ANSWER:
                self.note(f"regions/{one.region.code}/call", at)
            if log.moved_to_date:
                # The booked day is told, and after it the talk that nobody logged.
                for days in (1 + number % 3, 2 + number % 3):
                    self.note(f"regions/{one.region.code}/call", at + days * DAY)
        if number % 7 == 3:
            newest = Contact.objects.standing().select_related("ceo__region", "by")
            row = newest.order_by("-held_at", "-id")[0]
            withdraw_contact(row, version=row.version, act=Act(by=row.by, at=at))
            self.note(f"regions/{row.ceo.region.code}/call", at)

    def tasks(self, number: int, at: datetime) -> None:
        if number % 3 == 0:
            self.block(number, at)
        if number % 3 == 2:
            blocked = Task.objects.filter(state=TaskState.BLOCKED)
            row = blocked.order_by("-id")[0]
            reopen_task(row, version=row.version, act=Act(by=row.owner, at=at))
            self.note(f"tasks/{row.pk}", at)

    def block(self, number: int, at: datetime) -> None:
        people = ["cio", "hq", "liaison-north", "cio"]
        who = User.objects.get(email=f"{people[number % 4]}@example.org")
        row = Task.objects.filter(state=TaskState.OPEN).order_by("-id")[number % 5]
        block_task(
            row,
            reason=BlockReason.DECISION,
            waits_for=who,
            version=row.version,
            act=Act(by=None, at=at),
        )
        self.note(f"tasks/{row.pk}", at)

    def rest(self, number: int, at: datetime) -> None:
        """Settings, a go-live that moves, holidays that change, somebody who leaves."""
        happens = {
            1: self.holidays,
            5: lambda at: self.wish("liaison-south", at, date(2026, 11, 20)),
            9: lambda at: self.wish("liaison-north", at, PlannedMail.MONDAYS),
            20: self.go_live,
            24: lambda at: self.wish("liaison-east", at, PlannedMail.NEVER),
            33: self.liaison_leaves,
            40: lambda at: self.wish("liaison-east", at, PlannedMail.DAILY),
        }
        if number in happens:
            happens[number](at)

    def holidays(self, at: datetime) -> None:
        place = {"country": "US", "subdivision": "WA", "name": "Made up"}
        for day in (OFF, WORKED):
            row = Holiday(**place, day_date=day, is_worked=day == WORKED)
            history.create(row, Act(by=None, at=at))

    def go_live(self, at: datetime) -> None:
        plan = Plan.objects.filter(go_live_date__gt=at.date()).order_by("id")[0]
        move_go_live(
            plan,
            to=plan.go_live_date + 14 * DAY,
            reason="Late",
            version=plan.version,
            act=Act(by=None, at=at),
        )
        self.note(f"regions/{plan.region.code}/call", at)
        # A new day is told anew when it has passed as well.
        for task in plan.tasks.all():
            self.note(f"done={task.pk}", at)

    def liaison_leaves(self, at: datetime) -> None:
        row = Membership.objects.get(region__code="CENTRALIA", role="liaison")
        history.change(row, {"to_date": at.date()}, Act(by=None, at=at))

    def wish(self, name: str, at: datetime, value: PlannedMail | date) -> None:
        user = User.objects.get(email=f"{name}@example.org")
        column = "paused_until_date" if isinstance(value, date) else "planned_mail"
        history.change(user, {column: value}, Act(by=user, at=at))
        self.wishes.append((user.email, at, value))

    def note(self, about: str, at: datetime) -> None:
        self.acted[about].append(at)


def told_in(folder: Path) -> list[Told]:
    """What the message files tell, oldest first."""
    zones = dict(User.objects.values_list("email", "time_zone"))
    questions = list(Clarification.objects.values_list("question", flat=True))
    found = []
    for path in sorted(folder.glob("*.eml")):
        mail = message_from_bytes(path.read_bytes(), policy=policy.default)
        text = mail.get_body(("plain",)).get_content()
        about = [found or late for found, late in ABOUT.findall(text)]
        about += [question for question in questions if question in text]
        email = mail["To"].addresses[0].addr_spec
        at = parsedate_to_datetime(mail["Date"])
        local = at.astimezone(ZoneInfo(zones[email]))
        cap = URGENT if about[0].startswith("tasks/") else PLANNED
        found += [Told(email, at, local, cap, one) for one in about]
    return sorted(found, key=lambda one: (one.at, one.email, one.about))


def faults(told: list[Told], script: Script) -> Iterator[str]:
    """Everything that must not have happened."""
    people = {user.email: user for user in User.objects.all()}
    mails = {(one.email, one.at, one.cap): one for one in told}
    per_day = Counter((one.email, one.local.date(), one.cap) for one in mails.values())
    yield from (f"{n} mails: {key}" for key, n in per_day.items() if n > 1)
    for one in mails.values():
        user = people[one.email]
        if not 8 <= one.local.hour < 20:
            yield f"quiet hours: {one}"
        if not works(user, one.local.date()):
            yield f"day off: {one}"
        if one.cap == PLANNED and not is_wanted(one, user, script):
            yield f"not wanted: {one}"
    yield from (f"told twice: {one}" for one in doubles(told, script))


def doubles(told: list[Told], script: Script) -> Iterator[Told]:
    before: dict[tuple[str, str], datetime] = {}
    for one in told:
        last = before.get((one.email, one.about))
        acts = script.acted[one.about]
        if last is not None and not any(last < act <= one.at for act in acts):
            yield one
        before[one.email, one.about] = one.at


def works(user: User, day: date) -> bool:
    if day in (OFF, WORKED) and user.subdivision == "WA":
        return day == WORKED
    off = user.country and day in holidays.country_holidays("US", "WA")
    return str(day.isoweekday()) in user.working_days and not off


def is_wanted(one: Told, user: User, script: Script) -> bool:
    wanted: PlannedMail | date = PlannedMail.DAILY
    for email, at, value in script.wishes:
        if email == one.email and at < one.at:
            wanted = value
    if isinstance(wanted, date):
        return one.local.date() >= wanted
    if wanted == PlannedMail.MONDAYS:
        day = one.local.date()
        week = [day - n * DAY for n in range(1, day.isoweekday())]
        return not any(works(user, earlier) for earlier in week)
    return wanted == PlannedMail.DAILY
