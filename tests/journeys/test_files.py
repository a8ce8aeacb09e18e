"""Somebody of the regional staff shows on a phone that a task is done: with a photo."""

import io

import pytest
from PIL import Image
from playwright.sync_api import expect

from .axe import violations_in_both_themes
from .chromium import NARROWEST, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.processes]

TASK = """SELECT t.id FROM rollout_task t JOIN regions_user u ON u.id = t.owner_id
WHERE u.email = ? ORDER BY t.due_date DESC, t.id DESC LIMIT 1"""
FILE = "SELECT id, name, kind FROM regions_attachment WHERE withdrawn_at IS NULL"


def photo(size=(1200, 900)):
    made = io.BytesIO()
    Image.new("RGB", size, "peru").save(made, "JPEG")
    return {"name": "IMG_1.JPG", "mimeType": "image/jpeg", "buffer": made.getvalue()}


@pytest.fixture
def address(product, sample):
    """His last task, which no other journey is about."""
    return f"/tasks/{product.rows(TASK, sample.email('staff'))[0]['id']}/"


def is_wide(page):
    return page.evaluate("document.documentElement.scrollWidth > innerWidth")


def withdraw(page, sample):
    name = sample.say("Withdraw %(name)s", name="IMG_1.jpg")
    page.get_by_role("button", name=name).click()
    expect(page.locator(".item.file")).to_have_count(0)


@pytest.mark.parametrize(
    "has_script", [pytest.param(True, marks=pytest.mark.long), False]
)
def test_photo_is_added_looked_at_and_withdrawn(
    has_script, visit, sample, product, address
):
    phone = visit("staff", viewport=PHONE, java_script_enabled=has_script)
    page = phone.open(address)
    expect(page.locator("[name=new-photo]")).to_have_attribute("capture", "environment")
    page.locator("[name=new-photo]").set_input_files(photo())

    page.locator("form.attach").get_by_role(
        "button", name=sample.say("Add"), exact=True
    ).click()

    page.wait_for_url(f"**{address}")
    item = page.locator(".item.file")
    expect(item).to_contain_text("IMG_1.jpg")
    [row] = product.rows(FILE)
    assert (row["name"], row["kind"]) == ("IMG_1.jpg", "jpg")
    item.get_by_role("link", name="IMG_1.jpg", exact=True).click()
    shown = page.locator("img.whole")
    expect(shown).to_have_js_property("complete", value=True)
    assert shown.evaluate("one => one.naturalWidth") == 1200
    assert not is_wide(page)
    phone.open(address)
    withdraw(page, sample)
    assert product.rows(FILE) == []


@pytest.mark.long
def test_file_of_no_kind_is_refused_in_words(visit, sample, product, address):
    phone = visit("staff", viewport=PHONE)
    phone.watch.allow(422)
    page = phone.open(address)
    drawing = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"<svg/>"}
    page.locator("[name=new-file]").set_input_files(drawing)

    page.locator("form.attach button").click()

    said = sample.say(
        "Only photos (JPEG, PNG, WebP), PDF, XLSX, DOCX, CSV and text are taken."
    )
    expect(page.locator(".errors")).to_contain_text(said)
    assert violations_in_both_themes(page) == []
    assert not is_wide(page)
    assert product.rows(FILE) == []


@pytest.mark.long
@pytest.mark.parametrize("size", [PHONE, NARROWEST])
def test_files_are_for_everybody(size, visit, sample, address):
    phone = visit("staff", viewport=size)
    page = phone.open(address)
    page.locator("[name=new-file]").set_input_files(photo())
    page.locator("form.attach button").click()
    expect(page.locator(".item.file")).to_have_count(1)

    assert violations_in_both_themes(page) == []
    assert not is_wide(page)
    page.get_by_role("link", name="IMG_1.jpg", exact=True).click()
    assert violations_in_both_themes(page) == []
    assert not is_wide(page)
    phone.open(address)
    withdraw(page, sample)
