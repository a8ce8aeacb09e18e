"""The product's web process, whole or with one of its two guards taken away.

`python -m benchmarks.concurrency.web [no-lock|no-version|-] PORT` runs gunicorn on the
settings of the product. A broken one is a negative control.
"""

import sys

import django

django.setup()

from gunicorn.app import wsgiapp  # noqa: E402

from .breaking import BREAKING  # noqa: E402

if __name__ == "__main__":
    for place, name, broken in BREAKING[sys.argv[1]]():
        setattr(place, name, broken)
    # Loaded before it forks, every worker is broken alike.
    sys.argv = [
        "gunicorn",
        "--config=deploy/gunicorn.conf.py",
        f"--bind=127.0.0.1:{sys.argv[2]}",
        "--workers=2",
        "--preload",
        "rollout.wsgi",
    ]
    wsgiapp.run()
