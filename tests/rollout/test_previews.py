"""Every kind of mail can be read before anybody is mailed, in a frame that can do nothing."""

import re

import pytest
from django.conf import settings

from rollout.composing import COMPOSERS, check_in_part
from rollout.enums import DutyKind
from rollout.links import BRIEF, with_stand_ins
from rollout.previews import SAMPLES, preview
from tests.factories import NOW
from tests.tables import snapshot

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.any_store]

LANGUAGES = ["en", "zh-hans"]


def without_preview(kinds, samples):
    return [kind for kind in kinds if kind not in samples]


def test_every_kind_that_is_composed_has_a_preview():
    assert without_preview(COMPOSERS, SAMPLES) == []
    assert set(SAMPLES) <= set(DutyKind.values)


def test_kind_without_a_preview_is_found():
    assert without_preview(COMPOSERS, {DutyKind.TEST: None}) == [
        DutyKind.SIGN_IN,
        DutyKind.CALL_ME,
        DutyKind.BLOCKED,
        DutyKind.ASSIGNED,
        DutyKind.CHECK_IN,
        DutyKind.BRIEF_ANSWER,
        DutyKind.OVERDUE,
        DutyKind.CLARIFICATION,
        DutyKind.PLAN,
        DutyKind.CARRIED,
        DutyKind.FINDING,
        DutyKind.INVITATION,
        DutyKind.CONFIRMATION,
        DutyKind.CLOSE_OUT,
        DutyKind.TALK,
        DutyKind.TALK_OFF,
        DutyKind.BRIEF,
    ]
    assert check_in_part in COMPOSERS.values()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", SAMPLES)
def test_preview_reads_as_the_mail(kind, language, hq, assert_queries):
    with assert_queries(0):
        shown = preview(kind, hq, language, NOW, nonce="abc")

    assert shown.subject
    assert len(shown.text.splitlines()) > 2
    assert shown.html.count('class="button"') == 1
    assert '<style nonce="abc">' in shown.html
    assert re.findall(r"style=|<img|<script|url\(", shown.html) == []
    words = shown.subject + shown.text
    assert bool(re.search(r"[\u4e00-\u9fff]", words)) == (language == "zh-hans")


def test_preview_of_the_reminder_is_in_full(hq):
    shown = preview(DutyKind.CHECK_IN, hq, "en", NOW, nonce="")

    assert shown.subject == "Call 2 CEOs today: North Company, Coast Company"
    assert "18 days since the last talk, longest is 10." in shown.text
    assert "No talk yet; the first was due on Wed 10 Mar." in shown.text
    assert "for the week of the go-live by Wed 17 Mar." in shown.text
    assert (
        f"Less of this mail, or a pause: {settings.SITE_URL}/pause/example/"
        in shown.text
    )


def test_previews_show_addresses_in_place_of_links(hq):
    """Both ways to read a mail say the same, and no link of somebody else."""
    for kind in SAMPLES:
        shown = preview(kind, hq, "en", NOW, nonce="")

        assert "[[" not in shown.text + shown.html
    assert with_stand_ins(f"{BRIEF}?answer=yes") == (
        f"{settings.SITE_URL}/brief/example/?answer=yes"
    )


def test_list_leads_to_every_preview(as_user, hq):
    page = as_user(hq).get("/mails/previews/").content.decode()

    for kind in SAMPLES:
        assert f"/mails/previews/{kind}/" in page


def test_page_frames_the_html_in_a_sandbox(as_user, hq):
    client = as_user(hq)

    answer = client.get("/mails/previews/test/?language=zh-hans")

    page = answer.content.decode()
    frame = re.search(r"<iframe[^>]*>", page)[0]
    assert "sandbox title=" in frame
    assert 'src="/mails/previews/test/html/?language=zh-hans"' in frame
    assert "frame-src 'self'" in answer["Content-Security-Policy"]


def test_frame_allows_its_own_style_element_and_nothing_else(as_user, hq):
    answer = as_user(hq).get("/mails/previews/check_in/html/")

    nonce = re.search(r'<style nonce="([^"]+)">', answer.content.decode())[1]
    rules = sorted(answer["Content-Security-Policy"].split("; "))
    assert rules == [
        "default-src 'none'",
        "frame-ancestors 'self'",
        "sandbox",
        f"style-src 'nonce-{nonce}'",
    ]
    assert answer["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.parametrize(
    "address", ["/mails/previews/nonsense/", "/mails/previews/blocked_/"]
)
def test_unknown_kind_is_not_there(address, as_user, hq):
    assert as_user(hq).get(address).status_code == 404


def test_previews_write_nothing(as_user, hq):
    client = as_user(hq)
    before = snapshot()

    for kind in SAMPLES:
        for language in [*LANGUAGES, "nonsense"]:
            for part in ("", "html/"):
                address = f"/mails/previews/{kind}/{part}?language={language}"
                assert client.get(address).status_code == 200

    assert snapshot() == before
