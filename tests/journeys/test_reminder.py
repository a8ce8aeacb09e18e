"""Journey 3: the reminder arrives, says enough to call at once, and arrives once."""

import re
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from itertools import permutations
from urllib.parse import urlsplit

import pytest
import redis
from playwright.sync_api import expect

from tests.services.product import ROOT, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.processes]

ON_CALL = "liaison-on-call@example.org"
PATIENCE = timedelta(seconds=60)
LARGEST = 20 * 1024
# Between two ticks of one beat lie five seconds.
CLOSER_THAN_ONE_BEAT = 4.5
LEDGER = """SELECT m.* FROM rollout_mail m JOIN regions_user u ON u.id = m.recipient_id
WHERE u.email = ? ORDER BY m.id"""
REGIONS = """SELECT r.code, r.name, h.id AS ceo FROM regions_membership m
JOIN regions_user u ON u.id = m.user_id JOIN regions_region r ON r.id = m.region_id
JOIN regions_regionalceo h ON h.region_id = r.id AND h.to_date IS NULL
WHERE u.email = ? AND m.to_date IS NULL ORDER BY r.code"""


def mails_to(product, email):
    return [
        (path, mail)
        for path, mail in product.mail_files().items()
        if mail["To"].addresses[0].addr_spec == email
    ]


@pytest.fixture
def reminder(product):
    """The mail to the liaison whose working morning it is, and the file it stands in."""
    return wait_for(lambda: mails_to(product, ON_CALL), "the reminder")[0]


def test_reminder_is_written_within_a_minute(product, reminder):
    path, mail = reminder

    written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    begun = datetime.fromtimestamp(product.first_began_at, UTC)
    assert written - begun <= PATIENCE
    assert (
        begun - timedelta(seconds=1) <= parsedate_to_datetime(mail["Date"]) <= written
    )
    assert mail["Auto-Submitted"] == "auto-generated"
    assert re.fullmatch(r"<[^<>@\s]+@[^<>@\s]+>", mail["Message-ID"])


def test_reminder_names_each_ceo_who_is_due(product, sample, visit, reminder):
    """The page of the CIO tells the same calls, with their caller."""
    _, mail = reminder
    page = visit("cio").open("/today/")
    mine = product.rows(REGIONS, ON_CALL)
    due = [row for row in mine if page.locator(f"#call-{row['code']}").count()]
    fine = [row for row in mine if row not in due]

    text = mail.get_body(("plain",)).get_content()

    assert len(due) > 1
    subjects = [
        sample.say(
            "Call %(count)s CEOs today: %(first)s, %(second)s",
            count=len(due),
            first=first["name"],
            second=second["name"],
        )
        for first, second in permutations(due, 2)
    ]
    assert mail["Subject"].startswith(tuple(subjects))
    for row in due:
        assert sample.ceo_of(row["name"]) in text
        assert f"{product.url}/regions/{row['code']}/call/" in text
    assert [row["name"] for row in fine if sample.ceo_of(row["name"]) in text] == []


def test_reminder_is_light_and_has_one_button(reminder):
    path, mail = reminder

    html = mail.get_body(("html",)).get_content()

    assert len(re.findall(r'class="button"', html)) == 1
    assert re.findall(r"<img|<script|url\(|src=", html, re.IGNORECASE) == []
    assert path.stat().st_size < LARGEST
    assert [part.get_content_type() for part in mail.iter_parts()] == [
        "text/plain",
        "text/html",
    ]


def test_button_of_the_reminder_opens_the_first_call(product, sample, visit, reminder):
    _, mail = reminder
    html = mail.get_body(("html",)).get_content()
    [address] = re.findall(r'class="button"[^>]*href="([^"]+)"', html) or re.findall(
        r'href="([^"]+)"[^>]*class="button"', html
    )

    page = visit("cio").open(urlsplit(address).path)

    assert address.startswith(product.url)
    names = [sample.ceo_of(row["name"]) for row in product.rows(REGIONS, ON_CALL)]
    heading = page.locator("h1").inner_text()
    assert [name for name in names if name in heading] != []


def test_headquarters_reads_what_was_sent(product, sample, visit, reminder):
    _, mail = reminder
    page = visit("hq").open("/mails/")

    row = page.get_by_role("row").filter(has_text=mail["Subject"])
    expect(row).to_contain_text(sample.say("sent"))
    row.get_by_role("link").click()

    sent = mail.get_body(("plain",)).get_content()
    kept = re.sub(r"http\S+/pause/\S+", "[[link:pause]]", sent)
    assert kept != sent
    expect(page.locator(".mail-text")).to_have_text(kept, use_inner_text=True)
    expect(page.get_by_text(mail["Message-ID"])).to_be_visible()


def ticks(broker):
    """When a beat asked the workers to queue what is due, as the broker hears it."""
    path, _, _ = broker.removeprefix("redis+socket://localhost").partition("?")
    with redis.Redis(unix_socket_path=path) as client, client.monitor() as monitor:
        for heard in monitor.listen():
            if heard["command"].startswith("LPUSH") and "queue_due" in heard["command"]:
                yield heard["time"]


def wait_for_a_second_beat(broker):
    """Until ticks came so close to each other, again and again, that two beats run."""
    deadline = time.monotonic() + PATIENCE.total_seconds()
    before, close = 0.0, 0
    for tick in ticks(broker):
        close += tick - before < CLOSER_THAN_ONE_BEAT
        before = tick
        if close == 3:
            return
        assert time.monotonic() < deadline


def test_nothing_makes_the_reminder_come_twice(product, reminder):
    """A restart, a second beat beside the first, and the sample loaded anew."""
    path, first = reminder
    written = path.read_bytes()

    product.stop()
    product.start()
    environment = product.environment_of("celery --app=rollout worker")
    beat = subprocess.Popen(
        (sys.executable, "-m", "celery", "--app=rollout", "beat", "--pidfile="),
        env=environment,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for_a_second_beat(environment["REDIS_URL"])
    finally:
        beat.kill()
        beat.wait()
    product.manage("load_programme", str(ROOT / "rollout" / "samples" / product.sample))

    assert mails_to(product, ON_CALL)[0][0].read_bytes() == written
    # Other journeys may have written to him about something else.
    same = [
        file
        for file, mail in mails_to(product, ON_CALL)
        if mail["Subject"] == first["Subject"]
    ]
    assert same == [path]
    ledger = [
        row for row in product.rows(LEDGER, ON_CALL) if row["answer"] == path.name
    ]
    assert [row["state"] for row in ledger] == ["sent"]
