"""Five questions after a pilot: asked at once, answered without a name, changed by the link."""

from datetime import timedelta

import pytest
from django.test import Client

from pilots.enums import FindingState
from pilots.models import Finding
from pilots.services.findings import edit_finding, review_finding
from regions.history import Act
from regions.models import HistoryEntry
from rollout import reminders
from rollout.enums import CloseOutQuestion, DutyKind
from rollout.links import CLOSE_OUT_LINK
from rollout.models import CloseOut, CloseOutReply, Duty, Mail
from rollout.queries.closeouts import rounds_of, took_part
from rollout.services import mail
from rollout.services.closeouts import (
    CannotAnswer,
    CannotAskAll,
    Said,
    answer,
    start_close_out,
)
from tests import factories
from tests.factories import NOW

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.any_store]

WELL, ADVICE = CloseOutQuestion.WELL, CloseOutQuestion.ADVICE


@pytest.fixture
def pilot(programme, plan_north):
    return factories.make_pilot(programme, plan_north.wave.name)


@pytest.fixture
def act(hq):
    return Act(by=hq, at=NOW)


@pytest.fixture
def close_out(pilot, act, staff_north, liaison_north, cio):
    return start_close_out(pilot, [staff_north, liaison_north, cio], act=act)


@pytest.fixture
def address(close_out, staff_north):
    """Where the link of the mail leads."""
    sent = Mail.objects.get(recipient=staff_north)
    sent.dated_at = NOW
    sent.save()
    return f"/close-out/{CLOSE_OUT_LINK.token(sent)}/"


def entries():
    return HistoryEntry.objects.filter(model="pilots.finding").order_by("id")


# --- Asking --------------------------------------------------------------------------


def test_everybody_gets_one_mail_at_once_with_a_link_of_his_own(
    close_out, settings, tmp_path
):
    settings.MAIL_DIR = tmp_path / "mail"
    reminders.queue(at=NOW)

    assert mail.deliver(clock=lambda: NOW) == 3
    bodies = Mail.objects.values_list("body_text", flat=True)
    assert all("[[link:close-out]]" in body for body in bodies)
    assert "nobody is told who said what" in bodies[0]
    assert set(Mail.objects.values_list("subject", flat=True)) == {
        "Ten minutes: what did Wave 1 teach us?"
    }


def test_fewer_than_three_are_not_asked(pilot, act, staff_north, cio):
    with pytest.raises(CannotAskAll, match="at least 3"):
        start_close_out(pilot, [staff_north, cio], act=act)


def test_who_took_part_is_offered_and_asked_once(
    as_user, hq, pilot, north, staff_north, staff_south, liaison_north, cio
):
    ceo = factories.make_ceo(north).user
    browser, address_ = as_user(hq), f"/pilots/{pilot.pk}/close-out/"

    people = set(took_part(pilot, hq))
    assert people == {ceo, staff_north, liaison_north, cio, hq}
    form = browser.get(address_).context["form"]
    sent = {"key": str(form["key"].value()), "people": [one.pk for one in people]}
    browser.post(address_, sent)
    browser.post(address_, sent)

    assert CloseOut.objects.get().asked == 5
    assert Duty.objects.filter(kind=DutyKind.CLOSE_OUT).count() == 5


# --- Answering -----------------------------------------------------------------------


def test_five_screens_make_five_findings_without_a_name(address, pilot):
    browser, place = Client(), f"{address}?q=1"
    for number, question in enumerate(CloseOutQuestion, start=1):
        shown = browser.get(place)
        assert shown.context["question"] == question.label
        sent = browser.post(place, {"text": f"Answer {number}"})
        assert sent.status_code == 302
        place = sent["Location"]

    assert "Thank you" in browser.get(place).content.decode()
    found = Finding.objects.order_by("id")
    assert [(one.kind, one.state, one.author, one.pilot) for one in found] == [
        (kind, FindingState.PROPOSED, None, pilot)
        for kind in ("achievement", "problem", "lesson", "experience", "lesson")
    ]
    assert [(e.by, e.via, e.reason) for e in entries()] == [
        (None, "mail", "close-out")
    ] * 5


def test_answer_is_changed_and_taken_back_by_the_same_link(address):
    browser = Client()
    browser.post(f"{address}?q=1", {"text": "The dry run"})

    assert (
        browser.get(f"{address}?q=1").context["form"]["text"].value() == "The dry run"
    )
    browser.post(f"{address}?q=1", {"text": "Both dry runs"})
    assert [one.title for one in Finding.objects.all()] == ["Both dry runs"]
    browser.post(f"{address}?q=1", {"text": " "})

    assert not Finding.objects.exists()
    assert not CloseOutReply.objects.exists()
    assert set(entries().values_list("by", flat=True)) == {None}


def test_name_is_put_only_by_whoever_wants_it(close_out, staff_north):
    answer(close_out, staff_north, Said(WELL, "One", is_named=True), at=NOW)
    answer(close_out, staff_north, Said(ADVICE, "Two"), at=NOW)

    authors = dict(Finding.objects.values_list("title", "author"))
    assert authors == {"One": staff_north.pk, "Two": None}
    assert [entry.by for entry in entries()] == [staff_north, None]


def test_nothing_but_the_link_leads_from_an_answer_to_its_person(
    as_user, address, close_out, hq, staff_north
):
    Client().post(f"{address}?q=1", {"text": "Said in private"})
    finding = Finding.objects.get()
    columns = {field.name for field in CloseOutReply._meta.get_fields()}
    reply = CloseOutReply.objects.get()

    assert columns == {"id", "close_out", "mark", "question", "finding"}
    assert str(staff_north.pk) != reply.mark
    browser = as_user(hq)
    for place in (f"/findings/{finding.pk}/", "/findings/", "/history/"):
        text = browser.get(place).content.decode()
        assert "Said in private" in text
        line = text[text.index("Said in private") - 600 :][:1800]
        assert staff_north.name not in line
    rounds = browser.get(f"/pilots/{close_out.pilot_id}/close-out/")
    assert "1 of 3 answered" in rounds.content.decode()
    assert "Said in private" not in rounds.content.decode()


def test_same_words_of_two_people_are_two_findings(close_out, staff_north, cio):
    for person in (staff_north, cio):
        answer(close_out, person, Said(WELL, "The dry run"), at=NOW)

    titles = set(Finding.objects.values_list("title", flat=True))
    assert titles == {"The dry run", "The dry run (2)"}
    [counted] = rounds_of(close_out.pilot, close_out.started_by)
    assert counted.answered == 2


def test_long_answer_is_kept_whole(close_out, staff_north):
    text = "试点里最有用的是两次演练，" * 20

    answer(close_out, staff_north, Said(WELL, text), at=NOW)
    answer(close_out, staff_north, Said(ADVICE, text), at=NOW)

    well, advice = Finding.objects.order_by("id")
    assert (well.effect, advice.recommendation) == (text, text)
    assert len(well.title) <= 150
    assert well.title != advice.title


@pytest.mark.parametrize(
    "work",
    [
        lambda row, act: review_finding(row, version=1, act=act),
        lambda row, act: edit_finding(row, {"cause": "x"}, version=1, act=act),
    ],
    ids=["reviewed", "edited"],
)
def test_what_headquarters_works_with_is_not_changed_any_more(
    work, close_out, staff_north, act
):
    answer(close_out, staff_north, Said(WELL, "One"), at=NOW)
    work(Finding.objects.get(), act)

    answer(close_out, staff_north, Said(WELL, "One"), at=NOW)
    with pytest.raises(CannotAnswer, match="works with this answer"):
        answer(close_out, staff_north, Said(WELL, "Two"), at=NOW)


def test_link_of_another_purpose_or_too_late_shows_nothing(frozen, address, pilot):
    browser = Client()
    assert browser.get(address).status_code == 200
    assert browser.get(address.replace("close-out", "answers", 1)).status_code == 410
    assert browser.get(f"{address[:-2]}/").status_code == 410

    frozen.move_to(NOW + timedelta(days=30, seconds=1))

    assert browser.get(address).status_code == 410
    assert browser.post(f"{address}?q=1", {"text": "x"}).status_code == 410
    assert not Finding.objects.exists()


def test_answer_outlives_a_change_of_the_secret_key(close_out, staff_north, settings):
    answer(close_out, staff_north, Said(WELL, "One"), at=NOW)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another"

    answer(close_out, staff_north, Said(WELL, "Two"), at=NOW)
    answer(close_out, staff_north, Said(ADVICE, "Three"), at=NOW)

    assert set(Finding.objects.values_list("title", flat=True)) == {"Two", "Three"}
    assert CloseOutReply.objects.values("mark").distinct().count() == 1
