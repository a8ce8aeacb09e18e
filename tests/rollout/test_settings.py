"""My settings: saved field by field or all at once, refused with both texts, never lost."""

import re
from datetime import date, time, timedelta

import pytest

from regions.enums import PlannedMail, Via
from regions.history import EditedMeanwhile, web_act
from regions.models import HistoryEntry, User
from regions.places import countries, subdivisions, zones
from regions.services.people import change_settings
from rollout.enums import DutyKind, MailState
from rollout.models import Mail
from rollout.services.mail import deliver
from rollout.services.testmail import CannotSendTest, send_test
from tests.factories import NOW, make_mail
from tests.history_guard import unrecorded

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.any_store]

HTMX = {"HX-Request": "true"}
AS_IT_IS = {
    "planned_mail": "daily",
    "paused_until_date": "",
    "quiet_from_time": "20:00",
    "quiet_to_time": "08:00",
    "language": "en",
    "time_zone": "UTC",
    "country": "",
    "subdivision": "",
    "version": 1,
}


@pytest.fixture
def client(as_user, staff_north):
    return as_user(staff_north)


def save(client, headers=None, **changes):
    return client.post("/settings/", AS_IT_IS | changes, headers=headers)


# --- Saving --------------------------------------------------------------------------


def test_settings_are_saved_with_their_history(client, staff_north):
    response = save(
        client,
        planned_mail="mondays",
        paused_until_date="2027-03-20",
        quiet_from_time="18:30",
        quiet_to_time="09:15",
        time_zone="Europe/Berlin",
        country="DE",
        subdivision="BY",
    )

    assert (response.status_code, response.url) == (302, "/settings/")
    row = User.objects.get(pk=staff_north.pk)
    assert (row.planned_mail, row.paused_until_date) == (
        PlannedMail.MONDAYS,
        date(2027, 3, 20),
    )
    assert (row.quiet_from_time, row.quiet_to_time) == (time(18, 30), time(9, 15))
    assert (row.time_zone, row.country, row.subdivision, row.version) == (
        "Europe/Berlin", "DE", "BY", 2,
    )  # fmt: skip
    entries = HistoryEntry.objects.of(row)
    assert {entry.field for entry in entries} == {
        "planned_mail", "paused_until_date", "quiet_from_time", "quiet_to_time",
        "time_zone", "country", "subdivision",
    }  # fmt: skip
    assert {(entry.by, entry.via) for entry in entries} == {(staff_north, Via.WEB)}


def test_htmx_is_answered_with_a_sentence_and_the_new_version(client):
    answer = save(client, HTMX, planned_mail="never")

    page = answer.content.decode()
    assert answer.templates[0].name == "rollout/_settings_answer.html"
    assert re.findall(r'name="version" value="(\d+)"', page) == ["2"]
    assert "Saved: Planned mail." in page
    assert "<form" not in page
    assert "HX-Reswap" not in answer


def test_another_country_brings_its_states_and_takes_those_of_the_old(
    client, staff_north
):
    save(client, country="DE", subdivision="BY")

    answer = save(client, HTMX, country="US", subdivision="BY", version=2)

    page = answer.content.decode()
    assert answer["HX-Reswap"] == "outerHTML"
    assert '<option value="WA">Washington</option>' in page
    staff_north.refresh_from_db()
    assert (staff_north.country, staff_north.subdivision) == ("US", "")


def test_what_is_the_same_is_not_saved(client, staff_north):
    answer = save(client, HTMX, version=77)

    assert "Nothing was changed." in answer.content.decode()
    assert not HistoryEntry.objects.exists()


def test_language_takes_effect_at_once(client, staff_north):
    answer = save(client, HTMX, language="zh-hans")

    assert answer["HX-Refresh"] == "true"
    assert answer.cookies["django_language"].value == "zh-hans"
    page = client.get("/settings/").content.decode()
    assert '<html lang="zh-Hans"' in page


def test_pause_that_is_over_is_shown_as_none_and_harms_nothing(client, staff_north):
    with unrecorded():
        User.objects.filter(pk=staff_north.pk).update(paused_until_date=NOW.date())

    assert client.get("/settings/").context["form"].initial["paused_until_date"] is None
    save(client, planned_mail="mondays")

    assert [entry.field for entry in HistoryEntry.objects.all()] == ["planned_mail"]


def test_what_somebody_has_stays_a_choice(client, staff_north):
    """A zone by its old name, and a state that no package knows."""
    kept = {"time_zone": "GB", "country": "CN", "subdivision": "XJ"}
    with unrecorded():
        User.objects.filter(pk=staff_north.pk).update(**kept)

    save(client, planned_mail="never", **kept)

    staff_north.refresh_from_db()
    assert staff_north.planned_mail == PlannedMail.NEVER
    assert (staff_north.time_zone, staff_north.subdivision) == ("GB", "XJ")


# --- Refusing ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        (
            {"paused_until_date": "2027-03-10"},
            "paused_until_date",
            "Give a day that lies ahead.",
        ),
        (
            {"quiet_from_time": "08:00"},
            "quiet_to_time",
            "Quiet hours are overnight: they end earlier in the day than they begin.",
        ),
        (
            {"time_zone": "Mars/Olympus"},
            "time_zone",
            "Select a valid choice. Mars/Olympus is not one of the available choices.",
        ),
        (
            {"country": "XX"},
            "country",
            "Select a valid choice. XX is not one of the available choices.",
        ),
        ({"quiet_from_time": ""}, "quiet_from_time", "This field is required."),
    ],
)
@pytest.mark.parametrize("headers", [None, HTMX], ids=["page", "htmx"])
def test_fault_is_told_at_the_field_and_nothing_is_saved(
    headers, changes, field, said, client, staff_north
):
    answer = save(client, headers, planned_mail="never", **changes)

    assert answer.context["form"].errors == {field: [said]}
    assert 'class="errors" role="alert" tabindex="-1" autofocus' in (
        answer.content.decode()
    )
    assert answer.status_code == (200 if headers else 422)
    assert answer.context["form"]["planned_mail"].value() == "never"
    assert not HistoryEntry.objects.exists()


@pytest.mark.parametrize("headers", [None, HTMX], ids=["page", "htmx"])
def test_edit_of_somebody_else_is_shown_beside_ones_own(
    headers, client, staff_north, hq
):
    change_settings(
        staff_north, {"planned_mail": "mondays"}, version=1, act=web_act(hq)
    )

    answer = save(client, headers, planned_mail="never")

    if headers:
        form = answer.context["form"]
        said = "It now says “on Mondays only”. You wrote “never”."
        assert (answer.status_code, form.errors["planned_mail"]) == (200, [said])
        assert form.non_field_errors() == [
            "Somebody else changed this in the meantime. Look at it again, then save."
        ]
    else:
        conflict = answer.context["conflict"]
        [clash] = conflict.clashes
        form = conflict.form
        assert (clash.theirs, clash.mine) == ("on Mondays only", "never")
        assert answer.status_code == 409
    staff_north.refresh_from_db()
    assert staff_north.planned_mail == PlannedMail.MONDAYS

    save(client, headers, planned_mail="never", version=form["version"].value())

    staff_north.refresh_from_db()
    assert staff_north.planned_mail == PlannedMail.NEVER


def test_service_compares_the_version_only_where_one_was_seen(staff_north, hq):
    change_settings(staff_north, {"country": "DE"}, version=1, act=web_act(hq))

    with pytest.raises(EditedMeanwhile):
        change_settings(staff_north, {"country": "CN"}, version=1, act=web_act(hq))
    change_settings(staff_north, {"country": "CN"}, act=web_act(hq))

    staff_north.refresh_from_db()
    assert staff_north.country == "CN"


# --- A test mail ---------------------------------------------------------------------


def test_test_mail_goes_out_and_says_what_is_set(
    client, staff_north, settings, tmp_path
):
    settings.MAIL_DIR = tmp_path

    client.post("/settings/test/")
    deliver(clock=lambda: NOW)

    mail = Mail.objects.get()
    assert (mail.recipient, mail.state, mail.subject) == (
        staff_north, MailState.SENT, "Your test mail",
    )  # fmt: skip
    assert (
        "Planned mail: on working days, never between 20:00 and 08:00."
        in mail.body_text
    )
    assert mail.body_html.count('class="button"') == 1


def test_one_test_mail_a_minute(client, staff_north, cio):
    send_test(staff_north, at=NOW)

    with pytest.raises(CannotSendTest):
        send_test(staff_north, at=NOW + timedelta(seconds=59))
    page = client.post("/settings/test/", follow=True).content.decode()

    assert "One test mail a minute." in page
    assert Mail.objects.count() == 1
    send_test(cio, at=NOW)
    send_test(staff_north, at=NOW + timedelta(seconds=60))
    assert Mail.objects.count() == 3


# --- What we sent you ----------------------------------------------------------------


def test_page_lists_what_was_sent_in_thirty_days(client, staff_north, hq):
    sent = {"state": MailState.SENT, "sent_at": NOW}
    for days in (1, 29, 31):
        planned = NOW - timedelta(days=days)
        name = f"{days} days ago"
        make_mail(
            staff_north, name, subject=name, planned_at=planned, message_id=name, **sent
        )
    make_mail(staff_north, "planned only")
    make_mail(hq, "not mine", message_id="<other>", **sent)

    listed = [mail.subject for mail in client.get("/settings/").context["mails"]]

    assert listed == ["1 days ago", "29 days ago"]


# --- Places --------------------------------------------------------------------------


def test_places_are_named_in_the_language_of_the_reader():
    assert ("Asia/Shanghai", "Shanghai (Asia/Shanghai)") in zones("en")
    assert ("Asia/Shanghai", "上海 (Asia/Shanghai)") in zones("zh-hans")
    assert ("DE", "Germany") in countries("en")
    assert ("DE", "德国") in countries("zh-hans")
    assert ("BY", "Bayern") in subdivisions("DE")
    assert ("WA", "Washington") in subdivisions("US")


@pytest.mark.parametrize("country", ["", "CN", "XX"])
def test_country_without_known_states_offers_none(country):
    assert subdivisions(country) == [("", "–")]


def test_every_state_fits_its_column():
    codes = [
        code for country, _name in countries("en") for code, _ in subdivisions(country)
    ]

    assert len(codes) > 800
    assert [code for code in codes if len(code) > 3] == []


def test_duty_of_a_test_mail_is_its_own_kind(staff_north):
    mail = send_test(staff_north, at=NOW)

    assert [duty.kind for duty in mail.duties.all()] == [DutyKind.TEST]
