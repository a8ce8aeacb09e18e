"""A CEO leaves, a successor comes: what passes on, what stays, and who is told."""

import uuid
from datetime import date, timedelta

import pytest
from django.test import Client

from regions.enums import AskOf, AskState, Attitude, Audience, Caller, CheckInState
from regions.history import Act
from regions.models import HistoryEntry, RegionalCEO, Rhythm, Stance, User
from regions.queries import corrections, engagements
from regions.services.ceos import CannotChangeCEO
from rollout import reminders
from rollout.enums import BlockReason, DutyKind, DutyState, MailState, TaskState
from rollout.links import ANSWERS_LINK
from rollout.models import Duty, Mail
from rollout.services.ceos import NewCEO, change_ceo, leave_post_open
from rollout.services.mail import deliver
from tests import factories
from tests.factories import NOW, make_ask, make_contact, make_stance, make_user

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.any_store]

TODAY = NOW.date()
BLOCKED = {"state": TaskState.BLOCKED, "block_reason": BlockReason.DECISION}


@pytest.fixture
def act(hq):
    return Act(by=hq, at=NOW)


@pytest.fixture
def old(rhythm_north, plan_north):
    """The CEO of the north, with a rhythm of his own."""
    with factories.unrecorded():
        rhythm_north.preparing_ideal, rhythm_north.preparing_longest = 5, 9
        rhythm_north.caller = Caller.LIAISON
        rhythm_north.save()
    return rhythm_north.ceo


@pytest.fixture
def new(db):
    return make_user("new@example.org", may_sign_in=False)


def engaged(region):
    [one] = engagements(Rhythm.objects.filter(ceo__region=region), NOW, corrections())
    return one


def form(**values):
    given = {"who": "known", "from_date": "2027-03-10"}
    return {"key": uuid.UUID(int=9)} | given | values


# --- What passes on ------------------------------------------------------------------


def test_successor_has_the_same_rhythm_and_his_first_talk_is_due_on_his_first_day(
    north, old, new, act
):
    ceo = change_ceo(north, new, from_date=TODAY, seen=old.pk, act=act)

    old.refresh_from_db()
    assert (old.to_date, ceo.from_date, ceo.user) == (TODAY, TODAY, new)
    one = engaged(north)
    assert one.ceo == ceo
    assert (one.rhythm.preparing_ideal, one.rhythm.preparing_longest) == (5, 9)
    assert one.rhythm.go_live_date == factories.GO_LIVE
    # Whoever handed the first talk over did so for the one before him.
    assert one.rhythm.caller == Caller.USUAL
    assert one.state.is_first_talk
    assert (one.state.next_due_date, one.state.age_days) == (TODAY, 5)
    assert old.rhythms.count() == 1


def test_open_asks_of_both_sides_pass_on_and_settled_ones_stay(
    north, old, new, programme, act
):
    passing = [
        make_ask(old, programme),
        make_ask(old, programme, of=AskOf.US),
        make_ask(old, programme, state=AskState.PROMISED),
    ]
    kept = make_ask(old, programme, state=AskState.DONE, settled_at=NOW)

    ceo = change_ceo(north, new, from_date=TODAY, seen=old.pk, act=act)

    assert list(ceo.asks.order_by("id")) == passing
    assert old.asks.get() == kept
    [entry] = HistoryEntry.objects.of(passing[0])
    assert (entry.field, entry.after, entry.act) == ("ceo", str(ceo.pk), act.id)


def test_blocked_tasks_of_this_region_wait_for_the_new_one(
    north, old, new, plan_north, plan_south, act
):
    waits = {**BLOCKED, "waits_for": old.user}
    here = factories.make_task(plan_north, "Here", **waits)
    there = factories.make_task(plan_south, "There", **waits)
    done = factories.make_task(
        plan_north, "Done", state=TaskState.DONE, finished_at=NOW
    )

    change_ceo(north, new, from_date=TODAY, seen=old.pk, act=act)

    found = {}
    for task in (here, there, done):
        task.refresh_from_db()
        found[task.title] = task.waits_for
    assert found == {"Here": new, "There": old.user, "Done": None}


def test_planned_talk_is_cancelled_with_the_reason(north, old, new, programme, act):
    talk = factories.make_check_in(old, programme)

    change_ceo(north, new, from_date=TODAY, seen=old.pk, act=act)

    talk.refresh_from_db()
    assert (talk.state, talk.reason) == (CheckInState.CANCELLED, "The CEO left.")
    assert (talk.sequence, talk.ceo) == (1, old)


@pytest.mark.parametrize(
    ("judged", "wanted"), [("leading", "leading"), (None, "supportive")]
)
def test_successor_begins_unaware_and_is_wanted_as_the_one_before(
    judged, wanted, north, old, new, programme, act
):
    if judged:
        make_stance(old, programme, act.by, wanted=judged)

    ceo = change_ceo(north, new, from_date=TODAY, seen=old.pk, act=act)

    stance = ceo.stances.get()
    assert (stance.current, stance.wanted) == (Attitude.UNAWARE, wanted)
    assert (stance.sentence, stance.judged_at) == ("New in office", NOW)
    entry = HistoryEntry.objects.of(stance).get()
    assert entry.audience == Audience.PRIVATE
    assert old.stances.count() == (1 if judged else 0)


def test_talks_stay_with_the_person(north, old, new, programme, act):
    make_contact(old, programme, act.by)

    ceo = change_ceo(north, new, from_date=TODAY, seen=old.pk, act=act)

    assert (old.contacts.count(), ceo.contacts.count()) == (1, 0)


def test_closed_programme_gets_no_rhythm(north, old, new, act):
    closed = factories.make_programme("OLD", closed_at=NOW)
    factories.make_rhythm(old, closed)

    ceo = change_ceo(north, new, from_date=TODAY, seen=old.pk, act=act)

    assert [row.programme.code for row in ceo.rhythms.all()] == ["ERP"]


def test_all_of_it_is_one_act(north, old, new, programme, plan_north, act):
    make_ask(old, programme)
    factories.make_check_in(old, programme)
    factories.make_task(plan_north, **BLOCKED, waits_for=old.user)

    change_ceo(north, new, from_date=TODAY, seen=old.pk, act=act)

    models = HistoryEntry.objects.filter(act=act.id).values_list("model", flat=True)
    assert set(models) == {
        "regions.ask", "regions.checkin", "regions.regionalceo", "regions.rhythm",
        "regions.stance", "rollout.task",
    }  # fmt: skip
    assert not HistoryEntry.objects.exclude(act=act.id).exists()


# --- Nobody yet ----------------------------------------------------------------------


def test_post_left_open_keeps_all_until_somebody_is_named(
    north, old, new, programme, plan_north, act
):
    ask = make_ask(old, programme)
    task = factories.make_task(plan_north, **BLOCKED, waits_for=old.user)
    left = TODAY - timedelta(days=6)

    leave_post_open(north, to_date=left, seen=old.pk, act=act)

    assert engagements(Rhythm.objects.all(), NOW, corrections()) == []
    assert old.asks.get() == ask
    # Meanwhile the go-live moves; there is no rhythm that it could tell.
    with factories.unrecorded():
        plan_north.go_live_date = date(2027, 6, 7)
        plan_north.save()

    ceo = change_ceo(north, new, from_date=TODAY, seen=0, act=act)

    task.refresh_from_db()
    assert (ceo.asks.get(), task.waits_for) == (ask, new)
    assert ceo.rhythms.get().go_live_date == date(2027, 6, 7)
    assert ceo.stances.get().current == Attitude.UNAWARE
    leave_post_open(north, to_date=TODAY, seen=ceo.pk, act=act)
    with pytest.raises(CannotChangeCEO, match="still led the region"):
        change_ceo(north, old.user, from_date=left, seen=0, act=act)


def test_first_ceo_is_judged_by_nobody(north, new, plan_north, programme, act):
    ceo = change_ceo(north, new, from_date=TODAY, seen=0, act=act)

    assert Stance.objects.count() == 0
    assert ceo.rhythms.get().go_live_date == plan_north.go_live_date


# --- Refusals ------------------------------------------------------------------------


def test_what_does_not_fit_is_refused_and_nothing_changes(north, old, new, act):
    tomorrow = TODAY + timedelta(days=1)
    gone = make_user("gone@example.org", may_sign_in=False, left_date=TODAY)
    known = NewCEO("Again", " New@Example.org ")
    early = factories.LONG_AGO - timedelta(days=1)
    for who, day, seen, said in [
        (old.user, TODAY, old.pk, "is the CEO already"),
        (new, tomorrow, old.pk, "lies ahead"),
        (new, early, old.pk, "started later than this day"),
        (new, TODAY, 0, "changed the CEO in the meantime"),
        (gone, TODAY, old.pk, "has left"),
        (known, TODAY, old.pk, "known already"),
    ]:
        with pytest.raises(CannotChangeCEO, match=said):
            change_ceo(north, who, from_date=day, seen=seen, act=act)
    with pytest.raises(CannotChangeCEO, match="lies ahead"):
        leave_post_open(north, to_date=tomorrow, seen=old.pk, act=act)

    assert RegionalCEO.objects.get() == old
    assert HistoryEntry.objects.count() == 0


# --- Mails ---------------------------------------------------------------------------


def told():
    """Which reminders of talks there are, by the CEO that they are about."""
    rhythms = {row.pk: row.ceo.user.email for row in Rhythm.objects.all()}
    rows = Duty.objects.filter(kind=DutyKind.CHECK_IN).order_by("id")
    return [(rhythms[row.object_id], row.state) for row in rows]


def test_reminder_of_the_old_one_falls_and_the_new_one_is_told_once(
    north, old, new, cio, act
):
    """No talk yet, so the CIO calls; nothing was sent before the change."""
    before = NOW.replace(hour=7)
    reminders.queue(at=before)
    assert told() == [("ceo.north@example.org", DutyState.OPEN)]

    ceo = change_ceo(north, new, from_date=TODAY, seen=old.pk, act=act)
    for minutes in (0, 5, 10):
        reminders.queue(at=NOW + timedelta(minutes=minutes))
    deliver(clock=lambda: NOW)

    assert [email for email, _state in told()] == [
        "ceo.north@example.org",
        "new@example.org",
    ]
    assert told()[0][1] == DutyState.MET
    [mail] = Mail.objects.filter(recipient=cio)
    assert [duty.object_id for duty in mail.duties.all()] == [ceo.rhythms.get().pk]


def test_change_after_the_mail_adds_one_about_the_new_one_in_the_next_slot(
    north, old, new, cio, act
):
    reminders.queue(at=NOW)
    deliver(clock=lambda: NOW)

    change_ceo(north, new, from_date=TODAY, seen=old.pk, act=act)
    for days in (0, 1, 2, 3):
        at = NOW + timedelta(days=days, minutes=5)
        reminders.queue(at=at)
        deliver(clock=lambda at=at: at)

    mails = Mail.objects.filter(recipient=cio).order_by("id")
    carried = [
        [
            Rhythm.objects.get(pk=duty.object_id).ceo.user.email
            for duty in mail.duties.all()
        ]
        for mail in mails
        if mail.sent_at
    ]
    assert carried == [["ceo.north@example.org"], ["new@example.org"]]


def test_unanswered_questions_are_asked_of_the_new_one_in_one_mail_and_old_links_end(
    folder, north, south, old, new, programme, liaison_north, act
):
    def make(region=north, by=liaison_north, **values):
        what = {"asked_at": NOW - timedelta(days=9)} | values
        return factories.make_clarification(region, programme, by, old.user, **what)

    passing = [make(), make(question="Who keys?")]
    told = factories.make_mail(old.user, dated_at=NOW, state=MailState.CANCELLED)
    kind = {"kind": DutyKind.CONFIRMATION, "state": DutyState.MAILED}
    factories.make_duty(old.user, passing[0], mail=told, **kind)
    link = f"/answers/{ANSWERS_LINK.token(told)}/"
    staying = [make(state="answered"), make(south), make(by=new)]
    before = Client().get(link).status_code

    change_ceo(north, new, from_date=TODAY, seen=old.pk, act=act)
    deliver(clock=lambda: NOW)

    for row in (*passing, *staying):
        row.refresh_from_db()
    assert {(row.asked_of, row.asked_at) for row in passing} == {(new, NOW)}
    assert {row.asked_of for row in staying} == {old.user}
    assert (before, Client().get(link).status_code) == (200, 410)
    sent = Mail.objects.get(recipient=new)
    assert sent.state == MailState.SENT
    assert [row.object_id for row in sent.duties.order_by("object_id")] == [
        row.pk for row in passing
    ]
    assert "Who keys?" in sent.body_text
    page = Client().get(f"/answers/{ANSWERS_LINK.token(sent)}/")
    assert page.status_code == 200
    entries = HistoryEntry.objects.of(passing[0])
    assert [(one.field, one.act) for one in entries.order_by("id")] == [
        ("asked_of", act.id),
        ("asked_at", act.id),
    ]


def test_new_one_who_was_written_to_lately_reads_the_question_when_he_may(
    folder, north, south, old, new, programme, liaison_north, act
):
    factories.make_ceo(south, new)
    lately = NOW - timedelta(days=4)
    factories.make_mail(new, planned_at=lately, state=MailState.FAILED)
    row = factories.make_clarification(north, programme, liaison_north, old.user)

    change_ceo(north, new, from_date=TODAY, seen=old.pk, act=act)

    row.refresh_from_db()
    assert row.asked_of == new
    mail = Mail.objects.get(duties__kind=DutyKind.CONFIRMATION)
    assert mail.planned_at == NOW + timedelta(days=10)
    assert deliver(clock=lambda: NOW + timedelta(days=9)) == 0
    assert deliver(clock=lambda: NOW + timedelta(days=10)) == 1


# --- The page ------------------------------------------------------------------------


def test_page_tells_what_will_happen_and_does_it_once(
    as_user, hq, north, old, new, programme, plan_north
):
    ask = make_ask(old, programme)
    talk = factories.make_check_in(old, programme)
    task = factories.make_task(plan_north, **BLOCKED, waits_for=old.user)
    asked = factories.make_clarification(north, programme, hq, old.user)
    client = as_user(hq)

    what = client.get("/regions/NORTH/ceo/").context["what"]
    data = form(person=new.pk, seen=old.pk)
    answers = [client.post("/regions/NORTH/ceo/", data) for _ in range(2)]

    assert (what.asks, what.talks, what.tasks) == ([ask], [talk], [task])
    assert what.questions == [asked]
    assert [row.ceo for row in what.rhythms] == [old]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert [one.user for one in north.ceos.order_by("id")] == [old.user, new]
    said = client.get("/regions/NORTH/").content.decode()
    assert "New leads North Company now. What was open passed on to him." in said


def test_somebody_new_is_added_without_a_login_as_his_region_works(
    as_user, cio, north, old
):
    with factories.unrecorded():
        north.country, north.working_days = "CN", "123456"
        north.save()
    person = {"name": "Somebody", "email": "Ceo.New@example.org", "phone": "0591 1"}
    said = {"who": "new", "language": "zh-hans", "time_zone": "Asia/Shanghai"}

    answer = as_user(cio).post(
        "/regions/NORTH/ceo/", form(**person, **said, seen=old.pk)
    )

    assert answer.status_code == 302
    user = User.objects.get(email="ceo.new@example.org")
    assert north.ceos.current().get().user == user
    assert (user.may_sign_in, user.phone, user.language) == (False, "0591 1", "zh-hans")
    assert (user.time_zone, user.country, user.working_days) == (
        "Asia/Shanghai", "CN", "123456",
    )  # fmt: skip


def test_nobody_yet_is_said_on_the_page_and_offered_once(as_user, hq, north, old):
    client = as_user(hq)

    client.post("/regions/NORTH/ceo/", form(who="nobody", seen=old.pk))
    page = client.get("/regions/NORTH/ceo/")
    region = client.get("/regions/NORTH/").content.decode()

    assert not north.ceos.current().exists()
    assert "nobody yet" in region
    assert "nobody" not in dict(page.context["form"].fields["who"].choices)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"who": "known"}, "This is needed."),
        ({"who": "new", "name": "Somebody"}, "This is needed."),
        ({"who": "nobody", "from_date": "2027-03-11"}, "lies ahead"),
        ({"who": "nobody", "seen": 0}, "changed the CEO in the meantime"),
    ],
)
def test_faults_of_the_form_are_told_and_nothing_is_lost(
    values, said, as_user, hq, north, old
):
    data = {"phone": "0591 1", "seen": old.pk} | values

    answer = as_user(hq).post("/regions/NORTH/ceo/", form(**data))

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "0591 1" in answer.content.decode()
    assert north.ceos.get() == old


def test_change_is_not_taken_back_from_the_history(as_user, hq, old, new, act):
    change_ceo(old.region, new, from_date=TODAY, seen=old.pk, act=act)

    page = as_user(hq).get(f"/history/acts/{act.id}/")

    assert page.status_code == 200
    assert "What was made or deleted is not taken back from the history." in (
        page.content.decode()
    )
