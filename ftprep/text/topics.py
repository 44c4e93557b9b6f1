"""What a row speaks about: a row about a defect shows it on purpose."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ftprep.record import Record

_LIMIT = 200_000  # characters; a row that has not said by then what it is about does not say it


def row_says(record: Record, words: str) -> bool:
    """Whether some text of the row matches ``words``, a regular expression, in any case."""
    return _compiled(words).search(record.once(row_text)) is not None


def row_text(record: Record) -> str:
    """All texts of the row as one, cut after a generous length."""
    texts = record.text_range
    joined = "\n".join(record.shard.values[texts.start : texts.stop])
    return joined[:_LIMIT]


@functools.cache
def _compiled(words: str) -> re.Pattern[str]:
    return re.compile(words, re.IGNORECASE)
