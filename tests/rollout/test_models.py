"""Each rule that the database holds is broken once."""

import uuid
from datetime import date

import pytest
from django.db import models

from rollout.models import (
    Brief,
    CalendarFeed,
    ChecklistItem,
    Clarification,
    CloseOut,
    CloseOutReply,
    Duty,
    Handover,
    LessonUse,
    Mail,
    MailEvent,
    Plan,
    PlanProcedure,
    PushedPlan,
    Task,
    TaskComment,
    TaskLink,
    TaskRequest,
    Wave,
)
from tests import factories
from tests.constraints import (
    Rows,
    changed,
    constraint_against,
    named_constraints,
    second,
)

# The number of a finding that no reply speaks of.
ANOTHER = 9001
AFTER_GO_LIVE = date(2027, 5, 4)

BREACHES = {
    "brief_answer_is_a_contact": changed(Brief, answer="yes"),
    "brief_one_draft": second(Brief),
    "brief_sent_was_reviewed": changed(Brief, state="sent"),
    "brief_state_known": changed(Brief, state="other"),
    "calendar_feed_named": changed(CalendarFeed, device=""),
    "checklist_done_has_time": changed(ChecklistItem, is_done=True),
    "checklist_has_title": changed(ChecklistItem, title=""),
    "clarification_answered_by_somebody": changed(Clarification, state="answered"),
    "clarification_asks_something": changed(Clarification, question=""),
    "clarification_confirmed_by_somebody": changed(
        Clarification, confirmed_at=factories.NOW
    ),
    "close_out_asks_three": changed(CloseOut, asked=2),
    "reply_once": second(CloseOutReply, finding_id=ANOTHER),
    "reply_question_known": changed(CloseOutReply, question="other"),
    "duty_kind_known": changed(Duty, kind="other"),
    "duty_mailed_names_mail": changed(Duty, state="mailed"),
    "duty_once": second(Duty),
    "duty_state_known": changed(Duty, state="other"),
    "handover_to_another": changed(Handover, taker_id=models.F("giver_id")),
    "lessonuse_answer_known": changed(LessonUse, answer="other"),
    "lessonuse_once": second(LessonUse),
    "lessonuse_outcome_says_by_whom": changed(LessonUse, outcome="helped"),
    "lessonuse_skipped_did_not_help": changed(
        LessonUse,
        answer="skipped",
        skip_reason="no_time",
        outcome="helped",
        outcome_by_id=models.F("by_id"),
        outcome_at=factories.NOW,
    ),
    "lessonuse_skipped_has_reason": changed(LessonUse, answer="skipped"),
    "mail_cap_known": changed(Mail, cap="other", number=1),
    "mail_event_state_known": changed(MailEvent, state="other"),
    "mail_leased_has_token": changed(Mail, state="leased"),
    "mail_message_id_unique": second(Mail, slot="2027-03-11"),
    "mail_once": second(Mail, message_id=""),
    "mail_one_in_slot": changed(Mail, number=2),
    "mail_sent_is_frozen": changed(Mail, state="sent"),
    "mail_state_known": changed(Mail, state="other"),
    "plan_agreed_by_somebody": changed(Plan, agreed_at=factories.NOW),
    "plan_kick_off_before_go_live": changed(Plan, kick_off_date=AFTER_GO_LIVE),
    "plan_procedure_once": second(PlanProcedure),
    "plan_once": second(Plan),
    "push_plan_once": second(PushedPlan, act=uuid.UUID(int=1)),
    "task_backup_is_another": changed(Task, backup_id=models.F("owner_id")),
    "request_date_wishes_one": changed(TaskRequest, kind="not_mine"),
    "request_open_once": second(TaskRequest),
    "request_settled_says_by_whom": changed(TaskRequest, state="granted"),
    "request_state_known": changed(
        TaskRequest, state="other", settled_by_id=1, settled_at=factories.NOW
    ),
    "task_blocked_has_reason": changed(Task, state="blocked"),
    "task_done_has_day": changed(Task, state="done"),
    "task_dropped_has_reason": changed(Task, state="dropped"),
    "task_effort_not_negative": changed(Task, effort_hours=-1),
    "task_kind_known": changed(Task, kind="other"),
    "task_remaining_not_negative": changed(Task, remaining_hours=-1),
    "task_state_known": changed(Task, state="other"),
    "task_step_once": second(Task),
    "task_waits_only_when_blocked": changed(Task, block_note="The list is missing"),
    "taskcomment_has_text": changed(TaskComment, text=""),
    "tasklink_not_to_itself": changed(TaskLink, before_id=models.F("task_id")),
    "tasklink_once": second(TaskLink),
    "wave_closed_is_opened_by_nobody": changed(Wave, opened_at=None),
    "wave_overruled_by_somebody": changed(
        Wave, opened_by_id=None, overruled_reason="It cannot wait"
    ),
    "wave_kick_off_before_go_live": changed(Wave, kick_off_date=AFTER_GO_LIVE),
    "wave_name_unique": second(Wave),
}


@pytest.fixture
def rows(plan_north, programme, staff_north, hq, ceo_north) -> Rows:
    step = factories.make_step(factories.make_procedure(programme))
    wave = factories.make_wave(programme, "Wave 2", opened_by=hq)
    mail = factories.make_mail(staff_north, message_id="<1@example.org>")
    close_out = factories.make_close_out(factories.make_pilot(programme), hq)
    finding = factories.make_finding(programme)
    factories.make_finding(programme, "Another", pk=ANOTHER)
    task = factories.make_task(plan_north, step=step, owner=staff_north)
    made = [
        wave,
        plan_north,
        factories.make_version(plan_north, step.procedure),
        factories.make_push(plan_north, step.procedure, hq),
        task,
        factories.make_link(task, factories.make_task(plan_north, "First")),
        factories.make_item(task),
        factories.make_comment(task, staff_north),
        factories.make_use(task, finding, staff_north),
        factories.make_request(task, staff_north),
        mail,
        MailEvent.objects.create(mail=mail, at=factories.NOW, state="sent"),
        factories.make_duty(staff_north, about=plan_north),
        factories.make_handover(staff_north, hq),
        close_out,
        CloseOutReply.objects.create(
            close_out=close_out, mark="1", question="well", finding=finding
        ),
        factories.make_brief(factories.make_ask(ceo_north, programme), hq),
        factories.make_feed(staff_north),
        factories.make_clarification(plan_north.region, programme, hq, staff_north),
    ]
    return {type(row): row for row in made}


@pytest.mark.parametrize("constraint", BREACHES)
def test_constraint_refuses_its_breach(constraint, rows):
    assert constraint_against(BREACHES[constraint], rows) == constraint


def test_every_constraint_is_broken_above():
    assert set(BREACHES) == named_constraints("rollout")
