"""Red within three minutes when nothing is delivering, and who is told in which words."""

import uuid
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.db.migrations.recorder import MigrationRecorder

from rollout.enums import MailState
from rollout.models import Breaker, Heartbeat
from tests.factories import NOW, make_heartbeats, make_mail, saved

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.any_store]

FINE = {
    "live": True,
    "ready": True,
    "delivering": True,
    "oldest_unsent_seconds": 0,
    "heartbeats": {"rollout.queue_due": 0, "rollout.deliver": 0},
    "mail_server": "ok",
}


def seconds(count):
    return timedelta(seconds=count)


def make_breaker(since, answer):
    return saved(
        Breaker(server="mail", since_at=NOW - since, retry_at=NOW, answer=answer)
    )


@pytest.fixture
def beating(db):
    make_heartbeats()


def asked(client):
    response = client.get("/health")
    return response.status_code, response.json()


def test_health_is_green_while_all_is_well(beating, client):
    assert asked(client) == (200, FINE)


def test_health_takes_three_queries_sets_no_cookie_and_is_not_kept(
    beating, client, assert_queries
):
    with assert_queries(3):
        response = client.get("/health")

    assert response.cookies == {}
    assert "no-store" in response["Cache-Control"]
    assert client.head("/health").status_code == 200
    assert client.post("/health").status_code == 405


@pytest.mark.parametrize("job", ["rollout.queue_due", "rollout.deliver"])
def test_health_is_red_when_a_job_is_silent_for_two_minutes(job, beating, client):
    Heartbeat.objects.filter(job=job).update(at=NOW - seconds(120))
    assert asked(client)[0] == 200

    Heartbeat.objects.filter(job=job).update(at=NOW - seconds(121))
    assert asked(client) == (
        503,
        FINE | {"delivering": False, "heartbeats": FINE["heartbeats"] | {job: 121}},
    )

    Heartbeat.objects.filter(job=job).delete()
    assert asked(client)[0] == 503


@pytest.mark.parametrize("state", [MailState.PLANNED, MailState.RETRY])
def test_health_is_red_when_a_due_mail_waits(state, beating, client, cio):
    mail = make_mail(cio, state=state, next_try_at=NOW - seconds(150))
    assert asked(client) == (200, FINE | {"oldest_unsent_seconds": 150})

    make_mail(cio, "older", state=state, next_try_at=NOW - seconds(151))
    assert asked(client) == (
        503,
        FINE | {"delivering": False, "oldest_unsent_seconds": 151},
    )
    assert mail.state == state


@pytest.mark.parametrize(
    ("state", "next_try"),
    [
        (MailState.RETRY, NOW + seconds(1)),
        (MailState.FAILED, NOW - seconds(500)),
        (MailState.CANCELLED, NOW - seconds(500)),
    ],
)
def test_health_counts_no_mail_that_need_not_go_now(
    state, next_try, beating, client, cio
):
    make_mail(cio, state=state, next_try_at=next_try)

    assert asked(client) == (200, FINE)


@pytest.mark.parametrize(("lease_left", "status"), [(30, 200), (-1, 503)])
def test_health_bears_with_a_server_that_is_slow_while_the_lease_is_renewed(
    beating, client, cio, lease_left, status
):
    make_mail(
        cio,
        state=MailState.LEASED,
        lease_token=uuid.uuid4(),
        leased_until_at=NOW + seconds(lease_left),
        next_try_at=NOW - seconds(200),
    )

    assert asked(client)[0] == status


def test_health_is_red_when_the_server_refuses_for_a_minute(beating, client):
    breaker = make_breaker(seconds(59), "535 wrong password")
    told = {"mail_server": "535 wrong password"}
    assert asked(client) == (200, FINE | told)

    Breaker.objects.filter(pk=breaker.pk).update(since_at=NOW - seconds(60))
    assert asked(client) == (503, FINE | told | {"delivering": False})


def test_health_is_not_ready_while_a_migration_is_missing(beating, client):
    rows = MigrationRecorder.Migration.objects.filter(app="rollout")
    rows.order_by("-id").first().delete()

    assert asked(client) == (503, FINE | {"ready": False})


def test_health_answers_without_a_database(client, db, monkeypatch):
    def gone():
        raise OperationalError("gone")

    monkeypatch.setattr("rollout.views.health.is_migrated", gone)

    assert asked(client) == (503, {"live": True, "ready": False, "delivering": False})


# --- The banner ----------------------------------------------------------------------


def banner(client, address="/tasks/"):
    found = client.get(address).context["trouble"]
    return found.what if found else None


def test_banner_says_nothing_while_all_is_well(beating, as_user, hq):
    assert banner(as_user(hq)) is None


def test_banner_is_for_headquarters_and_the_cio(
    as_user, cio, hq, auditor, liaison_north, staff_north
):
    people = [cio, hq, auditor, liaison_north, staff_north]
    pages = {user.name: as_user(user).get("/tasks/") for user in people}

    said = "No mail is going out: no worker has answered yet."
    told = [name for name, page in pages.items() if said in page.content.decode()]
    assert told == ["Cio", "Hq"]


def test_banner_stands_in_the_administration_too(as_user, hq):
    page = as_user(hq).get("/admin/").content.decode()

    assert "No mail is going out: no worker has answered yet." in page


@pytest.mark.parametrize(
    ("ago", "since"),
    [(seconds(300), "08:55"), (timedelta(days=1), "Tue 9 Mar 2027 09:00")],
)
def test_banner_says_since_when_no_worker_answers(ago, since, as_user, cio, db):
    make_heartbeats(NOW - ago)

    assert (
        banner(as_user(cio))
        == f"No mail is going out: no worker answers since {since}."
    )


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("535 wrong password", "refuses the login since 08:58 (535 wrong password)."),
        ("timed out", "takes none since 08:58 (timed out)."),
        ("", "takes none since 08:58 (no answer)."),
    ],
)
def test_banner_repeats_what_the_server_said(answer, said, beating, as_user, cio):
    make_breaker(seconds(120), answer)

    assert banner(as_user(cio)) == f"No mail is going out: the mail server {said}"


def test_banner_says_that_mail_waits_and_leads_to_it(beating, as_user, cio):
    make_mail(cio, next_try_at=NOW - seconds(600))

    page = as_user(cio).get("/tasks/")

    assert page.context["trouble"].what == (
        "Mail waits: the oldest should have gone at 08:50."
    )
    assert 'href="/mails/"' in page.content.decode()
