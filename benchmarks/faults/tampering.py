"""Ways to break the product on purpose, inside a process that `launch.py` starts.

Each is a negative control: a proof that stays green with one of these proves nothing.
"""

import os
import signal
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
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


@named("fresh-id")
def fresh_message_id() -> None:
    """Every attempt is another mail."""
    from rollout.services import mail

    usual = mail.envelope
    mail.envelope = lambda row: replace(
        usual(row), message_id=f"<{uuid.uuid4().hex}@example.org>"
    )


@named("sent-first")
def committed_before_it_is_sent() -> None:
    """The outcome is written before the mail is handed over."""
    from rollout.services import mail

    usual = mail.send

    def send(lease: Any, post: Any, at: Any) -> bool:
        mail.commit_sent(lease, "250 surely", at)
        return usual(lease, post, at)

    mail.send = send


@named("no-lease")
def leases_are_not_respected() -> None:
    from rollout.services import mail

    usual = mail._is_due
    mail._is_due = lambda at: usual(at) | mail.Q(state="leased")


@named("kept-claims")
def nobody_takes_over() -> None:
    """A lease that ran out stays with the dead."""
    from rollout.services import mail

    usual = mail._is_due
    mail._is_due = lambda at: usual(at) & ~mail.Q(state="leased")


@named("no-commit")
def nothing_is_committed() -> None:
    from rollout.services import mail

    mail.commit_sent = lambda *_, **__: False


@named("no-fence")
def anybody_commits() -> None:
    """The outcome is written whoever holds the lease by now."""
    from rollout.services import mail

    def commit_failure(lease: Any, answer: str, at: Any) -> None:
        mail.Mail.objects.filter(pk=lease.mail.pk).update(
            state="retry", next_try_at=at, lease_token=None, leased_until_at=None
        )

    mail.commit_failure = commit_failure


@named("slow")
def a_second_each() -> None:
    from rollout.services import mail

    around(mail, "envelope", before=lambda *_: time.sleep(1))


# --- Points of death: the process dies there, each time --------------------------------


@named("dies-after-claim")
def dies_after_claim() -> None:
    from rollout.services import mail

    around(mail, "take_lease", after=lambda lease: die() if lease else None)


@named("dies-after-250")
def dies_after_250() -> None:
    from rollout.transport import SmtpTransport

    around(SmtpTransport, "send", after=die)


@named("dies-after-commit")
def dies_after_commit() -> None:
    from rollout.services import mail

    around(mail, "commit_sent", after=die)
