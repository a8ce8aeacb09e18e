"""Journey: headquarters sees what a version does to a plan, carries it there and takes it back."""

import pytest
from playwright.sync_api import expect

from .axe import violations_in_both_themes
from .chromium import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.processes]

# A procedure of its own, so that no other journey is about it: the second version moves its
# step a week ahead and adds another. What is published stays in the playbook.
ARRANGE = """
from datetime import timedelta
from django.utils import timezone
from pilots.services import playbook
from regions.history import Act
from rollout.models import Plan, PlanProcedure, Task
plan = Plan.objects.order_by("-go_live_date", "region__code").first()
act = Act(by=None, at=timezone.now())
one = playbook.begin_procedure(plan.programme, "{name}", act=act)
step = playbook.add_step(one, {{"title": "{name} A", "offset_days": -10}}, act=act)
one.refresh_from_db()
playbook.publish(one, version=one.version, act=act)
two = playbook.open_draft(one, act=act)
playbook.edit_step(two.steps.get(), {{"offset_days": -17}}, version=1, act=act)
playbook.add_step(two, {{"title": "{name} B", "offset_days": -5}}, act=act)
two.refresh_from_db()
playbook.publish(two, version=two.version, act=act)
PlanProcedure.objects.create(plan=plan, procedure=one)
due = plan.go_live_date - timedelta(days=10)
Task.objects.create(plan=plan, step=step, title=step.title, first_due_date=due, due_date=due)
print(two.pk)
"""
CLEAR = """
from rollout.models import PlanProcedure, Task
Task.objects.filter(step__procedure__name="{name}").delete()
PlanProcedure.objects.filter(procedure__name="{name}").delete()
"""
NAME = "4711"
TASKS = """SELECT t.title, CAST(julianday(p.go_live_date) - julianday(t.due_date) AS INTEGER)
AS before FROM rollout_task t JOIN rollout_plan p ON p.id = t.plan_id
WHERE t.title LIKE ? ORDER BY t.title"""


@pytest.fixture
def version(product):
    def run(script):
        done = product.manage("shell", "-v0", "-c", script.format(name=NAME))
        return done.stdout.split()[-1:]

    yield run(ARRANGE)[0]
    run(CLEAR)


def test_version_is_carried_into_a_plan_and_taken_back(visit, sample, product, version):
    page = visit("hq", viewport=PHONE).open(f"/playbook/{version}/push/")

    def tasks():
        return [tuple(row) for row in product.rows(TASKS, f"{NAME}%")]

    plan = page.locator(".push .item")
    expect(plan.locator("dd")).to_have_text(["1", "1", "0", "0"])
    plan.locator("summary").click()
    expect(plan.locator("li")).to_have_count(2)
    assert violations_in_both_themes(page) == []
    assert tasks() == [(f"{NAME} A", 10)]

    plan.locator("[name=plan]").check()
    page.get_by_role("button", name=sample.say("Carry into ticked")).click()
    expect(page.locator(".push")).to_have_count(0)
    assert tasks() == [(f"{NAME} A", 17), (f"{NAME} B", 5)]

    page.locator(".note a").click()
    undo = sample.say("Take it back", plural="Take back all %(n)s", n=1)
    page.get_by_role("button", name=undo).click()
    expect(page.locator(".push .item")).to_have_count(1)
    assert tasks() == [(f"{NAME} A", 10)]
