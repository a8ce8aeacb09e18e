"""How long a text is for somebody who has two minutes. Plain functions of texts.

English counts words. Chinese counts characters as word processors do: each character and
each Chinese mark is one, and so is a word or number in other letters.
"""

import re
from collections.abc import Iterable

MOST_WORDS, MOST_CHARACTERS = 120, 200
# Ideographs with their extensions, and the marks of Chinese and Japanese texts.
HAN = "\u3000-\u303f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef"
WORD = re.compile(r"\S*\w\S*")
CHARACTER = re.compile(rf"[{HAN}]|[^\s{HAN}]*[^\W{HAN}][^\s{HAN}]*")


def is_chinese(language: str) -> bool:
    return language.startswith("zh")


def length(text: str, language: str) -> int:
    """Words, or in Chinese characters."""
    return len((CHARACTER if is_chinese(language) else WORD).findall(text))


def most(language: str) -> int:
    return MOST_CHARACTERS if is_chinese(language) else MOST_WORDS


def total(texts: Iterable[str], language: str) -> int:
    return sum(length(text, language) for text in texts)


def overflow(texts: dict[str, str], language: str) -> tuple[str, int] | None:
    """In which of some named texts the limit is passed, and how many are too many in all."""
    limit, so_far, first = most(language), 0, ""
    for name, text in texts.items():
        so_far += length(text, language)
        if so_far > limit and not first:
            first = name
    return (first, so_far - limit) if first else None
