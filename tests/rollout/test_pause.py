"""The link at the foot of a mail: no sign-in, no cookie, no write by looking at it."""

from datetime import date, timedelta

import pytest
from django.test import Client

from regions.enums import PlannedMail, Via
from regions.models import HistoryEntry
from rollout import reminders
from rollout.links import (
    PAUSE,
    pause_token,
    pause_url,
    with_links,
)
from rollout.models import Mail
from rollout.services import mail as delivery
from tests.factories import NOW, make_contact, make_mail
from tests.history_guard import unrecorded
from tests.tables import snapshot

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.any_store]


@pytest.fixture
def mail(staff_north):
    return make_mail(staff_north, dated_at=NOW)


@pytest.fixture
def address(mail):
    return f"/pause/{pause_token(mail)}/"


# --- The token -----------------------------------------------------------------------


def test_repeat_of_a_mail_has_the_same_link(mail):
    again = Mail.objects.get(pk=mail.pk)

    assert with_links(mail, f"See {PAUSE}") == [f"See {pause_url(mail)}"]
    assert pause_url(again) == pause_url(mail)


# --- The page ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("choice", "planned_mail", "until"),
    [
        ("week", PlannedMail.MONDAYS, date(2027, 3, 17)),
        ("two-weeks", PlannedMail.MONDAYS, date(2027, 3, 24)),
        ("mondays", PlannedMail.MONDAYS, None),
        ("never", PlannedMail.NEVER, None),
        ("as-before", PlannedMail.DAILY, None),
    ],
)
def test_choice_is_saved_for_the_person_of_the_link(
    choice, planned_mail, until, address, staff_north
):
    with unrecorded():
        staff_north.planned_mail = PlannedMail.MONDAYS
        staff_north.paused_until_date = date(2027, 3, 12)
        staff_north.save()
    strict = Client(enforce_csrf_checks=True)

    page = strict.post(address, {"choice": choice}).content.decode()

    staff_north.refresh_from_db()
    assert (staff_north.planned_mail, staff_north.paused_until_date) == (
        planned_mail,
        until,
    )
    assert "Saved. Another choice replaces it." in page
    assert {(entry.by, entry.via) for entry in HistoryEntry.objects.all()} == {
        (staff_north, Via.MAIL)
    }


def test_week_is_counted_where_the_person_is(mail, staff_north, frozen):
    with unrecorded():
        staff_north.time_zone = "Asia/Shanghai"
        staff_north.save()
    frozen.move_to(NOW.replace(hour=20))

    Client().post(f"/pause/{pause_token(mail)}/", {"choice": "week"})

    staff_north.refresh_from_db()
    assert staff_north.paused_until_date == date(2027, 3, 18)


def test_one_click_of_a_mail_program_stops_planned_mail(address, staff_north):
    strict = Client(enforce_csrf_checks=True)

    answer = strict.post(
        address,
        "List-Unsubscribe=One-Click",
        content_type="application/x-www-form-urlencoded",
    )

    staff_north.refresh_from_db()
    assert (answer.status_code, answer.cookies) == (200, {})
    assert staff_north.planned_mail == PlannedMail.NEVER


@pytest.mark.parametrize(
    "body", [{}, {"choice": "nonsense"}, {"List-Unsubscribe": "x"}]
)
def test_post_without_a_choice_changes_nothing(body, address):
    answer = Client().post(address, body)

    assert answer.status_code == 422
    assert not HistoryEntry.objects.exists()


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_looking_at_it_changes_nothing(method, address, client):
    before = snapshot()

    for _number in range(3):
        answer = getattr(client, method)(address)

    assert answer.status_code == (405 if method == "options" else 200)
    assert snapshot() == before


def test_page_is_found_by_no_search_and_tells_no_other_page(address, client):
    for page in (client.get(address), client.get("/pause/forged/")):
        assert page["X-Robots-Tag"] == "noindex, nofollow"
        assert page["Referrer-Policy"] == "same-origin"
        assert "no-store" in page["Cache-Control"]


@pytest.mark.parametrize("days", [0, 61])
def test_link_that_is_over_or_forged_says_so_kindly(days, address, frozen, client):
    frozen.move_to(NOW + timedelta(days=days))
    over = address if days else "/pause/forged/"

    for answer in (
        client.get(over),
        client.post(over, {"choice": "never"}),
        client.post(over, {"List-Unsubscribe": "One-Click"}),
    ):
        assert answer.status_code == 410
        assert "/accounts/login/?next=/settings/" in answer.content.decode()
    assert not HistoryEntry.objects.exists()


def test_page_speaks_the_language_of_the_mail_until_the_browser_has_one(
    address, staff_north
):
    with unrecorded():
        staff_north.language = "zh-hans"
        staff_north.save()
    chosen = Client()
    chosen.cookies["django_language"] = "en"

    assert '<html lang="zh-Hans"' in Client().get(address).content.decode()
    assert '<html lang="en"' in chosen.get(address).content.decode()


# --- The foot of a mail --------------------------------------------------------------


def test_planned_mail_has_the_link_in_both_parts(
    ceo_north, programme, rhythm_north, liaison_north, plan_north, settings, tmp_path
):
    settings.MAIL_DIR = tmp_path
    make_contact(ceo_north, programme, liaison_north, held_at=NOW - timedelta(days=18))
    reminders.queue(at=NOW)

    delivery.deliver(clock=lambda: NOW)

    row = Mail.objects.get()
    assert row.body_text.count(PAUSE) == 1
    assert row.body_html.count(f'href="{PAUSE}"') == 1
    sent = delivery.envelope(row)
    for part in (sent.text, sent.html):
        assert part.count(pause_url(row)) == 1
        assert "[[" not in part
