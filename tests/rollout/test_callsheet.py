"""The call sheet: its goal, the figure of the region most like his, promises, the one ask."""

from datetime import date, timedelta

import pytest

from pilots.enums import FindingKind, FindingState
from regions.calendar import Corrections
from regions.enums import AskKind, AskOf, AskState, Channel
from regions.models import Ask, CheckIn, Contact, ContactDraft, PrivateView, Rhythm
from regions.queries import engagements
from rollout.composing import compose
from rollout.enums import BlockReason, MailCap, TaskState
from rollout.jobs import forget_forms
from rollout.models import Plan
from rollout.queries.callsheet import call_sheet_of
from rollout.queries.duties import duties_due
from rollout.queries.sheetfacts import sheet_facts
from rollout.services.duties import settle, still_open
from tests import factories
from tests.factories import NOW

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.any_store]

KEY = "00000000-0000-0000-0000-000000000001"
TALK = {"outcome": "reached", "minutes": "15", "answer": "yes", "key": KEY}
SHEET = "/regions/NORTH/call/"
DAY = NOW.date()


def sheet(code="NORTH"):
    rows = Rhythm.objects.filter(ceo__region__code=code)
    [one] = engagements(rows, NOW, Corrections())
    return call_sheet_of(one, sheet_facts([one], NOW))


@pytest.fixture
def talked(ceo_north, programme, rhythm_north, plan_north, liaison_north):
    """The last talk lies two weeks back; go-live is eight weeks ahead."""
    held_at = NOW - timedelta(days=15)
    return factories.make_contact(ceo_north, programme, liaison_north, held_at=held_at)


# --- The goal ------------------------------------------------------------------------


def days_off(count):
    return DAY + timedelta(days=count)


@pytest.mark.parametrize(
    ("asks", "go_live", "goal"),
    [
        (
            [],
            56,
            "Keep in touch: what was done since the last talk, and the next step.",
        ),
        ([], 30, "Go-live in 30 days: make sure that the key people are free."),
        (
            [],
            -1,
            "Hear how work runs since the go-live, and which difficulty weighs most.",
        ),
        (
            [{"due_date": days_off(-1)}],
            30,
            "Get a firm day for what is 1 day overdue: “Name a data owner”.",
        ),
        (
            [{"due_date": days_off(-3), "of": AskOf.US}],
            30,
            "Say when we keep our word: “Name a data owner”, 3 days overdue.",
        ),
        (
            [{"state": AskState.PROMISED}],
            30,
            "From words to deeds: agree the first step of “Name a data owner”.",
        ),
        (
            [
                {"state": AskState.PROMISED},
                {"state": AskState.DONE, "settled_at": NOW - timedelta(days=59)},
            ],
            30,
            "Go-live in 30 days: make sure that the key people are free.",
        ),
        (
            [
                {"state": AskState.PROMISED},
                {"state": AskState.DONE, "settled_at": NOW - timedelta(days=62)},
            ],
            30,
            "From words to deeds: agree the first step of “Name a data owner”.",
        ),
    ],
)
def test_goal_is_the_first_rule_that_fits(
    asks, go_live, goal, talked, ceo_north, programme, rhythm_north
):
    for values in asks:
        factories.make_ask(ceo_north, programme, **values)
    with factories.unrecorded():
        Rhythm.objects.update(go_live_date=days_off(go_live))

    assert sheet().goal == goal


def test_first_talk_has_a_goal_and_questions_of_its_own(rhythm_north, plan_north):
    told = sheet()

    assert told.goal == (
        "Get to know each other: why it matters to North Company, and one first step."
    )
    assert len(told.starters) == 3
    assert told.topics == ["why", "how", "people"]


def test_blocked_task_leads_the_goal_and_late_work_follows(
    talked, plan_north, ceo_north
):
    late = {"due_date": days_off(-1)}
    task = factories.make_task(plan_north, "Late", **late)
    assert sheet().goal == "Find out what holds up 1 overdue task, and what would help."

    blocked = {"state": TaskState.BLOCKED, "block_reason": BlockReason.DECISION}
    factories.make_task(
        plan_north, "Stuck", waits_for=ceo_north.user, **late, **blocked
    )
    assert sheet().goal == "Get 1 task going that waits for this CEO: “Stuck”."
    assert task.title in " ".join(sheet().changed)


# --- Why it matters ------------------------------------------------------------------


@pytest.fixture
def live(programme, rhythm_north, plan_north):
    """Makes a region that went live in a wave with an achievement of its own."""
    steps = [
        factories.make_step(factories.make_procedure(programme, name), name)
        for name in ("Data", "People")
    ]

    def make(code, *, tasks=0, step=0, go_live=-30, **place):
        region = factories.make_region(code, **place)
        wave = factories.make_wave(programme, code)
        plan = factories.make_plan(region, wave, go_live_date=days_off(go_live))
        for number in range(tasks):
            factories.make_task(plan, f"{code} {number}")
        factories.make_finding(
            programme,
            f"{code} closed its month sooner",
            kind=FindingKind.ACHIEVEMENT,
            state=FindingState.ADOPTED,
            step=steps[step],
            wave_name=code,
            source="review",
            effect="4 days",
        )

    make.steps = steps
    return make


def place_north(**values):
    north = Plan.objects.get(region__code="NORTH").region
    with factories.unrecorded():
        for name, value in values.items():
            setattr(north, name, value)
        north.save()


def test_figure_is_of_the_region_most_like_his_and_says_why(live, plan_north):
    place_north(country="US", subdivision="WA")
    for number in range(3):
        factories.make_task(plan_north, f"Own {number}")
    live("FAR", tasks=3, country="DE")
    live("NEAR", tasks=9, country="US", subdivision="OR")
    live("SAME", tasks=9, country="US", subdivision="WA")
    live("SIZE", tasks=4, country="US", subdivision="WA")

    told = sheet()

    assert told.why == ["SIZE closed its month sooner: 4 days (review)."]
    assert told.likeness == (
        "Most like North Company: Size Company, in the same state or province, "
        "4 tasks, here 3."
    )


def test_need_of_the_region_counts_before_its_size(live, plan_north):
    own = factories.make_task(
        plan_north, "Late", due_date=days_off(-2), step=live.steps[1]
    )
    live("SIZE", tasks=1)
    live("NEED", tasks=5, step=1)

    assert own.step == live.steps[1]
    assert sheet().likeness == (
        "Most like North Company: Need Company, data, where tasks wait here, "
        "5 tasks, here 1."
    )


def test_region_that_is_not_live_yet_and_his_own_prove_nothing(live, programme):
    live("SOON", go_live=1)
    factories.make_finding(
        programme,
        "Own",
        kind=FindingKind.ACHIEVEMENT,
        state=FindingState.ADOPTED,
        step=live.steps[0],
        wave_name="Wave 1",
    )

    assert (sheet().why, sheet().likeness) == ([], "")


def test_pilot_whose_region_nobody_knows_still_has_a_figure(live, programme):
    pilot = factories.make_pilot(programme, "First site")
    factories.make_finding(
        programme,
        "Month closed in three days",
        kind=FindingKind.ACHIEVEMENT,
        state=FindingState.ADOPTED,
        step=live.steps[0],
        pilot=pilot,
    )

    assert sheet().why == ["Month closed in three days (First site)."]
    assert sheet().likeness == ""
    assert [offer.channel for offer in sheet().offers] == [Channel.DEMO]


# --- Promises and the ask ------------------------------------------------------------


def test_overdue_promises_lead_with_their_days_and_the_sheet_keeps_to_its_page(
    talked, ceo_north, programme
):
    for number, due in enumerate([None, days_off(5), days_off(-2), days_off(-9)]):
        values = {"text": f"promise {number}", "due_date": due, "of": AskOf.US}
        factories.make_ask(ceo_north, programme, **values)

    told = sheet().by_us

    assert [(one.text, one.overdue) for one in told] == [
        ("Promise 3 (was due on Mon 1 Mar)", 9),
        ("Promise 2 (was due on Mon 8 Mar)", 2),
        ("Promise 1 by Mon 15 Mar", 0),
        ("And 1 more.", 0),
    ]
    assert told[0].mark == "9 days overdue"


def test_deed_is_thanked_for_once(talked, ceo_north, programme):
    for text, settled in (("new", 1), ("old", 30)):
        factories.make_ask(
            ceo_north,
            programme,
            text=text,
            state=AskState.DONE,
            settled_at=NOW - timedelta(days=settled),
        )

    assert [one.text for one in sheet().by_him] == ["New: done, say thank you."]


def test_one_ask_with_a_day_is_proposed_where_nothing_is_open(talked):
    told = sheet()

    # Two weeks on is the day of the talk after this one.
    assert told.ask_text == ("name one person who decides open questions by Wed 24 Mar")


def test_oldest_ask_leads_and_another_can_be_chosen(
    talked, ceo_north, programme, as_user, liaison_north
):
    first = factories.make_ask(ceo_north, programme, text="first")
    other = factories.make_ask(
        ceo_north, programme, text="other", due_date=date(2027, 4, 1)
    )
    client = as_user(liaison_north)
    page = client.get(SHEET)
    assert page.context["form"]["ask"].value() == str(first.pk)

    client.post(SHEET, TALK | {"ask": other.pk})

    states = dict(Ask.objects.values_list("text", "state"))
    assert states == {"first": AskState.OPEN, "other": AskState.PROMISED}


def test_ask_of_another_ceo_cannot_be_chosen(
    talked, rhythm_south, programme, as_user, liaison_north
):
    theirs = factories.make_ask(rhythm_south.ceo, programme)

    answer = as_user(liaison_north).post(SHEET, TALK | {"ask": theirs.pk})

    assert (answer.status_code, theirs.talks.count()) == (422, 0)


def test_another_ask_is_written_with_its_kind_and_day(
    talked, ceo_north, programme, as_user, liaison_north
):
    client = as_user(liaison_north)
    written = {"ask": "other", "new_kind": "decision", "new_text": "one weekend"}
    assert client.post(SHEET, TALK | written).status_code == 422

    client.post(SHEET, TALK | written | {"new_due_date": "2027-03-20"})

    ask = Ask.objects.get()
    assert (ask.kind, ask.text) == (AskKind.DECISION, "one weekend")
    assert (ask.due_date, ask.state) == (date(2027, 3, 20), AskState.PROMISED)


def test_same_log_sent_again_after_its_ask_was_settled_is_one_talk(
    talked, ceo_north, programme, as_user, liaison_north
):
    ask = factories.make_ask(ceo_north, programme)
    client = as_user(liaison_north)
    body = TALK | {"answer": "no", "ask": ask.pk}

    answers = [client.post(SHEET, body).status_code for _time in range(2)]

    assert answers == [302, 302]
    assert Contact.objects.count() == 2


# --- What the log does besides -------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "day"),
    [
        ({"next_talk": ""}, None),
        ({"next_talk": "book", "next_date": "2027-03-24"}, date(2027, 3, 24)),
        ({"next_talk": "book", "next_date": "2027-03-09"}, "refused"),
    ],
    ids=["not booked", "booked", "in the past"],
)
def test_next_talk_is_booked_with_the_log_or_neither_is_kept(
    sent, day, talked, as_user, liaison_north
):
    answer = as_user(liaison_north).post(SHEET, TALK | sent)

    booked = list(CheckIn.objects.values_list("day_date", flat=True))
    assert booked == ([] if day in (None, "refused") else [day])
    assert answer.status_code == (422 if day == "refused" else 302)
    assert Contact.objects.count() == (1 if day == "refused" else 2)


@pytest.mark.parametrize("day", [date(2027, 3, 15), date(2027, 3, 9)])
def test_moved_talk_is_booked_where_it_went(day, talked, as_user, liaison_north):
    """Also when the day has passed by the time that somebody logs it."""
    moved = {"outcome": "moved", "moved_to_date": day, "moved_to_time": "10:30"}

    as_user(liaison_north).post(SHEET, TALK | moved)

    booking = CheckIn.objects.get()
    assert (booking.day_date, f"{booking.at_time:%H:%M}") == (day, "10:30")
    assert Contact.objects.latest("id").check_in == booking


def test_offer_opens_the_log_as_what_it_was(talked, programme, as_user, liaison_north):
    factories.make_pilot(programme)
    client = as_user(liaison_north)
    link = "?outcome=reached&amp;channel=demo#log"
    assert link in client.get(SHEET).content.decode()

    form = client.get(f"{SHEET}?outcome=reached&channel=demo").context["form"]

    assert (form["outcome"].value(), form["channel"].value()) == ("reached", "demo")


# --- Drafts --------------------------------------------------------------------------

DRAFT = f"{SHEET}draft/"
BEGUN = {"outcome": "reached", "topics": ["how"], "note": "Half a", "key": KEY}


def test_draft_is_there_again_for_its_author_only_and_can_be_discarded(
    talked, as_user, liaison_north, cio
):
    client = as_user(liaison_north)
    assert client.post(DRAFT, BEGUN).content.decode() == "Draft of 09:00"
    client.post(DRAFT, BEGUN | {"note": "Half a sent\0ence", "outcome": "nonsense"})

    form = client.get(SHEET).context["form"]
    assert ContactDraft.objects.count() == 1
    assert form["note"].value() == "Half a sentence"
    assert (form["topics"].value(), str(form["key"].value())) == (["how"], KEY)
    other = as_user(cio).get(SHEET)
    assert other.context["form"]["note"].value() is None
    assert "Half a sent" not in other.content.decode()

    assert client.post(DRAFT, {"discard": "1"}).url == SHEET
    assert not ContactDraft.objects.exists()


def test_draft_ends_with_the_log_and_none_comes_after_it(
    talked, as_user, liaison_north
):
    client = as_user(liaison_north)
    client.post(DRAFT, BEGUN)
    client.post(SHEET, TALK)

    # What was on its way while Save was pressed.
    client.post(DRAFT, BEGUN)

    assert not ContactDraft.objects.exists()
    assert f'data-logged="{KEY}"' in client.get(SHEET).content.decode()


def test_job_forgets_drafts_nobody_went_on_with(ceo_north, programme, liaison_north):
    old = {"saved_at": NOW - timedelta(days=31)}
    factories.make_draft(ceo_north, programme, liaison_north, **old)

    assert forget_forms() == 0

    assert not ContactDraft.objects.exists()


def test_refused_log_keeps_its_draft(talked, as_user, liaison_north):
    client = as_user(liaison_north)
    client.post(DRAFT, BEGUN)

    assert client.post(SHEET, TALK | {"minutes": ""}).status_code == 422

    assert ContactDraft.objects.count() == 1


# --- What is private -----------------------------------------------------------------


@pytest.fixture
def careful(ceo_north, talked):
    with factories.unrecorded():
        ceo_north.address_as, ceo_north.careful_with = "Doctor N", "MARK-CAREFUL " * 100
        ceo_north.save()
    return ceo_north


@pytest.mark.parametrize(
    ("who", "reads"), [("cio", True), ("liaison", True), ("hq", False)]
)
def test_careful_with_is_read_by_cio_and_liaison_and_each_view_is_logged(
    who, reads, careful, as_user, cio, liaison_north, hq
):
    person = {"cio": cio, "liaison": liaison_north, "hq": hq}[who]

    page = as_user(person).get(SHEET).content.decode()

    assert "Doctor N" in page
    assert ("MARK-CAREFUL" in page) is reads
    assert ('class="sheet dense"' in page) is reads
    logged = PrivateView.objects.values_list("field", flat=True)
    assert list(logged) == (["careful_with"] if reads else [])


def test_reminder_asks_what_the_sheet_asks_and_is_careful_of_nothing(
    careful, programme, north, liaison_north
):
    factories.make_ask(careful, programme)
    for due in duties_due(NOW, Corrections()):
        settle(due, set())
    duties = still_open(liaison_north, MailCap.PLANNED, NOW, Corrections())

    letter = compose(liaison_north, duties, NOW, Corrections())

    assert f"Ask: please {sheet().ask_text}." in letter.text
    assert "MARK-CAREFUL" not in letter.text + letter.html + letter.subject


# --- Queries -------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_sheet_takes_the_same_queries_for_one_and_three_rows(
    count, talked, live, ceo_north, programme, plan_north, as_user, liaison_north,
    assert_queries,
):  # fmt: skip
    procedure = factories.make_procedure(programme, "Taught")
    for number in range(count):
        live(f"LIVE{number}", tasks=count)
        taught = {"step": factories.make_step(procedure, f"T{number}")}
        factories.make_task(plan_north, f"T{number}", **taught)
        factories.make_finding(programme, f"F{number}", state="adopted", **taught)
        factories.make_pilot(programme, f"Pilot {number}")
        for of in AskOf:
            factories.make_ask(ceo_north, programme, text=f"{of} {number}", of=of)
    client = as_user(liaison_north)

    with assert_queries(21):
        assert client.get(SHEET).status_code == 200
