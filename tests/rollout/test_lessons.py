"""A lesson on a task: answered in one tap, later what came of it, taken back in its place."""

import pytest
from django.urls import reverse

from pilots.enums import FindingState
from pilots.models import Finding, Step
from regions.enums import Change
from regions.history import Act, EditedMeanwhile
from regions.models import HistoryEntry
from regions.timeline import past_acts
from rollout.enums import TaskState
from rollout.models import LessonUse
from rollout.queries.history import story_of
from rollout.queries.lessons import (
    LessonCount,
    lesson_count,
    lessons_wait,
    open_lessons,
)
from rollout.queries.lessonuse import review_lines, uses_in
from rollout.services.lessons import (
    CannotAnswerLesson,
    answer_lesson,
    take_back,
    tell_outcome,
)
from tests.factories import (
    NOW,
    make_clarification,
    make_finding,
    make_procedure,
    make_step,
    make_task,
    make_use,
)
from tests.history_guard import unrecorded
from tests.opened import open_playbook

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.any_store]
HTMX = {"HX-Request": "true"}
SKIPPED = {"answer": "skipped", "skip_reason": "no_time"}


@pytest.fixture
def act(staff_north):
    """A new one of the person in charge, each time."""
    return lambda: Act(by=staff_north, at=NOW)


@pytest.fixture
def lesson(programme):
    step = make_step(make_procedure(programme))
    return make_finding(programme, state=FindingState.ADOPTED, step=step)


@pytest.fixture
def task(plan_north, staff_north, lesson):
    return make_task(plan_north, step=lesson.step, owner=staff_north)


def finish(task):
    with unrecorded():
        task.state, task.finished_at = TaskState.DONE, NOW
        task.save()


# --- Services ------------------------------------------------------------------------


def test_answer_is_kept_with_its_history_and_a_second_tap_does_nothing(
    task, lesson, act, staff_north, cio
):
    use = answer_lesson(task, lesson, answer="used", act=act())
    again = answer_lesson(task, lesson, answer="used", act=act())

    assert again == use
    assert (use.answer, use.by, use.at) == ("used", staff_north, NOW)
    assert list(HistoryEntry.objects.of(use).values_list("change", flat=True)) == [
        Change.CREATED
    ]
    [past] = past_acts(story_of(task, cio))
    assert [line.words for line in past.lines] == ["answered"]


def test_who_answers_otherwise_is_shown_what_stands(task, lesson, act):
    answer_lesson(task, lesson, answer="used", act=act())

    with pytest.raises(EditedMeanwhile):
        answer_lesson(task, lesson, act=act(), **SKIPPED)

    assert LessonUse.objects.get().answer == "used"


def test_skipping_asks_why(task, lesson, act):
    with pytest.raises(CannotAnswerLesson):
        answer_lesson(task, lesson, answer="skipped", act=act())
    use = answer_lesson(task, lesson, skip_note="in March", act=act(), **SKIPPED)

    assert (use.skip_reason, use.skip_note) == ("no_time", "in March")


@pytest.mark.parametrize(
    "values", [{"state": FindingState.RETIRED}, {"step": None, "state": "proposed"}]
)
def test_lesson_that_left_the_task_is_not_answered(values, task, lesson, act):
    with unrecorded():
        Finding.objects.update(**values)
    lesson.refresh_from_db()

    with pytest.raises(CannotAnswerLesson):
        answer_lesson(task, lesson, answer="used", act=act())


def test_outcome_comes_when_the_task_is_done(task, lesson, act, staff_north):
    use = make_use(task, lesson, staff_north)

    with pytest.raises(CannotAnswerLesson):
        tell_outcome(use, outcome="helped", version=1, act=act())
    finish(task)
    told = tell_outcome(use, outcome="helped", version=1, act=act())
    again = tell_outcome(use, outcome="helped", version=1, act=act())

    assert (told.outcome, told.outcome_by, told.outcome_at) == (
        "helped", staff_north, NOW,
    )  # fmt: skip
    assert again.version == told.version == 2
    with pytest.raises(EditedMeanwhile):
        tell_outcome(use, outcome="did_not", version=1, act=act())


@pytest.mark.parametrize(
    ("outcome", "is_told"), [("helped", False), ("did_not", False), ("came_back", True)]
)
def test_of_a_skipped_lesson_only_its_problem_is_told(
    outcome, is_told, task, lesson, act, staff_north
):
    use = make_use(task, lesson, staff_north, **SKIPPED)
    finish(task)

    try:
        tell_outcome(use, outcome=outcome, version=1, act=act())
    except CannotAnswerLesson:
        assert not is_told

    assert bool(LessonUse.objects.get().outcome) == is_told


def test_what_is_taken_back_is_the_outcome_and_then_the_answer(
    task, lesson, act, staff_north, cio
):
    use = make_use(task, lesson, staff_north, outcome="helped")

    with pytest.raises(EditedMeanwhile):
        take_back(use, version=9, act=act())
    left = take_back(use, version=1, act=act())
    gone = take_back(use, version=2, act=act())

    assert (left.outcome, left.outcome_by, left.answer) == ("", None, "used")
    assert gone is None
    assert not LessonUse.objects.exists()
    assert [entry.change for entry in HistoryEntry.objects.of(use).order_by("id")] == [
        *[Change.CHANGED] * 3, Change.DELETED,
    ]  # fmt: skip


# --- Pages ---------------------------------------------------------------------------


def test_taps_without_javascript_lead_back_to_the_page(
    task, lesson, as_user, staff_north
):
    client = as_user(staff_north)
    here = f"/tasks/{task.pk}/"

    answered = client.post(f"{here}lessons/{lesson.pk}/", SKIPPED | {"then": here})
    page = client.get(here)
    use = LessonUse.objects.get()
    undone = client.post(f"/lessons/{use.pk}/undo/", {"version": use.version})

    assert (answered.url, undone.url) == (here, f"{here}#lessons")
    [line] = page.context["lessons"]
    assert line.answered == "skipped: nobody has time for it"
    assert "Noted: Customers were listed twice" in page.content.decode()
    assert not LessonUse.objects.exists()


def test_htmx_gets_the_row_and_a_sentence(task, lesson, as_user, staff_north):
    """Four taps: used, helped, and both taken back; then one that is refused."""
    client = as_user(staff_north)
    finish(task)

    def tap(path, **data):
        answer = client.post(path, data, headers=HTMX)
        assert answer.status_code == 200
        assert f'id="lesson-{task.pk}-{lesson.pk}"' in answer.content.decode()
        return answer.context["said"], answer.context["line"]

    said, line = tap(f"/tasks/{task.pk}/lessons/{lesson.pk}/", answer="used")
    assert (said, line.answered) == ("Noted: Customers were listed twice", "used")
    assert line.outcomes == ["helped", "did_not", "came_back"]
    at = f"/lessons/{line.use.pk}/"
    _, line = tap(f"{at}outcome/", outcome="helped", version=1)
    assert (line.use.outcome, line.outcomes) == ("helped", [])
    said, line = tap(f"{at}undo/", version=2)
    assert (said, line.use.outcome) == ("Taken back: Customers were listed twice", "")
    _, line = tap(f"{at}undo/", version=3)
    assert line.use is None
    said, _ = tap(f"/tasks/{task.pk}/lessons/{lesson.pk}/", answer="skipped")
    assert said == "Say why it is skipped."


def test_incomplete_tap_writes_nothing(task, lesson, as_user, staff_north):
    client = as_user(staff_north)
    use = make_use(task, lesson, staff_north)
    paths = [f"/tasks/{task.pk}/lessons/{lesson.pk}/", f"/lessons/{use.pk}/outcome/",
             f"/lessons/{use.pk}/undo/"]  # fmt: skip

    said = {client.post(one, headers=HTMX).context["said"] for one in paths}

    assert said == {"The page is incomplete. Load it again."}
    assert LessonUse.objects.get().version == 1


def test_lesson_that_does_not_stand_on_a_task_is_not_found(
    task, lesson, programme, as_user, staff_north
):
    other = make_finding(programme, "Elsewhere", state=FindingState.PROPOSED)

    answer = as_user(staff_north).post(
        f"/tasks/{task.pk}/lessons/{other.pk}/", {"answer": "used"}
    )

    assert answer.status_code == 404


# --- What waits, and how it was answered ---------------------------------------------


def test_lessons_wait_until_they_are_answered(
    plan_north, programme, task, lesson, as_user, staff_north, cio
):
    """Marked in my tasks, counted on the plan, listed for a talk."""
    second = make_finding(
        programme, "Two", state=FindingState.ADOPTED, step=lesson.step
    )
    make_finding(programme, "Only proposed", step=lesson.step)
    make_task(plan_north, "Of no step", owner=staff_north)
    make_use(task, lesson, staff_north)
    with unrecorded():
        task.due_date = NOW.date()
        task.save()

    week = as_user(staff_north).get("/tasks/").context["week"]

    assert [line.has_lesson for line in week.today] == [True]
    assert lesson_count(plan_north) == LessonCount(all=2, answered=1)
    assert [line.finding for line in open_lessons(plan_north, cio, 5)] == [second]
    make_use(task, second, staff_north, **SKIPPED)
    assert lessons_wait([task]) == set()
    assert lesson_count(plan_north) == LessonCount(all=2, answered=2)
    assert open_lessons(plan_north, cio, 5) == []


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_of_lessons_take_the_same_queries_however_many(
    rows, plan_north, programme, lesson, as_user, staff_north, cio, assert_queries
):
    for number in range(rows):
        step = make_step(lesson.step.procedure, f"S{number}")
        values = {"state": FindingState.ADOPTED, "step": step}
        found = [make_finding(programme, f"F{number}{n}", **values) for n in (0, 1)]
        due = {"due_date": NOW.date(), "owner": staff_north}
        one = make_task(plan_north, f"T{number}", step=step, **due)
        make_use(one, found[0], staff_north, outcome="came_back")
    client, theirs = as_user(cio), as_user(staff_north)

    assert cio.standing.sees_all  # read once for a request
    with assert_queries(3):
        assert len(open_lessons(plan_north, cio, 5)) == rows
    with assert_queries(13):
        playbook = client.get("/playbook/")
    with assert_queries(15):
        page = client.get(f"/findings/{found[0].pk}/")
    with assert_queries(9):
        assert theirs.get("/tasks/").status_code == 200
    with assert_queries(34):
        assert client.get("/regions/NORTH/").status_code == 200

    words = "Used in 1 plan, helped in 0 of 1. The problem came back 1 time."
    assert words in playbook.content.decode()
    assert words in page.content.decode()


def test_answers_are_counted_as_far_as_the_reader_sees_the_tasks(
    plan_north, plan_south, programme, lesson, staff_north, staff_south, cio
):
    said = {"skip_reason": "too_late", "answer": "skipped"}
    for plan, by, values in (
        (plan_north, staff_north, {"outcome": "helped"}),
        (plan_south, staff_south, said),
    ):
        make_use(make_task(plan, step=lesson.step), lesson, by, **values)

    def told(reader):
        uses = uses_in(programme, reader)
        count = uses.of_procedure(lesson.step.procedure.name)
        assert count == uses.of_finding(lesson.pk)
        return count.words, uses.is_whole

    assert told(cio) == (
        "Used in 1 plan, helped in 1 of 1. Skipped 1 time: came too late (1).", True,
    )  # fmt: skip
    assert told(staff_north) == ("Used in 1 plan, helped in 1 of 1.", False)
    assert told(staff_south) == ("Used in 0 plans. Skipped 1 time: came too late (1).", False)  # fmt: skip


# --- Over versions -------------------------------------------------------------------


@pytest.fixture
def later(lesson):
    """The same step in the next version, where it has another name."""
    first = lesson.step.procedure
    second = make_procedure(first.programme, first.name, number=2)
    return make_step(second, "Weed out twins", key=lesson.step.key)


def test_lesson_stands_on_its_step_in_every_version(
    plan_north, programme, task, lesson, later, act, cio, as_user
):
    """Adopted into the first; the control is another step of the same version."""
    followed = make_task(plan_north, "Of the second version", step=later)
    other = make_task(plan_north, "Other", step=make_step(later.procedure, "Other"))

    waits = lessons_wait([task, followed, other])
    counted = lesson_count(plan_north)
    shown = {line.task for line in open_lessons(plan_north, cio, 5)}
    with pytest.raises(CannotAnswerLesson):
        answer_lesson(other, lesson, answer="used", act=act())
    answer_lesson(followed, lesson, answer="used", act=act())

    assert waits == {task.pk, followed.pk}
    assert counted == LessonCount(all=2, answered=0)
    assert shown == {task, followed}
    assert lessons_wait([followed]) == set()
    uses = uses_in(programme, cio)
    assert uses.of_procedure(later.procedure.name).answers == {"used": 1}
    [line] = review_lines(programme, cio, later.procedure.name)
    assert (line.finding, line.step) == (lesson, "Weed out twins")
    assert review_lines(programme, cio, "Another procedure") == []
    [procedure] = as_user(cio).get("/playbook/").context["procedures"]
    taught = {step.title: step.lessons for step in procedure.steps.all()}
    assert taught == {"Weed out twins": [lesson], "Other": []}


def test_who_writes_the_next_version_has_the_answers_before_him(
    task, lesson, later, as_user, hq, staff_north
):
    """Not on a version that is published, which nobody writes any more."""
    make_use(task, lesson, staff_north, **SKIPPED)
    draft = make_procedure(
        lesson.programme, later.procedure.name, number=3, published_at=None
    )

    pages = {
        one.number: as_user(hq).get(reverse("pilots:version", args=[one.pk]))
        for one in (draft, later.procedure)
    }

    told = {number: page.content.decode() for number, page in pages.items()}
    assert "Skipped: nobody has time for it (1)" in told[3]
    assert f"/playbook/booklet/{draft.pk}/" in told[3]
    assert "Skipped: " not in told[2]


def test_lesson_is_answered_on_the_call_sheet_and_in_the_plan(
    task, lesson, later, as_user, liaison_north, auditor, rhythm_north, assert_queries
):
    """One tap each, without JavaScript, and back to where it stood; three at most."""
    for number in range(3):
        values = {"state": FindingState.ADOPTED, "step": later}
        make_finding(lesson.programme, f"More {number}", **values)
    client = as_user(liaison_north)
    sheet, region = "/regions/NORTH/call/", "/regions/NORTH/"
    form = f'action="/tasks/{task.pk}/lessons/{lesson.pk}/"'
    back = '<input type="hidden" name="then" value="{}#lessons">'

    for page in (sheet, region):
        shown = client.get(page).content.decode()
        assert (shown.count('class="item lesson"'), form in shown) == (3, True)
        assert back.format(page) in shown
        assert form not in as_user(auditor).get(page).content.decode()
    tap = SKIPPED | {"then": f"{sheet}#lessons"}
    answered = client.post(f"/tasks/{task.pk}/lessons/{lesson.pk}/", tap)

    assert answered.url == f"{sheet}#lessons"
    after = client.get(sheet).content.decode()
    assert (form in after, "Noted: Customers were listed twice" in after) == (
        False,
        True,
    )
    assert LessonUse.objects.get().skip_reason == "no_time"


# --- What the playbook says on the task ----------------------------------------------


@pytest.mark.parametrize(
    ("said", "how", "note"),
    [
        ({"note": "Ask; mark. Send; wait"}, ["Ask", "mark.", "Send; wait"], ""),
        ({"how_to": "Ask; or call\r\n\nMark"}, ["Ask; or call", "Mark"], ""),
        ({"how_to": "1\n2\n3\n4", "note": "Why"}, ["1", "2", "3 4"], "Why"),
    ],
)
def test_task_says_how_in_three_steps_and_once_what_is_noted(
    said, how, note, task, as_user, staff_north
):
    with unrecorded(), open_playbook():
        Step.objects.update(**said)

    parts = as_user(staff_north).get(f"/tasks/{task.pk}/").context["parts"]

    assert (parts.how, parts.note) == (how, note)


def test_task_says_who_confirms_what_was_agreed(
    task, north, programme, as_user, manager_north, staff_north
):
    """Nothing where the step asks for none; then who is asked, and that he said yes."""

    def shown(user=manager_north):
        return as_user(user).get(f"/tasks/{task.pk}/").content.decode()

    waits, given = "To be confirmed by a person", "Confirmed by a person"
    ask = f'<a href="/regions/NORTH/ask/?task={task.pk}">Ask for it</a>'
    assert waits not in shown()
    with unrecorded(), open_playbook():
        Step.objects.update(needs_confirmation=True)
    assert (waits in shown(), ask in shown(), ask in shown(staff_north)) == (
        True, True, False,
    )  # fmt: skip

    people = {"by": manager_north, "of": staff_north, "task": task}
    waiting = make_clarification(north, programme, **people)
    link = '<a href="/clarifications/{}/">' + staff_north.name + "</a>"
    assert (waits in shown(), ask in shown(), link.format(waiting.pk) in shown()) == (
        True, False, True,
    )  # fmt: skip
    said = make_clarification(north, programme, state="confirmed", **people)
    assert (given in shown(), link.format(said.pk) in shown()) == (True, True)
