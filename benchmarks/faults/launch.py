"""Starts a module of the product as `python -m` does, on a stepped clock or tampered with.

`python launch.py [--tamper NAME] [--hurry FACTOR] MODULE ARGUMENTS`. Without faults named
it changes nothing but how Python sleeps: `time.sleep` of Python 3.11 and Debian's faketime
do not go together.
"""

import argparse
import os
import runpy
import select
import socket
import sys
import time
from pathlib import Path


def sleep(seconds: float) -> None:
    select.select([], [], [], seconds)


def hurry(factor: float) -> None:
    """Every time-out of a connection passes so many times as fast."""
    usual = socket.socket.settimeout

    def settimeout(self: socket.socket, value: float | None) -> None:
        usual(self, value / factor if value else value)

    socket.socket.settimeout = settimeout  # type: ignore[method-assign]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--tamper", default="")
    parser.add_argument("--hurry", type=float, default=1)
    parser.add_argument("module")
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    if "LD_PRELOAD" in os.environ:
        time.sleep = sleep
    if options.hurry != 1:
        hurry(options.hurry)
    sys.path[0] = str(Path(__file__).resolve().parent.parent.parent)
    if options.tamper:
        tampering = runpy.run_module("benchmarks.faults.tampering")
        tampering["tamper"](options.tamper)
    sys.argv = [options.module, *options.arguments]
    runpy.run_module(options.module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
