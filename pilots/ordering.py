"""The order of steps, and of the tasks made from them: what comes before what."""

from collections.abc import Mapping


def all_before(start: int, before: Mapping[int, set[int]]) -> set[int]:
    """One of them and everything that comes before it, by numbers."""
    found, waiting = {start}, [start]
    while waiting:
        for one in before.get(waiting.pop(), set()) - found:
            found.add(one)
            waiting.append(one)
    return found
