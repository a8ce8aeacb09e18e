"""Who may do what: the checks of access ask the one table that the page prints."""

import pytest

from pilots.access import (
    can_add_source,
    can_decide_finding,
    can_keep_pilots,
    can_keep_playbook,
    can_record_finding,
)
from pilots.models import Finding
from regions import access as regional
from regions.enums import GROUP_ROLES, RIGHTS, Right, Role
from regions.models import Attachment, Contact, Region, Rhythm
from rollout import access
from rollout.models import Mail, Task
from rollout.queries.people import rights_table
from tests.factories import (
    make_attachment,
    make_contact,
    make_finding,
    make_mail,
    make_request,
    make_task,
    make_user,
)

pytestmark = pytest.mark.any_store

# How each right is asked for, given somebody and the rows of a region.
ASKED = {
    Right.SEE_REGIONS: lambda user, made: Region.objects.visible_to(user).filter(
        pk=made.region.pk
    ),
    Right.WORK_ON_TASKS: lambda user, made: access.can_work_on(user, made.task),
    Right.COMMENT_TASKS: lambda user, made: access.can_comment(user, made.task),
    Right.SET_COUNTS: lambda user, made: access.can_say_counts(user, made.task),
    Right.SEE_BOARD: lambda user, made: access.can_see_board(user, made.region.pk),
    Right.SETTLE_REQUESTS: lambda user, made: access.can_settle(user, made.request),
    Right.ASK: lambda user, made: access.can_ask(user, made.region.pk),
    Right.READ_APPRAISAL: lambda user, made: access.can_read_appraisal(
        user, made.person
    ),
    Right.RECORD_FINDING: lambda user, made: can_record_finding(user),
    Right.SEE_TODAY: lambda user, made: regional.can_see_today(user),
    Right.SEE_TALKS: lambda user, made: Rhythm.objects.visible_to(user).exists(),
    Right.LOG_TALK: lambda user, made: regional.can_log_contact(user, made.region),
    Right.CORRECT_TALK: lambda user, made: regional.can_change_contact(
        user, made.contact
    ),
    Right.READ_NOTES: lambda user, made: regional.can_read_notes(user, made.region.pk),
    Right.WITHDRAW_FILE: lambda user, made: regional.can_withdraw_file(user, made.file),
    Right.SET_CALLER: lambda user, made: regional.can_set_caller(user),
    Right.SET_RHYTHM: lambda user, made: regional.can_set_rhythm(user),
    Right.CHANGE_CEO: lambda user, made: regional.can_change_ceo(user),
    Right.DECIDE_FINDING: lambda user, made: can_decide_finding(user, None),
    Right.KEEP_PILOTS: lambda user, made: can_keep_pilots(user),
    Right.KEEP_PLAYBOOK: lambda user, made: can_keep_playbook(user),
    Right.PUSH_CHANGE: lambda user, made: access.can_push_change(user),
    Right.OPEN_WAVE: lambda user, made: access.can_open_wave(user),
    Right.OVERRULE: lambda user, made: access.can_overrule(user),
    Right.ADD_SOURCE: lambda user, made: can_add_source(user, made.finding),
    Right.MOVE_GO_LIVE: lambda user, made: access.can_move_go_live(user, made.plan),
    Right.AGREE_PLAN: lambda user, made: access.can_agree_plan(user, made.plan),
    Right.CLOSE: lambda user, made: regional.can_close(user),
    Right.SEE_HEALTH: lambda user, made: access.can_see_health(user),
    Right.SEE_LEDGER: lambda user, made: access.can_see_ledger(user),
    Right.SEARCH_HISTORY: lambda user, made: regional.can_search_history(user),
    Right.SEE_PEOPLE: lambda user, made: regional.can_see_people(user),
    Right.PLAN: lambda user, made: access.can_plan(user),
    Right.MANAGE_MAIL: lambda user, made: access.can_manage_mail(user),
    Right.MANAGE_PEOPLE: lambda user, made: regional.can_manage_people(user),
    Right.ADMINISTER: lambda user, made: regional.can_use_admin(user),
}


class Made:
    """Rows of the north that belong to nobody who is asked about."""

    def __init__(self, region, plan, rhythm, other):
        self.region, self.plan, self.rhythm = region, plan, rhythm
        self.task: Task = make_task(plan)
        self.request = make_request(self.task, other)
        self.contact: Contact = make_contact(rhythm.ceo, plan.programme, by=other)
        self.mail: Mail = make_mail(other)
        self.file: Attachment = make_attachment(self.task, other)
        self.finding: Finding = make_finding(plan.programme)
        self.person = make_user("person@example.org", Role.STAFF, region=region)


@pytest.fixture
def made(north, plan_north, rhythm_north):
    return Made(north, plan_north, rhythm_north, make_user("other@example.org"))


def holders(right, made, region):
    """The roles in which somebody of a region is allowed it."""
    allowed = set()
    for role in Role:
        user = make_user(f"{role}.{right}@example.org", role, region=region)
        if ASKED[right](user, made):
            allowed.add(role)
    return allowed


def test_every_right_is_asked_for_here():
    assert set(ASKED) == set(Right) == set(RIGHTS)


@pytest.mark.parametrize("right", Right)
def test_checks_say_what_the_table_says(right, made, north):
    assert holders(right, made, north) == RIGHTS[right]


@pytest.mark.parametrize("right", Right)
def test_change_of_the_table_changes_the_checks(right, made, north, monkeypatch):
    """Negative control: it is this table that they ask."""
    monkeypatch.setitem(RIGHTS, right, frozenset())

    assert holders(right, made, north) == set()


@pytest.mark.parametrize(
    "right",
    [
        Right.SEE_REGIONS,
        Right.WORK_ON_TASKS,
        Right.SEE_TALKS,
        Right.LOG_TALK,
        Right.CORRECT_TALK,
        Right.READ_NOTES,
    ],
)
def test_role_of_another_region_counts_for_nothing(right, made, south):
    assert holders(right, made, south) == RIGHTS[right] & GROUP_ROLES


def test_page_prints_the_table(monkeypatch):
    monkeypatch.setitem(RIGHTS, Right.PLAN, frozenset({Role.CIO, Role.STAFF}))

    lines = {line.label: dict(line.reach) for line in rights_table()}

    marked = {role: reach for role, reach in lines["make plans"].items() if reach}
    assert marked == {"CIO": "all", "regional staff": "own"}
