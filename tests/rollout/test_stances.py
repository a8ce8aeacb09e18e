"""Where CEOs stand: judging, the matrix, one CEO, and who reads it."""

import uuid
from datetime import date, timedelta

import pytest
from django.db import transaction

from regions import history
from regions.enums import AskOf, AskState, Attitude, Channel, Role
from regions.history import Act, EditedMeanwhile
from regions.models import HistoryEntry, PrivateView, Rhythm, Stance
from regions.queries import corrections
from regions.services.stances import (
    CannotJudge,
    JudgedMeanwhile,
    Judgement,
    judge,
    newest_stance,
    withdraw_judgement,
)
from rollout.queries.calls import calls_due
from rollout.queries.checkins import overview
from tests import factories
from tests.factories import NOW, make_ask, make_contact, make_stance, make_user

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.any_store]

SAYS = Judgement(Attitude.SUPPORTIVE, Attitude.LEADING, " He spoke at the kick-off ")


@pytest.fixture
def act(liaison_north):
    return Act(by=liaison_north, at=NOW)


def form(**values):
    given = {"current": "supportive", "wanted": "leading", "sentence": "He spoke"}
    return {"key": uuid.UUID(int=7), "seen": 0} | given | values


def row_of(client, address="/stances/"):
    [row] = client.get(address).context["rows"]
    return row


# --- Judging -------------------------------------------------------------------------


def test_judgement_is_a_row_with_who_when_and_why(ceo_north, programme, act):
    row = judge(ceo_north, programme, SAYS, seen=0, act=act)

    assert (row.current, row.wanted) == ("supportive", "leading")
    assert (row.by, row.judged_at) == (act.by, NOW)
    assert row.sentence == "He spoke at the kick-off"
    [entry] = HistoryEntry.objects.of(row)
    assert (entry.change, entry.audience) == ("created", "private")


def test_judgement_needs_a_sentence_and_a_ceo_in_office(
    ceo_north, north, programme, act
):
    bare = Judgement(Attitude.NEUTRAL, Attitude.LEADING, "  ")
    former = factories.make_ceo(north, make_user(), to_date=NOW.date())

    with pytest.raises(CannotJudge, match="Say in a sentence what shows it"):
        judge(ceo_north, programme, bare, seen=0, act=act)
    with pytest.raises(CannotJudge, match="not the CEO any more"):
        judge(former, programme, SAYS, seen=0, act=act)
    assert Stance.objects.count() == 0


def test_judgement_over_another_than_was_seen_is_refused(ceo_north, programme, act):
    theirs = make_stance(ceo_north, programme, act.by)

    with pytest.raises(JudgedMeanwhile) as refusal:
        judge(ceo_north, programme, SAYS, seen=0, act=act)

    assert refusal.value.newest == theirs
    judge(ceo_north, programme, SAYS, seen=theirs.pk, act=act)
    assert Stance.objects.count() == 2


def test_withdrawn_judgement_leaves_the_one_before_it(ceo_north, programme, act):
    first = make_stance(ceo_north, programme, act.by)
    second = judge(ceo_north, programme, SAYS, seen=first.pk, act=act)

    with pytest.raises(EditedMeanwhile):
        withdraw_judgement(second, version=99, act=act)
    withdraw_judgement(second, version=second.version, act=act)

    assert newest_stance(ceo_north, programme) == first
    [made, taken] = HistoryEntry.objects.of(second).order_by("id")
    assert (made.change, taken.field) == ("created", "withdrawn_at")


# --- The matrix ----------------------------------------------------------------------


def test_row_of_somebody_who_only_says_so(
    as_user, cio, liaison_north, rhythm_north, programme
):
    """Words only, the gap, the next ask by name and day, the last evidence, the trend."""
    ceo = rhythm_north.ceo
    make_contact(ceo, programme, liaison_north)
    make_stance(ceo, programme, liaison_north, judged_at=NOW - timedelta(days=40))
    says = {"current": Attitude.SUPPORTIVE, "wanted": Attitude.LEADING}
    make_stance(ceo, programme, liaison_north, sentence="Praised it", **says)
    make_ask(ceo, programme, text="Free two people", due_date=None)
    make_ask(ceo, programme)
    make_ask(ceo, programme, of=AskOf.US, due_date=date(2027, 3, 20))
    long_ago = {"state": AskState.DONE, "settled_at": NOW - timedelta(days=61)}
    make_ask(ceo, programme, text="Open the books", **long_ago)

    row = row_of(as_user(cio))

    marks = [
        (cell.label, "C" * cell.is_current + "D" * cell.is_wanted) for cell in row.cells
    ]
    assert marks == [
        ("unaware", ""), ("resistant", ""), ("neutral", ""), ("supportive", "C"),
        ("leading", "D"),
    ]  # fmt: skip
    assert (row.gap, row.line.is_words) == ("1 step", True)
    assert row.action == "Next ask: Name a data owner by Wed 17 Mar."
    assert row.line.stance.sentence == "Praised it"
    assert row.judged == "Mon 8 Mar, Liaison North"
    assert row.kept == "Kept on Fri 8 Jan: Open the books"
    assert row.trend == "coming nearer"


def test_kept_ask_turns_words_into_support(
    as_user, cio, liaison_north, rhythm_north, programme
):
    ceo = rhythm_north.ceo
    make_contact(ceo, programme, liaison_north)
    make_stance(ceo, programme, cio, current=Attitude.SUPPORTIVE)
    kept = {"state": AskState.DONE, "settled_at": NOW - timedelta(days=60)}
    make_ask(ceo, programme, of=AskOf.US, **kept)
    assert row_of(as_user(cio)).line.is_words

    make_ask(ceo, programme, **kept)

    row = row_of(as_user(cio))
    assert (row.line.is_words, row.gap) == (False, "none")
    assert row.action == "Next talk due Mon 22 Mar."


@pytest.mark.parametrize(
    ("talks", "asks", "action"),
    [
        ([], [], "Hold the first talk, due on Mon 21 Dec."),
        ([{}], [{"due_date": date(2027, 3, 5)}],
         "Ask again: Name a data owner (was due on Fri 5 Mar)."),
        ([{}], [{"of": AskOf.US, "due_date": date(2027, 3, 5)}],
         "Keep our promise first: Name a data owner (was due on Fri 5 Mar)."),
        ([{"held_at": NOW - timedelta(days=30)}], [],
         "Talk with him: 30 days since the last talk, longest is 21."),
        ([{}], [], "Offer a visit."),
        ([{"channel": Channel.VISIT}], [], "Offer a demo of the pilot."),
        ([{"channel": Channel.VISIT}, {"channel": Channel.DEMO}], [],
         "Agree one ask with a day: name one person who decides open questions."),
    ],
)  # fmt: skip
def test_next_action_is_a_sentence_with_its_facts(
    talks, asks, action, as_user, cio, rhythm_north, programme
):
    ceo = rhythm_north.ceo
    make_stance(ceo, programme, cio)
    for values in talks:
        make_contact(ceo, programme, cio, **values)
    for values in asks:
        make_ask(ceo, programme, **values)

    assert row_of(as_user(cio)).action == action


def test_nobody_judged_stands_nowhere(as_user, cio, rhythm_north, programme):
    assert row_of(as_user(cio)).stands == "Rate after the first talk"
    make_contact(rhythm_north.ceo, programme, cio)

    row = row_of(as_user(cio))

    assert (row.stands, row.gap) == ("Not judged yet", "unknown")
    assert row.action == "Judge where he stands after the talks so far."
    assert PrivateView.objects.count() == 0


def test_whose_time_has_not_come_is_told_when_it_does(as_user, cio, rhythm_north):
    """Never talked with, and no talk is due yet: there is nothing to judge him by."""
    ahead = {"kick_off_date": date(2027, 8, 2), "go_live_date": date(2028, 1, 3)}
    with transaction.atomic():
        history.change(rhythm_north, ahead, Act(by=cio, at=NOW))

    row = row_of(as_user(cio))

    assert row.stands == "Rate after the first talk"
    assert row.action == "Talks begin on Mon 21 Jun 2027."


def test_wave_is_chosen_in_the_address_and_its_trend_is_of_all_its_ceos(
    as_user, cio, rhythm_north, rhythm_south, plan_north, programme, south
):
    other = factories.make_wave(programme, "Wave 2")
    factories.make_plan(south, other)
    for rhythm, words in ((rhythm_north, "neutral"), (rhythm_south, "unaware")):
        early = NOW - timedelta(days=30)
        make_stance(rhythm.ceo, programme, cio, judged_at=early, current="resistant")
        make_stance(rhythm.ceo, programme, cio, current=words)
    client = as_user(cio)

    both = client.get("/stances/").context
    second = client.get("/stances/?wave=Wave+2").context

    assert [row.line.region.code for row in both["rows"]] == ["NORTH", "SOUTH"]
    assert [row.line.region.code for row in second["rows"]] == ["SOUTH"]
    assert [(one.name, one.trend, one.words) for one in both["waves"]] == [
        ("Wave 1", "up", "1 coming nearer"),
        ("Wave 2", "down", "1 going away"),
    ]
    assert both["waves"] == second["waves"]


@pytest.mark.parametrize(
    ("south_goes_live", "codes"),
    [
        (date(2027, 3, 29), ["SOUTH", "NORTH"]),
        (date(2027, 3, 1), ["NORTH", "SOUTH"]),  # live, so behind all others
    ],
)
def test_next_go_live_stands_first_whatever_the_waves_are_called(
    south_goes_live, codes, as_user, cio, rhythm_north, rhythm_south, plan_north,
    programme, south,
):  # fmt: skip
    """In the matrix, in its waves, and where waves are chosen from."""
    wave = factories.make_wave(programme, "Wave 2", go_live_date=south_goes_live)
    factories.make_plan(south, wave)
    client = as_user(cio)

    shown = client.get("/stances/").context
    filters = client.get("/tasks/all/").context["form"].fields["wave"].queryset

    assert [row.line.region.code for row in shown["rows"]] == codes
    names = {"NORTH": "Wave 1", "SOUTH": "Wave 2"}
    assert [one.name for one in shown["waves"]] == [names[code] for code in codes]
    assert [one.name for one in filters] == ["Wave 2", "Wave 1"]
    all_waves = overview(programme, cio, NOW).all_waves
    assert [name for _pk, name in all_waves] == ["Wave 2", "Wave 1"]


def test_long_matrix_is_paged(as_user, cio, rhythm_north, rhythm_south, monkeypatch):
    monkeypatch.setattr("rollout.views.stances.PAGE", 1)

    rows = as_user(cio).get("/stances/?page=2").context["rows"]

    assert [row.line.region.code for row in rows] == ["SOUTH"]


# --- Who reads it --------------------------------------------------------------------


def test_liaison_reads_of_his_regions_only_and_each_view_is_logged(
    as_user, liaison_north, rhythm_north, rhythm_south, programme
):
    """Also who sees the other regions otherwise, as one at headquarters does."""
    for rhythm in (rhythm_north, rhythm_south):
        make_stance(rhythm.ceo, programme, liaison_north)
    factories.make_membership(liaison_north, Role.HQ)
    client = as_user(liaison_north)

    assert row_of(client).line.region.code == "NORTH"
    views = PrivateView.objects.order_by("id")
    assert list(views.values_list("region__code", "field")) == [
        ("NORTH", "current"), ("NORTH", "sentence"), ("NORTH", "wanted"),
    ]  # fmt: skip
    assert client.get("/stances/NORTH/").status_code == 200
    assert views.count() == 6
    assert client.get("/stances/SOUTH/").status_code == 403


@pytest.mark.parametrize("who", ["hq", "auditor", "manager_north"])
@pytest.mark.parametrize("address", ["/stances/", "/stances/NORTH/"])
def test_others_are_told_why_not(who, address, request, as_user, rhythm_north):
    answer = as_user(request.getfixturevalue(who)).get(address)

    assert answer.status_code == 403
    said = "Where CEOs stand is for the CIO and the region&#x27;s liaison only."
    assert said in answer.content.decode()


def test_stance_orders_calls_and_is_told_by_none(
    as_user, hq, cio, rhythm_north, rhythm_south, plan_north, plan_south, programme
):
    """The south would come second by its code; the north is won."""
    for rhythm in (rhythm_north, rhythm_south):
        make_contact(rhythm.ceo, programme, cio, held_at=NOW - timedelta(days=16))
    won = {"current": Attitude.LEADING, "wanted": Attitude.NEUTRAL}
    make_stance(rhythm_north.ceo, programme, cio, **won)

    calls = calls_due(Rhythm.objects.all(), NOW, corrections())
    page = as_user(hq).get("/today/")

    assert [call.engagement.region.code for call in calls] == ["SOUTH", "NORTH"]
    lines = page.context["page"].calls
    assert [line.region.code for line in lines] == ["SOUTH", "NORTH"]
    assert lines[0].reasons == [
        reason.replace("Liaison South", "Cio") for reason in lines[1].reasons
    ]
    assert PrivateView.objects.count() == 0
    assert "/stances/" not in page.content.decode()


# --- One CEO -------------------------------------------------------------------------


def test_judgement_is_saved_once_however_often_it_is_sent(as_user, cio, rhythm_north):
    client = as_user(cio)

    answers = [client.post("/stances/NORTH/", form()) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert Stance.objects.get().sentence == "He spoke"
    page = client.get("/stances/NORTH/").context
    assert [one.sentence for one in page["judgements"]] == ["He spoke"]
    assert page["form"]["seen"].value() == Stance.objects.get().pk


def test_judged_meanwhile_is_shown_beside_what_was_written(
    as_user, cio, liaison_north, rhythm_north, programme
):
    theirs = make_stance(rhythm_north.ceo, programme, liaison_north)
    client = as_user(cio)

    refused = client.post("/stances/NORTH/", form())
    page = refused.content.decode()

    assert refused.status_code == 422
    assert "Somebody else judged in the meantime." in page
    assert "Asked what it costs his people" in page
    assert "He spoke" in page
    assert Stance.objects.get() == theirs
    seen = refused.context["form"]["seen"].value()
    client.post("/stances/NORTH/", form(seen=seen))
    assert Stance.objects.standing().count() == 2


def test_empty_sentence_is_asked_for_and_nothing_saved(as_user, cio, rhythm_north):
    answer = as_user(cio).post("/stances/NORTH/", form(sentence=" "))

    assert answer.status_code == 422
    assert answer.context["form"]["current"].value() == "supportive"
    assert Stance.objects.count() == 0


def test_judgements_of_a_former_ceo_stay_to_be_read(
    as_user, cio, north, ceo_north, rhythm_north, programme
):
    make_stance(ceo_north, programme, cio, sentence="Of the former")
    with factories.unrecorded():
        ceo_north.to_date = NOW.date()
        ceo_north.save()
    client = as_user(cio)

    empty = client.get("/stances/NORTH/")
    refused = client.post("/stances/NORTH/", form())

    assert [one.sentence for one in empty.context["judgements"]] == ["Of the former"]
    assert "who led until Wed 10 Mar 2027" in empty.content.decode()
    assert refused.status_code == 302
    assert Stance.objects.count() == 1
    assert client.get("/stances/").context["rows"] == []


def test_manners_merge_and_keep_their_history_private(
    as_user, cio, liaison_north, ceo_north, rhythm_north
):
    """Two people fill in one field each; both stay."""
    page = as_user(cio).get("/stances/NORTH/manners/").context["form"]
    seen = {"version": ceo_north.version, **dict(page.seen)}
    mine, theirs = {"address_as": "Director"}, {"careful_with": "No jokes"}
    blank = {"address_as": "", "careful_with": ""}

    as_user(liaison_north).post("/stances/NORTH/manners/", {**seen, **blank, **theirs})
    answer = as_user(cio).post("/stances/NORTH/manners/", {**seen, **blank, **mine})

    assert answer.status_code == 302
    ceo_north.refresh_from_db()
    assert (ceo_north.address_as, ceo_north.careful_with) == ("Director", "No jokes")
    entries = HistoryEntry.objects.of(ceo_north).order_by("id")
    assert [(one.field, one.audience) for one in entries] == [
        ("careful_with", "private"), ("address_as", "engaged"),
    ]  # fmt: skip
    assert PrivateView.objects.count() == 0
    as_user(cio).get("/stances/NORTH/")
    assert [one.field for one in PrivateView.objects.all()] == ["careful_with"]
