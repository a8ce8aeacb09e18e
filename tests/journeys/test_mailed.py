"""From the mail to Done: the product's own worker sends it by SMTP, and two taps answer it."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.services.product import running_product, wait_for
from tests.services.smtp import running_smtp_sink

from .axe import violations_in_both_themes
from .chromium import PHONE, Visitor
from .samples import ENGLISH

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.long]

WHO = "mailed@example.org"
# Somebody whose working morning it is: one task of his is late, one was just given to him,
# and a plan was made for a region of his.
ARRANGE = """
from datetime import timedelta
from zoneinfo import ZoneInfo
from django.db import transaction
from django.utils import timezone
from pilots.models import Step
from regions import history
from regions.enums import Role
from regions.history import Act
from regions.models import Membership, Region, User
from rollout.models import Plan, Task
from rollout.services.plans import make_plan

now = timezone.now()
offset = (9 - now.hour + 12) % 24 - 12
zone = f"Etc/GMT{-offset:+d}" if offset else "UTC"
day = now.astimezone(ZoneInfo(zone)).date()
act = Act(by=User.objects.get(email="hq@example.org"), at=now)
with transaction.atomic():
    who = history.create(User(email="mailed@example.org", name="Mailed", may_sign_in=True,
        password="!", time_zone=zone, working_days="1234567"), act)
    plan = Plan.objects.order_by("id").last()
    history.create(Membership(user=who, role=Role.STAFF, region=plan.region,
        from_date=day - timedelta(days=9)), act)
    far = history.create(Region(code="FAR", name="Far College"), act)
    make_plan(far, plan.wave, steps=Step.objects.order_by("-offset_days", "id")[:2], act=act,
        go_live=day + timedelta(days=90), kick_off=day, owner_of=lambda step: who)
    act = Act(by=act.by, at=now)
    for title, days in (("Count the stock", -5), ("Call the bank", 1)):
        due = day + timedelta(days=days)
        history.create(Task(plan=plan, title=title, owner=who, due_date=due,
            first_due_date=due), act)
"""
STATE = """SELECT t.state, t.version, h.via FROM rollout_task t JOIN regions_historyentry h
ON h.model = 'rollout.task' AND h.object_id = t.id AND h.field = 'state'
WHERE t.title = 'Count the stock'"""


@pytest.fixture
def sink():
    with running_smtp_sink() as sink:
        yield sink


@pytest.fixture
def product(sink):
    folder = Path(os.environ["VAR_DIR"])
    folder = folder.with_name(f"{folder.name}-mailed")
    with running_product(folder, ENGLISH.name, EMAIL_URL=sink.url) as it:
        yield it


def test_mails_of_the_worker_lead_to_done_in_two_taps(browser, product, sink):
    product.manage("shell", "--verbosity=0", "-c", ARRANGE)

    def mine():
        found = [one.message for one in sink.accepted if one.recipients == [WHO]]
        return sorted(found, key=lambda one: one["Subject"]) if len(found) > 1 else []

    planned, urgent = wait_for(mine, "both mails")

    assert planned["Subject"].startswith(
        "1 task waiting, oldest 5 days: Count the stock"
    )
    assert urgent["Subject"].startswith("New for you, due")
    text = planned.get_body(("plain",)).get_content()
    assert "What the plan asks of you" in text
    assert "Far College goes live on" in text
    assert "Call the bank" in urgent.get_body(("plain",)).get_content()
    [address] = re.findall(r"Done: (\S+\?done=\d+)", text)

    visitor = Visitor(browser, product.url, viewport=PHONE, java_script_enabled=False)
    page = visitor.open(address.removeprefix(product.url))
    page.get_by_role("button", name="Done: Count the stock").click()

    expect(page.locator(".note")).to_have_text("Done: Count the stock")
    assert [tuple(row) for row in product.rows(STATE)] == [("done", 2, "mail")]
    assert visitor.leave() == []
    visitor = Visitor(browser, product.url, viewport=PHONE)
    page = visitor.open(address.removeprefix(product.url))
    assert violations_in_both_themes(page) == []
    assert visitor.leave() == []
