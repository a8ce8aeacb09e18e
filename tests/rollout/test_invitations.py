"""Inviting, the mail that tells of it, its link; letting somebody go, and back in."""

from datetime import timedelta

import pytest
from django.contrib.auth.hashers import check_password
from django.test import Client

from regions.enums import Role
from regions.history import Act, EditedMeanwhile
from regions.models import HistoryEntry, User
from rollout import reminders
from rollout.enums import DutyKind, DutyState, MailState
from rollout.links import (
    INVITATION,
    INVITATION_LINK,
    invitation_token,
    sign_in_token,
)
from rollout.models import Duty, Mail
from rollout.queries.links import person_behind
from rollout.services import mail
from rollout.services.ledger import CannotResendMail, resend_mail
from rollout.services.people import (
    CannotInvite,
    CannotLeave,
    FirstRole,
    invite,
    invite_again,
    let_go,
)
from tests.factories import (
    NOW,
    make_absence,
    make_contact,
    make_duty,
    make_mail,
    make_membership,
    make_task,
    make_user,
)
from tests.history_guard import unrecorded
from tests.tables import snapshot

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.any_store]
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MAIL_DIR = tmp_path / "mail"
    return settings.MAIL_DIR


@pytest.fixture
def act(hq):
    return Act(by=hq, at=NOW)


def invited(act, north, **values):
    wanted = {
        "email": "New@Example.org",
        "name": "New one",
        "first": FirstRole(Role.STAFF, north, NOW.date()),
        "details": {"language": "zh-hans", "time_zone": "Asia/Shanghai"},
    }
    return invite(**wanted | values, act=act)


def send(at=NOW):
    return mail.deliver(clock=lambda: at)


def link():
    row = Mail.objects.get(slot__startswith="invitation")
    return f"/invitation/{invitation_token(row)}/"


# --- Inviting ------------------------------------------------------------------------


def test_invited_person_has_a_login_a_role_and_a_mail(act, north):
    person = invited(act, north, details={"hours_per_week": 12, "language": "zh-hans"})

    person.as_of = NOW
    assert (person.email, person.may_sign_in) == ("new@example.org", True)
    assert (person.hours_per_week, person.language) == (12, "zh-hans")
    assert person.standing.regions(Role.STAFF) == {north.pk}
    assert not person.has_usable_password()
    [duty] = person.duties.all()
    assert (duty.kind, duty.mail.cap) == (DutyKind.INVITATION, "at_once")
    acts = HistoryEntry.objects.values_list("act", flat=True).distinct()
    assert set(acts) == {act.id}


def test_known_address_is_refused_and_nothing_is_kept(act, north, staff_north):
    before = snapshot()

    with pytest.raises(CannotInvite, match="known already"):
        invited(act, north, email="Staff.North@example.org")

    assert snapshot() == before


def test_role_that_does_not_fit_leaves_nobody_behind(act, north):
    with pytest.raises(CannotInvite, match="whole group"):
        invited(act, north, first=FirstRole(Role.CIO, north, NOW.date()))

    assert not User.objects.filter(email="new@example.org").exists()
    assert not Mail.objects.exists()


def test_invitation_reads_in_the_language_of_whom_it_is_for(act, north, programme):
    invited(act, north)
    invited(act, north, email="english@example.org", details={"language": "en"})

    send()

    chinese, english = Mail.objects.order_by("id")
    assert chinese.language == "zh-hans"
    assert english.subject == "Your access to Rollout: ERP roll-out"
    for row in (chinese, english):
        assert INVITATION in row.body_text
        assert row.recipient.email in row.body_text
    assert "for 14 days" in english.body_text


def test_invitation_that_is_held_up_goes_out_within_its_time(act, north):
    invited(act, north)

    assert send(NOW + 13 * DAY) == 1


def test_invitation_that_is_held_up_too_long_does_not_go(act, north):
    invited(act, north)

    assert send(NOW + 15 * DAY) == 0
    assert Mail.objects.get().state == MailState.SUPERSEDED


def test_invitation_is_sent_again_only_while_its_link_works(act, north, hq):
    invited(act, north)
    send()

    resend_mail(Mail.objects.get(), by=hq, at=NOW + 13 * DAY)
    with pytest.raises(CannotResendMail):
        resend_mail(Mail.objects.get(), by=hq, at=NOW + 15 * DAY)


# --- The link ------------------------------------------------------------------------


def test_link_shows_a_button_and_only_the_button_signs_in(act, north, client):
    invited(act, north)
    send()
    address = link()
    before = snapshot()

    for _number in range(3):
        assert client.get(address).status_code == 200
        assert client.head(address).status_code == 200
    assert client.get("/tasks/").status_code == 302
    assert snapshot() == before

    assert client.post(address).headers["Location"] == "/"
    assert client.get("/tasks/").status_code == 200


def test_link_leads_on_to_choosing_a_password(act, north, client):
    person = invited(act, north)
    send()

    answer = client.post(link(), {"then": "password"})

    assert answer.headers["Location"] == "/accounts/password/set/"
    secret = "a-long-enough-secret"
    client.post(answer.headers["Location"], {"password1": secret, "password2": secret})
    person.refresh_from_db()
    assert person.check_password(secret)


def test_link_works_more_than_once_until_it_runs_out(act, north, frozen):
    invited(act, north)
    send()
    address = link()
    frozen.shift(14 * DAY)
    assert Client().post(address).status_code == 302
    assert Client().post(address).status_code == 302

    frozen.shift(1)
    answer = Client().post(address)

    assert answer.status_code == 410
    assert "This link does not work any more" in answer.content.decode()


def test_link_of_another_purpose_or_with_a_flipped_byte_is_refused(act, north, client):
    invited(act, north)
    send()
    row = Mail.objects.get()
    token = invitation_token(row)
    flipped = token[:-1] + ("A" if token[-1] != "A" else "B")

    for wrong in (sign_in_token(row), flipped, "nonsense", "%00"):
        assert client.post(f"/invitation/{wrong}/").status_code == 410
    assert client.post(f"/sign-in/{token}/").status_code == 410


def test_link_of_who_left_is_refused(act, north, client):
    person = invited(act, north)
    send()
    let_go(person, version=person.version, act=act)

    assert client.post(link()).status_code == 410


# --- Letting in again ----------------------------------------------------------------


def test_second_invitation_waits_a_minute(act, north, hq):
    person = invited(act, north)

    with pytest.raises(CannotInvite, match="One invitation a minute"):
        invite_again(person, version=person.version, act=act)
    later = Act(by=hq, at=NOW + timedelta(minutes=2))
    invite_again(person, version=person.version, act=later)
    assert Duty.objects.filter(recipient=person).count() == 2


def test_confirmer_gets_a_login(act, ceo_north):
    person = ceo_north.user

    invite_again(person, version=person.version, act=act)

    person.refresh_from_db()
    assert person.may_sign_in


def test_old_page_invites_nobody(act, ceo_north):
    with pytest.raises(EditedMeanwhile):
        invite_again(ceo_north.user, version=9, act=act)

    assert not Mail.objects.exists()


# --- Leaving -------------------------------------------------------------------------


@pytest.fixture
def leaver(staff_north, north):
    make_membership(staff_north, Role.LIAISON, north)
    staff_north.set_password("a-long-enough-secret")
    with unrecorded():
        staff_north.save()
    return staff_north


def test_sessions_end_with_the_next_request(act, leaver, as_user):
    phone, office = as_user(leaver), as_user(leaver)
    assert [one.get("/tasks/").status_code for one in (phone, office)] == [200, 200]

    let_go(leaver, version=leaver.version, act=act)

    assert [one.get("/tasks/").status_code for one in (phone, office)] == [302, 302]


def test_old_sessions_stay_ended_when_he_is_back(act, leaver, as_user):
    client = as_user(leaver)
    gone = let_go(leaver, version=leaver.version, act=act)

    invite_again(gone, version=gone.version, act=act)

    assert client.get("/tasks/").status_code == 302
    gone.refresh_from_db()
    assert (gone.may_sign_in, gone.left_date) == (True, None)
    assert not check_password("a-long-enough-secret", gone.password)


def test_roles_end_and_nothing_is_deleted(
    act, leaver, plan_north, ceo_north, programme
):
    task = make_task(plan_north, owner=leaver)
    talk = make_contact(ceo_north, programme, by=leaver)

    let_go(leaver, version=leaver.version, act=act)

    leaver.refresh_from_db()
    assert (leaver.may_sign_in, leaver.left_date) == (False, NOW.date())
    ends = set(leaver.memberships.values_list("to_date", flat=True))
    assert ends == {NOW.date()}
    task.refresh_from_db()
    talk.refresh_from_db()
    assert (task.owner, talk.by, talk.withdrawn_at) == (leaver, leaver, None)
    fields = HistoryEntry.objects.filter(act=act.id).values_list("field", flat=True)
    assert sorted(fields) == [
        "left_date", "links_revoked_at", "may_sign_in", "to_date", "to_date",
    ]  # fmt: skip


def test_link_from_before_stays_dead_when_he_is_back(act, leaver):
    link = make_mail(leaver, dated_at=NOW)
    gone = let_go(leaver, version=leaver.version, act=act)

    invite_again(gone, version=gone.version, act=act)

    assert person_behind(INVITATION_LINK, invitation_token(link), NOW) is None


def test_mails_that_wait_are_cancelled(act, leaver, rhythm_north, folder):
    waiting = make_mail(leaver)
    failed = make_mail(leaver, slot="2027-03-09", state=MailState.FAILED)
    duty = make_duty(leaver, rhythm_north, mail=waiting)

    let_go(leaver, version=leaver.version, act=act)

    waiting.refresh_from_db()
    failed.refresh_from_db()
    duty.refresh_from_db()
    assert (waiting.state, failed.state) == (MailState.CANCELLED, MailState.FAILED)
    assert duty.state == DutyState.DROPPED
    assert send() == 0


def test_mail_that_is_sent_again_to_who_left_does_not_go(act, leaver, hq):
    sent = make_mail(leaver, state=MailState.FAILED, message_id="<1@x>", dated_at=NOW)
    let_go(leaver, version=leaver.version, act=act)

    resend_mail(sent, by=hq, at=NOW)

    assert send() == 0
    sent.refresh_from_db()
    assert sent.state == MailState.CANCELLED


def test_nothing_is_found_to_tell_him(act, leaver, rhythm_north, plan_north):
    let_go(leaver, version=leaver.version, act=act)

    reminders.queue(at=NOW)

    assert not Duty.objects.filter(recipient=leaver).exists()


def test_he_stands_in_for_nobody_any_more(act, leaver, liaison_north):
    absence = make_absence(liaison_north, leaver)

    let_go(leaver, version=leaver.version, act=act)

    absence.refresh_from_db()
    assert absence.deputy is None


def test_nobody_lets_himself_go(act, hq):
    make_user("second@example.org", Role.HQ)

    with pytest.raises(CannotLeave, match="himself"):
        let_go(hq, version=hq.version, act=act)


def test_last_of_headquarters_stays(cio, hq):
    with pytest.raises(CannotLeave, match="Nobody else"):
        let_go(hq, version=hq.version, act=Act(by=cio, at=NOW))


def test_who_left_leaves_once(act, leaver):
    gone = let_go(leaver, version=leaver.version, act=act)

    with pytest.raises(CannotLeave, match="already"):
        let_go(gone, version=gone.version, act=act)
