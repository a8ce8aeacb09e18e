"""Ways to break the product on purpose, inside a process that `launch.py` starts.

Each is a negative control: a proof that stays green with one of these proves nothing.
"""

import os
import signal
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import django

TAMPERS: dict[str, Callable[[], None]] = {}


def named(name: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    def keep(tampering: Callable[[], None]) -> Callable[[], None]:
        TAMPERS[name] = tampering
        return tampering

    return keep


def tamper(names: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rollout.settings")
    django.setup()
    for name in names.split(","):
        TAMPERS[name]()


def around(
    module: Any,
    name: str,
    before: Callable[..., None] | None = None,
    after: Callable[..., None] | None = None,
) -> None:
    """Do something before or after each call of a function of the product."""
    usual = getattr(module, name)

    def wrapped(*arguments: Any, **values: Any) -> Any:
        if before is not None:
            before(*arguments, **values)
        result = usual(*arguments, **values)
        if after is not None:
            after(result)
        return result

    setattr(module, name, wrapped)


def die(*_arguments: Any, **_values: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


# --- Leases and commits ----------------------------------------------------------------


@named("sent-first")
def committed_before_it_is_sent() -> None:
    """The outcome is written before the mail is handed over."""
    from rollout.services import mail

    usual = mail.send

    def send(lease: Any, post: Any, clock: Any) -> bool:
        mail.commit_sent(lease, "250 surely", clock())
        return usual(lease, post, clock)

    mail.send = send


@named("kept-claims")
def nobody_takes_over() -> None:
    """A lease that ran out stays with the dead."""
    from rollout.services import leases, mail

    usual = leases.is_due

    def is_due(at: Any) -> Any:
        return usual(at) & ~leases.Q(state="leased")

    leases.is_due = mail.is_due = is_due


@named("no-heartbeat")
def leases_are_not_renewed() -> None:
    from rollout.services.leases import LeaseKeeper

    LeaseKeeper._look = lambda _self: None  # type: ignore[method-assign]


@named("no-commit")
def nothing_is_committed() -> None:
    from rollout.services import mail

    mail.commit_sent = lambda *_, **__: False


@named("no-fence")
def anybody_commits() -> None:
    """The outcome is written whoever holds the lease by now."""
    from rollout.services import mail

    def commit_fault(lease: Any, _fault: Any, at: Any) -> bool:
        rows = mail.Mail.objects.filter(pk=lease.mail.pk)
        values = {"lease_token": None, "leased_until_at": None, "next_try_at": at}
        return bool(rows.update(state="retry", **values))

    mail.commit_fault = commit_fault


# --- What is told ------------------------------------------------------------------------


@named("fresh-id")
def every_attempt_is_another_mail() -> None:
    from rollout.services import mail

    usual = mail.envelope

    def envelope(row: Any) -> Any:
        return replace(usual(row), message_id=f"<{uuid.uuid4().hex}@example.org>")

    mail.envelope = envelope


@named("every-day")
def every_day_is_another_occurrence() -> None:
    from rollout.queries import duties

    usual = duties._duty

    def duty(kind: Any, row: Any, occurrence: str, recipient: Any, at: Any) -> Any:
        return usual(kind, row, f"{occurrence}-{at:%j}", recipient, at)

    duties._duty = duty


@named("no-recheck")
def nobody_asks_whether_it_is_still_so() -> None:
    """What was due an hour ago is told."""
    from rollout.services import duties, freezing, readiness

    usual = freezing.read
    duties._meet = lambda *_: None
    duties.still_due = readiness.still_due = lambda rows, *_: list(rows)
    freezing.read = lambda rows, at, corrected: usual(
        rows, at - timedelta(hours=1), corrected
    )


# --- Answers of the mail server ----------------------------------------------------------


@named("gives-up")
def every_refusal_is_the_last() -> None:
    from rollout.services import mail

    mail.commit_fault = lambda lease, fault, at: mail.commit_failed(
        lease, str(fault), at
    )


@named("never-gives-up")
def no_refusal_is_the_last() -> None:
    from rollout.services import mail, outcomes

    mail.commit_fault = lambda lease, fault, at: outcomes.commit(
        lease, at, str(fault), state="retry", next_try_at=at
    )


@named("no-breaker")
def the_server_is_never_left_in_peace() -> None:
    from rollout.services import mail

    mail.may_connect = lambda: True
    mail.open_breaker = lambda *_: None


# --- Mails that cannot be written --------------------------------------------------------


@named("template-fails")
def a_template_fails_for_some() -> None:
    from rollout.services import freezing

    usual = freezing.write

    def write(recipient: Any, duties: Any, facts: Any) -> Any:
        if recipient.name == "Unwritable":
            raise ValueError("planted in the template")
        return usual(recipient, duties, facts)

    freezing.write = write


@named("one-fails-all")
def a_fault_of_one_mail_is_a_fault_of_all() -> None:
    """Nobody catches what goes wrong in writing one mail."""
    from rollout.services import freezing, mail

    def fail(*_arguments: Any, **_values: Any) -> None:
        raise RuntimeError("one mail failed")

    freezing.close = mail.commit_failed = fail


# --- Time and health ---------------------------------------------------------------------


@named("slow")
def ten_seconds_each() -> None:
    from rollout.services import mail

    around(mail, "envelope", before=lambda *_: time.sleep(10))


@named("rosy")
def all_is_well() -> None:
    from rollout.views import health

    health._facts = lambda _at: {"ready": True, "delivering": True}


# --- Points of death: the process dies there, each time ----------------------------------


@named("dies-after-claim")
def dies_after_claim() -> None:
    from rollout.services import mail

    around(mail, "take_leases", after=lambda leases: die() if leases else None)


@named("dies-after-250")
def dies_after_250() -> None:
    from rollout.transport import SmtpTransport

    around(SmtpTransport, "send", after=die)


@named("dies-after-commit")
def dies_after_commit() -> None:
    from rollout.services import mail

    around(mail, "commit_sent", after=die)
