"""The command that lets the first person in."""

import getpass
import io
import warnings
from unittest.mock import patch

import pytest
from django.core.management import CommandError, call_command

from regions.enums import Role
from regions.models import HistoryEntry, Membership, User
from tests.factories import NOW

pytestmark = pytest.mark.django_db
PASSWORD = "a-long-enough-secret"


@pytest.fixture
def typed(monkeypatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))


def add(*arguments: str, email: str = "New.Person@example.org") -> str:
    out = io.StringIO()
    call_command("add_person", email, "--name=New Person", *arguments, stdout=out)
    return out.getvalue()


def test_without_a_terminal_the_mend_is_named(monkeypatch):
    def no_terminal(prompt):
        warnings.warn("Can not control echo", getpass.GetPassWarning, stacklevel=2)
        raise EOFError

    monkeypatch.setattr("getpass.getpass", no_terminal)

    with pytest.raises(CommandError, match="--password-stdin"):
        add("--role=cio")

    assert not User.objects.exists()


def test_person_may_sign_in_with_the_role(typed, frozen):
    said = add("--role=cio", "--password-stdin")

    user = User.objects.get(email="new.person@example.org")
    assert user.may_sign_in
    assert user.check_password(PASSWORD)
    membership = Membership.objects.get(user=user)
    assert (membership.role, membership.region) == (Role.CIO, None)
    assert membership.from_date == NOW.date()
    assert HistoryEntry.objects.count() == 2
    assert said == "new.person@example.org may sign in as CIO.\n"


def test_role_may_be_given_in_several_regions(typed, north, south):
    said = add("--role=liaison", "--region=NORTH", "--region=SOUTH", "--password-stdin")

    held = Membership.objects.filter(role=Role.LIAISON).order_by("region__code")
    assert list(held.values_list("region__code", flat=True)) == ["NORTH", "SOUTH"]
    assert said == "new.person@example.org may sign in as liaison of NORTH, SOUTH.\n"


def test_password_is_asked_twice():
    with patch("getpass.getpass", side_effect=[PASSWORD, PASSWORD]):
        add("--role=hq")

    assert User.objects.get().check_password(PASSWORD)


@pytest.mark.parametrize(
    ("passwords", "message"),
    [
        ([PASSWORD, "another-secret"], "The two passwords differ."),
        (["short", "short"], "This password is too short"),
    ],
)
def test_bad_password_adds_nobody(passwords, message):
    with (
        patch("getpass.getpass", side_effect=passwords),
        pytest.raises(CommandError, match=message),
    ):
        add("--role=hq")

    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--role=staff"], "The role staff needs --region CODE."),
        (["--role=staff", "--region=WEST"], "There is no region WEST."),
        (["--role=hq", "--region=NORTH"], "The role hq is for the whole group"),
    ],
)
def test_role_has_to_fit_the_region(arguments, message, north):
    with pytest.raises(CommandError, match=message):
        add(*arguments, "--password-stdin")

    assert not User.objects.exists()


def test_email_is_checked(cio):
    with pytest.raises(CommandError, match="is there already"):
        add("--role=hq", email="CIO@example.org")
    with pytest.raises(CommandError, match="Enter a valid email address"):
        add("--role=hq", email="nobody")

    assert User.objects.get() == cio
