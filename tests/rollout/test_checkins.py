"""The page of check-ins, moving many talks, the rhythm of a wave, and putting off on Today."""

import re
from datetime import date, timedelta

import pytest

from regions.enums import CheckInState, Outcome, Role, Topic
from regions.models import CheckIn, HistoryEntry, Rhythm, Snooze
from rollout.enums import ShiftBy
from rollout.queries.shifting import Shift
from tests.factories import (
    NOW,
    make_ceo,
    make_check_in,
    make_contact,
    make_holiday,
    make_membership,
    make_plan,
    make_region,
    make_rhythm,
    make_snooze,
    make_user,
    make_wave,
)
from tests.history_guard import unrecorded

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.any_store]

PAGE, MOVE = "/check-ins/", "/check-ins/move/"
FRIDAY = date(2027, 3, 12)


@pytest.fixture
def wave_of(programme, wave, liaison_north):
    """`wave_of(3)`: so many regions with a CEO, a rhythm and a talk some days ago."""

    def make(count, *days_ago):
        ceos = []
        for number in range(count):
            region = make_region(f"R{number}", name=f"Region {number}")
            make_plan(region, wave)
            ceos.append(make_ceo(region))
            make_rhythm(ceos[-1], programme)
            make_membership(liaison_north, Role.LIAISON, region)
            held = NOW - timedelta(days=(days_ago or (15,) * count)[number])
            make_contact(ceos[-1], programme, liaison_north, held_at=held)
        return ceos

    return make


def shown(answer):
    return [line.region.code for line in answer.context["lines"]]


def message(answer):
    return [str(one) for one in answer.context["messages"]]


# --- The page ------------------------------------------------------------------------


def test_lists_count_and_show_this_week_late_and_none_booked(
    as_user, cio, wave_of, programme
):
    """Four CEOs talked to 25, 15, 9 and 2 days ago; the second is booked for Friday."""
    ceos = wave_of(4, 25, 15, 9, 2)
    make_check_in(ceos[1], programme, day_date=FRIDAY)
    client = as_user(cio)

    answer = client.get(PAGE)

    counts = {name: count for name, _label, count in answer.context["lists"]}
    assert counts == {"": 4, "week": 2, "late": 1, "unbooked": 2}
    assert shown(answer) == ["R0", "R1", "R2", "R3"]
    assert [one.planned for one in answer.context["lines"]] == [
        "None booked; due since Mon 1 Mar.",
        "Booked for Fri 12 Mar.",
        "None booked; due Mon 15 Mar.",
        "Next talk due Mon 22 Mar.",
    ]
    assert shown(client.get(PAGE + "?show=late")) == ["R0"]
    assert shown(client.get(PAGE + "?show=week")) == ["R0", "R1"]
    assert shown(client.get(PAGE + "?show=unbooked")) == ["R0", "R2"]
    assert shown(client.get(PAGE + "?show=nonsense&wave=x&caller=-1")) == shown(answer)


def test_filters_by_wave_caller_and_mine(as_user, cio, wave_of, programme):
    wave_of(2)
    other = make_wave(programme, "Wave 2")
    region = make_region("NEW")
    make_plan(region, other)
    make_rhythm(make_ceo(region), programme)  # the first talk is the CIO's
    client = as_user(cio)

    assert shown(client.get(f"{PAGE}?wave={other.pk}")) == ["NEW"]
    assert shown(client.get(f"{PAGE}?caller={cio.pk}")) == ["NEW"]
    assert shown(client.get(f"{PAGE}?mine=on")) == ["NEW"]
    assert client.get(PAGE).context["start"] == region


def test_strip_draws_twelve_weeks_and_says_them(as_user, cio, wave_of, programme, hq):
    [ceo] = wave_of(1, 8)
    for days_ago in (7 * 8 + 2, 7 * 9 + 3):  # Mon of the first week; one before it
        make_contact(ceo, programme, hq, held_at=NOW - timedelta(days=days_ago))
    tried = {"outcome": Outcome.NO_ANSWER, "minutes": None}
    make_contact(ceo, programme, hq, held_at=NOW - timedelta(days=21), **tried)
    make_check_in(ceo, programme, day_date=date(2027, 4, 1))

    [line] = as_user(cio).get(PAGE).context["lines"]

    assert [week.kind for week in line.strip.weeks] == [
        "two", "", "", "", "", "one", "", "two", "", "", "", "plan",
    ]  # fmt: skip
    assert [week.is_now for week in line.strip.weeks].index(True) == 8
    assert line.strip.words == (
        "talks in 2 weeks, only tried in 1 week, booked for Thu 1 Apr"
    )


def test_load_of_a_caller_and_the_stages(as_user, cio, wave_of, programme):
    """Due since Monday and every 14 days; the other booked for Friday, 20 minutes."""
    ceos = wave_of(2, 16, 15)
    make_check_in(ceos[1], programme, day_date=FRIDAY, minutes=20)

    context = as_user(cio).get(PAGE).context

    [load] = context["callers"]
    assert (load.who, load.this_week, load.next_weeks, load.minutes) == (
        "Liaison North", 2, 4, 20,
    )  # fmt: skip
    [stage] = context["stages"]
    assert (stage.label, stage.days, stage.counts) == (
        "Preparing", "14/21", [2, 0, 2, 0, 1],
    )  # fmt: skip


def test_time_asked_stands_on_the_page_the_region_and_the_sheet(
    as_user, cio, wave_of, programme
):
    [ceo] = wave_of(1, 4)
    for days_ago in (1, 2, 3):
        make_contact(
            ceo,
            programme,
            cio,
            held_at=NOW - timedelta(days=days_ago, hours=1),
            minutes=30,
            topics=Topic.DIFFICULTY,
        )
    said = "The last three talks were about difficulties only."

    client = as_user(cio)

    for address in ("/regions/R0/call/", "/regions/R0/"):
        page = client.get(address).content.decode()
        assert said in page, re.findall("respect.*", page)
    [line] = client.get(PAGE).context["lines"]
    assert line.time == [
        "105 minutes of talks this quarter, 0 in the one before.",
        "3 talks this quarter outside 10 to 20 minutes: 30, 30, 30.",
        said,
    ]


def test_booked_talk_that_nobody_logged_is_said(as_user, cio, wave_of, programme):
    [ceo] = wave_of(1)
    make_check_in(ceo, programme, day_date=NOW.date() - timedelta(days=2))

    [line] = as_user(cio).get(PAGE).context["lines"]

    assert line.planned == "Booked for Mon 8 Mar, nothing logged."
    assert line.is_none_booked


def test_auditor_reads_without_buttons(as_user, auditor, wave_of, programme):
    [ceo] = wave_of(1)
    make_check_in(ceo, programme, day_date=FRIDAY)

    page = as_user(auditor).get(PAGE).content.decode()

    assert "Region 0" in page
    for word in ("leave-out", 'name="check_in"', "/call/", "Move booked talks"):
        assert word not in page


@pytest.mark.parametrize("regions", [1, 3])
def test_page_takes_the_same_queries_for_one_and_three_ceos(
    regions, as_user, cio, wave_of, programme, assert_queries
):
    for ceo in wave_of(regions):
        make_check_in(ceo, programme, day_date=NOW.date())
        make_snooze(cio, ceo.rhythms.get())
    client = as_user(cio)

    with assert_queries(15):
        answer = client.get(PAGE)

    assert len(answer.context["lines"]) == regions


def test_page_without_rhythms_leads_to_the_first_wave(
    as_user, cio, auditor, plan_north, ceo_north, wave
):
    page = as_user(cio).get(PAGE).content.decode()

    assert "No CEO has a rhythm of talks yet." in page
    assert f'href="/check-ins/waves/{wave.pk}/"' in page
    assert "/check-ins/waves/" not in as_user(auditor).get(PAGE).content.decode()


# --- Moving many ---------------------------------------------------------------------


def moving(client, *check_ins, **fields):
    """The preview, and what its button sends."""
    fields = {"by": "days", "days": "2", **fields}
    ticks = {"check_in": [one.pk for one in check_ins]} if check_ins else {}
    answer = client.get(MOVE, {**fields, **ticks})
    preview = answer.context["preview"]
    if preview is None:
        return answer, None
    chosen = [one.check_in.pk for one in preview.changes]
    return answer, {**fields, "check_in": chosen, "seen": preview.seen}


def test_talks_of_a_week_move_at_once_and_one_undo_takes_it_back(
    as_user, liaison_north, wave_of, programme
):
    first, second, third = wave_of(3)
    make_holiday("US", date(2027, 3, 15))
    with unrecorded():
        second.region.country = "US"
        second.region.save()
    rows = [
        make_check_in(first, programme, day_date=date(2027, 3, 11)),
        make_check_in(second, programme, day_date=date(2027, 3, 11)),
        make_check_in(third, programme, day_date=date(2027, 3, 18)),
    ]
    client = as_user(liaison_north)

    answer, sent = moving(client, week="2027-03-12")
    assert [(one.check_in, one.to) for one in answer.context["preview"].changes] == [
        (rows[0], date(2027, 3, 15)),
        (rows[1], date(2027, 3, 16)),  # Monday is a day off there
    ]
    done = client.post(MOVE, sent, follow=True)

    assert message(done)[0].startswith("2 talks moved.")
    days = CheckIn.objects.order_by("id").values_list("day_date", "sequence")
    assert list(days) == [
        (date(2027, 3, 15), 1),
        (date(2027, 3, 16), 1),
        (date(2027, 3, 18), 0),
    ]
    [act] = set(
        HistoryEntry.objects.filter(model="regions.checkin").values_list(
            "act", flat=True
        )
    )
    client.post(f"/history/acts/{act}/undo/")
    days = CheckIn.objects.order_by("id").values_list("day_date", "sequence")
    assert list(days)[:2] == [(date(2027, 3, 11), 2), (date(2027, 3, 11), 2)]


def test_what_changed_since_the_preview_moves_nothing(
    as_user, liaison_north, wave_of, programme
):
    [ceo] = wave_of(1)
    row = make_check_in(ceo, programme, day_date=FRIDAY)
    client = as_user(liaison_north)
    _answer, sent = moving(client, row, by="weeks", weeks="1", days="")
    with unrecorded():
        CheckIn.objects.filter(pk=row.pk).update(version=2)

    answer = client.post(MOVE, sent)

    assert answer.status_code == 422
    assert "changed in the meantime" in answer.content.decode()
    assert CheckIn.objects.get().day_date == FRIDAY


def test_talk_stays_with_its_reason(as_user, hq, wave_of, programme):
    ceos = wave_of(2)
    row = make_check_in(ceos[0], programme, day_date=FRIDAY)
    client = as_user(hq)

    answer, _sent = moving(client, row, days="-5")
    [staying] = answer.context["preview"].staying
    assert staying.why == "The new day lies behind."

    answer, _sent = moving(client, row, by="weeks", weeks="1", days="")
    [change] = answer.context["preview"].changes
    # Talked to on 23 Feb: late from 16 Mar on.
    assert (change.to, change.late_from) == (date(2027, 3, 19), date(2027, 3, 16))


def test_talk_of_another_region_is_not_moved(
    as_user, liaison_north, ceo_south, programme, rhythm_south
):
    row = make_check_in(ceo_south, programme, day_date=FRIDAY)
    sent = {"by": "days", "days": "1", "check_in": row.pk}

    answer = as_user(liaison_north).post(MOVE, sent)

    assert answer.status_code == 422
    assert "None of these would move." in answer.content.decode()
    assert "South" not in answer.content.decode()
    assert CheckIn.objects.get().day_date == FRIDAY


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"days": ""}, "Say by how many."),
        ({"days": "0"}, "Say by how many."),
        ({"days": "61"}, "less than or equal to 60"),
        ({"by": "moon"}, "not one of the available choices"),
        ({}, "Tick a booked talk"),
        ({"week": "2027-03-30"}, "Tick a booked talk"),
    ],
)
def test_faults_of_a_move_stand_in_the_form(fields, fault, as_user, hq, wave_of):
    wave_of(1)

    answer, _sent = moving(as_user(hq), **fields)

    assert fault in answer.content.decode()


@pytest.mark.parametrize(
    ("by", "count", "words"),
    [
        (ShiftBy.DAYS, 1, "1 working day later"),
        (ShiftBy.DAYS, -3, "3 working days earlier"),
        (ShiftBy.WEEKS, 2, "2 weeks later"),
        (ShiftBy.WEEKS, -1, "1 week earlier"),
    ],
)
def test_shift_in_words(by, count, words):
    assert Shift(by, count).words == words


def test_talk_is_left_out_with_a_reason(as_user, liaison_north, wave_of, programme):
    [ceo] = wave_of(1)
    row = make_check_in(ceo, programme, day_date=FRIDAY)
    client, address = as_user(liaison_north), f"{PAGE}{row.pk}/leave-out/"

    refused = client.post(address, {"version": 1, "reason": ""}, follow=True)
    assert message(refused) == ["Say why the talk is left out."]
    client.post(address, {"version": 1, "reason": "He travels"})

    row.refresh_from_db()
    assert (row.state, row.reason) == (CheckInState.CANCELLED, "He travels")


# --- The rhythm of a wave ------------------------------------------------------------

DAYS = {
    f"{stage}_{kind}": days
    for stage in ("before_kick_off", "preparing", "last_six_weeks", "after_go_live")
    for kind, days in (("ideal", 5), ("longest", 9))
} | {"lead_weeks": 6, "version": 1}


def test_wave_gets_one_rhythm_in_one_act_and_one_undo(
    as_user, cio, wave_of, wave, programme
):
    wave_of(2, 6, 3)
    make_ceo(new := make_region("NEW"))
    make_plan(new, wave)
    make_plan(make_region("NOBODY", name="Nobody's"), wave)
    client, address = as_user(cio), f"{PAGE}waves/{wave.pk}/"

    preview = client.post(address, DAYS).context["preview"]
    assert preview.line == "3 CEOs, 2 are talked to sooner, 1 gets a rhythm."
    assert preview.without_ceo == ["Nobody's"]
    assert not HistoryEntry.objects.exists()
    done = client.post(address, {**DAYS, "told": preview.seen}, follow=True)

    assert message(done)[0].startswith("The rhythm of 3 CEOs is set.")
    assert set(Rhythm.objects.values_list("preparing_ideal", "preparing_longest")) == {
        (5, 9)
    }
    act = HistoryEntry.objects.filter(change="changed").values_list("act").first()[0]
    client.post(f"/history/acts/{act}/undo/")
    assert set(Rhythm.objects.values_list("preparing_ideal", flat=True)) == {14}
    assert Rhythm.objects.count() == 3


def test_faults_of_a_rhythm_stand_at_their_field(as_user, hq, wave_of, wave):
    wave_of(1)
    address = f"{PAGE}waves/{wave.pk}/"

    answer = as_user(hq).post(address, {**DAYS, "preparing_longest": 5})

    assert answer.status_code == 422
    assert answer.context["form"].errors == {
        "preparing_longest": ["The longest days have to be more than the ideal 5."]
    }


def test_rhythm_that_changed_since_the_preview_is_shown_again(
    as_user, hq, wave_of, wave
):
    wave_of(1)
    client, address = as_user(hq), f"{PAGE}waves/{wave.pk}/"
    seen = client.post(address, DAYS).context["preview"].seen
    with unrecorded():
        Rhythm.objects.update(version=7)

    answer = client.post(address, {**DAYS, "told": seen})

    assert answer.status_code == 422
    assert Rhythm.objects.get().preparing_ideal == 14


def test_only_the_cio_says_who_calls(as_user, cio, hq, wave_of):
    wave_of(1)
    rhythm = Rhythm.objects.get()
    address, sent = f"{PAGE}rhythms/{rhythm.pk}/", {**DAYS, "caller": "cio"}

    as_user(hq).post(address, sent)
    rhythm.refresh_from_db()
    assert (rhythm.caller, rhythm.preparing_ideal) == ("usual", 5)

    as_user(cio).post(address, {**sent, "version": rhythm.version})
    rhythm.refresh_from_db()
    assert rhythm.caller == "cio"


# --- Put off on Today ----------------------------------------------------------------


def put_off_address(ceo):
    return f"{PAGE}rhythms/{ceo.rhythms.get().pk}/put-off/"


def test_call_put_off_leaves_ones_own_list_and_is_noted_on_others(
    as_user, cio, liaison_north, wave_of
):
    [ceo] = wave_of(1)
    client, sent = as_user(liaison_north), {"until": "2027-03-12", "reason": "Travels"}

    client.post(put_off_address(ceo), sent)

    mine = client.get("/today/").context["page"]
    assert (mine.calls, [one.put_off_words for one in mine.put_off]) == (
        [],
        ["Put off until Fri 12 Mar: Travels"],
    )
    assert mine.next_call == "No call is due but those that you put off."
    [call] = as_user(cio).get("/today/").context["page"].calls
    assert "Liaison North: Put off until Fri 12 Mar: Travels." in call.reasons
    [line] = client.get(PAGE).context["lines"]
    assert line.put_off == ["Put off until Fri 12 Mar: Travels"]


def test_call_is_back_on_its_day(as_user, liaison_north, wave_of, frozen):
    [ceo] = wave_of(1)
    make_snooze(liaison_north, ceo.rhythms.get(), until_date=FRIDAY)
    client = as_user(liaison_north)
    counts = []

    for hours in (0, 38, 39):  # Friday begins 39 hours after NOW
        frozen.move_to(NOW + timedelta(hours=hours))
        counts.append(len(client.get("/today/").context["page"].calls))

    assert counts == [0, 0, 1]


def test_talk_ends_what_was_put_off(as_user, liaison_north, wave_of, programme, frozen):
    [ceo] = wave_of(1)
    with unrecorded():
        Rhythm.objects.update(preparing_ideal=2, preparing_longest=4)
    make_snooze(liaison_north, ceo.rhythms.get(), until_date=date(2027, 3, 24))
    after = NOW + timedelta(days=1)
    make_contact(ceo, programme, liaison_north, held_at=after)
    frozen.move_to(NOW + timedelta(days=5))

    page = as_user(liaison_north).get("/today/").context["page"]

    assert (len(page.calls), page.put_off) == (1, [])


def test_row_is_swapped_with_its_undo_and_faults_keep_what_was_typed(
    as_user, liaison_north, wave_of
):
    [ceo] = wave_of(1)
    client, htmx = as_user(liaison_north), {"HX-Request": "true"}
    address, sent = put_off_address(ceo), {"until": "2027-04-30", "reason": "Travels"}

    refused = client.post(address, sent, headers=htmx).content.decode()
    assert "at most 14 days" in refused
    assert 'value="2027-04-30"' in refused
    row = client.post(address, {**sent, "until": "2027-03-12"}, headers=htmx)
    snooze = Snooze.objects.get()
    said = row.content.decode()
    assert f"/check-ins/put-off/{snooze.pk}/back/" in said
    assert "No calls" in said  # the sentence counts anew
    back = client.post(f"/check-ins/put-off/{snooze.pk}/back/", headers=htmx)

    assert "Prepare" in back.content.decode()
    assert "One call" in back.content.decode()


def test_next_call_after_a_log_is_none_that_was_put_off(
    as_user, liaison_north, wave_of
):
    first, second = wave_of(2)
    make_snooze(liaison_north, second.rhythms.get())
    talk = {"outcome": "reached", "minutes": "15", "felt": "same", "then": "next"}
    key = {"key": "00000000-0000-0000-0000-000000000001"}

    answer = as_user(liaison_north).post("/regions/R0/call/", {**talk, **key})

    assert answer.url == "/today/"
    assert first.contacts.count() == 2


def test_person_without_the_right_puts_nothing_off(as_user, auditor, wave_of):
    [ceo] = wave_of(1)
    outsider = make_user("nobody@example.org")

    sent = {"until": "2027-03-12", "reason": "Travels"}

    assert as_user(auditor).post(put_off_address(ceo), sent).status_code == 403
    assert as_user(outsider).post(put_off_address(ceo), sent).status_code == 404
    assert not Snooze.objects.exists()
