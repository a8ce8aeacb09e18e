"""The settings of the tests, on a database that outlives them: it is made once, not 200 times."""

import os

from tests.settings import *  # noqa: F403
from tests.settings import DATABASES

DATABASES["default"]["TEST"] = {"NAME": os.environ["MUTANTS_DATABASE"]}
