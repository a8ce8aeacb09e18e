"""One row of every model of the admin, and its forms as a browser would post them."""

import io
import re
from datetime import date, timedelta
from html import unescape
from typing import Any

from django.db.models import Model
from django.urls import reverse
from openpyxl import load_workbook

from regions.enums import Change, Role, Via
from regions.models import HistoryEntry, Region, Sending
from rollout.models import Breaker, Heartbeat
from tests import factories
from tests.factories import NOW


def one_of_each(number: int) -> dict[str, Model]:
    """Rows that hang on each other and share nothing with those of another number."""
    region = factories.make_region(f"R{number}", name=f"Company {number}")
    staff = factories.make_user(f"staff{number}@example.org", Role.STAFF, region=region)
    programme = factories.make_programme(f"P{number}", name=f"Programme {number}")
    ceo = factories.make_ceo(region)
    ask = factories.make_ask(ceo, programme, text=f"Ask {number}")
    check_in = factories.make_check_in(ceo, programme)
    pilot = factories.make_pilot(programme, f"Pilot {number}")
    procedure = factories.make_procedure(programme, f"Procedure {number}")
    step = factories.make_step(procedure, f"Step {number}")
    wave = factories.make_wave(programme, f"Wave {number}")
    plan = factories.make_plan(region, wave)
    mail = factories.make_mail(staff, subject=f"Mail {number}")
    rhythm = factories.make_rhythm(ceo, programme)
    who = {"owner": staff, "backup": ceo.user}
    task = factories.make_task(plan, f"Task {number}", step=step, **who)
    made = [
        region, staff, staff.memberships.get(), programme, ceo, ask, check_in, pilot,
        procedure, step, wave, plan, mail, rhythm,
        factories.make_contact(ceo, programme, staff, ask=ask, check_in=check_in),
        factories.make_finding(
            programme, f"Finding {number}", pilot=pilot, step=step, author=staff, owner=staff
        ),
        task,
        factories.make_link(task, factories.make_task(plan, f"Before {number}")),
        factories.make_item(task, f"Point {number}"),
        factories.make_comment(task, staff),
        factories.make_attachment(task, staff, f"file {number}.txt"),
        factories.make_request(task, staff, reason=f"Reason {number}"),
        factories.make_clarification(
            region, programme, staff, ceo.user, question=f"Question {number}", task=task
        ),
        factories.make_brief(ask, staff, need=f"Need {number}"),
        factories.make_duty(staff, rhythm, mail=mail),
        factories.make_holiday(
            name=f"Day {number}", day_date=date(2027, 1, 1) + timedelta(days=number)
        ),
        factories.make_blackout(programme, region=region, reason=f"Blackout {number}"),
        factories.make_event(mail, answer=f"250 {number}", by=staff),
        factories.saved(Heartbeat(job=f"job {number}", at=NOW)),
        factories.saved(
            Breaker(server=f"mail{number}.example.org", since_at=NOW, retry_at=NOW)
        ),
        make_entry(region, by=staff),
        factories.make_absence(staff),
        factories.make_handover(staff, ceo.user, by=staff),
        Sending.objects.create(by=staff, at=NOW, model="regions.region", object_id=number),
    ]  # fmt: skip
    return {row._meta.label_lower: row for row in made}


def make_entry(region: Region, **values: Any) -> HistoryEntry:
    """Somebody gave the region its name."""
    what = {"model": region._meta.label_lower, "object_id": region.pk, "region": region}
    change = {
        "change": Change.CHANGED,
        "field": "name",
        "before": "Old",
        "after": "New",
    }
    defaults = {"object_text": str(region), "via": Via.WEB, "at": NOW}
    return HistoryEntry.objects.create(**what | change | defaults | values)


def address(label: str, page: str, *args: object) -> str:
    return reverse(f"admin:{label.replace('.', '_')}_{page}", args=args)


def address_of(row: Model, page: str = "change") -> str:
    return address(row._meta.label_lower, page, row.pk)


def posted(response: Any, **changes: Any) -> dict[str, Any]:
    """What the form of a page would post, with these fields filled in differently."""
    parts = [response.context["adminform"].form]
    for shown in response.context["inline_admin_formsets"]:
        formset = shown.formset
        parts += [formset.management_form, *formset.forms]
    data: dict[str, Any] = {}
    for part in parts:
        for field in part:
            if field.field.show_hidden_initial:
                data |= hidden(field.as_hidden(only_initial=True))
            value = field.value()
            if value is False or value is None:
                continue
            data[field.html_name] = (
                value.isoformat() if isinstance(value, date) else value
            )
    data |= changes
    return {name: value for name, value in data.items() if value is not None}


def hidden(inputs: str) -> dict[str, list[str]]:
    """What hidden fields send; where nothing is known they are empty."""
    sent: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]+>", inputs):
        told = dict(re.findall(r'(name|value)="([^"]*)"', tag))
        sent.setdefault(told["name"], []).append(unescape(told.get("value", "")))
    return sent


def errors_of(response: Any) -> list[str]:
    """What the page says is wrong, of the form and of the rows below it."""
    lists = response.context["errors"]
    return [
        str(text) for one in lists for text in (one if isinstance(one, list) else [one])
    ]


def cells(response: Any) -> list[list[Any]]:
    """Header and rows of an exported list."""
    book = load_workbook(io.BytesIO(response.content))
    return [[cell.value for cell in row] for row in book.active.iter_rows()]
