"""Chinese names as people type them who do not switch their keyboard: by pinyin, in full or
by its initials; and in the order in which people look for them.

Nothing is stored: what is searched or sorted is read, and the reading is remembered.
"""

from functools import lru_cache

from pypinyin import lazy_pinyin

# Texts whose reading one process remembers.
REMEMBERED = 50_000


def fits(words: str, *texts: str) -> bool:
    """Whether one of the texts holds the words, or reads like them from a syllable on."""
    sought = words.casefold()
    if any(sought in text.casefold() for text in texts):
        return True
    typed = "".join(one for one in sought if one.isalnum())
    if not typed or not typed.isascii():
        return False
    return any(
        reading.startswith(typed)
        for text in texts
        if not text.isascii()
        for reading in readings(text)
    )


@lru_cache(maxsize=REMEMBERED)
def readings(text: str) -> tuple[str, ...]:
    """What a text sounds like from each of its syllables on, in full and by initials."""
    syllables = [
        "".join(letter for letter in one.casefold() if letter.isalnum())
        for one in lazy_pinyin(text)
    ]
    known = [one for one in syllables if one]
    starts = range(len(known))
    full = ["".join(known[start:]) for start in starts]
    initials = ["".join(one[0] for one in known[start:]) for start in starts]
    return (*full, *initials)


@lru_cache(maxsize=REMEMBERED)
def by_sound(text: str) -> tuple[tuple[str, ...], str]:
    """Where a name stands among others: by pinyin, syllable after syllable as in a Chinese
    directory, and by its letters where it has none."""
    return tuple(one.casefold() for one in lazy_pinyin(text)), text
