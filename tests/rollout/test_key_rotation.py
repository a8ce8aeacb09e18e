"""The secret key is changed while mails are on their way: each stays the mail it was."""

from datetime import timedelta

import pytest

from rollout import links, reminders
from rollout.enums import MailState
from rollout.models import Mail
from rollout.services import mail
from rollout.services.ledger import CannotResendMail, resend_mail
from rollout.transport import InDoubtError, RefusedError
from tests.factories import NOW, make_contact

pytestmark = pytest.mark.any_store

OLD, NEW = "an old key " * 5, "a new key " * 6
MINUTES = timedelta(minutes=6)


class Server:
    """Takes what it is handed, and then answers, or hangs up, as it is told."""

    def __init__(self):
        self.taken, self.faults, self.is_connected = [], [], True

    def send(self, message, envelope):
        self.taken.append(message)
        if self.faults:
            raise self.faults.pop(0)
        return "250 taken"

    def close(self):
        pass


@pytest.fixture
def server(monkeypatch, settings):
    settings.SECRET_KEY = OLD
    one = Server()
    monkeypatch.setattr(mail, "transport", lambda: one)
    return one


@pytest.fixture
def planned(ceo_north, programme, rhythm_north, liaison_north, plan_north):
    make_contact(ceo_north, programme, liaison_north, held_at=NOW - timedelta(days=18))
    reminders.queue(at=NOW)
    return Mail.objects.get()


def deliver(after=timedelta(0)):
    return mail.deliver(clock=lambda: NOW + after)


def sent_in_doubt(server):
    """A mail that was handed over whole, without an answer."""
    server.faults = [InDoubtError("cut after the dot")]
    deliver()


def change_key(settings, *fallbacks):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, list(fallbacks)


def test_repeat_after_a_change_of_the_key_is_the_same_bytes(planned, server, settings):
    sent_in_doubt(server)
    change_key(settings, OLD)

    assert deliver(after=MINUTES) == 1

    first, again = server.taken
    assert first == again
    assert b"/pause/" in first


def test_repeat_signed_by_the_key_in_use_would_be_another_mail(
    planned, server, settings, monkeypatch
):
    """The control: this is what the mark of the key is for."""
    sent_in_doubt(server)
    change_key(settings, OLD)
    monkeypatch.setattr(links, "key_of", lambda mail: NEW)

    deliver(after=MINUTES)

    first, again = server.taken
    assert first != again


def test_mail_resent_after_a_change_of_the_key_is_the_same_bytes(
    planned, server, settings, hq
):
    deliver()
    change_key(settings, OLD)
    resend_mail(Mail.objects.get(), by=hq, at=NOW + MINUTES)

    assert deliver(after=MINUTES) == 1

    first, again = server.taken
    assert first == again


def test_what_may_have_arrived_is_never_signed_by_another_key(
    planned, server, settings
):
    sent_in_doubt(server)
    change_key(settings)

    assert deliver(after=MINUTES) == 0

    planned.refresh_from_db()
    assert len(server.taken) == 1
    assert (planned.state, planned.answer) == (
        MailState.FAILED,
        "KeyIsGoneError: the key that signed its links is no longer given",
    )


def test_what_nobody_has_yet_is_signed_by_the_key_in_use(planned, server, settings):
    server.faults = [RefusedError(451, b"later")]
    deliver()
    change_key(settings)

    assert deliver(after=MINUTES) == 1

    planned.refresh_from_db()
    assert planned.key_mark == links.key_in_use()
    assert server.taken[0] != server.taken[1]


def test_mail_whose_key_is_gone_is_not_resent(planned, server, settings, hq):
    deliver()
    change_key(settings)

    with pytest.raises(CannotResendMail, match="its links is gone"):
        resend_mail(Mail.objects.get(), by=hq, at=NOW)

    assert Mail.objects.get().state == MailState.SENT


def test_mark_tells_nothing_of_the_key(server):
    mark = links.key_in_use()

    assert (len(mark), mark in OLD) == (12, False)
    assert mark == links.key_in_use()
