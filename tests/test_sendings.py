"""One form makes one row, however often it is sent."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from pilots.models import Finding, Pilot
from regions.history import Act
from regions.models import Absence, Ask, Contact, Membership, Programme, Sending, User
from regions.services.sendings import Sent, SentOtherwise, forget_old, make_once
from tests.admin_rows import posted
from tests.factories import NOW, make_programme, make_user
from tests.history_guard import unrecorded
from tests.permissions import PERSON

pytestmark = pytest.mark.usefixtures("frozen")
KEY = uuid.UUID(int=7)
FROM = {"from_date": "2027-03-10"}
FINDING = {"kind": "lesson", "area": "data", "title": "A new one", "key": str(KEY)}
TALK = {"outcome": "reached", "minutes": "15", "felt": "same", "key": str(KEY)}


def test_finding_sent_twice_is_one_and_leads_to_its_page(hq, programme, as_user):
    client = as_user(hq)

    first = client.post("/findings/add/", FINDING)
    second = client.post("/findings/add/", FINDING)

    finding = Finding.objects.get()
    assert first.url == second.url == f"/findings/{finding.pk}/"


def test_same_form_with_other_content_is_refused_and_keeps_the_text(
    hq, programme, as_user
):
    client = as_user(hq)
    client.post("/findings/add/", FINDING)

    page = client.post("/findings/add/", FINDING | {"title": "Another"})

    form = page.context["form"]
    assert (page.status_code, Finding.objects.count()) == (422, 1)
    assert form.non_field_errors() == [
        "This form was saved before. Press again to add what it says now."
    ]
    again = FINDING | {"title": form["title"].value(), "key": form["key"].value()}
    client.post("/findings/add/", again)
    assert sorted(Finding.objects.values_list("title", flat=True)) == [
        "A new one",
        "Another",
    ]


def test_keys_of_old_forms_are_forgotten_and_what_they_made_stays(
    hq, programme, as_user
):
    as_user(hq).post("/findings/add/", FINDING)

    counts = [forget_old(at=NOW + timedelta(days=days)) for days in (30, 31)]

    assert counts == [0, 1]
    assert Finding.objects.count() == 1


def test_form_whose_row_is_gone_says_so(hq, programme, as_user):
    client = as_user(hq)
    client.post("/findings/add/", FINDING)
    with unrecorded():
        Finding.objects.all().delete()

    assert client.post("/findings/add/", FINDING).status_code == 422


def test_refused_form_can_be_sent_again(hq, programme, as_user):
    """What was not saved used nothing up."""
    client = as_user(hq)
    client.post("/findings/add/", FINDING)
    key = {"key": str(uuid.UUID(int=8))}
    assert client.post("/findings/add/", FINDING | key).status_code == 422

    answer = client.post("/findings/add/", FINDING | key | {"title": "Another"})

    assert (answer.status_code, Finding.objects.count()) == (302, 2)


@pytest.mark.parametrize(
    ("path", "body", "model"),
    [
        (
            "/people/invite/",
            {**PERSON, "email": "new@example.org", "role": "auditor", **FROM},
            User,
        ),
        ("/people/{pk}/roles/", {"role": "auditor", **FROM}, Membership),
        ("/people/{pk}/absences/", {**FROM, "last_date": "2027-03-11"}, Absence),
    ],
    ids=["person", "role", "absence"],
)
def test_what_is_added_of_people_is_added_once(
    path, body, model, hq, staff_north, as_user
):
    client, address = as_user(hq), path.format(pk=staff_north.pk)
    before = model.objects.count()

    answers = [client.post(address, body | {"key": str(KEY)}) for _time in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].url == answers[1].url
    assert model.objects.count() == before + 1


def test_talk_sent_twice_is_logged_once_and_a_corrected_one_is_not_lost(
    hq, rhythm_north, as_user
):
    client = as_user(hq)
    for _time in range(2):
        assert client.post("/regions/NORTH/call/", TALK).status_code == 302

    page = client.post("/regions/NORTH/call/", TALK | {"minutes": "30"})

    assert (page.status_code, Contact.objects.get().minutes) == (422, 15)
    assert page.context["form"]["minutes"].value() == "30"


def test_key_of_somebody_else_leads_nowhere(hq, cio, programme, as_user):
    as_user(hq).post("/findings/add/", FINDING)

    assert as_user(cio).post("/findings/add/", FINDING).status_code == 422


@pytest.mark.any_store
@pytest.mark.parametrize(("with_key", "made"), [(True, 1), (False, 2)])
def test_form_of_the_admin_sent_twice_adds_once(
    hq, programme, ceo_north, with_key, made, as_user
):
    """Without its key it adds twice: the control."""
    client = as_user(hq)
    page = client.get("/admin/regions/ask/add/")
    key = {"form_key": page.context["form_key"]} if with_key else {}
    ask = {"ceo": ceo_north.pk, "programme": programme.pk, "text": "Owner"}
    form = posted(page, **key, **ask, kind="people", of="ceo", due_date="2027-03-17")

    answers = [client.post("/admin/regions/ask/add/", form) for _time in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert Ask.objects.count() == made


@pytest.mark.any_store
def test_form_that_adds_a_row_in_the_admin_leads_to_it(hq, programme, as_user):
    client = as_user(hq)
    page = client.get("/admin/pilots/pilot/add/")
    form = posted(page, name="Trial", programme=programme.pk)
    form["form_key"] = page.context["form_key"]

    client.post("/admin/pilots/pilot/add/", form)
    answer = client.post("/admin/pilots/pilot/add/", form)

    assert answer.url == f"/admin/pilots/pilot/{Pilot.objects.get().pk}/change/"


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_make_one():
    person = make_user("hq@example.org")
    sent = Sent.of(KEY, [("name", ["Programme"])])

    def make() -> Programme:
        with unrecorded():
            return make_programme()

    def send(_number: int) -> tuple[int, bool]:
        try:
            row, is_new = make_once(sent, make, act=Act(by=person, at=NOW))
            return row.pk, is_new
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as hands:
        answers = list(hands.map(send, range(20)))

    assert Programme.objects.count() == Sending.objects.count() == 1
    assert sorted(is_new for _pk, is_new in answers) == [False] * 19 + [True]
    assert len({pk for pk, _is_new in answers}) == 1


def test_other_content_is_refused(hq, programme):
    act = Act(by=hq, at=NOW)
    make_once(Sent.of(KEY, [("name", ["A"])]), lambda: programme, act=act)

    with pytest.raises(SentOtherwise):
        make_once(Sent.of(KEY, [("name", ["B"])]), lambda: programme, act=act)
