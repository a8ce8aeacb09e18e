"""A mail server that takes everything and counts: `python sink.py PORT`.

Each line on its input is answered by one line of JSON: how many messages it took, and
when the last one came.
"""

import json
import sys
import time
from typing import Any

from aiosmtpd.controller import Controller


class Count:
    def __init__(self) -> None:
        self.taken, self.last_at = 0, 0.0

    async def handle_DATA(self, *_arguments: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.taken, self.last_at = self.taken + 1, time.time()
        return "250 taken"


def main() -> None:
    count = Count()
    Controller(count, hostname="127.0.0.1", port=int(sys.argv[1])).start()
    print("{}", flush=True)
    for _line in sys.stdin:
        print(json.dumps({"taken": count.taken, "last_at": count.last_at}), flush=True)


if __name__ == "__main__":
    main()
