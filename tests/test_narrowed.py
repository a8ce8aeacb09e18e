"""What queries find is narrowed by `visible_to`, also where another guard happens to keep the
same rows back: here it leaves nothing of one model, and so must they.

And what a reader may do is asked about this reader, line by line.
"""

import uuid

import pytest
from django.urls import reverse

from pilots.models import Finding, Procedure
from regions.models import (
    Contact,
    ContactDraft,
    Programme,
    Region,
    RegionalCEO,
    Rhythm,
    Stance,
    User,
)
from rollout.models import Brief, CloseOut, LessonUse, Plan, Push, Task, TaskFinding
from rollout.queries.askpage import ask_page
from rollout.queries.asks import asks
from rollout.queries.closeouts import rounds_of
from rollout.queries.effect import effects
from rollout.queries.feeds import agenda_of
from rollout.queries.lessons import lesson_line, lesson_lines, open_lessons
from rollout.queries.lessonuse import review_lines
from rollout.queries.pushing import pushes_of
from rollout.queries.stances import heads_of, judgements_in
from rollout.queries.takingback import take_back_answer
from rollout.queries.taught import taught_by
from rollout.queries.waves import wave_page
from rollout.views.shell import talk_pages
from tests.factories import (
    NOW,
    make_contact,
    make_draft,
    make_finding,
    make_procedure,
    make_step,
    make_task,
    make_taught,
)
from tests.matrix import Ask, encoded, send, undone

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.any_store]


@pytest.fixture
def world(shared_world):
    return shared_world


def talks_on_an_ask(world):
    north = world.north
    make_contact(north.ask.ceo, north.ask.programme, north.other, ask=north.ask)
    return ask_page(north.ask, reader(world, "liaison"), NOW).talks


def asks_by_region(world):
    return asks(reader(world, "cio"), {"q": "mark_north_all"}, NOW)


def rounds(world):
    return rounds_of(world.north.pilot, reader(world, "cio"))


def effect_of_lessons(world):
    return effects(world.north.plan.programme, reader(world, "cio"), NOW)


def answers_to_lessons(world):
    return [line for line in effect_of_lessons(world) if line.skipped]


def lessons_to_review(world):
    return review_lines(world.north.plan.programme, reader(world, "cio"))


def pushes(world):
    return pushes_of(world.north.carried, reader(world, "cio"))


def heads_with_waves(world):
    found = heads_of(world.north.plan.programme, reader(world, "cio"), NOW)
    return [head for head in found if head.wave]


def judgements_of_a_ceo(world):
    north = world.north
    return judgements_in(north.region, north.plan.programme, reader(world, "cio"))


def taught_by_a_task(world):
    with undone():
        make_taught(world.north.task, world.north.proposed)
        return taught_by(world.north.task, reader(world, "cio"))


def plans_of_a_wave(world):
    return wave_page(world.north.wave, reader(world, "cio")).plans


def tasks_unlinked_from_an_ask(world):
    """By a request; what is not found stays linked."""
    task, form = world.north.waiting, {"task": world.north.waiting.pk, "version": "1"}
    path = reverse("rollout:ask-unlink", args=[world.north.ask.pk])
    with undone():
        post(world, "liaison", path, form)
        return list(Task.objects.filter(pk=task.pk, waits_for_ask=None))


def ways_to_a_new_ask(world):
    query = {"region": world.north.region.code}
    page = get(world, "liaison", reverse("rollout:ask-start", query=query))
    return ["/asks/new/"] if page.url.endswith("/asks/new/") else []


def programmes_of_a_new_ask(world):
    path = reverse("rollout:ask-new", args=[world.north.region.code])
    form = get(world, "liaison", path).context["form"]
    return form.fields["programme"].queryset


def booklets(world):
    answer = get(world, "staff", reverse("rollout:booklet"))
    return ["playbook.pdf"] if answer.status_code == 200 else []


def earlier_briefs(world):
    path = reverse("rollout:region-brief", args=[world.north.region.code])
    return get(world, "liaison", path).context["earlier"]


def call_sheet(world):
    path = reverse("rollout:call-sheet", args=[world.north.region.code])
    return get(world, "liaison", path).context


def begun_logs(world):
    with undone():
        ask = world.north.ask
        make_draft(ask.ceo, ask.programme, world.people["liaison"])
        return [line] if (line := call_sheet(world)["draft_line"]) else []


def logs_that_arrived(world):
    with undone():
        north, key = world.north, uuid.UUID(int=7)
        make_contact(north.ask.ceo, north.ask.programme, north.other, key=key)
        return [last] if (last := call_sheet(world)["last_key"]) else []


def people_to_lead_a_region(world):
    path = reverse("rollout:ceo-change", args=[world.north.region.code])
    return get(world, "hq", path).context["form"].fields["person"].queryset


def manners_of_a_ceo(world):
    path = reverse("rollout:ceo-manners", args=[world.north.region.code])
    answer = get(world, "cio", path)
    return [answer.context["form"]] if answer.status_code == 200 else []


def own_tasks(world):
    return agenda_of(reader(world, "staff"), NOW).tasks


def own_talks(world):
    return agenda_of(reader(world, "liaison"), NOW).talks


@pytest.mark.parametrize(
    ("model", "find"),
    [
        (Contact, talks_on_an_ask),
        (Region, asks_by_region),
        (CloseOut, rounds),
        (Procedure, effect_of_lessons),
        (Task, effect_of_lessons),
        (LessonUse, answers_to_lessons),
        (Finding, lessons_to_review),
        (Push, pushes),
        (Stance, judgements_of_a_ceo),
        (TaskFinding, taught_by_a_task),
        (Finding, taught_by_a_task),
        (Plan, plans_of_a_wave),
        (Task, tasks_unlinked_from_an_ask),
        (RegionalCEO, ways_to_a_new_ask),
        (Procedure, booklets),
        (Brief, earlier_briefs),
        (ContactDraft, begun_logs),
        (Contact, logs_that_arrived),
        (User, people_to_lead_a_region),
        (RegionalCEO, manners_of_a_ceo),
        (Plan, programmes_of_a_new_ask),
        (Programme, programmes_of_a_new_ask),
        (Rhythm, heads_with_waves),
        (Plan, heads_with_waves),
        (Task, own_tasks),
        (Rhythm, own_talks),
    ],
    ids=lambda one: one.__name__,
)
def test_nothing_is_found_past_visible_to(model, find, world, monkeypatch):
    before = list(find(world))
    monkeypatch.setattr(
        type(model._default_manager.all()), "visible_to", lambda self, user: self.none()
    )

    assert before
    assert list(find(world)) == []


def get(world, role, path):
    return send(world.clients[role], Ask("GET", path))


def post(world, role, path, form):
    return send(world.clients[role], Ask("POST", path, encoded(form)))


def reader(world, role):
    user = world.people[role]
    user.as_of = NOW
    return user


@pytest.mark.parametrize(("role", "may"), [("manager", True), ("auditor", False)])
def test_lessons_are_answered_by_who_may_work_on_the_task(role, may, world):
    user, north = reader(world, role), world.north
    step = make_step(make_procedure(north.plan.programme, "Try it"))
    make_finding(step.procedure.programme, "New", state="adopted", step=step)
    make_task(north.plan, "Taught", step=step)
    on_the_plan = open_lessons(north.plan, user, 9)
    lines = lesson_lines(north.lesson, user) + on_the_plan
    lines.append(lesson_line(north.lesson, north.taught, user))

    assert on_the_plan
    assert len(lines) > len(on_the_plan) + 1
    assert {line.may_answer for line in lines} == {may}


@pytest.mark.parametrize(("role", "may"), [("hq", True), ("manager", False)])
def test_carried_version_is_taken_back_by_who_carries_it(role, may, world):
    carried = world.north.push.plans.get()

    assert bool(take_back_answer(carried.act, reader(world, role))) is may


@pytest.mark.parametrize(("role", "may"), [("hq", True), ("manager", False)])
def test_way_to_carry_a_version_is_shown_to_who_carries_it(role, may, world):
    later = world.north.later.pk
    page = get(world, role, reverse("pilots:version", args=[later])).content.decode()

    assert (reverse("rollout:push", args=[later]) in page) is may


@pytest.mark.parametrize("name", ["rollout:brief-html", "rollout:brief-pdf"])
def test_brief_that_nobody_can_sign_is_not_there(name, world, monkeypatch):
    """A region without a liaison, in a group without a CIO."""
    path = reverse(name, args=[world.north.draft.pk])
    before = get(world, "liaison", path).status_code
    monkeypatch.setattr("rollout.views.briefs.writer_of", lambda row, at: None)

    assert (before, get(world, "liaison", path).status_code) == (200, 404)


@pytest.mark.parametrize(("role", "may"), [("liaison", True), ("auditor", False)])
def test_talks_are_moved_from_the_list_by_who_logs_them(role, may, world):
    page = get(world, role, reverse("rollout:check-in-list")).context

    assert page["lines"]
    assert bool(page["shift_form"]) is may


def test_only_lessons_that_stand_on_a_task_are_answered_on_it(world):
    north = world.north

    def code(finding):
        path = reverse("rollout:lesson-answer", args=[north.lesson.pk, finding.pk])
        with undone():
            return post(world, "manager", path, {"answer": "used"}).status_code

    assert (code(north.adopted), code(north.reviewed)) == (302, 404)


@pytest.mark.parametrize(("role", "may"), [("hq", True), ("auditor", False)])
def test_appraisal_is_offered_to_who_reads_it(role, may, world):
    path = reverse("rollout:person", args=[world.north.member.pk])

    assert get(world, role, path).context["may_appraise"] is may


@pytest.mark.parametrize(("role", "may"), [("cio", True), ("hq", False)])
def test_who_calls_is_said_by_who_hands_talks_over(role, may, world):
    one = reverse("rollout:rhythm", args=[world.north.rhythm.pk])
    all_ = reverse("rollout:wave-rhythm", args=[world.north.wave.pk])
    forms = [get(world, role, path).context["form"] for path in (one, all_)]

    assert ["caller" in form.fields for form in forms] == [may, may]


@pytest.mark.parametrize(("role", "may"), [("cio", True), ("staff", False)])
def test_pages_of_talks_are_named_to_who_sees_them(role, may, world):
    assert bool(talk_pages(reader(world, role), "/")) is may


@pytest.mark.parametrize(("role", "may"), [("manager", True), ("auditor", False)])
def test_findings_are_recorded_from_a_task_by_who_records_them(role, may, world):
    path = reverse("rollout:task", args=[world.north.task.pk])

    assert get(world, role, path).context["may_record"] is may


@pytest.mark.parametrize(
    ("role", "may"),
    [("cio", (True, True)), ("hq", (True, False)), ("auditor", (False, False))],
)
def test_wave_is_opened_and_overruled_by_who_may(role, may, world):
    path = reverse("rollout:wave", args=[world.north.wave.pk])
    page = get(world, role, path).context

    assert (page["may_open"], page["may_overrule"]) == may
