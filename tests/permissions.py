"""Who gets which answer from which address: the one table, over every address.

Rows of the north; `south` works in another region and must get the answer that an
absent row gives. 302 of a POST is success, 302 of a GET leads to the sign-in or on.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

ROLES = (
    "anonymous outsider cio hq auditor liaison manager staff helper south".split()  # noqa: SIM905
)

# name, method, then the expected code in the order of ROLES
TABLE = """
rollout:home              GET   302  302  302  302  302  302  302  302  302  302
rollout:today             GET   302  403  200  200  200  200  403  403  403  403
rollout:my-tasks          GET   302  200  200  200  200  200  200  200  200  200
rollout:region-list       GET   302  200  200  200  200  200  302  302  302  302
rollout:region            GET   302  404  200  200  200  200  200  200  200  404
rollout:call-sheet        GET   302  404  200  200  200  200  404  404  404  404
rollout:call-sheet        POST  302  404  302  302  403  302  404  404  404  404
rollout:call-hand-over    GET   302  405  405  405  405  405  405  405  405  405
rollout:call-hand-over    POST  302  404  302  403  403  403  404  404  404  404
rollout:call-take-back    GET   302  405  405  405  405  405  405  405  405  405
rollout:call-take-back    POST  302  404  302  403  403  403  404  404  404  404
rollout:go-live-move      POST  302  404  302  302  403  403  403  403  403  404
rollout:contact-correct   GET   302  404  200  403  403  200  404  404  404  404
rollout:contact-correct   POST  302  404  302  403  403  302  404  404  404  404
rollout:contact-withdraw  POST  302  404  302  403  403  302  404  404  404  404
rollout:task              GET   302  404  200  200  200  200  200  200  200  404
rollout:task-complete     POST  302  404  302  302  403  302  302  302  403  404
rollout:task-start        POST  302  404  302  302  403  302  302  302  403  404
rollout:task-block        POST  302  404  302  302  403  302  302  302  403  404
rollout:task-reopen       POST  302  404  302  302  403  302  302  302  403  404
rollout:task-undo         POST  302  404  302  302  403  302  302  302  403  404
rollout:person-list       GET   302  403  200  200  200  403  403  403  403  403
rollout:person            GET   302  403  200  200  200  403  403  403  403  403
rollout:person-invite     GET   302  403  403  200  403  403  403  403  403  403
rollout:person-invite     POST  302  403  403  302  403  403  403  403  403  403
rollout:person-edit       GET   302  403  403  200  403  403  403  403  403  403
rollout:person-edit       POST  302  403  403  302  403  403  403  403  403  403
rollout:person-invite-again POST 302 403  403  302  403  403  403  403  403  403
rollout:person-hand-over  GET   302  403  403  200  403  403  403  403  403  403
rollout:person-hand-over  POST  302  403  403  302  403  403  403  403  403  403
rollout:person-leave      GET   302  403  403  200  403  403  403  403  403  403
rollout:person-leave      POST  302  403  403  302  403  403  403  403  403  403
rollout:role-give         POST  302  403  403  302  403  403  403  403  403  403
rollout:role-end          GET   302  403  403  200  403  403  403  403  403  403
rollout:role-end          POST  302  403  403  302  403  403  403  403  403  403
rollout:absence-plan      POST  302  403  403  302  403  403  403  403  403  403
rollout:absence-change    GET   302  403  403  200  403  403  403  403  403  403
rollout:absence-change    POST  302  403  403  302  403  403  403  403  403  403
rollout:absence-cancel    POST  302  403  403  302  403  403  403  403  403  403
rollout:hand-over-undo    POST  302  403  403  302  403  403  403  403  403  403
rollout:mail-list         GET   302  200  200  200  200  200  200  200  200  200
rollout:mail              GET   302  404  200  200  200  200  404  404  404  404
rollout:mail-resend       POST  302  404  403  302  403  403  404  404  404  404
rollout:mail-cancel       POST  302  404  403  302  403  403  404  404  404  404
rollout:preview-list      GET   302  403  403  200  403  403  403  403  403  403
rollout:preview           GET   302  403  403  200  403  403  403  403  403  403
rollout:preview-html      GET   302  403  403  200  403  403  403  403  403  403
rollout:settings          GET   302  200  200  200  200  200  200  200  200  200
rollout:settings          POST  302  302  302  302  302  302  302  302  302  302
rollout:settings-links    POST  302  302  302  302  302  302  302  302  302  302
rollout:settings-test     POST  302  302  302  302  302  302  302  302  302  302
rollout:pause             GET   200  200  200  200  200  200  200  200  200  200
rollout:pause             POST  200  200  200  200  200  200  200  200  200  200
rollout:health            GET   200  200  200  200  200  200  200  200  200  200
rollout:invitation        GET   200  200  200  200  200  200  200  200  200  200
rollout:invitation        POST  302  302  302  302  302  302  302  302  302  302
rollout:sign-in-ask       POST  200  200  200  200  200  200  200  200  200  200
rollout:sign-in           GET   200  200  200  200  200  200  200  200  200  200
rollout:sign-in           POST  302  302  302  302  302  302  302  302  302  302
regions:language          POST  302  302  302  302  302  302  302  302  302  302
regions:theme             POST  302  302  302  302  302  302  302  302  302  302
pilots:playbook           GET   302  200  200  200  200  200  200  200  200  200
pilots:finding-list       GET   302  404  200  200  200  200  200  200  200  200
pilots:finding-add        GET   302  403  200  200  403  200  200  200  200  200
pilots:finding-add        POST  302  403  302  302  403  302  302  302  302  302
pilots:finding            GET   302  404  200  200  200  200  404  404  404  404
pilots:finding-review     POST  302  404  302  302  403  403  404  404  404  404
pilots:finding-adopt      POST  302  404  302  302  403  403  404  404  404  404
pilots:finding-reject     POST  302  404  302  302  403  403  404  404  404  404
pilots:finding-retire     POST  302  404  302  302  403  403  403  403  403  403
pilots:finding-reopen     POST  302  404  302  302  403  403  404  404  404  404
account_login             GET   200  302  302  302  302  302  302  302  302  302
account_logout            GET   302  200  200  200  200  200  200  200  200  200
account_logout            POST  302  302  302  302  302  302  302  302  302  302
account_inactive          GET   200  200  200  200  200  200  200  200  200  200
account_reauthenticate    GET   302  403  403  403  403  403  403  403  403  403
account_change_password   GET   302  302  302  302  302  302  302  302  302  302
account_set_password      GET   302  200  200  200  200  200  200  200  200  200
"""


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    name: str
    method: str
    codes: dict[str, int]

    def __str__(self) -> str:
        return f"{self.method} {self.name}"


def rows() -> list[Row]:
    lines = [line.split() for line in TABLE.strip().splitlines()]
    return [
        Row(name, method, dict(zip(ROLES, map(int, codes), strict=True)))
        for name, method, *codes in lines
    ]


# What an address needs besides its name: its arguments, and what is posted to it. Each is
# given the rows that the test made.
Maker = Callable[[Any], Any]
ARGS: dict[str, Maker] = {
    "rollout:region": lambda made: ["NORTH"],
    "rollout:call-sheet": lambda made: ["NORTH"],
    "rollout:call-hand-over": lambda made: ["NORTH"],
    "rollout:call-take-back": lambda made: ["NORTH"],
    "rollout:go-live-move": lambda made: ["NORTH"],
    "rollout:contact-correct": lambda made: [made.contact.pk],
    "rollout:contact-withdraw": lambda made: [made.contact.pk],
    "rollout:task": lambda made: [made.task.pk],
    "rollout:task-complete": lambda made: [made.task.pk],
    "rollout:task-start": lambda made: [made.task.pk],
    "rollout:task-block": lambda made: [made.task.pk],
    "rollout:task-reopen": lambda made: [made.blocked.pk],
    "rollout:task-undo": lambda made: [made.changed.pk],
    "rollout:person": lambda made: [made.person.pk],
    "rollout:person-edit": lambda made: [made.person.pk],
    "rollout:person-invite-again": lambda made: [made.person.pk],
    "rollout:person-hand-over": lambda made: [made.person.pk],
    "rollout:person-leave": lambda made: [made.person.pk],
    "rollout:role-give": lambda made: [made.person.pk],
    "rollout:role-end": lambda made: [made.role.pk],
    "rollout:absence-plan": lambda made: [made.person.pk],
    "rollout:absence-change": lambda made: [made.absence.pk],
    "rollout:absence-cancel": lambda made: [made.absence.pk],
    "rollout:hand-over-undo": lambda made: [made.handover.pk],
    "rollout:invitation": lambda made: [made.invitation],
    "rollout:mail": lambda made: [made.mail.pk],
    "rollout:mail-resend": lambda made: [made.mail.pk],
    "rollout:mail-cancel": lambda made: [made.mail.pk],
    "rollout:preview": lambda made: ["check_in"],
    "rollout:preview-html": lambda made: ["check_in"],
    "rollout:pause": lambda made: [made.pause],
    "rollout:sign-in": lambda made: [made.token],
    "pilots:finding": lambda made: [made.proposed.pk],
    "pilots:finding-review": lambda made: [made.proposed.pk],
    "pilots:finding-adopt": lambda made: [made.reviewed.pk],
    "pilots:finding-reject": lambda made: [made.proposed.pk],
    "pilots:finding-retire": lambda made: [made.adopted.pk],
    "pilots:finding-reopen": lambda made: [made.rejected.pk],
}
SETTINGS = {
    "planned_mail": "mondays",
    "quiet_from_time": "20:00",
    "quiet_to_time": "08:00",
    "language": "en",
    "time_zone": "UTC",
}
PERSON = {"name": "Somebody", "language": "en", "time_zone": "UTC"}
DAYS = {"from_date": "2027-03-15", "last_date": "2027-03-19"}
TALK = {"outcome": "reached", "minutes": "15", "answer": "yes", "felt": "same"}
BODIES: dict[str, Maker] = {
    "rollout:person-invite": lambda made: {
        **PERSON,
        "email": "new@example.org",
        "role": "auditor",
        "from_date": "2027-03-10",
    },
    "rollout:person-edit": lambda made: {**PERSON, "version": made.person.version},
    "rollout:person-invite-again": lambda made: {"version": made.person.version},
    "rollout:person-hand-over": lambda made: {
        "taker": made.other.pk,
        "seen": made.seen,
    },
    "rollout:person-leave": lambda made: {"version": made.person.version},
    "rollout:role-give": lambda made: {"role": "auditor", "from_date": "2027-03-10"},
    "rollout:role-end": lambda made: {
        "to_date": "2027-03-10",
        "version": made.role.version,
    },
    "rollout:absence-plan": lambda made: DAYS,
    "rollout:absence-change": lambda made: {**DAYS, "version": made.absence.version},
    "rollout:absence-cancel": lambda made: {"version": made.absence.version},
    "rollout:call-sheet": lambda made: {**TALK, "key": made.key},
    "rollout:call-hand-over": lambda made: {"version": made.rhythm.version},
    "rollout:call-take-back": lambda made: {"version": made.rhythm.version},
    "rollout:go-live-move": lambda made: {
        "to": "2027-05-17",
        "reason": "no testers",
        "version": made.plan.version,
    },
    "rollout:contact-correct": lambda made: {
        **TALK,
        "minutes": "20",
        "key": made.contact.key,
        "version": made.contact.version,
    },
    "rollout:task-complete": lambda made: {"version": made.task.version},
    "rollout:task-start": lambda made: {"version": made.task.version},
    "rollout:task-block": lambda made: {"version": made.task.version, "reason": "data"},
    "rollout:task-reopen": lambda made: {"version": made.blocked.version},
    "rollout:settings": lambda made: {**SETTINGS, "version": 1},
    "rollout:pause": lambda made: {"choice": "week"},
    "rollout:sign-in-ask": lambda made: {"email": "staff.north@example.org"},
    "regions:language": lambda made: {"language": "zh-hans"},
    "regions:theme": lambda made: {"theme": "dark"},
    "pilots:finding-add": lambda made: {
        "kind": "lesson",
        "area": "data",
        "title": "A new one",
    },
    "pilots:finding-review": lambda made: {"version": made.proposed.version},
    "pilots:finding-adopt": lambda made: {
        "version": made.reviewed.version,
        "step": made.step.pk,
    },
    "pilots:finding-reject": lambda made: {
        "version": made.proposed.version,
        "reason": "heard once only",
    },
    "pilots:finding-retire": lambda made: {"version": made.adopted.version},
    "pilots:finding-reopen": lambda made: {"version": made.rejected.version},
}
