"""What pages show and take: lists with a literal count of queries, forms that keep input."""

from datetime import date, timedelta

import pytest

from pilots.enums import FindingState
from regions.models import Contact
from rollout.enums import BlockReason, TaskState
from rollout.models import Task
from rollout.queries.tasks import WeekHead, week_of
from tests.factories import (
    NOW,
    make_ask,
    make_ceo,
    make_contact,
    make_finding,
    make_mail,
    make_plan,
    make_procedure,
    make_region,
    make_rhythm,
    make_stance,
    make_step,
    make_task,
)
from tests.history_guard import unrecorded

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.any_store]


@pytest.fixture
def filled(request, programme, wave, north, cio, staff_north, liaison_north):
    """As many rows of everything as the test asks for."""
    step = make_step(make_procedure(programme))
    for number in range(request.param):
        region = north if number == 0 else make_region(f"R{number}")
        ceo = make_ceo(region)
        make_rhythm(ceo, programme)
        make_plan(region, wave)
        make_contact(ceo, programme, liaison_north, held_at=NOW - timedelta(days=30))
        make_stance(ceo, programme, liaison_north)
        make_ask(ceo, programme)
        make_mail(cio, slot=f"slot {number}")
        make_finding(programme, f"F{number}", state=FindingState.ADOPTED, step=step)
        make_step(step.procedure, f"Step {number}")
    plan = north.plans.get()
    ceo = north.ceos.get()
    for number in range(request.param):
        make_task(plan, f"Late {number}", owner=staff_north, due_date=date(2027, 3, 8))
        make_task(
            plan, f"Ahead {number}", owner=staff_north, due_date=date(2027, 3, 12)
        )
        make_contact(
            ceo, programme, liaison_north, held_at=NOW - timedelta(days=40 + number)
        )
        make_task(
            plan,
            f"Blocked {number}",
            state=TaskState.BLOCKED,
            block_reason=BlockReason.DECISION,
            waits_for=cio,
        )
    return request.param


@pytest.mark.parametrize("filled", [1, 3], indirect=True)
@pytest.mark.parametrize(
    ("address", "queries"),
    [
        # Two of each ask whether mail goes out: the banner of headquarters and CIO.
        ("/today/", 20),
        ("/regions/", 15),
        ("/regions/?wave=Wave+1", 14),
        # One for who read the notes, one for what is asked of the CEO, one for his time,
        # one for the lessons of the plan.
        ("/regions/NORTH/", 35),
        # Two for who calls, which the CIO may change; one each for a draft, the last log
        # and his time.
        ("/regions/NORTH/call/", 22),
        # One logs who is shown what is private.
        ("/stances/", 16),
        ("/stances/NORTH/", 16),
        ("/regions/NORTH/ceo/", 13),
        ("/tasks/", 9),
        ("/playbook/", 13),
        ("/findings/", 10),
        ("/mails/", 8),
        ("/settings/", 7),
    ],
)
def test_page_takes_the_same_queries_for_one_and_three_rows(
    address, queries, filled, as_user, cio, assert_queries
):
    client = as_user(cio)

    with assert_queries(queries):
        assert client.get(address).status_code == 200


# Days from today, or when it was finished, and whether the week counts it.
IN_THE_WEEK = {
    "late": ({"due": -2}, "left"),
    "started": ({"due": 0, "state": TaskState.STARTED}, "left"),
    "blocked": (
        {"due": 7, "state": TaskState.BLOCKED, "block_reason": BlockReason.DATA}, "left",
    ),
    "eighth day": ({"due": 8}, ""),
    "dropped": ({"due": 0, "state": TaskState.DROPPED, "drop_reason": "no"}, ""),
    "done today": ({"due": 0, "done": timedelta(hours=1)}, "done"),
    "done on Monday": ({"due": 0, "done": timedelta(days=2)}, "done"),
    "done last week": ({"due": 0, "done": timedelta(days=4)}, ""),
    "of nobody": ({"due": 0, "owner": None}, ""),
}  # fmt: skip


@pytest.mark.parametrize("what", IN_THE_WEEK)
def test_head_of_the_week_counts_what_its_rows_show(what, plan_north, staff_north):
    values, counted = IN_THE_WEEK[what]
    values = {"owner": staff_north} | values
    if ago := values.pop("done", None):
        values |= {"state": TaskState.DONE, "finished_at": NOW - ago}
    due = NOW.date() + timedelta(days=values.pop("due"))
    make_task(plan_north, what, due_date=due, **values)

    week = week_of(staff_north, NOW)

    left = [*week.overdue, *week.today, *week.ahead]
    assert (week.head.count, week.head.finished) == (
        len(left), int(counted == "done"),
    )  # fmt: skip
    assert len(left) == int(counted == "left")


@pytest.mark.parametrize("closed", [True, False])
def test_head_of_the_week_leaves_out_what_is_closed(
    closed, plan_north, staff_north, programme, north
):
    make_task(plan_north, owner=staff_north, due_date=NOW.date())
    over = programme if closed else north
    with unrecorded():
        setattr(over, "closed_at" if closed else "archived_at", NOW)
        over.save()

    assert week_of(staff_north, NOW).head == WeekHead(0, 0, None, "")


def test_head_of_the_week_names_the_one_region_of_its_rows(
    wave, plan_north, staff_north
):
    make_task(plan_north, owner=staff_north, due_date=NOW.date())
    one = week_of(staff_north, NOW).head.region
    other = make_plan(make_region("SOUTH"), wave)
    make_task(other, owner=staff_north, due_date=NOW.date())

    assert (one, week_of(staff_north, NOW).head.region) == ("North Company", "")


def test_my_tasks_shows_what_is_late_and_the_next_seven_days_of_this_person_only(
    as_user, staff_north, helper_north, plan_north
):
    days = {"late": -1, "today": 0, "seventh": 7, "eighth": 8}
    for title, offset in days.items():
        due = NOW.date() + timedelta(days=offset)
        make_task(plan_north, title, owner=staff_north, due_date=due)
    make_task(plan_north, "somebody else's", owner=helper_north, due_date=NOW.date())

    week = as_user(staff_north).get("/tasks/").context["week"]

    assert [line.task.title for line in week.overdue] == ["late"]
    assert [line.task.title for line in week.today] == ["today"]
    assert [line.task.title for line in week.ahead] == ["seventh"]
    assert week.later == 1


def test_region_is_named_once_where_all_tasks_are_of_one(
    as_user, staff_north, plan_north, wave
):
    for title in ("One", "Two"):
        make_task(plan_north, title, owner=staff_north, due_date=NOW.date())
    client = as_user(staff_north)

    def named():
        return client.get("/tasks/").content.decode().count("North Company")

    assert named() == 1

    south = make_plan(make_region("SOUTH"), wave)
    make_task(south, "Three", owner=staff_north, due_date=NOW.date())
    assert named() == 2


def test_done_answers_htmx_with_the_row_and_everybody_else_with_a_page(
    as_user, staff_north, plan_north
):
    first = make_task(plan_north, "First", owner=staff_north)
    second = make_task(plan_north, "Second", owner=staff_north)
    client = as_user(staff_north)

    swapped = client.post(
        f"/tasks/{first.pk}/complete/", {"version": 1}, headers={"HX-Request": "true"}
    )
    plain = client.post(f"/tasks/{second.pk}/complete/", {"version": 1})

    assert swapped.templates[0].name == "rollout/_task_answer.html"
    assert plain.headers["Location"] == "/tasks/"
    assert set(Task.objects.values_list("state", flat=True)) == {TaskState.DONE}


def test_tap_on_an_old_page_says_so_and_changes_nothing(
    as_user, staff_north, manager_north, plan_north
):
    task = make_task(plan_north, owner=staff_north)
    as_user(manager_north).post(f"/tasks/{task.pk}/start/", {"version": 1})

    answer = as_user(staff_north).post(
        f"/tasks/{task.pk}/complete/", {"version": 1}, headers={"HX-Request": "true"}
    )

    assert "Somebody else changed this" in answer.content.decode()
    assert Task.objects.get().state == TaskState.STARTED


@pytest.mark.parametrize(
    "then", ["https://evil.example.org/", "//evil.example.org", ""]
)
def test_an_act_never_leads_off_the_site(then, as_user, staff_north, plan_north):
    task = make_task(plan_north, owner=staff_north)

    answer = as_user(staff_north).post(
        f"/tasks/{task.pk}/start/", {"version": 1, "then": then}
    )

    assert answer.headers["Location"] == "/tasks/"


def test_faulty_log_keeps_what_was_typed_and_says_what_is_missing(
    as_user, liaison_north, rhythm_north, plan_north
):
    typed = {
        "outcome": "reached",
        "note": "wants the list first",
        "key": "00000000-0000-0000-0000-000000000001",
    }

    answer = as_user(liaison_north).post("/regions/NORTH/call/", typed)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Say how many minutes the talk took." in page
    assert "wants the list first" in page
    assert not Contact.objects.exists()


def test_a_fault_of_no_single_field_is_said_once(client, cio):
    page = client.post(
        "/accounts/login/", {"login": cio.email, "password": "wrong"}
    ).content.decode()

    assert page.count("password you specified are not correct") == 1
    assert 'class="errors" role="alert"' in page


def test_saving_can_lead_to_the_next_call(
    as_user, cio, programme, rhythm_north, rhythm_south, plan_north, plan_south
):
    typed = {
        "outcome": "no_answer",
        "key": "00000000-0000-0000-0000-000000000001",
        "then": "next",
    }

    answer = as_user(cio).post("/regions/NORTH/call/", typed)

    assert answer.headers["Location"] == "/regions/SOUTH/call/"


def test_notes_are_read_by_the_cio_and_the_liaison_only(
    as_user,
    cio,
    hq,
    auditor,
    liaison_north,
    ceo_north,
    programme,
    rhythm_north,
    plan_north,
):
    make_contact(ceo_north, programme, liaison_north, note="MARKER-NOTE")

    readers = [
        user.email
        for user in (cio, hq, auditor, liaison_north)
        if "MARKER-NOTE" in as_user(user).get("/regions/NORTH/").content.decode()
    ]

    assert readers == ["cio@example.org", "liaison.north@example.org"]


def test_regional_people_learn_nothing_of_the_talks(
    as_user, staff_north, liaison_north, ceo_north, programme, rhythm_north, plan_north
):
    make_contact(ceo_north, programme, liaison_north, held_at=NOW - timedelta(days=60))
    client = as_user(staff_north)

    for address in ("/regions/NORTH/", "/regions/?wave=Wave+1", "/tasks/"):
        page = client.get(address, follow=True).content.decode()
        assert "since the last talk" not in page
        assert "Ceo North" not in page


def test_pages_without_a_sign_in_lead_to_it_and_back(client, db):
    answer = client.get("/regions/NORTH/")

    assert answer.headers["Location"] == "/accounts/login/?next=/regions/NORTH/"


def test_no_page_has_an_unsafe_policy(as_user, cio, programme):
    policy = as_user(cio).get("/today/").headers["Content-Security-Policy"]

    assert "unsafe" not in policy
    assert "default-src 'self'" in policy


def test_theme_and_language_are_kept(client, db):
    answer = client.post("/theme/", {"theme": "dark", "then": "/accounts/login/"})
    assert answer.cookies["theme"].value == "dark"

    client.post("/language/", {"language": "zh-hans", "then": "/accounts/login/"})
    page = client.get("/accounts/login/").content.decode()
    assert 'lang="zh-Hans" data-theme="dark" data-bs-theme="dark"' in page


def test_language_of_a_person_is_his_for_mails_too(as_user, cio):
    as_user(cio).post("/language/", {"language": "zh-hans"})

    cio.refresh_from_db()
    assert cio.language == "zh-hans"


def test_empty_installation_says_what_to_do(as_user, hq):
    page = as_user(hq).get("/today/").content.decode()

    assert "Nothing is rolled out yet." in page


def test_list_of_regions_without_any_says_who_adds_them(as_user, cio, programme):
    page = as_user(cio).get("/regions/").content.decode()

    assert "There is no region yet." in page
    assert "No region fits." not in page


def test_region_without_a_plan_is_listed_and_found(as_user, cio, plan_north):
    make_region("SOUTH")
    client = as_user(cio)

    assert [r.code for r in client.get("/regions/").context["unplanned"]] == ["SOUTH"]
    assert client.get("/regions/?q=south").headers["Location"] == "/regions/SOUTH/"
    fitting = client.get("/regions/?wave=Wave+1")
    assert fitting.context["unplanned"] == []
    assert "No plan yet." in client.get("/regions/SOUTH/").content.decode()


def test_neighbours_without_a_plan_are_not_listed(as_user, staff_north, plan_north):
    make_region("SOUTH")

    answer = as_user(staff_north).get("/regions/?q=company")

    assert answer.headers["Location"] == "/regions/NORTH/"


def test_nul_and_long_words_in_a_search_are_harmless(as_user, cio, plan_north):
    for words in ("\x00", "x" * 5000, "%", "深圳", "' OR 1=1"):
        for address in ("/regions/", "/findings/"):
            assert as_user(cio).get(address, {"q": words}).status_code in (200, 302)


def test_comment_that_is_too_long_is_kept_and_told_at_its_field(
    as_user, staff_north, plan_north
):
    task = make_task(plan_north, owner=staff_north)
    said = {"text": "word " * 300, "key": "c0ffee00-0000-4000-8000-000000000001"}

    answer = as_user(staff_north).post(f"/tasks/{task.pk}/comment/", said)

    assert answer.status_code == 422
    assert answer.context["comment_form"].errors.keys() == {"text"}
    assert "word word" in answer.content.decode()
