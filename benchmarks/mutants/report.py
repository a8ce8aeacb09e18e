"""docs/security.md: what guards what, and what the run measured."""

import tomllib
from collections import Counter
from datetime import UTC, datetime

from tests.permissions import ADMIN, METHODS, PEOPLE, rows

from .bench import ROOT, Mutant

TEXT = """# Security

Who may see and do what, what guards it, and how that is proved. `make mutants` writes this page.

## What guards what

| layer | guards |
|---|---|
| `regions.middleware.MethodMiddleware` | only GET, HEAD and POST reach anything |
| `regions.middleware.SignInMiddleware` | every page but those marked `login_not_required` needs a session |
| `require_safe`, `require_POST`, `require_http_methods` on each view | a GET never writes |
| `visible_to(user)` on every QuerySet | what one may not see is answered as what does not exist: status, headers and page |
| `can_…(user, …)` in `access.py` | what one may see but not do is 403 with the reason; the same answer hides the button |
| `regions.administration` | the admin is headquarters' alone; its lists, choices, suggestions and exports start from `visible_to` |
| `audience` of a model, `regions/privacy.py` | who reads the history of a row; which fields are for the CIO and the region's liaison, with every view logged |

One thing crosses regions on purpose: a call sheet may offer a CEO a talk with the CEO of a region that went live as promised, and names that region and its day.

## How it is proved

`tests/permissions.py` is the one table; an address that is missing from it fails the build. `tests/test_permissions.py` walks it: every method, every person, and the person's own row, one of another region, and one that never was. Every refusal repeats, byte for byte, a request that succeeds for somebody else; every 404 is compared with that of the row that never was. `tests/test_permissions_admin.py` does so for the admin, by pattern over every model.

Every text of a region holds a marker that names the region and who may read it (`tests/markers.py`). Every answer of the walk, exports, suggestions, searches and mails are searched for markers that the reader may not see; and every page of regional people says letter for letter the same when the other region is taken away, so no number counts what they may not see.

`make mutants` finds every guard in the code by what it is, takes one after the other away in a copy of the tree, and runs the access tests that touch it. A guard that nobody misses is printed, and fails the run.

## Measured

Version {version}, {date}.

| | |
|---|---|
| addresses in the table, and patterns of the admin | {addresses} + {patterns} |
| methods, people | {methods}, {people} |
| access tests, all green before anything was taken away | {tests} |
| guards taken away | {all} |
{kinds}
| not missed | {left} |

{survivors}
"""
WORDS = {
    "rows": "`visible_to` of rows",
    "rule": "a rule, made to refuse nobody",
    "question": "a question whether somebody may",
    "decorator": "a decorator on a view",
    "refusal": "a refusal",
    "middleware": "a middleware",
}


def document(kinds: Counter[str], survivors: list[Mutant], *, tests: int) -> str:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    lines = [f"| … {WORDS[kind]} | {count} |" for kind, count in kinds.most_common()]
    left = [f"- `{mutant}`" for mutant in survivors]
    return (
        TEXT.format(
            version=project["project"]["version"],
            date=f"{datetime.now(UTC):%Y-%m-%d}",
            addresses=len({row.name for row in rows()}),
            patterns=len(ADMIN.strip().splitlines()),
            methods=len(METHODS),
            people=len(PEOPLE),
            tests=tests,
            all=sum(kinds.values()),
            kinds="\n".join(lines),
            left=len(survivors),
            survivors="\n".join(["Not missed:", "", *left]) if left else "",
        ).rstrip()
        + "\n"
    )
