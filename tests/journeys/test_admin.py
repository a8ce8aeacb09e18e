"""Journey 5: headquarters keeps regions, waves, plans and tasks in the administration."""

import re
from datetime import date, timedelta

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from .axe import overflow, violations_in_both_themes
from .chromium import DESKTOP, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.processes]

PLAN = """SELECT p.*, w.name AS wave FROM rollout_plan p
JOIN regions_region r ON r.id = p.region_id JOIN rollout_wave w ON w.id = p.wave_id
WHERE r.code = ?"""
TASKS = """SELECT id, title, state, due_date FROM rollout_task WHERE plan_id = ?
ORDER BY due_date DESC, id"""
CEO = """SELECT u.name FROM regions_regionalceo h JOIN regions_user u ON u.id = h.user_id
JOIN regions_region r ON r.id = h.region_id WHERE r.code = ? AND h.to_date IS NULL"""
DAY = timedelta(days=1)


@pytest.fixture
def plan(product, sample):
    return product.rows(PLAN, sample.region)[0]


def rows(page):
    return page.locator("#result_list tbody tr")


def save(page):
    page.locator("[name=_save]").click()
    expect(page.locator(".messagelist .success")).to_be_visible()


def test_headquarters_finds_the_administration_in_the_menu(visit, sample):
    page = visit("hq").open("/today/")

    page.locator("details.person > summary").click()
    page.get_by_role("link", name=sample.say("Administration")).click()

    expect(page).to_have_url(re.compile(r"/admin/$"))
    expect(page.locator("h1")).to_have_text(sample.say("Administration"))


@pytest.mark.parametrize("who", ["cio", "manager"])
def test_administration_is_for_headquarters(visit, who):
    visit(who).open("/admin/regions/region/", 403)


def test_region_leads_to_its_ceo_and_his_rhythm(visit, sample, product):
    [ceo] = product.rows(CEO, sample.region)
    page = visit("hq").open("/admin/regions/region/")

    page.locator("#searchbar").fill(sample.region)
    page.locator("#searchbar").press("Enter")
    expect(rows(page)).to_have_count(1)
    expect(rows(page)).to_contain_text(ceo["name"])
    rows(page).get_by_role("link").click()
    expect(page.locator("#ceos-group")).to_contain_text(ceo["name"])
    page.locator("#ceos-group .field-rhythm_links a").first.click()

    expect(page).to_have_url(re.compile(r"/admin/regions/rhythm/\d+/change/"))
    expect(page.locator("[name=last_six_weeks_ideal]")).to_have_value("7")


def test_plan_leads_to_its_tasks_and_their_days(visit, product, plan):
    tasks = product.rows(TASKS, plan["id"])
    blocked = [task for task in tasks if task["state"] == "blocked"]
    page = visit("hq").open(f"/admin/rollout/wave/{plan['wave_id']}/change/")
    own = f"/admin/rollout/plan/{plan['id']}/change/"

    page.locator(f"a[href^='{own}']").first.click()
    expect(page).to_have_url(re.compile(own))
    page.locator(".field-task_link a").click()

    expect(page.locator(".paginator")).to_contain_text(str(len(tasks)))
    page.locator("#changelist-filter a[href*='state__exact=blocked']").click()
    expect(rows(page)).to_have_count(len(blocked))
    for task in blocked:
        row = rows(page).filter(has_text=task["title"])
        day = date.fromisoformat(task["due_date"])
        expect(row.locator(".field-due_date")).to_contain_text(str(day.year))


def test_suggestions_open_and_find(visit, plan):
    page = visit("hq").open(f"/admin/rollout/plan/{plan['id']}/change/")

    page.locator(".field-wave .select2-selection").click()
    found = page.locator(".select2-results__option")
    expect(found.filter(has_text=plan["wave"])).to_have_count(1)
    number = found.count()
    page.locator(".select2-search__field").fill(plan["wave"])

    expect(found).to_have_count(1)
    expect(found).to_contain_text(plan["wave"])
    assert number > 1
    page.keyboard.press("Enter")
    expect(page.locator("#select2-id_wave-container")).to_contain_text(plan["wave"])


def test_changed_day_is_saved_and_stands_in_the_history(visit, sample, product, plan):
    task = product.rows(TASKS, plan["id"])[0]
    day = date.fromisoformat(task["due_date"])
    address = f"/admin/rollout/task/{task['id']}"
    visitor = visit("hq")
    page = visitor.open(f"{address}/change/")

    page.locator("[name=due_date]").fill(str(day + DAY))
    save(page)

    visitor.open(f"{address}/history/")
    newest = page.locator("#change-history tbody tr").first
    # The history gives the year, too: before the day or after it.
    moved = rf"{sample.day(day)}.* → .*{sample.day(day + DAY)}"
    expect(newest).to_have_text(re.compile(moved))
    visitor.open(f"/tasks/{task['id']}/")
    expect(page.locator(".facts")).to_contain_text(sample.day(day + DAY))

    visitor.open(f"{address}/change/")
    page.locator("[name=due_date]").fill(str(day))
    save(page)
    [stored] = [
        row for row in product.rows(TASKS, plan["id"]) if row["id"] == task["id"]
    ]
    assert stored["due_date"] == task["due_date"]


def test_export_opens_in_a_spreadsheet(visit, sample, product, plan, tmp_path):
    tasks = product.rows(TASKS, plan["id"])
    path = f"/admin/rollout/task/?plan__id__exact={plan['id']}"
    page = visit("hq").open(path)

    with page.expect_download() as download:
        page.get_by_role("link", name=sample.say("Export as XLSX")).click()
    file = tmp_path / "tasks.xlsx"
    download.value.save_as(file)

    workbook = load_workbook(file)
    header, *lines = workbook.active.iter_rows(values_only=True)
    workbook.close()
    assert download.value.suggested_filename.endswith(".xlsx")
    title, due = (
        [name.casefold() for name in header].index(sample.say(word).casefold())
        for word in ("title", "due")
    )
    assert sorted((line[title], str(line[due])[:10]) for line in lines) == sorted(
        (task["title"], task["due_date"]) for task in tasks
    )


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_act_on_ticked_rows_is_shown_before_it_is_done(visit, sample, viewport):
    email = sample.email("auditor")
    page = visit("hq", viewport=viewport).open(f"/admin/regions/user/?q={email}")

    def choose():
        rows(page).locator("input.action-select").check()
        page.locator("select[name=action]").select_option("revoke_links")
        page.locator("button[name=index]").click()
        expect(page.locator(".rows-act tbody tr")).to_have_count(1)
        expect(page.locator(".rows-act tbody")).to_contain_text(email)

    choose()
    assert overflow(page) == 0
    assert violations_in_both_themes(page) == []
    page.locator(".press a").click()
    expect(rows(page)).to_have_count(1)
    expect(page.locator(".messagelist")).to_have_count(0)
    choose()
    page.locator(".press input").click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    expect(rows(page)).to_have_count(1)


@pytest.mark.parametrize("path", ["", "rollout/plan/", "rollout/plan/{}/change/"])
def test_administration_is_for_everybody(visit, plan, path):
    page = visit("hq").open(f"/admin/{path.format(plan['id'])}")

    assert violations_in_both_themes(page) == []
