"""What a row speaks about: a row about a defect shows it on purpose."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ftprep.record import Record

_LIMIT = 200_000  # characters; a row that has not said by then what it is about does not say it
_MARKUP = re.compile(r"<[^<>]{0,2000}>|&#?\w{1,32};")
_NO_LETTERS = {code: " " for code in range(128) if not chr(code).isalnum()}


def row_text(record: Record) -> str:
    """All texts of the row as one in lower case, cut after a generous length."""
    return record.once(_row_text)


def row_words(record: Record) -> frozenset[str]:
    """The words in :func:`row_text`. Names of tags and entities are no words."""
    return record.once(_row_words)


def row_mentions(record: Record, words: tuple[str, ...]) -> bool:
    """Whether one of ``words``, which are in lower case, stands anywhere in the row, inside other words too."""
    text = row_text(record)
    return any(word in text for word in words)


def row_says(record: Record, pattern: str) -> bool:
    """Whether the row matches the regular expression ``pattern``, which is in lower case."""
    return _compiled(pattern).search(row_text(record)) is not None


def _row_text(record: Record) -> str:
    texts = record.text_range
    return "\n".join(record.shard.values[texts.start : texts.stop])[:_LIMIT].lower()


def _row_words(record: Record) -> frozenset[str]:
    text = row_text(record)
    if "<" in text or "&" in text:
        text = _MARKUP.sub(" ", text)
    return frozenset(text.translate(_NO_LETTERS).split())


@functools.cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
