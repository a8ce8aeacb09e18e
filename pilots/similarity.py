"""How alike two titles are, by the pieces that they share; for any script.

What is written in letters is cut into three at a time, as PostgreSQL does it; what is
written without spaces, as Chinese, into two signs at a time.
"""

import re
import unicodedata

WORD = re.compile(r"[^\W_]+")
# Signs of which one is about a syllable or a word.
DENSE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\U00020000-\U0003ffff]+")
ALIKE = 0.3


def likeness(one: str, other: str) -> float:
    """0 where nothing is shared, 1 where all is."""
    mine, theirs = pieces(one), pieces(other)
    every = mine | theirs
    return len(mine & theirs) / len(every) if every else 0.0


def pieces(text: str) -> frozenset[str]:
    text = unicodedata.normalize("NFKC", text).casefold()
    dense = DENSE.findall(text)
    found = {run[i : i + 2] for run in dense for i in range(max(1, len(run) - 1))}
    for word in WORD.findall(DENSE.sub(" ", text)):
        padded = f"  {word} "
        found |= {padded[i : i + 3] for i in range(len(padded) - 2)}
    return frozenset(found)
