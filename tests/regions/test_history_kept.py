"""The history only grows: neither code nor the database lets an entry go or change."""

import pytest
from django.contrib import admin
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from regions import history
from regions.history import Act
from regions.models import HistoryEntry
from regions.models.history import HistoryIsKept
from tests.factories import NOW
from tests.opened import open_history

UPDATE = "UPDATE regions_historyentry SET reason = 'another'"
DELETE = "DELETE FROM regions_historyentry"


@pytest.fixture
def entry(north, hq):
    """The region was renamed."""
    with transaction.atomic():
        row = history.lock(type(north).objects.all(), north.pk)
        history.change(row, {"name": "Renamed"}, Act(by=hq, at=NOW))
    return HistoryEntry.objects.get()


def told():
    return [(entry.pk, entry.before, entry.reason) for entry in entries()]


def entries():
    return HistoryEntry.objects.order_by("id")


@pytest.mark.parametrize(
    "tamper",
    [
        lambda entry: entries().update(reason="another"),
        lambda entry: entries().bulk_update([entry], ["reason"]),
        lambda entry: entries().delete(),
        lambda entry: entry.delete(),
        lambda entry: entry.save(),
        lambda entry: HistoryEntry._base_manager.get(pk=entry.pk).save(),
    ],
    ids=["update", "bulk_update", "delete", "delete one", "save", "read and save"],
)
def test_code_cannot_alter_or_delete_an_entry(entry, tamper):
    before = told()

    with pytest.raises(HistoryIsKept):
        tamper(entry)

    assert told() == before


@pytest.mark.parametrize("sql", [UPDATE, DELETE], ids=["update", "delete"])
def test_database_refuses_past_the_code(entry, sql):
    before = told()

    with (
        pytest.raises(IntegrityError, match="the history is kept"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)

    assert told() == before


@pytest.mark.parametrize("sql", [UPDATE, DELETE], ids=["update", "delete"])
def test_without_the_triggers_the_database_would_do_it(entry, sql):
    before = told()

    with open_history(), connection.cursor() as cursor:
        cursor.execute(sql)

    assert told() != before


def test_admin_only_shows_the_history(entry, hq, as_user):
    """No form, no act on many rows, no page that deletes."""
    client, meta = as_user(hq), "admin:regions_historyentry"
    model_admin = admin.site._registry[HistoryEntry]
    before = told()

    codes = [
        client.post(reverse(f"{meta}_add"), {"reason": "x"}).status_code,
        client.post(
            reverse(f"{meta}_change", args=[entry.pk]), {"reason": "x"}
        ).status_code,
        client.post(
            reverse(f"{meta}_delete", args=[entry.pk]), {"post": "yes"}
        ).status_code,
        client.get(reverse(f"{meta}_change", args=[entry.pk])).status_code,
    ]

    assert codes == [403, 403, 403, 200]
    assert model_admin.actions is None
    assert told() == before
