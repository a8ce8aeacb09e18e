"""Every page, by both themes and sizes: for everybody, in one language, never too wide."""

import re
from html.parser import HTMLParser
from uuid import UUID

import pytest

from tests.services.product import wait_for

from .axe import COLOURS, STANDARDS, overflow, show_in, violations
from .chromium import DESKTOP, NARROWEST, PHONE
from .test_reminder import ON_CALL, mails_to

pytestmark = [pytest.mark.browser, pytest.mark.processes]

# Who opens which address, and how it is answered.
PAGES = {
    "sign-in": ("", "/accounts/login/", 200),
    "old link": ("", "/sign-in/no-such-token/", 410),
    "today": ("cio", "/today/", 200),
    "regions": ("cio", "/regions/", 200),
    "region": ("cio", "/regions/{region}/", 200),
    "region of a manager": ("manager", "/regions/{region}/", 200),
    "call sheet": ("liaison", "/regions/{region}/call/", 200),
    "check-ins": ("cio", "/check-ins/", 200),
    "talks to move": ("cio", "/check-ins/move/?by=days&days=2&week=2027-01-01", 200),
    "rhythm": ("hq", "/check-ins/rhythms/{rhythm}/", 200),
    "rhythm of a wave": ("hq", "/check-ins/waves/{wave}/", 200),
    "call to put off": ("liaison", "/check-ins/rhythms/{rhythm}/put-off/", 200),
    "log to correct": ("liaison", "/contacts/{contact}/", 200),
    "stances": ("cio", "/stances/", 200),
    "stance of a CEO": ("liaison", "/stances/{region}/", 200),
    "how to deal with a CEO": ("liaison", "/stances/{region}/manners/", 200),
    "another CEO": ("hq", "/regions/{region}/ceo/", 200),
    "my tasks": ("staff", "/tasks/?later=1", 200),
    "task": ("staff", "/tasks/{task}/", 200),
    "all tasks": ("manager", "/tasks/all/?region={region}", 200),
    "task to change": ("manager", "/tasks/{task}/edit/", 200),
    "many tasks": ("manager", "/tasks/bulk/?act=shift&days=1&why=%2B&task={task}", 200),
    "new task": ("manager", "/regions/{region}/tasks/new/", 200),
    "board": ("manager", "/regions/{region}/board/", 200),
    "row to change": ("manager", "/tasks/{task}/row/", 200),
    "another date": ("staff", "/tasks/{own}/ask-date/", 200),
    "not mine": ("staff", "/tasks/{own}/not-mine/", 200),
    "old list": ("", "/my-list/no-such-token/", 410),
    "go-live to move": ("hq", "/regions/{region}/go-live/", 200),
    "wave to leave": ("hq", "/regions/{region}/wave/", 200),
    "asks": ("cio", "/asks/?state=all", 200),
    "ask": ("liaison", "/asks/{ask}/", 200),
    "new ask": ("liaison", "/regions/{region}/asks/new/", 200),
    "clarifications": ("hq", "/clarifications/", 200),
    "question to ask": ("manager", "/regions/{region}/ask/", 200),
    "old question": ("", "/answers/no-such-token/", 410),
    "appraisal sheet": ("manager", "/people/{member}/appraisal/", 200),
    "playbook": ("staff", "/playbook/", 200),
    "findings": ("hq", "/findings/", 200),
    "new finding": ("staff", "/findings/add/", 200),
    "finding": ("hq", "/findings/{finding}/", 200),
    "finding to change": ("hq", "/findings/{finding}/edit/", 200),
    "pilot": ("hq", "/pilots/{pilot}/", 200),
    "close-out": ("hq", "/pilots/{pilot}/close-out/", 200),
    "old close-out": ("", "/close-out/no-such-token/", 410),
    "wave": ("cio", "/waves/{wave}/", 200),
    "mails": ("hq", "/mails/", 200),
    "mail": ("hq", "/mails/{mail}/", 200),
    "previews": ("hq", "/mails/previews/", 200),
    "preview": ("hq", "/mails/previews/check_in/", 200),
    "people": ("hq", "/people/", 200),
    "person": ("hq", "/people/{person}/", 200),
    "person for an auditor": ("auditor", "/people/{person}/", 200),
    "who changed what": ("auditor", "/history/", 200),
    "act": ("cio", "/history/acts/{act}/", 200),
    "invite": ("hq", "/people/invite/", 200),
    "person to change": ("hq", "/people/{person}/edit/", 200),
    "role to end": ("hq", "/roles/{role}/end/", 200),
    "hand-over": ("hq", "/people/{person}/hand-over/?taker={taker}", 200),
    "leave": ("hq", "/people/{person}/leave/", 200),
    "old invitation": ("", "/invitation/no-such-token/", 410),
    "settings": ("staff", "/settings/", 200),
    "security": ("staff", "/settings/security/", 200),
    "password again": ("staff", "/settings/security/app/", 200),
    "pause": ("", "/pause/{pause}/", 200),
    "old pause": ("", "/pause/no-such-token/", 410),
    "password": ("auditor", "/accounts/password/", 200),
    "not allowed": ("staff", "/today/", 403),
    "not there": ("staff", "/regions/NOSUCH/", 404),
}
ROWS = {
    "pilot": "SELECT id FROM pilots_pilot ORDER BY id",
    "contact": """SELECT c.id FROM regions_contact c
        JOIN regions_regionalceo h ON h.id = c.ceo_id
        JOIN regions_region r ON r.id = h.region_id
        WHERE c.withdrawn_at IS NULL AND r.code = ?""",
    "rhythm": """SELECT s.id FROM regions_rhythm s
        JOIN regions_regionalceo h ON h.id = s.ceo_id
        JOIN regions_region r ON r.id = h.region_id
        WHERE h.to_date IS NULL AND r.code = ?""",
    "wave": """SELECT p.wave_id AS id FROM rollout_plan p
        JOIN regions_region r ON r.id = p.region_id WHERE r.code = ?""",
    "task": """SELECT t.id FROM rollout_task t JOIN rollout_plan p ON p.id = t.plan_id
        JOIN regions_region r ON r.id = p.region_id
        WHERE t.state = 'blocked' AND r.code = ?""",
    "own": """SELECT t.id FROM rollout_task t JOIN rollout_plan p ON p.id = t.plan_id
        JOIN regions_region r ON r.id = p.region_id
        JOIN regions_user u ON u.id = t.owner_id
        WHERE t.state = 'open' AND u.email LIKE 'staff-%' AND r.code = ?
        ORDER BY t.id""",
    "ask": """SELECT a.id FROM regions_ask a
        JOIN regions_regionalceo h ON h.id = a.ceo_id
        JOIN regions_region r ON r.id = h.region_id WHERE r.code = ?""",
    "finding": "SELECT id FROM pilots_finding ORDER BY id",
    "mail": "SELECT id FROM rollout_mail ORDER BY id",
    "person": """SELECT m.user_id AS id FROM regions_membership m
        JOIN regions_region r ON r.id = m.region_id
        WHERE m.role = 'liaison' AND m.to_date IS NULL AND r.code = ?""",
    "member": """SELECT m.user_id AS id FROM regions_membership m
        JOIN regions_region r ON r.id = m.region_id
        WHERE m.role = 'staff' AND m.to_date IS NULL AND r.code = ?""",
    "role": """SELECT m.id FROM regions_membership m
        JOIN regions_region r ON r.id = m.region_id
        WHERE m.role = 'liaison' AND m.to_date IS NULL AND r.code = ?""",
    "act": "SELECT act AS id FROM regions_historyentry ORDER BY id",
    "taker": "SELECT id FROM regions_user WHERE email = 'auditor@example.org'",
}
# What is in Latin letters on Chinese pages, too.
LATIN_ANYWAY = re.compile(
    r"\S+@\S+|https?://\S+|\S+\.eml|Rollout|English|Message-ID|ERP(?![A-Za-z])"
    r"|\[\[link:[a-z-]+\]\]|HTML|Chrome, Linux|PDF|XLSX|DOCX|CSV|JPEG|PNG|WebP|MB"
    # Zones by their city; a few cities have no Chinese name.
    r"|[\w ./-]+ \([A-Z][\w/+-]+\)|UTC"
)
LATIN = re.compile(r"[A-Za-z]{2,}")
# A talk may be "None booked"; nothing else is.
UNFILLED = re.compile(r"\b(?:None(?! booked)|null|undefined)\b|%\(|{{|{%")


@pytest.fixture
def ids(product, sample):
    """Rows to look at."""
    product.first_mail()
    _, mail = wait_for(lambda: mails_to(product, ON_CALL), "the reminder")[0]
    text = mail.get_body(("plain",)).get_content()
    found = {
        "region": sample.region,
        "pause": re.search(r"/pause/([^/\s]+)/", text)[1],
    }
    for name, query in ROWS.items():
        values = [sample.region] * query.count("?")
        found[name] = product.rows(query, *values)[0]["id"]
    found["act"] = UUID(str(found["act"]))
    return found


def faults_of(page, sample, looks):
    faults = []
    for size, theme, rules in looks:
        page.set_viewport_size(size)
        show_in(page, theme)
        faults += [
            f"{size['width']}, {theme}: {line}" for line in violations(page, rules)
        ]
    page.set_viewport_size(NARROWEST)
    if wider := overflow(page):
        faults.append(f"{wider} pixels too wide for 320")
    return faults + words_left(page.locator("body").inner_text(), sample)


def words_left(text, sample):
    """What nobody has translated, or no template has filled in."""
    left = UNFILLED.findall(text)
    if sample.language != "en":
        left += LATIN.findall(LATIN_ANYWAY.sub("", text))
    return left


# Those that people use every day; the proof looks at all of them.
DAILY = {
    "sign-in", "today", "regions", "region", "call sheet", "check-ins", "asks", "stances",
    "my tasks", "task", "all tasks", "board", "playbook", "finding", "mails", "people",
    "person", "settings", "not allowed", "pilot", "findings", "close-out",
}  # fmt: skip
# Every run looks at each other English page in dark on a phone, the proof at the rest.
LOOKS = {
    "en": [(PHONE, "dark", STANDARDS)],
    "zh-hans": [(DESKTOP, "light", STANDARDS)],
}
OTHER_LOOKS = {
    "en": [(DESKTOP, "light", COLOURS), (DESKTOP, "dark", STANDARDS)],
    "zh-hans": [(PHONE, "light", STANDARDS), (DESKTOP, "dark", COLOURS)],
}


@pytest.mark.parametrize(
    "looks",
    [LOOKS, pytest.param(OTHER_LOOKS, marks=pytest.mark.long)],
    ids=["in short", "the rest"],
)
@pytest.mark.parametrize(
    "name",
    [
        name if name in DAILY else pytest.param(name, marks=pytest.mark.long)
        for name in PAGES
    ],
)
def test_page_is_for_everybody(visit, sample, ids, name, looks):
    who, path, status = PAGES[name]
    page = visit(who).open(path.format(**ids), status)

    assert page.locator("html").get_attribute("lang") == sample.html_lang
    assert faults_of(page, sample, looks[sample.language]) == []


class Words(HTMLParser):
    """The text of a page, of what is folded away too."""

    def __init__(self, page):
        super().__init__()
        self.text, self.inside = [], [""]
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        if tag in ("script", "style", "title", "select"):
            self.inside.append(tag)

    def handle_endtag(self, tag):
        if tag == self.inside[-1]:
            self.inside.pop()

    def handle_data(self, data):
        if not self.inside[-1]:
            self.text.append(data)


@pytest.mark.in_chinese
@pytest.mark.parametrize("name", PAGES)
def test_page_says_nothing_untranslated(browser, product, signed_in, sample, ids, name):
    who, path, status = PAGES[name]
    state = signed_in(who) if who else None
    context = browser.new_context(base_url=product.url, storage_state=state)

    answer = context.request.get(
        path.format(**ids), headers={"Accept-Language": sample.html_lang}
    )

    assert answer.status == status
    assert words_left(" ".join(Words(answer.text()).text), sample) == []
    context.close()
