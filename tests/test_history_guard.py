"""The guard that no change escapes the history is itself seen red and green."""

import threading
from contextlib import suppress

import pytest
from django.db import connection, transaction

from regions import history
from regions.enums import AskKind
from regions.history import Act
from regions.models import Ask, HistoryEntry, RegionalCEO, User
from tests.factories import NOW, make_ask
from tests.history_guard import HistoryGuard, UnrecordedError, unrecorded

pytestmark = pytest.mark.unwatched


@pytest.fixture(params=["inside the test's transaction", "committed"], autouse=True)
def _database(request):
    name = "transactional_db" if request.param == "committed" else "db"
    request.getfixturevalue(name)


@pytest.fixture
def ask(_database, ceo_north: RegionalCEO, programme) -> Ask:
    return make_ask(ceo_north, programme)


@pytest.fixture
def act(cio: User) -> Act:
    return Act(by=cio, at=NOW)


@pytest.fixture
def guard():
    return HistoryGuard()


def unsaved(like: Ask, text: str) -> Ask:
    return Ask(ceo=like.ceo, programme=like.programme, kind=AskKind.PEOPLE, text=text)


# --- Red -----------------------------------------------------------------------------


def save_in_a_transaction(ask):
    with transaction.atomic():
        ask.save()


def save_outside_any_transaction(ask):
    ask.save()


def update_rows(ask):
    with transaction.atomic():
        Ask.objects.filter(pk=ask.pk).update(text="Name two data owners")


def create_in_bulk(ask):
    Ask.objects.bulk_create([unsaved(ask, "Send the org chart")])


def update_in_bulk(ask):
    ask.text = "Name two data owners"
    Ask.objects.bulk_update([ask], ["text"])


def delete_rows(ask):
    with transaction.atomic():
        Ask.objects.all().delete()


def write_plain_sql(ask):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE regions_ask SET text = 'Name two data owners'")


def write_in_another_thread(ask):
    """As the threads of a live server do, each on its own connection."""
    faults = []

    def work():
        try:
            save_outside_any_transaction(ask)
        except UnrecordedError as fault:
            faults.append(fault)
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    raise faults[0]


@pytest.mark.parametrize(
    "write",
    [
        save_in_a_transaction,
        save_outside_any_transaction,
        update_rows,
        create_in_bulk,
        update_in_bulk,
        delete_rows,
        write_plain_sql,
        write_in_another_thread,
    ],
)
def test_write_without_entry_fails(write, ask, guard):
    with pytest.raises(UnrecordedError, match=r"regions\.ask"), guard.watching():
        write(ask)


def test_entry_of_another_transaction_does_not_count(ask, act, guard):
    with pytest.raises(UnrecordedError), guard.watching():
        with transaction.atomic():
            history.change(ask, {"text": "Name two data owners"}, act)
        save_in_a_transaction(ask)


def test_entry_for_another_model_does_not_count(ask, cio, act, guard):
    red = pytest.raises(UnrecordedError, match=r"regions\.ask")

    with red, guard.watching(), transaction.atomic():
        ask.save()
        history.change(cio, {"name": "Ada"}, act)


def test_entry_that_was_rolled_back_does_not_count(ask, act, guard):
    with pytest.raises(UnrecordedError), guard.watching(), transaction.atomic():
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            history.change(ask, {"text": "Name two data owners"}, act)
            raise ZeroDivisionError
        ask.save()


def test_one_entry_does_not_cover_two_rows(ask, act, guard, programme):
    make_ask(ask.ceo, programme, text="Send the org chart")

    red = pytest.raises(UnrecordedError, match="2 changed, 1 in the history")

    with red, guard.watching(), transaction.atomic():
        Ask.objects.update(due_date=None)
        history.change(ask, {"text": "Name two data owners"}, act)


def test_swallowed_failure_still_fails_the_test(ask, guard):
    with pytest.raises(UnrecordedError), guard.watching(), suppress(AssertionError):
        save_in_a_transaction(ask)


# --- Green ---------------------------------------------------------------------------


def create(ask, act):
    history.create(unsaved(ask, "Send the org chart"), act)


def create_all(ask, act):
    history.create_all(
        [unsaved(ask, "Send the org chart"), unsaved(ask, "Open the door")], act
    )


def change(ask, act):
    with transaction.atomic():
        history.change(ask, {"text": "Name two data owners"}, act)


def change_all(ask, act):
    other = make_ask(ask.ceo, ask.programme, text="Send the org chart")
    history.change_all([(row, {"due_date": None}) for row in (ask, other)], act)


def delete(ask, act):
    with transaction.atomic():
        history.delete(ask, act)


@pytest.mark.parametrize("write", [create, create_all, change, change_all, delete])
def test_recorded_write_passes(write, ask, act, guard):
    with guard.watching():
        write(ask, act)

    assert HistoryEntry.objects.exists()


def test_write_that_is_rolled_back_passes(ask, guard):
    with guard.watching(), pytest.raises(ZeroDivisionError), transaction.atomic():
        ask.save()
        raise ZeroDivisionError


def test_update_of_no_row_passes(ask, guard):
    with guard.watching(), transaction.atomic():
        Ask.objects.filter(text="unheard of").update(text="known")


def test_sign_in_passes(cio, as_user, guard):
    with guard.watching():
        as_user(cio)

    cio.refresh_from_db()
    assert cio.last_login is not None


def test_arranged_rows_pass(ask, guard):
    with guard.watching(), unrecorded():
        ask.save()
