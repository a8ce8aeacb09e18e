"""A question to a named person: mailed at once, answered by its link, confirmed, reminded."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client

from pilots.enums import TaskKind
from regions.calendar import Corrections
from regions.enums import Via
from regions.history import Act, EditedMeanwhile
from regions.models import HistoryEntry, User
from regions.services.links import revoke_links
from rollout import reminders
from rollout.enums import ClarificationState, DutyKind, DutyState, MailCap, TaskState
from rollout.links import ANSWERS, ANSWERS_LINK
from rollout.models import Clarification, Duty, Mail
from rollout.queries.clarifications import reminders_due
from rollout.queries.handover import moving_from
from rollout.services import mail
from rollout.services.clarifications import (
    About,
    CannotAsk,
    CannotReply,
    CannotSettle,
    NewPerson,
    Question,
    ask,
    ask_again,
    confirm,
    reply,
    withdraw,
)
from rollout.services.handovers import hand_over, take_back
from tests.factories import (
    NOW,
    make_clarification,
    make_duty,
    make_mail,
    make_region,
    make_task,
    make_user,
)
from tests.history_guard import unrecorded

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.any_store]

NOTHING = Corrections()
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
TEXT = "Which plants keep their own number range?"
OPEN, ANSWERED, DECLINED, CONFIRMED, WITHDRAWN = ClarificationState


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MAIL_DIR = tmp_path / "mail"
    return settings.MAIL_DIR


@pytest.fixture
def act(liaison_north):
    return Act(by=liaison_north, at=NOW)


@pytest.fixture
def about(north, programme):
    return About(north, programme)


@pytest.fixture
def make(north, programme, liaison_north, staff_north):
    """A question of the liaison to somebody of the region, as it stands."""

    def make(of=staff_north, **values):
        return make_clarification(north, programme, liaison_north, of, **values)

    return make


def tick(at=NOW):
    reminders.queue(at=at)
    return mail.deliver(clock=lambda: at)


def told(row):
    return sorted(
        Duty.objects.filter(object_id=row.pk, model="rollout.clarification")
        .exclude(kind=DutyKind.CONFIRMATION)
        .values_list("occurrence", "state")
    )


# --- Asking --------------------------------------------------------------------------


def test_question_is_mailed_at_once_with_a_link_and_both_answers(
    about, act, staff_north, hq
):
    question = Question(TEXT, "Only the harbour.", date(2027, 3, 19))

    row = ask(about, question, of=staff_north, act=act)

    assert tick() == 1
    sent = Mail.objects.get()
    assert (sent.recipient, sent.cap, sent.state) == (staff_north, "at_once", "sent")
    [duty] = sent.duties.all()
    assert (duty.kind, duty.object_id) == (DutyKind.CONFIRMATION, row.pk)
    assert sent.subject == f"North Company: a question to you, by Fri 19 Mar: {TEXT}"
    assert "Liaison North asks, about North Company." in sent.body_text
    assert "Only the harbour." in sent.body_text
    for said in ("right", "wrong"):
        assert f"{ANSWERS}?{said}={row.pk}" in sent.body_text
        assert f'href="{ANSWERS}?{said}={row.pk}"' in sent.body_html
    assert sent.body_html.count('class="button"') == 1
    assert tick(NOW + MINUTE) == 0


def test_somebody_new_is_added_without_a_login_and_lives_as_the_region(
    act, programme, folder
):
    region = make_region("FUJIAN", time_zone="Asia/Shanghai", country="CN")

    row = ask(
        About(region, programme),
        Question(TEXT),
        of=NewPerson("Li Wei", "New@Example.org"),
        act=act,
    )

    new = User.objects.get(email="new@example.org")
    assert row.asked_of == new
    assert (new.name, new.may_sign_in, new.has_usable_password()) == (
        "Li Wei",
        False,
        False,
    )
    assert (new.time_zone, new.country, new.language) == ("Asia/Shanghai", "CN", "en")
    assert tick() == 1
    token = ANSWERS_LINK.token(Mail.objects.get())
    assert Client().get(f"/answers/{token}/").status_code == 200
    with unrecorded():
        User.objects.filter(pk=new.pk).update(left_date=NOW.date())
    assert Client().get(f"/answers/{token}/").status_code == 410


def test_known_address_is_the_person_who_has_it(about, act, staff_north):
    named = NewPerson("Somebody", " STAFF.north@example.org")

    assert ask(about, Question(TEXT), of=named, act=act).asked_of == staff_north


def test_nobody_asks_himself_or_somebody_who_left(about, act, liaison_north):
    gone = make_user("gone@example.org", may_sign_in=False, left_date=NOW.date())

    for person in (liaison_north, gone):
        with pytest.raises(CannotAsk):
            ask(about, Question(TEXT), of=person, act=act)
    assert not Clarification.objects.exists()


def test_asked_again_the_answer_is_open_and_mailed_once_more(make, act, staff_north):
    row = make(state=DECLINED, proposal="All of them", due_date=date(2027, 3, 19))

    ask_again(row, Question(TEXT, "Only the harbour"), version=1, act=act)

    row.refresh_from_db()
    assert (row.state, row.proposal, row.answer) == (OPEN, "Only the harbour", "")
    assert (row.answered_by, row.answered_at, row.due_date) == (None, None, None)
    assert Mail.objects.get().recipient == staff_north
    with pytest.raises(CannotAsk, match="just now"):
        ask_again(row, Question(TEXT), version=2, act=act)
    with pytest.raises(EditedMeanwhile):
        ask_again(row, Question(TEXT), version=1, act=act)
    with pytest.raises(CannotAsk, match="withdrawn"):
        ask_again(make(state=WITHDRAWN), Question(TEXT), version=1, act=act)


def test_question_that_was_withdrawn_before_the_tick_is_not_mailed(
    about, act, staff_north
):
    row = ask(about, Question(TEXT), of=staff_north, act=act)
    withdraw(row, version=1, act=act)

    assert tick() == 0
    assert Mail.objects.get().state == "superseded"
    with pytest.raises(CannotSettle):
        withdraw(row, version=2, act=act)


# --- Answering and confirming --------------------------------------------------------


@pytest.mark.parametrize(
    ("proposal", "said", "text", "state", "answer"),
    [
        ("", "", " The harbour ", ANSWERED, "The harbour"),
        ("All", "right", "", CONFIRMED, "All"),
        ("All", "right", "ignored", CONFIRMED, "All"),
        ("All", "wrong", "The harbour", DECLINED, "The harbour"),
    ],
)
def test_reply_is_kept_with_who_and_when(
    proposal, said, text, state, answer, make, staff_north
):
    row = make(proposal=proposal, asked_at=NOW - DAY)

    for _number in range(2):
        reply(row, said, text, act=Act(by=staff_north, at=NOW))

    row.refresh_from_db()
    assert (row.state, row.answer, row.version) == (state, answer, 2)
    assert (row.answered_by, row.answered_at) == (staff_north, NOW)
    confirmed = (staff_north, NOW) if state == CONFIRMED else (None, None)
    assert (row.confirmed_by, row.confirmed_at) == confirmed


@pytest.mark.parametrize(
    ("values", "said", "text"),
    [
        ({}, "", "  "),
        ({"proposal": "All"}, "", "The harbour"),
        ({"proposal": "All"}, "wrong", ""),
        ({"proposal": "All"}, "nonsense", "The harbour"),
        ({"state": WITHDRAWN}, "", "The harbour"),
    ],
)
def test_reply_that_says_nothing_is_refused(values, said, text, make, staff_north):
    row = make(**values)

    with pytest.raises(CannotReply):
        reply(row, said, text, act=Act(by=staff_north, at=NOW))


def test_last_answer_wins_also_over_a_confirmation(make, act, staff_north):
    row = make(state=ANSWERED)
    confirm(row, version=1, act=act)
    row.refresh_from_db()
    assert (row.state, row.confirmed_by) == (CONFIRMED, act.by)

    reply(row, "", "None of them", act=Act(by=staff_north, at=NOW))

    row.refresh_from_db()
    assert (row.state, row.answer, row.confirmed_by) == (ANSWERED, "None of them", None)


@pytest.mark.parametrize("state", [OPEN, CONFIRMED, WITHDRAWN])
def test_only_an_answer_is_confirmed(state, make, act):
    with pytest.raises(CannotSettle):
        confirm(make(state=state), version=1, act=act)


@pytest.mark.parametrize(
    ("kind", "others", "done"),
    [
        (TaskKind.CLARIFY, 0, True),
        (TaskKind.CONFIRM, 0, True),
        (TaskKind.CLARIFY, 1, False),
        (TaskKind.WORK, 0, False),
    ],
)
def test_confirming_finishes_a_task_that_only_asks(
    kind, others, done, make, plan_north, staff_north
):
    task = make_task(plan_north, kind=kind)
    row = make(task=task, proposal="All")
    for _number in range(others):
        make(task=task)

    reply(row, "right", "", act=Act(by=staff_north, at=NOW, via=Via.MAIL))

    task.refresh_from_db()
    assert (task.state == TaskState.DONE) is done
    assert row.pk
    reply(row, "wrong", "None", act=Act(by=staff_north, at=NOW + MINUTE))
    task.refresh_from_db()
    assert task.state == TaskState.OPEN


def test_answer_holds_where_its_task_cannot_be_done(make, plan_north, staff_north):
    dropped = {"state": TaskState.DROPPED, "drop_reason": "Not needed"}
    task = make_task(plan_north, kind=TaskKind.CLARIFY, **dropped)
    row = make(task=task, proposal="All")

    reply(row, "right", "", act=Act(by=staff_north, at=NOW))

    row.refresh_from_db()
    assert row.state == CONFIRMED


# --- Reminders -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "due", "now", "expected"),
    [
        # NOW is a Wednesday; three working days on is Monday.
        (0, None, 4, ""),
        (0, None, 5, "asked 2027-03-10 09:00:00"),
        (0, date(2027, 3, 19), 6, "asked 2027-03-10 09:00:00"),
        (0, date(2027, 3, 19), 7, "due 2027-03-19"),
        (0, date(2027, 3, 11), 0, ""),
        (0, date(2027, 3, 11), 1, "due 2027-03-11"),
        (0, date(2027, 3, 19), 30, "due 2027-03-19"),
    ],
)
def test_reminder_comes_some_days_after_and_before_the_end(
    asked, due, now, expected, make
):
    make(asked_at=NOW + asked * DAY, due_date=due)

    found = reminders_due(Clarification.objects.all(), NOW + now * DAY, NOTHING)

    assert [one.occurrence for one in found] == ([expected] if expected else [])


def test_unanswered_question_is_told_twice_in_planned_mails(make, staff_north):
    row = make(due_date=date(2027, 3, 19), proposal="All")

    sent = {day: tick(NOW + day * DAY) for day in range(14)}

    assert [day for day, count in sent.items() if count] == [5, 7]
    assert told(row) == [
        ("asked 2027-03-10 09:00:00", DutyState.MAILED),
        ("due 2027-03-19", DutyState.MAILED),
    ]
    first, second = Mail.objects.order_by("id")
    assert {first.cap, second.cap} == {MailCap.PLANNED}
    assert first.subject == f"A question waits for your answer for 5 days: {TEXT}"
    assert "An answer is needed by Fri 19 Mar." in first.body_text
    assert "[[link:pause]]" in first.body_text
    assert first.body_html.count('class="button"') == 1


@pytest.mark.parametrize("act_on", [reply, withdraw])
def test_answer_and_withdrawal_stop_the_reminder(act_on, make, act, staff_north):
    row = make(asked_at=NOW - 7 * DAY)
    if act_on is reply:
        reply(row, "", "The harbour", act=Act(by=staff_north, at=NOW))
    else:
        withdraw(row, version=1, act=act)

    assert tick() == 0
    assert told(row) == []


def test_several_questions_come_in_one_mail(make, staff_north):
    rows = [make(asked_at=NOW - (7 + n) * DAY, question=f"Q{n}") for n in range(7)]

    assert tick() == 1

    sent = Mail.objects.get()
    assert sent.subject == "7 questions wait for your answer: Q6 and 6 more"
    assert "And 2 more" in sent.body_text
    page = Client().get(f"/answers/{ANSWERS_LINK.token(sent)}/").content.decode()
    assert [f"Q{n}</h1>" in page for n in range(7)] == [True] * len(rows)


def test_people_without_a_login_are_reminded_once_in_fourteen_days(make, ceo_north):
    sent = {"state": "sent", "message_id": "<1@example.org>", "sent_at": NOW - 13 * DAY}
    make_mail(ceo_north.user, "day before", planned_at=NOW - 13 * DAY, **sent)
    make(of=ceo_north.user, asked_at=NOW - 7 * DAY)

    assert [tick(NOW + day * DAY) for day in range(3)] == [0, 1, 0]


def test_nobody_who_was_reminded_of_another_question_is_told_of_this(make, hq):
    """A letter holds its reader's questions alone."""
    make(asked_at=NOW - 7 * DAY, question="Of staff")
    make(of=hq, asked_at=NOW - 7 * DAY, question="Of headquarters")

    assert tick() == 2

    for one in Mail.objects.all():
        own = "Of staff" if one.recipient != hq else "Of headquarters"
        assert [own in one.body_text, one.body_text.count("Of ")] == [True, 1]


# --- The page behind the link --------------------------------------------------------


@pytest.fixture
def link(staff_north):
    """The address in a mail that told these questions."""

    def link(*rows):
        told = make_mail(staff_north, dated_at=NOW)
        for row in rows:
            kind = DutyKind.CONFIRMATION
            make_duty(staff_north, row, kind=kind, mail=told, state="mailed")
        return f"/answers/{ANSWERS_LINK.token(told)}/"

    return link


def test_page_asks_shows_who_answers_and_what_the_mail_has_chosen(make, link):
    row = make(proposal="All of them")
    address = link(row)

    plain = Client().get(address).content.decode()
    chosen = Client().get(f"{address}?wrong={row.pk}").content.decode()

    assert "Answering as Staff North. Not you?" in plain
    assert "Liaison North asks, about North Company." in plain
    assert "All of them" in plain
    assert "checked" not in plain
    assert 'value="wrong"' in chosen[: chosen.index("checked")][-90:]


def test_answer_needs_no_sign_in_no_cookie_and_no_origin(make, link, staff_north):
    row, browser = make(proposal="All"), Client(enforce_csrf_checks=True)
    body = {"question": row.pk, "said": "wrong", "text": "The harbour"}

    page = browser.post(link(row), body, headers={"Origin": "null"})

    assert page.status_code == 200
    assert "Thank you. Liaison North has your answer." in page.content.decode()
    row.refresh_from_db()
    assert (row.state, row.answer) == (DECLINED, "The harbour")
    via = {(entry.by, entry.via) for entry in HistoryEntry.objects.of(row)}
    assert via == {(staff_north, Via.MAIL)}
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    assert page["Referrer-Policy"] == "same-origin"


def test_only_questions_of_the_mail_and_of_its_reader_are_answered(make, link, hq):
    mine, other, moved = make(), make(question="Another"), make(question="Moved", of=hq)
    address = link(mine, moved)

    page = Client().get(address).content.decode()
    codes = [
        Client().post(address, {"question": row.pk, "text": "Yes"}).status_code
        for row in (other, moved, mine)
    ]

    assert ("Another" in page, "Moved" in page) == (False, False)
    assert codes == [422, 422, 200]
    assert set(Clarification.objects.exclude(answer="")) == {mine}


@pytest.mark.parametrize(
    "body", [{}, {"question": "x"}, {"said": "wrong"}, {"text": "y" * 2001}]
)
def test_faulty_answer_is_refused_in_the_page(body, make, link):
    row = make(proposal="All")

    answer = Client().post(link(row), {"question": row.pk} | body)

    assert answer.status_code == 422
    assert not HistoryEntry.objects.exists()


def test_withdrawn_question_says_so(make, link):
    page = Client().get(link(make(state=WITHDRAWN))).content.decode()

    assert "This question was withdrawn; no answer is needed." in page
    assert "<form" not in page[page.index("<main") :]


def test_link_that_is_over_mails_a_fresh_one_once_a_minute(make, link, frozen):
    row = make()
    address = link(row)
    frozen.move_to(NOW + 15 * DAY)
    before = Mail.objects.count()
    assert "Mail me a fresh link" in Client().get(address).content.decode()
    assert Mail.objects.count() == before

    said = [Client().post(address, {"fresh": "1"}) for _number in range(2)]

    assert [answer.status_code for answer in said] == [200, 200]
    assert "A fresh link is on its way" in said[0].content.decode()
    assert "Try again in a minute" in said[1].content.decode()
    fresh = Mail.objects.order_by("-id").first()
    assert (Mail.objects.count(), fresh.duties.get().object_id) == (before + 1, row.pk)
    assert tick(NOW + 15 * DAY) >= 1
    fresh.refresh_from_db()
    assert Client().get(f"/answers/{ANSWERS_LINK.token(fresh)}/").status_code == 200


def test_revoked_link_offers_a_fresh_one_and_answered_question_does_not(
    make, link, staff_north, frozen
):
    row = make()
    address = link(row)
    revoke_links(staff_north, act=Act(by=staff_north, at=NOW))

    assert "Mail me a fresh link" in Client().get(address).content.decode()

    reply(row, "", "The harbour", act=Act(by=staff_north, at=NOW))
    over = Client().get(address)
    assert "Nothing waits for your answer here." in over.content.decode()
    assert Client().post(address, {"fresh": "1"}).status_code == 410


def test_answers_are_limited_in_a_minute(make, link):
    row = make()
    address = link(row)

    codes = [
        Client().post(address, {"question": row.pk, "text": f"{n}"}).status_code
        for n in range(21)
    ]

    assert codes == [200] * 20 + [429]


# --- Pages ---------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_the_same_however_long(count, make, as_user, hq, assert_queries):
    for number in range(count):
        make(question=f"Q{number}")
        make(state=CONFIRMED)
    browser = as_user(hq)

    # Two ask whether mail goes out, two fill the filters.
    with assert_queries(9):
        assert browser.get("/clarifications/").status_code == 200
    with assert_queries(4):
        browser.get("/clarifications/?format=csv")


def test_list_begins_with_what_waits_longest(make, as_user, hq):
    days = {"new": 0, "old": 9, "late": 1}
    for name, age in days.items():
        due = date(2027, 3, 9) if name == "late" else None
        make(question=name, asked_at=NOW - age * DAY, due_date=due)
    make(question="done", state=CONFIRMED, asked_at=NOW - 20 * DAY)
    make(question="said", state=ANSWERED, asked_at=NOW - 20 * DAY)

    lines = as_user(hq).get("/clarifications/").context["lines"]

    assert [(line.row.question, line.state) for line in lines] == [
        ("old", "9 days unanswered"),
        ("late", "1 day unanswered, needed by Tue 9 Mar"),
        ("new", "Asked today"),
        ("said", "Answered"),
        ("done", "Confirmed"),
    ]
    assert [line.is_late for line in lines] == [False, True, False, False, False]


def test_filters_and_file_hold_the_same(make, as_user, hq, cio):
    make(question="of staff")
    make(question="of the CIO", of=cio)
    browser = as_user(hq)

    page = browser.get("/clarifications/", {"asked_of": cio.pk, "state": "open"})
    file = browser.get("/clarifications/", {"asked_of": cio.pk, "format": "csv"})

    assert [line.row.question for line in page.context["lines"]] == ["of the CIO"]
    text = file.content.decode("utf-8-sig")
    assert ("of the CIO" in text, "of staff" in text) == (True, False)
    assert "Nothing was asked yet." in empty(browser)


def empty(browser):
    with unrecorded():
        Clarification.objects.all().delete()
    return browser.get("/clarifications/").content.decode()


def test_question_is_asked_on_the_page_of_a_region_once(
    as_user, liaison_north, plan_north, staff_north
):
    browser, task = as_user(liaison_north), make_task(plan_north, kind="clarify")
    address = f"/regions/NORTH/ask/?task={task.pk}"
    assert f'value="{task.pk}" selected' in browser.get(address).content.decode()
    body = {
        "key": "00000000-0000-0000-0000-000000000001",
        "question": TEXT,
        "asked_of": staff_north.pk,
        "task": task.pk,
    }

    for _number in range(2):
        answer = browser.post(address, body)

    row = Clarification.objects.get()
    assert answer.headers["Location"] == f"/clarifications/{row.pk}/"
    assert (row.task, row.asked_of, Mail.objects.count()) == (task, staff_north, 1)
    for page in (f"/tasks/{task.pk}/", "/regions/NORTH/"):
        assert TEXT in browser.get(page).content.decode()


def test_question_to_nobody_says_what_is_missing(as_user, liaison_north, plan_north):
    body = {"key": "00000000-0000-0000-0000-000000000001", "question": TEXT}

    answer = as_user(liaison_north).post("/regions/NORTH/ask/", body)

    assert answer.status_code == 422
    assert answer.content.decode().count("Choose somebody, or give name") == 4


def test_correction_that_was_given_is_what_is_asked_next(as_user, liaison_north, make):
    row = make(state=DECLINED, proposal="All of them")

    page = as_user(liaison_north).get(f"/clarifications/{row.pk}/")

    assert page.context["again_form"]["proposal"].value() == "Only the harbour"
    assert page.context["may_confirm"]


def test_stranger_who_is_asked_sees_his_question_and_no_region(make, as_user, outsider):
    row = make(of=outsider)

    page = as_user(outsider).get(f"/clarifications/{row.pk}/").content.decode()

    assert "Answer now" in page
    assert "/regions/NORTH/" not in page
    assert as_user(outsider).get("/regions/NORTH/").status_code == 404


def test_buttons_are_shown_to_whom_they_obey(
    make, as_user, liaison_north, staff_north, helper_north, hq, cio
):
    """By the page of an answer that waits to be confirmed."""
    row = make(state=ANSWERED)
    acts = ("reply", "confirm", "again", "withdraw", "files")

    def offered(person):
        page = as_user(person).get(f"/clarifications/{row.pk}/").content.decode()
        return [act for act in acts if f"/clarifications/{row.pk}/{act}/" in page]

    assert offered(staff_north) == ["reply", "confirm"]
    assert offered(liaison_north) == ["confirm", "again", "withdraw", "files"]
    assert offered(hq) == offered(cio) == ["again", "withdraw", "files"]
    assert offered(helper_north) == []


def test_asking_is_offered_to_whom_may_ask(
    as_user, plan_north, manager_north, staff_north
):
    task = make_task(plan_north)

    def offered(person):
        pages = [
            as_user(person).get(address).content.decode()
            for address in ("/regions/NORTH/", f"/tasks/{task.pk}/")
        ]
        return ["/regions/NORTH/ask/" in page for page in pages]

    assert offered(manager_north) == [True, True]
    assert offered(staff_north) == [False, False]


def test_task_of_a_stranger_tells_nothing_of_what_its_region_asks(
    make, as_user, plan_north, outsider, staff_north
):
    task = make_task(plan_north, owner=outsider)
    make(task=task)

    def told(person):
        return TEXT in as_user(person).get(f"/tasks/{task.pk}/").content.decode()

    assert (told(outsider), told(staff_north)) == (False, True)


def test_filter_offers_whom_one_sees_asked(make, as_user, liaison_north, staff_south):
    make()
    of_south = make_user("asked.south@example.org")
    south = staff_south.memberships.get().region
    make_clarification(south, make().programme, of_south, staff_south)

    page = as_user(liaison_north).get("/clarifications/").content.decode()

    assert ("Staff North" in page, "Staff South" in page) == (True, False)


@pytest.mark.parametrize("act_on", [confirm, withdraw])
def test_answer_that_was_changed_meanwhile_is_not_settled(act_on, make, act):
    with pytest.raises(EditedMeanwhile):
        act_on(make(state=ANSWERED), version=2, act=act)


def test_hand_over_passes_on_what_is_asked_of_and_by_somebody(
    make, hq, cio, liaison_north, staff_north
):
    asked = make(of=hq)
    make(of=hq, state=CONFIRMED)
    taker = make_user("taker@example.org")
    moving = moving_from(liaison_north, NOW)
    assert moving.questions == [asked]

    row = hand_over(liaison_north, taker, seen=moving.seen, act=Act(by=cio, at=NOW))
    hand_over(hq, taker, seen=moving_from(hq, NOW).seen, act=Act(by=cio, at=NOW))

    asked.refresh_from_db()
    assert (asked.asked_by, asked.asked_of) == (taker, taker)
    assert moving_from(hq, NOW).is_empty
    assert row.pk


def test_hand_over_of_questions_is_taken_back(make, hq, cio, liaison_north):
    asked = make(of=hq)
    taker = make_user("taker@example.org")
    seen = moving_from(liaison_north, NOW).seen
    row = hand_over(liaison_north, taker, seen=seen, act=Act(by=cio, at=NOW))

    take_back(row, act=Act(by=cio, at=NOW + MINUTE))

    asked.refresh_from_db()
    assert asked.asked_by == liaison_north


def test_asked_on_a_day_is_counted_where_the_region_is(make, as_user, hq, north):
    with unrecorded():
        type(north).objects.update(time_zone="Asia/Shanghai")
    make(asked_at=datetime(2027, 3, 9, 15, 59, tzinfo=UTC))

    [line] = as_user(hq).get("/clarifications/").context["lines"]

    assert line.state == "1 day unanswered"
