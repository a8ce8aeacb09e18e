"""A mail server that lets nobody in, and one that is very slow."""

import time
from functools import partial
from typing import Any

from benchmarks.faults.bench import Bench, Control, Measured, Scenario
from benchmarks.faults.oracle import connections_in_a_minute
from benchmarks.faults.stand import SetUp, Stand

from .answers import ROWS
from .health import RED_WITHIN_SECONDS, health

STEP_SECONDS = 10.0
MOMENT_SECONDS = 0.7
MOST_CONNECTIONS = 2
WITH_LOGIN = "smtp://rollout:secret@127.0.0.1:{port}"
WITH_TLS = "smtp+tls://127.0.0.1:{port}"
# Longer than any lease lasts without a sign of life.
DRIPS = 150


def locked(bench: Bench, people: int, *, email: str, rule: dict[str, Any]) -> Measured:
    """Nobody's attempts are used up, headquarters sees it, the server is left in peace."""
    measured = Measured()
    with bench.stand(clock="all", web=True, email=email) as stand:
        stand.world(regions=5, people=people)
        stand.wire.will(rule)
        stand.start()
        time.sleep(4)
        stand.feed(people)
        _while_locked(stand, measured)
        stand.wire.will()
        if email == WITH_TLS:  # its certificate can only be mended by its owner
            stand.mend(email=SetUp.email)
        stand.drain(60, steps=60)
        stand.quiet(6)
        measured.add(stand)
    measured.verdict.late = []
    return measured


def _while_locked(stand: Stand, measured: Measured) -> None:
    """Four minutes go by in steps."""
    begun, red = stand.clock.now(), None
    while (passed := stand.clock.now() - begun) < RED_WITHIN_SECONDS + 60:
        if red is None and health(stand) == 503:
            red = passed
        stand.order("tick")
        time.sleep(MOMENT_SECONDS)
        stand.clock.step(STEP_SECONDS)
    measured.check(
        red is not None and red <= RED_WITHIN_SECONDS, f"health page red after {red} s"
    )
    measured.worst("seconds until red", red or 0)
    used = sum(int(row[2]) for row in stand.store.rows(ROWS))
    measured.check(used == 0, f"{used} attempts used up")
    most = connections_in_a_minute(stand.wire.lines())
    measured.worst("connections in a minute", most)
    measured.check(most <= MOST_CONNECTIONS, f"{most} connections in a minute")
    measured.check(most > 0, "the server was not even tried")


def drip(bench: Bench, mails: int) -> Measured:
    """One byte a second: the lease holds, and nobody else takes the mail."""
    measured = Measured()
    with bench.stand() as stand:
        stand.world(regions=5, people=mails)
        text = "250 " + "slow " * (DRIPS // 5)
        stand.wire.will({"at": "taken", "do": "drip", "text": text})
        stand.start()
        stand.feed(mails)
        # Without a sign of life the lease ends after a minute, and others repeat.
        stand.drain(80 if bench.tamper else DRIPS * 2)
        stand.quiet(6)
        measured.add(stand)
    return measured


SCENARIOS = [
    Scenario(
        "login-refused",
        "535 at the login",
        "no attempt used up, red within 180 s, at most 2 connections a minute",
        partial(
            locked,
            email=WITH_LOGIN,
            rule={"at": "auth", "do": "answer", "text": "535 no"},
        ),
        20,
        Control("no-breaker", 10, "goal"),
    ),
    Scenario(
        "tls-fault",
        "a fault in the TLS handshake",
        "no attempt used up, red within 180 s, at most 2 connections a minute",
        partial(locked, email=WITH_TLS, rule={"at": "starttls", "do": "garbage"}),
        20,
        Control("no-breaker", 10, "goal"),
    ),
    Scenario(
        "one-byte-a-second",
        "the answer comes at one byte a second",
        "the lease holds: 0 repeated",
        drip,
        2,
        Control("no-heartbeat", 2, "repeated"),
    ),
]
