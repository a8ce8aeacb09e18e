"""A brief to a CEO: drafted from facts, short, reviewed, seldom, answered by its link."""

from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy

import pypdfium2
import pytest
from django.conf import settings as django_settings
from django.test import Client
from pypdfium2 import raw

from pilots.enums import FindingKind, FindingState
from regions.calendar import Corrections
from regions.enums import AskState, Channel, Outcome, Via
from regions.history import Act, EditedMeanwhile
from regions.models import Contact, HistoryEntry, Rhythm
from regions.queries import corrections
from regions.services.contacts import Log, NewAsk, log_contact, withdraw_contact
from rollout import reminders
from rollout.brevity import length, overflow
from rollout.enums import BriefAnswer, BriefState, DutyKind, MailState
from rollout.links import BRIEF_LINK
from rollout.models import Brief, Duty, Mail
from rollout.paper import DoesNotFitError, Page, lines_of, pieces, to_pdf
from rollout.queries.calls import calls_due
from rollout.services import mail
from rollout.services.briefanswers import CannotAnswer, answer_brief
from rollout.services.briefs import (
    CannotBrief,
    Wanted,
    draft_brief,
    edit_brief,
    mail_link,
    send_brief,
    withdraw_brief,
)
from rollout.services.clarifications import About, CannotAsk, Question, ask
from tests.factories import (
    NOW,
    make_ask,
    make_brief,
    make_check_in,
    make_contact,
    make_duty,
    make_finding,
    make_mail,
    make_pilot,
    make_procedure,
    make_rhythm,
    make_stance,
    make_step,
    make_task,
)
from tests.history_guard import unrecorded

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.any_store]

NOTHING = Corrections()
DAY, MINUTE, HOUR = timedelta(days=1), timedelta(minutes=1), timedelta(hours=1)
YES, CALL_ME, NOT_NOW = BriefAnswer


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MAIL_DIR = tmp_path / "mail"
    return settings.MAIL_DIR


@pytest.fixture
def wish(ceo_north, programme):
    return make_ask(ceo_north, programme)


@pytest.fixture
def rhythm(ceo_north, programme, plan_north):
    return make_rhythm(ceo_north, programme)


@pytest.fixture
def act(liaison_north):
    return Act(by=liaison_north, at=NOW)


@pytest.fixture
def sent(wish, liaison_north, ceo_north):
    """Went out ten days ago, by a mail whose link is still good."""
    row = make_brief(wish, liaison_north, state="sent", sent_at=NOW - 10 * DAY)
    slot = make_mail(
        ceo_north.user, f"brief {row.pk} a", cap="at_once", state=MailState.SENT,
        planned_at=NOW - 10 * DAY, dated_at=NOW - 10 * DAY, sent_at=NOW - 10 * DAY,
        message_id="<brief@example.org>",
    )  # fmt: skip
    told = {"kind": DutyKind.BRIEF, "mail": slot, "created_at": NOW - 10 * DAY}
    make_duty(ceo_north.user, row, f"{row.pk} a", state="mailed", **told)
    return row


def address(row):
    mail = Duty.objects.filter(kind=DutyKind.BRIEF, object_id=row.pk).first().mail
    return f"/brief/{BRIEF_LINK.token(mail)}/"


def tick(at=NOW):
    reminders.queue(at=at)
    return mail.deliver(clock=lambda: at)


def said(row, answer, at=NOW, sentence=""):
    act = Act(by=row.ceo.user, at=at, via=Via.MAIL)
    return answer_brief(row, answer, sentence, act=act)


def on_list(at=NOW):
    return [
        (call.engagement.region.code, call.brief and call.brief.why.value, call.callers)
        for call in calls_due(Rhythm.objects.all(), at, NOTHING)
    ]


# --- How long it is ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("", "en", 0),
        ("Name a data owner by Wed 17 Mar.", "en", 8),
        ("go-live, the CEO's – and 3.5 %", "en", 5),
        ("请于3月17日（周三）前定一件事。", "zh-hans", 16),
        ("ERP 上线 12.5%", "zh-hans", 4),
        ("Fuzhou Company", "zh-hans", 2),
    ],
)
def test_length_is_counted_as_people_count(text, language, expected):
    assert length(text, language) == expected


def test_overflow_names_the_text_that_passes_the_limit():
    texts = {"a": "word " * 100, "b": "word " * 20, "c": "word " * 3, "d": "word"}

    assert overflow({"a": texts["a"], "b": texts["b"]}, "en") is None
    assert overflow(texts, "en") == ("c", 4)
    assert overflow({"a": "字" * 201}, "zh-hans") == ("a", 1)


# --- The page of paper ---------------------------------------------------------------


def a_page(text, language="zh-Hans"):
    sections = [("贵公司的收益", text), ("Need", "Name one")]
    return Page("ERP", "福州", sections, 1, ["0591-555"], language, NOW)


def test_page_is_one_a4_with_the_font_in_it_and_the_same_bytes_again():
    page = a_page("试点公司月结从九天缩短到三天。")

    made = to_pdf(page)

    assert made == to_pdf(page)
    assert len(made) < 200_000
    document = pypdfium2.PdfDocument(made)
    assert len(document) == 1
    assert [round(size) for size in document[0].get_size()] == [595, 842]
    assert (
        "试点公司月结从九天缩短到三天" in document[0].get_textpage().get_text_bounded()
    )
    assert b"/BaseFont /MPDFAA+NotoSansSC" in made
    assert b"/FontFile2" in made
    fonts = {
        bool(raw.FPDFFont_GetIsEmbedded(raw.FPDFTextObj_GetFont(one.raw)))
        for one in document[0].get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT])
    }
    assert fonts == {True}


@pytest.mark.long
def test_long_page_is_set_smaller_and_too_long_a_one_refused():
    assert len(pypdfium2.PdfDocument(to_pdf(a_page("long words " * 260)))) == 1
    with pytest.raises(DoesNotFitError):
        to_pdf(a_page("long words " * 900))


class Ruler:
    """Every letter is two units wide."""

    def get_string_width(self, text):
        return 2 * len(text)


def test_lines_break_between_words_and_before_no_closing_mark():
    assert pieces("事（2分钟）。 go") == ["事", "（2", "分", "钟）。 ", "go"]
    text = "字" * 82 + "，字 " + "x" * 100
    lines = lines_of(text, Ruler())
    assert lines == ["字" * 81, "字，字", "x" * 82, "x" * 18]


# --- Drafting ------------------------------------------------------------------------


def test_draft_comes_from_facts_and_holds_nothing_private(
    rhythm, wish, act, plan_north, programme, cio, ceo_north
):
    make_finding(
        programme, "The month is closed in three days", kind=FindingKind.ACHIEVEMENT,
        effect="nine before.", state=FindingState.ADOPTED, pilot=make_pilot(programme),
        source="Report", step=make_step(make_procedure(programme)),
    )  # fmt: skip
    make_task(plan_north, state="done", finished_at=NOW)
    make_task(plan_north, "Second")
    make_stance(ceo_north, programme, cio, sentence="Private")
    with unrecorded():
        ceo_north.careful_with = "Private"
        ceo_north.save()

    row = draft_brief(rhythm, Wanted(wish, wish.due_date), NOTHING, act=act)

    assert row.texts == {
        "benefit": "The month is closed in three days: nine before.",
        "source": "Report",
        "standing": "1 of 2 tasks are done. The go-live is on Mon 3 May.",
        "need": "Name a data owner by Wed 17 Mar.",
        "why_you": "Only you can free people from their daily work.",
        "we_take_off": "We prepare the papers and bring them; your yes is enough.",
    }
    assert (row.state, row.made_by, row.language) == ("draft", act.by, "en")
    with pytest.raises(CannotBrief, match="draft already"):
        draft_brief(rhythm, Wanted(wish, wish.due_date), NOTHING, act=act)


def test_draft_with_a_new_ask_makes_it(rhythm, act):
    new = NewAsk("people", "name one person")

    row = draft_brief(rhythm, Wanted(new, date(2027, 3, 24)), NOTHING, act=act)

    assert (row.ask.text, row.ask.due_date) == ("name one person", date(2027, 3, 24))
    assert row.need == "Name one person by Wed 24 Mar."


def test_editor_counts_and_names_how_many_are_too_many(
    as_user, wish, liaison_north, rhythm
):
    row = make_brief(wish, liaison_north)
    browser, path = as_user(liaison_north), f"/briefs/{row.pk}/"
    posted = {"version": 1, "need": "word " * 50, "benefit": "word " * 60}
    posted |= {"why_you": "word " * 12, "due_date": "2027-03-17"}

    answer = browser.post(path, posted)

    assert answer.status_code == 422
    page = answer.content.decode()
    assert "All together it is 2 words too long." in page
    assert "<b>122</b> of at most 120 words" in page
    assert answer.context["form"].errors.keys() == {"why_you"}
    posted["why_you"] = "word"
    looked = browser.post(path, posted | {"then": "look"})
    assert looked["Location"] == f"{path}preview/"


# --- Sending -------------------------------------------------------------------------


def test_brief_goes_out_reviewed_with_its_page_and_the_same_bytes_again(
    wish, act, cio, ceo_north, folder, liaison_north
):
    row = make_brief(wish, liaison_north)

    planned = send_brief(row, NOTHING, version=1, act=act)

    assert tick() == 1
    row.refresh_from_db()
    assert (row.state, row.reviewed_by, row.writer) == ("sent", act.by, cio)
    assert row.call_date == date(2027, 3, 17)
    planned.refresh_from_db()
    subject = "North Company, ERP roll-out: one decision needed by Wed 17 Mar (2 min)"
    assert (planned.subject, planned.recipient) == (subject, ceo_north.user)
    assert planned.reply_to == liaison_north.email
    assert planned.sender_name == "Cio, ERP roll-out"
    assert len(planned.body_html.encode()) < 20_000
    again = mail.envelope(planned).to_bytes()
    assert again == mail.envelope(Mail.objects.get(pk=planned.pk)).to_bytes()
    message = message_from_bytes(again, policy=policy.default)
    [page] = message.iter_attachments()
    assert (page.get_filename(), page.get_content()) == ("brief-north.pdf", row.paper)
    assert len(page.get_content()) < 200_000
    text = message.get_body(("plain",)).get_content()
    for one in ("yes", "call_me", "not_now"):
        assert f"?answer={one}" in text
        assert f"?answer={one}" in message.get_body(("html",)).get_content()
    for words in row.texts.values():
        assert words in text
    with pytest.raises(CannotBrief, match="sent already"):
        send_brief(row, NOTHING, version=row.version, act=act)


def test_only_what_was_shown_is_sent(wish, act, liaison_north, cio):
    row = make_brief(wish, liaison_north)
    edit_brief(row, {"need": "Another"}, version=1, act=act)

    with pytest.raises(EditedMeanwhile):
        send_brief(row, NOTHING, version=1, act=act)
    assert not Mail.objects.exists()


@pytest.mark.parametrize(
    ("at", "planned"),
    [
        (NOW, NOW),
        # In the evening it waits for the morning, on a Friday for the Monday.
        (datetime(2027, 3, 10, 21, tzinfo=UTC), datetime(2027, 3, 11, 8, tzinfo=UTC)),
        (datetime(2027, 3, 12, 20, tzinfo=UTC), datetime(2027, 3, 15, 8, tzinfo=UTC)),
    ],
)
def test_brief_comes_by_day(at, planned, wish, liaison_north, cio, monkeypatch):
    monkeypatch.setattr("rollout.services.briefs.paper_of", lambda *_: b"%PDF")
    row = make_brief(wish, liaison_north)

    made = send_brief(row, NOTHING, version=1, act=Act(by=liaison_north, at=at))

    assert (made.planned_at, made.next_try_at) == (planned, planned)


def test_first_brief_is_from_the_cio_and_then_from_the_liaison(
    wish, act, cio, liaison_north, ceo_north, programme, monkeypatch
):
    monkeypatch.setattr("rollout.services.briefs.paper_of", lambda *_: b"%PDF")
    make_contact(ceo_north, programme, liaison_north)
    row = make_brief(wish, liaison_north)

    send_brief(row, NOTHING, version=1, act=act)

    row.refresh_from_db()
    assert row.writer == liaison_north


@pytest.mark.parametrize(
    ("slot", "values", "ago", "may"),
    [
        ("brief 1 a", {"cap": "at_once"}, 14 * DAY - HOUR, False),
        ("brief 1 a", {"cap": "at_once"}, 14 * DAY, True),
        ("confirmation 1 a", {"cap": "at_once"}, DAY, False),
        ("day 2027-03-09", {}, DAY, False),
        # What he has just asked for, and what tells of a booked talk, does not count.
        ("brief wanted 1 a", {"cap": "at_once"}, DAY, True),
        ("confirmation wanted 1 a", {"cap": "at_once"}, DAY, True),
        ("invitation 1", {"cap": "at_once"}, DAY, True),
        ("sign_in 1", {"cap": "at_once"}, DAY, True),
        ("brief 1 a", {"cap": "at_once", "state": "cancelled"}, DAY, True),
    ],
)
def test_ceo_gets_one_mail_in_fourteen_days_whatever_sends_it(
    slot, values, ago, may, wish, act, cio, liaison_north, ceo_north, monkeypatch, about
):
    monkeypatch.setattr("rollout.services.briefs.paper_of", lambda *_: b"%PDF")
    make_mail(ceo_north.user, slot, planned_at=NOW - ago, **values)
    row = make_brief(wish, liaison_north)

    def sends():
        try:
            send_brief(row, NOTHING, version=1, act=act)
        except CannotBrief:
            return False
        return True

    def asks():
        try:
            ask(about, Question("Who?"), of=ceo_north.user, act=act)
        except CannotAsk:
            return False
        return True

    assert (sends(), asks()) == (may, False)
    row.refresh_from_db()
    assert row.is_out is may
    assert Mail.objects.count() == 1 + may


@pytest.fixture
def about(north, programme):
    return About(north, programme)


def test_planned_mail_to_a_ceo_with_a_login_waits_for_the_cap(
    ceo_north, plan_north, sent
):
    """As somebody with a task he would get a mail every day else."""
    with unrecorded():
        ceo_north.user.may_sign_in = True
        ceo_north.user.save()
    make_task(plan_north, owner=ceo_north.user, due_date=date(2027, 3, 3))

    reminders.queue(at=NOW)
    assert Mail.objects.count() == 1
    reminders.queue(at=NOW + 5 * DAY)
    assert Mail.objects.count() == 2


def test_preview_page_says_until_when_and_offers_no_button(
    as_user, wish, liaison_north, ceo_north, sent
):
    row = make_brief(wish, liaison_north)
    browser, path = as_user(liaison_north), f"/briefs/{row.pk}/"

    page = browser.get(f"{path}preview/").content.decode()

    assert "The next may go on Sun 14 Mar 2027 09:00, his time." in page
    assert f"{django_settings.SITE_URL}/brief/example/?answer=call_me" in page
    assert f"{path}send/" not in page
    with unrecorded():
        Mail.objects.update(planned_at=NOW - 14 * DAY)
    assert f"{path}send/" in browser.get(f"{path}preview/").content.decode()
    assert "Name a data owner" in browser.get(f"{path}html/").content.decode()


# --- Answering -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (YES, AskState.PROMISED),
        (CALL_ME, AskState.OPEN),
        (NOT_NOW, AskState.OPEN),
    ],
)
def test_answer_is_a_talk_that_moves_the_ask(answer, state, sent, wish, rhythm):
    said(sent, answer, sentence=" Gladly ")
    row = said(sent, answer, sentence="Gladly")

    contact = Contact.objects.get()
    assert (row.state, row.answer, row.sentence) == ("answered", answer, "Gladly")
    assert (row.contact, row.answered_at, row.version) == (contact, NOW, 2)
    assert (contact.channel, contact.outcome) == (Channel.MAIL, Outcome.REACHED)
    assert (contact.minutes, contact.by) == (None, sent.writer)
    wish.refresh_from_db()
    assert (wish.state, wish.due_date) == (state, date(2027, 3, 17))
    entry = HistoryEntry.objects.get(model="rollout.brief", field="answer")
    assert (entry.by, entry.via, entry.audience) == (sent.ceo.user, "mail", "engaged")


def test_another_answer_corrects_the_talk(sent, wish):
    said(sent, YES)
    row = said(sent, NOT_NOW, NOW + DAY, "In May")

    contact = Contact.objects.get()
    assert (contact.held_at, contact.ask_answer) == (NOW + DAY, "later")
    assert (row.contact, row.sentence) == (contact, "In May")
    wish.refresh_from_db()
    assert wish.state == AskState.OPEN

    with unrecorded():
        contact.withdrawn_at = NOW
        contact.save()
    row = said(sent, YES, NOW + 2 * DAY)
    assert Contact.objects.count() == 2
    assert row.contact != contact


def test_booked_talk_is_not_held_by_writing(sent, ceo_north, programme):
    booked = make_check_in(ceo_north, programme, day_date=NOW.date())

    said(sent, YES)

    booked.refresh_from_db()
    assert booked.state == "planned"


def test_withdrawn_brief_is_not_answered(sent, act):
    withdraw_brief(sent, version=1, act=act)

    with pytest.raises(CannotAnswer):
        said(sent, YES)
    page = Client().get(address(sent)).content.decode()
    assert "no answer is needed" in page
    assert "<button" not in page


# --- Who is told and who calls -------------------------------------------------------


def test_answer_stops_reminders_and_is_told_the_liaison_once(
    sent, rhythm, liaison_north
):
    assert len(on_list()) == 1
    said(sent, YES)
    assert on_list() == []

    for at in (NOW, NOW + MINUTE, NOW + DAY):
        tick(at)

    [duty] = Duty.objects.filter(recipient=liaison_north)
    assert (duty.kind, duty.state) == (DutyKind.BRIEF_ANSWER, "mailed")
    assert duty.mail.subject == "CEO of North Company answered: Yes"


def test_who_asks_to_be_called_leads_the_list_until_a_talk(
    sent, rhythm, liaison_north, ceo_north, programme, act
):
    said(sent, CALL_ME, sentence="Before ten")
    assert on_list() == [("NORTH", "call_me", (liaison_north,))]

    tick(NOW)
    tick(NOW + MINUTE)
    [told] = Mail.objects.filter(recipient=liaison_north)
    assert (told.cap, told.subject) == (
        "urgent",
        "CEO of North Company asks to be called",
    )
    assert "Before ten" in told.body_text
    assert on_list(NOW + 3 * DAY) == [("NORTH", "call_me", (liaison_north,))]

    log = Log(outcome=Outcome.REACHED, held_at=NOW + HOUR, minutes=10)
    talk = log_contact(ceo_north, programme, log, act=Act(by=act.by, at=NOW + HOUR))
    assert on_list(NOW + HOUR) == []
    withdraw_contact(talk, version=1, act=Act(by=act.by, at=NOW + HOUR))
    assert on_list(NOW + HOUR) == [("NORTH", "call_me", (liaison_north,))]


def test_wish_that_a_talk_has_met_is_not_mailed(sent, rhythm, liaison_north, programme):
    said(sent, CALL_ME)
    reminders.queue(at=NOW)
    make_contact(sent.ceo, programme, liaison_north, held_at=NOW + MINUTE)

    assert mail.deliver(clock=lambda: NOW + 2 * MINUTE) == 0
    assert not Mail.objects.filter(recipient=liaison_north, state="sent").exists()


@pytest.mark.parametrize(
    ("talked", "days", "expected"),
    [(None, 6, []), (None, 7, ["unanswered"]), (8, 7, ["unanswered"]), (-1, 7, [])],
)
def test_unanswered_brief_puts_its_ceo_on_the_list(
    talked, days, expected, wish, liaison_north, ceo_north, programme, plan_north
):
    """Sent on a Wednesday: five working days on is the next Wednesday."""
    kept = {"preparing_ideal": 100, "preparing_longest": 200}
    kept |= {"last_six_weeks_ideal": 100, "last_six_weeks_longest": 200}
    make_rhythm(ceo_north, programme, **kept)
    first = NOW - 20 * DAY
    make_contact(ceo_north, programme, liaison_north, held_at=first)
    make_brief(wish, liaison_north, state="sent")
    if talked == -1:
        make_contact(ceo_north, programme, liaison_north, held_at=NOW + DAY)

    assert [why for _code, why, _who in on_list(NOW + days * DAY)] == expected
    reminders.queue(at=NOW + days * DAY)
    assert not Duty.objects.filter(kind=DutyKind.CHECK_IN).exists()


# --- Behind the link -----------------------------------------------------------------


def test_page_is_small_private_and_needs_no_script(sent, liaison_north):
    answer = Client().get(f"{address(sent)}?answer=call_me")

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "<script" not in page
    assert 'value="call_me" id="id_answer_1" checked' in page.replace(" required", "")
    assert page.count("<button") == 1
    assert "Answering as Ceo North, the CEO of North Company. Not you?" in page
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert answer["Referrer-Policy"] == "same-origin"
    style = (django_settings.BASE_DIR / "static/css/answer.css").read_bytes()
    assert len(answer.content) + len(style) <= 30_000


def test_press_answers_and_may_be_repeated_and_changed(sent):
    path = address(sent)

    first = Client().post(path, {"answer": "yes"}).content.decode()
    again = Client().post(path, {"answer": "yes"})
    shown = Client().get(path).content.decode()
    changed = Client().post(path, {"answer": "not_now", "sentence": "In May"})

    assert "Thank you" in first
    assert "?change=1" in shown
    assert "<form" not in shown
    assert "<form" in Client().get(f"{path}?change=1").content.decode()
    assert (again.status_code, changed.status_code) == (200, 200)
    sent.refresh_from_db()
    assert (sent.answer, sent.sentence) == ("not_now", "In May")
    assert Contact.objects.count() == 1


@pytest.mark.parametrize(
    "posted", [{}, {"answer": "maybe"}, {"answer": "yes", "sentence": "x" * 301}]
)
def test_press_that_says_nothing_asks_again(posted, sent):
    answer = Client().post(address(sent), posted)

    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert not Contact.objects.exists()


def test_link_that_is_over_offers_a_fresh_one_to_the_known_address(
    sent, frozen, liaison_north, ceo_north
):
    """It goes at once and counts in no cap, whoever presses."""
    with unrecorded():
        liaison_north.phone = "0591-555"
        liaison_north.save()
    path = address(sent)
    frozen.move_to(NOW + 5 * DAY)

    page = Client().get(path)
    assert page.status_code == 410
    assert "0591-555" in page.content.decode()
    assert Mail.objects.count() == 1
    pressed = [Client().post(path, {"fresh": "1"}) for _number in range(2)]

    assert [one.status_code for one in pressed] == [200, 200]
    fresh = Mail.objects.get(state=MailState.PLANNED)
    assert (fresh.recipient, fresh.cap) == (ceo_north.user, "at_once")
    assert tick(NOW + 5 * DAY) == 1
    fresh.refresh_from_db()
    again = Client().get(f"/brief/{BRIEF_LINK.token(fresh)}/")
    assert again.status_code == 200
    with pytest.raises(CannotBrief, match="just now"):
        mail_link(sent, at=NOW + 5 * DAY)


def test_brief_of_a_ceo_who_was_followed_is_answered_by_nobody(sent):
    path = address(sent)
    with unrecorded():
        sent.ceo.to_date = NOW.date()
        sent.ceo.save()

    assert Client().get(path).status_code == 410
    assert Client().post(path, {"answer": "yes"}).status_code == 410
    assert not Contact.objects.exists()


# --- Lists ---------------------------------------------------------------------------


@pytest.mark.parametrize("item_count", [1, 3])
def test_list_costs_the_same_however_many(
    item_count, as_user, liaison_north, wish, assert_queries
):
    for _number in range(item_count):
        make_brief(wish, liaison_north, state="sent")
    browser = as_user(liaison_north)

    with assert_queries(5):
        page = browser.get("/briefs/")

    assert len(page.context["page"].object_list) == item_count


def test_calls_cost_one_more_query_with_briefs(sent, rhythm, assert_queries):
    rows, corrected = Rhythm.objects.all(), corrections()
    with assert_queries(7):
        calls_due(rows, NOW, corrected)
    assert Brief.objects.get().state == BriefState.SENT
