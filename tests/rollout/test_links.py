"""Every link in mails, by the one list of their purposes.

Who adds a purpose adds a `Use` of it here: what it leads to and what its button does. All
tests below then hold for it, and without it the first one fails.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import get_resolver, reverse

from regions.enums import PlannedMail
from regions.history import Act
from regions.models import HistoryEntry, User
from regions.services.links import revoke_links
from rollout.enums import BriefState, DutyKind
from rollout.links import (
    ANSWERS_LINK,
    BRIEF_LINK,
    CLOSE_OUT_LINK,
    INVITATION_LINK,
    PAUSE_LINK,
    PURPOSES,
    SIGN_IN_LINK,
    TASKS_LINK,
    Purpose,
    with_links,
)
from rollout.models import Brief, Clarification, CloseOut, Mail, Task
from rollout.services.closeouts import replies_of
from tests.factories import (
    NOW,
    make_ask,
    make_brief,
    make_ceo,
    make_clarification,
    make_close_out,
    make_duty,
    make_mail,
    make_pilot,
    make_plan,
    make_programme,
    make_region,
    make_task,
    make_user,
    make_wave,
)
from tests.history_guard import unrecorded
from tests.tables import whole_database

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.any_store]

SECOND = timedelta(seconds=1)
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_:"


@dataclass(frozen=True)
class Use:
    """What is posted to a link, and whether it has acted for somebody in that browser.

    `tells` makes what the mail of the link told its reader.
    """

    purpose: Purpose
    body: dict[str, str]
    acted: Callable[[Client, User], bool]
    tells: Callable[[Mail], None] = lambda mail: None

    def token(self, mail: Mail) -> str:
        self.tells(mail)
        return self.purpose.token(mail)

    def __str__(self) -> str:
        return self.purpose.name


def is_signed_in(browser: Client, person: User) -> bool:
    return browser.session.get("_auth_user_id") == str(person.pk)


def gets_no_planned_mail(browser: Client, person: User) -> bool:
    return User.objects.get(pk=person.pk).planned_mail == PlannedMail.NEVER


def has_answered(browser: Client, person: User) -> bool:
    return person.answers.exists()


def asks(mail: Mail) -> None:
    """The question that the mail tells, under the number that is posted."""
    person = User.objects.filter(pk=mail.recipient_id).first()
    if person is None or mail.duties.exists():
        return
    row = Clarification.objects.filter(pk=QUESTION).first()
    if row is None:
        asker, region = make_user("asker@example.org"), make_region("ASKED")
        row = make_clarification(region, make_programme(), asker, person, pk=QUESTION)
    make_duty(person, row, str(mail.pk), kind=DutyKind.CONFIRMATION, mail=mail)


def has_finished_it(browser: Client, person: User) -> bool:
    entry = HistoryEntry.objects.filter(model="rollout.task", after="done").first()
    return entry is not None and entry.by == person


def reminds(mail: Mail) -> None:
    """The task that the mail tells, under the number that is posted."""
    person = User.objects.filter(pk=mail.recipient_id).first()
    if person is None or mail.duties.exists():
        return
    row = Task.objects.filter(pk=TASK).first()
    if row is None:
        wave = make_wave(make_programme("TOLD"))
        plan = make_plan(make_region("TOLD"), wave)
        row = make_task(plan, pk=TASK, owner=person)
    make_duty(person, row, str(mail.pk), kind=DutyKind.OVERDUE, mail=mail)


def has_said_it(browser: Client, person: User) -> bool:
    row = CloseOut.objects.first()
    return row is not None and "well" in replies_of(row, person)


def asks_all(mail: Mail) -> None:
    """The round of questions that the mail tells."""
    person = User.objects.filter(pk=mail.recipient_id).first()
    if person is None or mail.duties.exists():
        return
    row = CloseOut.objects.first()
    if row is None:
        row = make_close_out(make_pilot(make_programme("SAID")), person)
    make_duty(person, row, str(mail.pk), kind=DutyKind.CLOSE_OUT, mail=mail)


def has_answered_the_brief(browser: Client, person: User) -> bool:
    return Brief.objects.filter(ceo__user=person, answer="yes").exists()


def briefs_him(mail: Mail) -> None:
    """The brief that the mail tells its reader, who leads a region."""
    person = User.objects.filter(pk=mail.recipient_id).first()
    if person is None or mail.duties.exists():
        return
    row = Brief.objects.filter(ceo__user=person).first()
    if row is None:
        asker = make_user("writer@example.org")
        ask = make_ask(make_ceo(make_region("LED"), person), make_programme("LED"))
        row = make_brief(ask, asker, state=BriefState.SENT)
    make_duty(person, row, str(mail.pk), kind=DutyKind.BRIEF, mail=mail)


QUESTION = TASK = 4711
DONE = {"act": "done", "task": str(TASK), "version": "1"}
USES = [
    Use(SIGN_IN_LINK, {}, is_signed_in),
    Use(INVITATION_LINK, {}, is_signed_in),
    Use(PAUSE_LINK, {"choice": "never"}, gets_no_planned_mail),
    Use(TASKS_LINK, DONE, has_finished_it, reminds),
    Use(ANSWERS_LINK, {"question": str(QUESTION), "text": "Yes"}, has_answered, asks),
    Use(BRIEF_LINK, {"answer": "yes"}, has_answered_the_brief, briefs_him),
    Use(CLOSE_OUT_LINK, {"text": "The dry run"}, has_said_it, asks_all),
]
EACH = pytest.mark.parametrize("use", USES, ids=str)


def url_of(purpose: Purpose, token: str) -> str:
    return reverse(purpose.view, args=[token])


@pytest.fixture
def mail(staff_north):
    return make_mail(staff_north, dated_at=NOW)


def is_refused(use: Use, address: str, person: User) -> bool:
    """Neither shown nor acted on; the answer of a browser that asks for both."""
    browser = Client()
    codes = [
        browser.get(address).status_code,
        browser.post(address, use.body).status_code,
    ]
    return codes == [410, 410] and not use.acted(browser, person)


# --- The list ------------------------------------------------------------------------


def test_every_purpose_is_tested_here():
    assert [use.purpose for use in USES] == list(PURPOSES)


def test_every_address_with_a_token_is_that_of_a_purpose():
    """A signed address beside the list would be in none of these tests."""
    patterns = get_resolver().reverse_dict
    rollout = get_resolver().namespace_dict["rollout"][1].reverse_dict
    named = {
        name
        for known in (patterns, rollout)
        for name in known
        if isinstance(name, str)
        for _possibility, _pattern, _defaults, converters in [known[name]]
        if "token" in converters
    }

    # The address of a calendar stands in no mail; `test_feeds.py` has it.
    in_mails = {f"rollout:{name}" for name in named} - {"rollout:calendar"}
    assert in_mails == {one.view for one in PURPOSES}


def test_every_placeholder_in_templates_and_code_is_that_of_a_purpose():
    known = {purpose.placeholder for purpose in PURPOSES}
    root = django_settings.BASE_DIR
    written = {
        found
        for folder in ("templates", "rollout", "pilots", "regions")
        for path in (root / folder).rglob("*.*")
        if path.suffix in {".py", ".txt", ".html"}
        for found in re.findall(
            r"\[\[link:[a-z-]+\]\]", path.read_text(encoding="utf-8")
        )
    }

    assert written <= known
    assert len({purpose.name for purpose in PURPOSES}) == len(PURPOSES)


# --- What is accepted ----------------------------------------------------------------


@EACH
def test_link_acts_for_its_person_and_nobody_else(use, mail, staff_north, hq):
    browser = Client()

    browser.post(url_of(use.purpose, use.token(mail)), use.body)

    assert use.acted(browser, staff_north)
    assert not use.acted(browser, hq)


@EACH
def test_link_is_used_again_until_its_last_second(use, mail, staff_north, frozen):
    address = url_of(use.purpose, use.token(mail))
    Client().post(address, use.body)
    frozen.move_to(NOW + use.purpose.lasts)

    again = Client()

    assert again.get(address).status_code == 200
    again.post(address, use.body)
    assert use.acted(again, staff_north)


def test_last_answer_wins(mail, staff_north):
    address = url_of(PAUSE_LINK, PAUSE_LINK.token(mail))

    for choice in ("never", "mondays", "never", "as-before"):
        assert Client().post(address, {"choice": choice}).status_code == 200

    staff_north.refresh_from_db()
    assert staff_north.planned_mail == PlannedMail.DAILY


def test_ceo_without_a_login_uses_what_needs_none(ceo_north):
    token = PAUSE_LINK.token(make_mail(ceo_north.user, dated_at=NOW))

    Client().post(url_of(PAUSE_LINK, token), {"choice": "never"})

    assert gets_no_planned_mail(Client(), ceo_north.user)


# --- What is not ---------------------------------------------------------------------


@EACH
@pytest.mark.parametrize("moment", [-SECOND, SECOND], ids=["early", "late"])
def test_link_is_refused_outside_its_time(use, moment, mail, staff_north, frozen):
    address = url_of(use.purpose, use.token(mail))
    frozen.move_to(
        NOW + moment if moment < timedelta(0) else NOW + use.purpose.lasts + moment
    )

    assert is_refused(use, address, staff_north)


@EACH
@pytest.mark.parametrize("other", USES, ids=str)
def test_link_is_refused_for_any_other_purpose(use, other, mail, staff_north):
    address = url_of(use.purpose, other.token(mail))

    assert is_refused(use, address, staff_north) is (other != use)


@EACH
def test_link_with_any_letter_changed_is_refused(use, mail):
    """Each letter becomes each other one; so does each that is left out or put in."""
    token, claim = use.token(mail), use.purpose.claim
    changed = {
        token[:place] + letter + token[place + width :]
        for place in range(len(token))
        for letter in ("", *LETTERS)
        for width in (0, 1)
    } - {token}

    assert claim(token, NOW) is not None
    assert [one for one in changed if claim(one, NOW) is not None] == []


@EACH
def test_link_with_a_letter_changed_is_refused_by_its_page(use, mail, staff_north):
    token = use.token(mail)

    for place in range(len(token)):
        letter = "A" if token[place] != "A" else "B"
        changed = token[:place] + letter + token[place + 1 :]
        assert Client().get(url_of(use.purpose, changed)).status_code == 410, place
    middle = token[: len(token) // 2] + "." + token[len(token) // 2 + 1 :]
    assert is_refused(use, url_of(use.purpose, middle), staff_north)


@EACH
@pytest.mark.parametrize("token", ["x", ":", "e30:1", "%00", "a" * 3000, "é:ü"])
def test_made_up_tokens_are_refused(use, token, staff_north):
    assert is_refused(use, url_of(use.purpose, token), staff_north)


@EACH
def test_link_signed_by_another_key_is_refused(use, mail, staff_north, settings):
    token = use.token(mail)
    settings.SECRET_KEY = "another key " * 5

    assert is_refused(use, url_of(use.purpose, token), staff_north)


@EACH
def test_link_of_somebody_who_left_is_refused(use, mail, staff_north):
    token = use.token(mail)
    with unrecorded():
        staff_north.may_sign_in = False
        staff_north.save()
        staff_north.memberships.update(to_date=NOW.date())
        staff_north.ceo_of.update(to_date=NOW.date())

    assert is_refused(use, url_of(use.purpose, token), staff_north)


def test_link_of_a_ceo_who_left_is_refused(ceo_north):
    use, token = USES[2], PAUSE_LINK.token(make_mail(ceo_north.user, dated_at=NOW))
    with unrecorded():
        ceo_north.to_date = NOW.date()
        ceo_north.save()

    assert is_refused(use, url_of(use.purpose, token), ceo_north.user)


@EACH
def test_link_of_a_person_that_is_not_there_is_refused(use, mail, staff_north):
    mail.recipient_id = 0
    token = use.token(mail)

    assert is_refused(use, url_of(use.purpose, token), staff_north)


# --- Revoking ------------------------------------------------------------------------


@EACH
def test_revoked_link_is_refused_and_a_later_one_works(use, mail, staff_north, frozen):
    token = use.token(mail)
    frozen.shift(60)
    revoke_links(staff_north, act=Act(by=staff_north, at=NOW + timedelta(minutes=1)))

    assert is_refused(use, url_of(use.purpose, token), staff_north)

    frozen.shift(1)
    later = make_mail(staff_north, "later", dated_at=NOW + timedelta(seconds=61))
    browser = Client()
    browser.post(url_of(use.purpose, use.token(later)), use.body)
    assert use.acted(browser, staff_north)


def test_revoking_is_one_entry_of_the_history_and_of_one_person_only(mail, staff_north):
    other = make_ceo(make_region("EAST")).user
    token = PAUSE_LINK.token(make_mail(other, dated_at=NOW))

    revoke_links(staff_north, act=Act(by=staff_north, at=NOW))

    entry = HistoryEntry.objects.get()
    assert (entry.field, entry.by) == ("links_revoked_at", staff_north)
    assert Client().get(url_of(PAUSE_LINK, token)).status_code == 200


def test_everybody_revokes_his_own_on_the_settings_page(as_user, mail, staff_north):
    token = PAUSE_LINK.token(mail)
    browser = as_user(staff_north)
    assert 'action="/settings/links/"' in browser.get("/settings/").content.decode()

    answer = browser.post("/settings/links/", follow=True).content.decode()

    assert "Links in the mails you have work no more." in answer
    assert Client().get(url_of(PAUSE_LINK, token)).status_code == 410


# --- Mail scanners -------------------------------------------------------------------

SCANNERS: list[dict[str, Any]] = [
    {},
    {"Sec-Purpose": "prefetch;prerender"},
    {"User-Agent": "link scanner", "Accept": "*/*"},
    {"HX-Request": "true"},
]


@EACH
@pytest.mark.parametrize(
    "method",
    [
        "get",
        pytest.param("head", marks=pytest.mark.long),
        pytest.param("options", marks=pytest.mark.long),
    ],
)
@pytest.mark.parametrize(
    "is_inside",
    [False, pytest.param(True, marks=pytest.mark.long)],
    ids=["outside", "signed in"],
)
def test_scanner_that_looks_a_hundred_times_changes_nothing(
    use, method, is_inside, mail, staff_north, as_user
):
    """Every table there is: sessions, the cache that counts sign-ins, logs of any kind."""
    address = url_of(use.purpose, use.token(mail))
    browser = as_user(staff_north) if is_inside else Client()
    before = whole_database()

    for number in range(100):
        headers = SCANNERS[number % len(SCANNERS)]
        answer = getattr(browser, method)(address, headers=headers)
        assert answer.status_code == (405 if method == "options" else 200)

    assert whole_database() == before
    later = Client()
    later.post(address, use.body)
    assert use.acted(later, staff_north)


@EACH
def test_picture_of_the_database_sees_what_the_button_does(use, mail):
    """The control of the test above."""
    address = url_of(use.purpose, use.token(mail))
    before = whole_database()

    Client().post(address, use.body)

    assert whole_database() != before


# --- Changing the key ----------------------------------------------------------------

OLD, NEW, NEWEST = "an old key " * 5, "a new key " * 6, "the newest key " * 4


@EACH
def test_link_made_by_the_old_key_works_while_that_is_a_fallback(
    use, staff_north, settings
):
    settings.SECRET_KEY = OLD
    token = use.token(make_mail(staff_north, dated_at=NOW))
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, [OLD]

    browser = Client()
    browser.post(url_of(use.purpose, token), use.body)

    assert use.acted(browser, staff_north)
    settings.SECRET_KEY_FALLBACKS = []
    assert Client().get(url_of(use.purpose, token)).status_code == 410


def test_session_lives_on_while_the_old_key_is_a_fallback(
    as_user, staff_north, settings
):
    settings.SECRET_KEY = OLD
    browser = as_user(staff_north)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, [OLD]

    assert browser.get("/tasks/").status_code == 200

    # Looked at once, it is of the new key.
    settings.SECRET_KEY_FALLBACKS = []
    assert browser.get("/tasks/").status_code == 200


def test_session_of_a_key_that_is_gone_is_over(as_user, staff_north, settings):
    settings.SECRET_KEY = OLD
    browser = as_user(staff_north)
    settings.SECRET_KEY = NEW

    assert browser.get("/tasks/").status_code == 302


def test_text_with_links_is_the_same_after_a_change_of_the_key(staff_north, settings):
    """A mail that is older than the marks is signed by the oldest key."""
    text = "".join(purpose.placeholder for purpose in PURPOSES)
    settings.SECRET_KEY = OLD
    mail = make_mail(staff_north, dated_at=NOW)
    before = with_links(mail, text)

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEWEST, [NEW, OLD]

    assert with_links(mail, text) == before
    assert len(re.findall("http", before[0])) == len(PURPOSES)
