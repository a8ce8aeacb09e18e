"""Who calls a CEO: the rule, the two buttons of the call sheet, and the link in the mail."""

from datetime import timedelta

import pytest

from regions.calendar import Corrections
from regions.enums import Caller, Role
from regions.models import HistoryEntry, Rhythm
from rollout import reminders
from rollout.enums import DutyKind, DutyState
from rollout.models import Mail
from rollout.previews import preview
from rollout.queries.calls import talks_due
from rollout.services import mail
from tests.factories import NOW, make_contact, make_membership
from tests.history_guard import unrecorded

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.any_store]

SHEET = "/regions/NORTH/call/"
HAND_OVER, TAKE_BACK = f"{SHEET}hand-over/", f"{SHEET}take-back/"
MAIL_LINK = f"{SHEET}?hand-over=1"


def set_caller(rhythm, caller):
    rhythm.caller = caller
    with unrecorded():
        rhythm.save()


@pytest.fixture
def talked(ceo_north, programme, liaison_north):
    """The first talk was held, and the next one is due."""
    held = NOW - timedelta(days=20)
    return make_contact(ceo_north, programme, liaison_north, held_at=held)


def buttons(client, address=SHEET):
    page = client.get(address).content.decode()
    return [one for one in (HAND_OVER, TAKE_BACK) if f'action="{one}"' in page]


# --- The rule ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("caller", "is_first", "has_liaison", "expected"),
    [
        (Caller.USUAL, True, True, "cio"),
        (Caller.USUAL, False, True, "liaison"),
        (Caller.CIO, True, True, "cio"),
        (Caller.CIO, False, True, "cio"),
        (Caller.LIAISON, True, True, "liaison"),
        (Caller.LIAISON, False, True, "liaison"),
        (Caller.USUAL, False, False, "cio"),
        (Caller.LIAISON, True, False, "cio"),
        (Caller.LIAISON, False, False, "cio"),
    ],
)
def test_who_calls(
    caller, is_first, has_liaison, expected, rhythm_north, liaison_north, cio, request
):
    set_caller(rhythm_north, caller)
    if not is_first:
        request.getfixturevalue("talked")
    if not has_liaison:
        with unrecorded():
            liaison_north.memberships.all().delete()

    [talk] = talks_due(Rhythm.objects.all(), NOW, Corrections())

    people = {"cio": cio, "liaison": liaison_north}
    assert talk.callers == (people[expected],)
    assert talk.liaisons == ((liaison_north,) if has_liaison else ())


# --- The call sheet ------------------------------------------------------------------


def test_cio_hands_the_first_talk_over_and_takes_it_back(
    as_user, cio, rhythm_north, liaison_north
):
    client = as_user(cio)
    assert buttons(client) == [HAND_OVER]

    page = client.post(HAND_OVER, {"version": 1}, follow=True)

    assert page.redirect_chain == [("/today/", 302)]
    assert "The liaison calls the CEO of North Company." in page.content.decode()
    assert buttons(client) == [TAKE_BACK]

    page = client.post(TAKE_BACK, {"version": 2}, follow=True)

    assert page.redirect_chain == [(SHEET, 302)]
    said = "You call the CEO of North Company for the first talk."
    assert said in page.content.decode()
    assert buttons(client) == [HAND_OVER]
    rhythm_north.refresh_from_db()
    assert rhythm_north.caller == Caller.USUAL
    entries = HistoryEntry.objects.of(rhythm_north).order_by("id")
    assert [entry.by for entry in entries] == [cio, cio]


def test_after_the_first_talk_taking_back_still_makes_the_cio_call(
    as_user, cio, rhythm_north, talked
):
    set_caller(rhythm_north, Caller.LIAISON)
    client = as_user(cio)

    page = client.post(TAKE_BACK, {"version": 1}, follow=True)

    assert "You call the CEO of North Company." in page.content.decode()
    assert buttons(client) == [HAND_OVER]


def test_no_button_where_there_is_nothing_to_change(
    as_user, cio, hq, liaison_north, rhythm_north, north, request
):
    shown = as_user(cio)
    assert buttons(shown) == [HAND_OVER]
    assert buttons(as_user(hq)) == buttons(as_user(liaison_north)) == []

    with unrecorded():
        rhythm_north.kick_off_date = NOW.date() + timedelta(weeks=7)
        rhythm_north.save()
    assert buttons(shown) == []

    rhythm_north.kick_off_date = NOW.date()
    set_caller(rhythm_north, Caller.USUAL)
    request.getfixturevalue("talked")
    assert buttons(shown) == []

    set_caller(rhythm_north, Caller.LIAISON)
    with unrecorded():
        liaison_north.memberships.all().delete()
    assert buttons(shown) == []


def test_cio_who_is_the_liaison_himself_has_nobody_to_hand_over_to(
    as_user, cio, north, rhythm_north
):
    make_membership(cio, Role.LIAISON, north)

    assert buttons(as_user(cio)) == []


def test_link_of_the_mail_puts_the_button_above_the_sheet(
    as_user, cio, rhythm_north, liaison_north
):
    client = as_user(cio)

    def is_above(address):
        page = client.get(address).content.decode()
        assert page.count('id="hand-over"') == 1
        assert 'class="row-actions no-print' in page
        return page.index('id="hand-over"') < page.index('class="one"')

    assert not is_above(SHEET)
    assert is_above(f"{SHEET}?hand-over=1")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "The page is incomplete. Load it again."),
        ({"version": 7}, "Somebody else changed this in the meantime."),
    ],
)
@pytest.mark.parametrize("address", [HAND_OVER, TAKE_BACK])
def test_refusal_is_told_on_the_sheet_and_changes_nothing(
    address, body, said, as_user, cio, rhythm_north, liaison_north
):
    page = as_user(cio).post(address, body, follow=True)

    assert page.redirect_chain == [(SHEET, 302)]
    assert said in page.content.decode()
    assert not HistoryEntry.objects.of(rhythm_north).exists()


def test_handing_over_to_nobody_is_refused_with_the_reason(as_user, cio, rhythm_north):
    page = as_user(cio).post(HAND_OVER, {"version": 1}, follow=True)

    assert "This region has no liaison who could call." in page.content.decode()


@pytest.mark.parametrize("address", [HAND_OVER, TAKE_BACK])
def test_only_the_cio_says_who_calls(address, as_user, hq, rhythm_north, liaison_north):
    for user in (hq, liaison_north):
        answer = as_user(user).post(address, {"version": 1})

        assert answer.status_code == 403
        said = "Only the CIO hands talks to the liaison, or takes them back."
        assert said in answer.content.decode().replace("&#x27;", "'")
    assert not HistoryEntry.objects.of(rhythm_north).exists()


# --- Duties and the mail -------------------------------------------------------------


def told(user):
    return list(user.duties.values_list("state", flat=True))


def test_duty_goes_over_with_the_talk_and_back(
    as_user, cio, rhythm_north, liaison_north
):
    client = as_user(cio)
    reminders.queue(at=NOW)
    assert (told(cio), told(liaison_north)) == ([DutyState.OPEN], [])

    client.post(HAND_OVER, {"version": 1})
    reminders.queue(at=NOW)
    assert (told(cio), told(liaison_north)) == ([DutyState.MET], [DutyState.OPEN])

    client.post(TAKE_BACK, {"version": 2})
    reminders.queue(at=NOW)
    assert (told(cio), told(liaison_north)) == ([DutyState.OPEN], [DutyState.MET])


def test_talk_handed_over_after_the_mail_is_told_to_the_liaison(
    as_user, cio, rhythm_north, liaison_north
):
    reminders.queue(at=NOW)
    assert mail.deliver(clock=lambda: NOW) == 1

    as_user(cio).post(HAND_OVER, {"version": 1})
    reminders.queue(at=NOW)
    assert mail.deliver(clock=lambda: NOW) == 1

    recipients = Mail.objects.order_by("id").values_list("recipient", flat=True)
    assert list(recipients) == [cio.pk, liaison_north.pk]


def test_mail_to_the_cio_leads_to_handing_over(
    rhythm_north, liaison_north, cio, settings
):
    reminders.queue(at=NOW)
    mail.deliver(clock=lambda: NOW)

    sent = Mail.objects.get()
    assert sent.recipient == cio
    assert f"Liaison takes it: {settings.SITE_URL}{MAIL_LINK}\n" in sent.body_text
    assert sent.body_html.count(">Liaison takes it</a>") == 1
    assert f'{MAIL_LINK}"' in sent.body_html


def test_mail_to_the_liaison_or_without_one_does_not(
    rhythm_north, rhythm_south, talked, liaison_north, cio
):
    reminders.queue(at=NOW)
    mail.deliver(clock=lambda: NOW)

    sent = {row.recipient: row for row in Mail.objects.all()}
    assert set(sent) == {cio, liaison_north}
    assert "CEO of South Company" in sent[cio].body_text
    assert "CEO of North Company" in sent[liaison_north].body_text
    for row in sent.values():
        assert "Move it" in row.body_html
        assert "Liaison takes it" not in row.body_text + row.body_html


def test_preview_shows_the_link_in_one_block(hq):
    shown = preview(DutyKind.CHECK_IN, hq, "en", NOW, nonce="")

    assert shown.html.count(">Liaison takes it</a>") == 1
    assert shown.text.count("/regions/COAST/call/?hand-over=1") == 1
