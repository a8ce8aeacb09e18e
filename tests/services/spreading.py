"""Which process of a parallel run gets which test."""

from typing import Any

import pytest

JOURNEYS = "tests/journeys/"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Tests one by one, yet all journeys on a sample together: they share its processes.

    Stands in for `--dist loadgroup`, which xdist 3.8 cannot do with pytest 9.2.
    """
    from xdist.scheduler import LoadScopeScheduling  # noqa: PLC0415 - only when it runs

    class Spreading(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            if nodeid.startswith(JOURNEYS):
                return JOURNEYS + nodeid.partition("[")[2].partition("-")[0]
            return nodeid

    return Spreading(config, log)
