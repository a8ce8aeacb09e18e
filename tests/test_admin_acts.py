"""What is done to ticked rows in the admin: every act of every list, for every role.

Who adds an act adds to `ROWS` a row that it changes; without it the first test fails.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.messages import get_messages
from django.db.models import Model

from regions.access import denied
from regions.administration import RowsAct
from regions.administration.pages import ListAdmin
from regions.models import HistoryEntry, User
from rollout.admin.acts import CANCEL, RESEND, TO_WAVE
from rollout.enums import DutyState, MailState
from rollout.models import Mail, MailEvent, Plan, Task
from rollout.services import ledger
from tests import factories
from tests.admin_rows import address
from tests.factories import NOW
from tests.tables import snapshot, whole_database

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.any_store]


@dataclass(frozen=True)
class Case:
    """One act of one list."""

    model_admin: Any
    act: RowsAct

    @property
    def label(self) -> str:
        return self.model_admin.model._meta.label_lower

    def __str__(self) -> str:
        return f"{self.label}:{self.act.name}"


CASES = [
    Case(model_admin, act)
    for model_admin in admin.site._registry.values()
    for act in model_admin.acts
]
EVERY = pytest.mark.parametrize("case", CASES, ids=str)


def waiting_mail(code: str) -> Mail:
    person = factories.make_user(f"{code.lower()}@example.org")
    mail = factories.make_mail(person, subject=f"About {code}")
    factories.make_duty(person, person, mail=mail)
    return mail


def failed_mail(code: str) -> Mail:
    person = factories.make_user(f"{code.lower()}@example.org")
    values = {"state": MailState.FAILED, "answer": "550 unknown"}
    return factories.make_mail(person, subject=f"About {code}", **values)


def late_plan(code: str) -> Plan:
    """Two weeks behind its wave, with a task from a step that is not finished."""
    programme = factories.make_programme(code)
    step = factories.make_step(factories.make_procedure(programme), offset_days=-7)
    wave = factories.make_wave(programme)
    behind = wave.go_live_date + timedelta(days=14)
    plan = factories.make_plan(
        factories.make_region(code),
        wave,
        first_go_live_date=behind,
        go_live_date=behind,
    )
    factories.make_task(plan, step=step)
    return plan


ROWS: dict[str, Callable[[str], Model]] = {
    "rollout.mail:resend": failed_mail,
    "rollout.mail:cancel": waiting_mail,
    "rollout.plan:to_wave": late_plan,
    "regions.programme:close": factories.make_programme,
    "regions.programme:open": lambda code: factories.make_programme(
        code, closed_at=NOW
    ),
    "regions.region:archive": factories.make_region,
    "regions.region:take_up": lambda code: factories.make_region(code, archived_at=NOW),
    "regions.user:revoke_links": lambda code: factories.make_user(
        f"{code.lower()}@example.org"
    ),
}


def tick(browser, case: Case, *rows: Model, **more: Any):
    """What the list posts when rows are ticked and an act is chosen."""
    data = {"action": case.act.name, ACTION_CHECKBOX_NAME: [row.pk for row in rows]}
    return browser.post(
        address(case.label, "changelist"), {**data, "index": "0", **more}
    )


def press(browser, case: Case, page, *rows: Model, **more: Any):
    """What the button of the page posts."""
    data = {"action": case.act.name, ACTION_CHECKBOX_NAME: [row.pk for row in rows]}
    data |= {"seen": page.context["seen"], "reason": "the testers are free"}
    return browser.post(address(case.label, "changelist"), data | more)


def told(page) -> list[tuple[str, str, bool]]:
    return [(str(one.row), one.said, one.is_refused) for one in page.context["told"]]


def said(answer) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


def case_of(act: RowsAct) -> Case:
    return next(case for case in CASES if case.act is act)


@pytest.fixture
def browser(hq, as_user):
    return as_user(hq)


# --- Every act -----------------------------------------------------------------------


def test_every_act_is_tested_here_and_stands_in_a_list_of_ours():
    assert {str(case) for case in CASES} == set(ROWS)
    assert all(isinstance(one, ListAdmin) for one in admin.site._registry.values())
    assert {one.actions for one in admin.site._registry.values()} == {None}


@EVERY
def test_list_offers_the_act_but_not_in_a_window_that_chooses(case, browser):
    ROWS[str(case)]("EAST")

    page = browser.get(address(case.label, "changelist"))
    popup = browser.get(address(case.label, "changelist"), {"_popup": "1"})

    choices = [
        name for name, _words in page.context["action_form"].fields["action"].choices
    ]
    assert case.act.name in choices
    assert "delete_selected" not in choices
    assert popup.context["action_form"] is None


@EVERY
def test_page_before_the_act_tells_each_row_and_changes_nothing(case, browser):
    rows = [ROWS[str(case)](code) for code in ("EAST", "WEST")]
    before = whole_database()

    page = tick(browser, case, *rows)

    assert page.status_code == 200
    assert whole_database() == before
    assert [(row, refused) for row, _said, refused in told(page)] == [
        (str(row), False) for row in rows
    ]
    content = page.content.decode()
    assert all(one.said in content for one in page.context["told"])
    assert f'name="{ACTION_CHECKBOX_NAME}" value="{rows[0].pk}"' in content


@EVERY
def test_button_does_it_to_the_ticked_rows_alone(case, browser, hq):
    ticked, other = (ROWS[str(case)](code) for code in ("EAST", "WEST"))
    untouched = type(other).objects.filter(pk=other.pk).values()
    before, was = (
        list(untouched),
        type(ticked).objects.filter(pk=ticked.pk).values().get(),
    )

    answer = press(browser, case, tick(browser, case, ticked), ticked)

    assert answer.status_code == 302
    assert said(answer) == [case.act.done(1)]
    assert list(untouched.all()) == before
    assert type(ticked).objects.filter(pk=ticked.pk).values().get() != was
    traces = [
        *HistoryEntry.objects.filter(via="admin").values_list("by", flat=True),
        *MailEvent.objects.values_list("by", flat=True),
    ]
    assert set(traces) == {hq.pk}


@EVERY
@pytest.mark.parametrize(
    "role",
    ["staff_north", *(pytest.param(role, marks=pytest.mark.long) for role in
     ("cio", "auditor", "liaison_north", "manager_north", "helper_north", "outsider"))],
)  # fmt: skip
def test_nobody_else_sees_or_presses_it(case, role, browser, as_user, request):
    row = ROWS[str(case)]("EAST")
    page = tick(browser, case, row)
    theirs = as_user(request.getfixturevalue(role))
    before = snapshot()

    answers = [tick(theirs, case, row), press(theirs, case, page, row)]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert snapshot() == before
    # The same press by headquarters is taken.
    assert press(browser, case, page, row).status_code == 302
    assert snapshot() != before


@EVERY
def test_act_that_one_may_not_do_is_neither_offered_nor_done(
    case, browser, monkeypatch
):
    row = ROWS[str(case)]("EAST")
    page = tick(browser, case, row)
    closed = replace(case.act, may=lambda user: denied("Not yours."))
    monkeypatch.setattr(type(case.model_admin), "acts", (closed,))
    before = snapshot()

    listed = browser.get(address(case.label, "changelist"))
    pressed = press(browser, case, page, row)

    assert listed.context["action_form"] is None
    assert pressed.status_code == 200
    assert snapshot() == before


@EVERY
def test_rows_that_one_may_not_see_are_neither_told_nor_changed(
    case, browser, monkeypatch
):
    seen, hidden = (ROWS[str(case)](code) for code in ("EAST", "WEST"))
    rows = type(type(hidden).objects.all())
    full = rows.visible_to
    monkeypatch.setattr(
        rows, "visible_to", lambda self, user: full(self, user).exclude(pk=hidden.pk)
    )
    before = type(hidden).objects.filter(pk=hidden.pk).values().get()

    page = tick(browser, case, seen, hidden)
    answer = press(browser, case, page, seen, hidden)

    assert [row for row, _said, _refused in told(page)] == [str(seen)]
    assert said(answer) == [case.act.done(1)]
    assert type(hidden).objects.filter(pk=hidden.pk).values().get() == before


@EVERY
@pytest.mark.parametrize("count", [1, 3])
def test_page_before_the_act_costs_the_same_however_many_rows(
    case, count, browser, assert_queries
):
    rows = [ROWS[str(case)](f"R{number}") for number in range(count)]
    # The list below it, its filters included, then the rows and what they are told from.
    costs = {
        "rollout.mail:resend": 8,
        "rollout.mail:cancel": 9,
        "rollout.plan:to_wave": 16,
        "regions.programme:close": 8,
        "regions.programme:open": 8,
        "regions.region:archive": 9,
        "regions.region:take_up": 9,
        "regions.user:revoke_links": 9,
    }

    with assert_queries(costs[str(case)]):
        tick(browser, case, *rows)


@EVERY
def test_all_or_nothing(case, browser, monkeypatch):
    """The service refuses the last of three: the first two are as they were."""
    rows = [ROWS[str(case)](f"R{number}") for number in range(3)]
    page = tick(browser, case, *rows)
    refusal = case.act.refusals[0]

    def refuse_the_last(row, act):
        if row.pk == rows[-1].pk:
            raise refusal(row)
        case.act.do(row, act)

    monkeypatch.setattr(
        type(case.model_admin), "acts", (replace(case.act, do=refuse_the_last),)
    )
    before = snapshot()

    answer = press(browser, case, page, *rows)

    assert snapshot() == before
    assert said(answer)[0].startswith("Nothing was done. ")


@EVERY
@pytest.mark.parametrize("seen", ["", "forged"])
def test_button_without_the_page_before_it_does_nothing(case, seen, browser):
    row = ROWS[str(case)]("EAST")
    page = tick(browser, case, row)
    before = snapshot()

    answer = press(browser, case, page, row, seen=seen)

    assert answer.status_code == 409
    assert "This has changed in the meantime." in answer.content.decode()
    assert snapshot() == before


@EVERY
def test_made_up_tick_is_refused(case, browser):
    ROWS[str(case)]("EAST")

    for ticked in ["abc", "-1", "1" * 19, "1 or 1", "\x00", "\u0661"]:
        answer = tick(browser, case, **{ACTION_CHECKBOX_NAME: ticked})
        assert answer.status_code == 400, ticked


@EVERY
def test_more_than_a_hundred_rows_are_not_taken(case, browser, monkeypatch):
    monkeypatch.setattr("regions.administration.acts.MOST_ROWS", 2)
    rows = [ROWS[str(case)](f"R{number}") for number in range(3)]

    answer = tick(browser, case, *rows)

    assert said(answer) == ["Choose at most 2 rows at a time."]
    assert answer.status_code == 302


@EVERY
def test_list_keeps_its_filters(case, browser):
    row = ROWS[str(case)]("EAST")
    filtered = f"{address(case.label, 'changelist')}?q=east"
    data = {"action": case.act.name, ACTION_CHECKBOX_NAME: [row.pk], "index": "0"}

    page = browser.post(filtered, data)

    assert f'action="{filtered}"' in page.content.decode()


# --- Mails ---------------------------------------------------------------------------


def test_mail_that_a_worker_took_meanwhile_is_shown_again(browser):
    case, mail = case_of(CANCEL), waiting_mail("EAST")
    page = tick(browser, case, mail)
    leased = {"lease_token": uuid.uuid4(), "leased_until_at": NOW}
    Mail.objects.filter(pk=mail.pk).update(state=MailState.LEASED, **leased)

    answer = press(browser, case, page, mail)

    assert answer.status_code == 409
    assert told(answer) == [
        ("About EAST", "Only a mail that still waits can be cancelled.", True)
    ]
    assert 'type="submit" class="default"' not in answer.content.decode()
    assert Mail.objects.get().state == MailState.LEASED


def test_worker_who_takes_it_in_that_very_moment_ends_the_whole_act(
    browser, monkeypatch
):
    """Between the words and the deed: the service compares and swaps, and refuses."""
    case, mail = case_of(CANCEL), waiting_mail("EAST")
    page = tick(browser, case, mail)
    monkeypatch.setattr(ledger, "CANCELLABLE", ())
    monkeypatch.setattr("rollout.admin.acts.check_cancel", lambda mail: None)

    answer = press(browser, case, page, mail)

    assert said(answer) == [
        "Nothing was done. Only a mail that still waits can be cancelled."
    ]


def test_cancelling_tells_how_much_is_dropped(browser, hq):
    case, mail = case_of(CANCEL), waiting_mail("EAST")
    fresh = factories.make_mail(hq, subject="Fresh")
    gone = failed_mail("WEST")

    page = tick(browser, case, mail, fresh, gone)

    assert [(one, refused) for _row, one, refused in told(page)] == [
        ("east@example.org does not get it. 1 thing that it tells is not mailed again "
         "either.", False),
        ("hq@example.org does not get it. What is due then stands in the next planned "
         "mail.", False),
        ("Only a mail that still waits can be cancelled.", True),
    ]  # fmt: skip
    answer = press(browser, case, page, mail, fresh, gone)
    assert said(answer) == ["2 mails are cancelled and not sent."]
    assert mail.duties.get().state == DutyState.DROPPED
    gone.refresh_from_db()
    assert gone.state == MailState.FAILED


def test_resending_tells_why_one_stays(browser):
    case, failed, waits = case_of(RESEND), failed_mail("EAST"), waiting_mail("WEST")

    page = tick(browser, case, failed, waits)

    assert [(one, refused) for _row, one, refused in told(page)] == [
        ("The very same message goes to east@example.org once more.", False),
        ("Only a mail that was sent or has failed can be sent again.", True),
    ]


# --- Plans ---------------------------------------------------------------------------


def test_plan_moves_to_its_wave_with_its_tasks_and_the_reason(browser, hq):
    case, plan = case_of(TO_WAVE), late_plan("EAST")

    page = tick(browser, case, plan)
    press(browser, case, page, plan)

    assert [one for _row, one, _refused in told(page)] == [
        "Go-live Mon 3 May 2027 instead of Mon 17 May 2027 (-14 days). "
        "1 task that is not finished moves with it."
    ]
    plan.refresh_from_db()
    assert plan.go_live_date == date(2027, 5, 3)
    assert Task.objects.get().due_date == date(2027, 4, 26)
    entries = HistoryEntry.objects.filter(change="changed")
    assert {(one.reason, one.by, one.via) for one in entries} == {
        ("the testers are free", hq, "admin")
    }
    assert len({one.act for one in entries}) == 1


def test_plan_is_not_moved_without_a_reason(browser):
    case, plan = case_of(TO_WAVE), late_plan("EAST")
    before = snapshot()

    answer = press(browser, case, tick(browser, case, plan), plan, reason=" ")

    assert answer.status_code == 409
    assert "Say why." in answer.content.decode()
    assert snapshot() == before


def test_plan_that_stands_right_or_cannot_move_says_so(browser, plan_north):
    case, impossible = case_of(TO_WAVE), late_plan("EAST")
    with factories.unrecorded():
        Plan.objects.filter(pk=impossible.pk).update(kick_off_date=date(2027, 5, 10))

    page = tick(browser, case, plan_north, impossible)

    assert [(one, refused) for _row, one, refused in told(page)] == [
        ("Its go-live is that of the wave already.", True),
        ("The go-live cannot lie before the kick-off.", True),
    ]


def test_plan_that_somebody_moved_meanwhile_is_shown_again(browser):
    case, plan = case_of(TO_WAVE), late_plan("EAST")
    page = tick(browser, case, plan)
    with factories.unrecorded():
        Plan.objects.filter(pk=plan.pk).update(go_live_date=date(2027, 5, 31))

    answer = press(browser, case, page, plan)

    assert answer.status_code == 409
    assert [one for _row, one, _refused in told(answer)] == [
        "Go-live Mon 3 May 2027 instead of Mon 31 May 2027 (-28 days). "
        "1 task that is not finished moves with it."
    ]


# --- People --------------------------------------------------------------------------


def test_links_of_people_are_revoked(browser, staff_north, hq):
    case = next(one for one in CASES if one.act.name == "revoke_links")

    press(browser, case, tick(browser, case, staff_north), staff_north)

    assert User.objects.get(pk=staff_north.pk).links_revoked_at == NOW
    assert User.objects.get(pk=hq.pk).links_revoked_at is None
