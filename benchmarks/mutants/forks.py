"""The other end of `trying`: a process that has collected the access tests, and is asked."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any


class Forks:
    """Begins with the command of a pytest that has the plugin, and ends with its asker."""

    def __init__(self, command: list[str], tree: Path, env: dict[str, str]) -> None:
        theirs, orders = os.pipe()
        answers, ours = os.pipe()
        with (tree.parent / "forks.txt").open("w", encoding="utf-8") as log:
            self._process = subprocess.Popen(
                command,
                cwd=tree,
                env=env | {"MUTANTS_PIPES": f"{theirs} {ours}"},
                pass_fds=(theirs, ours),
                stdout=log,
                stderr=log,
            )
        os.close(theirs)
        os.close(ours)
        self._orders, self._answers = os.fdopen(orders, "w"), os.fdopen(answers)

    def ask(self, tests: list[str], **guard: Any) -> int:
        """How these tests end without a guard; without any, how they end with all."""
        print(json.dumps({"tests": tests, **guard}), file=self._orders, flush=True)
        if not (answer := self._answers.readline()):
            raise RuntimeError("The process of the forks has ended, see forks.txt")
        return int(answer)
