"""The columns that a format fills while it walks the rows of a shard once.

Every text of a row gives one entry in ``values``, ``codes`` and ``slots``; every turn of a conversation gives one
letter in ``turns``. Pointers are not built here (a string per text would cost more than parsing): a code and a
slot are enough to build the pointer when a finding needs it.
"""

from __future__ import annotations

import functools
from typing import Any

# role: who says it (bits 0-2)
OTHER, SYSTEM, USER, ASSISTANT, TOOL = range(5)
ROLE_MASK = 0b111
ROLE_NAMES = ("other", "system", "user", "assistant", "tool")

# kind: what it is inside the row, which also says how its pointer is built (bits 3-6)
(
    CONTENT,
    PART,
    REFUSAL,
    REASONING,
    CALL_NAME,
    ARGUMENTS,
    NAME,
    TOOLS,
    FIELD,
    ITEM,
    PAIR,
    VALUE,
    PART_REFUSAL,
) = (kind << 3 for kind in range(13))
KIND_MASK = 0b1111 << 3

# side: which part of a training example it belongs to (bits 7-8)
PROMPT, CHOSEN, REJECTED, REFERENCE = (side << 7 for side in range(4))
SIDE_MASK = 0b11 << 7

TRAINED = 1 << 9  # tokens of this text carry loss
OPTIONAL = 1 << 10  # may be empty without being a defect
LEGACY_CALL = 1 << 11  # stands in ``function_call``, not in ``tool_calls``

FIELD_SHIFT, OUTER_SHIFT, INDEX_MASK = 56, 28, (1 << 28) - 1
ITEM_SHIFT = 64
"""From this bit on, a slot holds what a format's own ``pointer`` needs besides: slots are ints of any size."""

# Turn letters. A regular expression over them is the cheapest screen there is: one string per shard.
#   s system   d developer   u user   t tool result   x unknown role
#   a assistant   c assistant that calls tools   e assistant with null content and no calls
#   m assistant that misses its content altogether; upper case: the same, but not trained (weight 0)
#   | between the parts of a row (prompt, chosen, rejected)   newline after every row
ASSISTANT_TURNS = "aceACEmM"
SEPARATOR = "|"


def slot(field: int, outer: int = 0, inner: int = 0) -> int:
    """Pack the indices that a pointer is built from; each list index must be below 2**28."""
    return field << FIELD_SHIFT | outer << OUTER_SHIFT | inner


def field_of(packed: int) -> int:
    """The field number in a slot."""
    return packed >> FIELD_SHIFT & (1 << ITEM_SHIFT - FIELD_SHIFT) - 1


@functools.lru_cache(maxsize=4096)  # most texts of a file stand in few places
def pointer(fields: tuple[str, ...], code: int, packed: int) -> str:
    """Build the JSON Pointer of a text. ``fields`` are the pointers of a format's parts, by field number."""
    prefix = fields[field_of(packed)]
    outer = packed >> OUTER_SHIFT & INDEX_MASK
    inner = packed & INDEX_MASK
    kind = code & KIND_MASK
    if kind in (FIELD, TOOLS):
        return prefix
    if kind == ITEM:
        return f"{prefix}/{outer}"
    if kind == PAIR:
        return f"{prefix}/{outer}/{inner}"
    call = "function_call" if code & LEGACY_CALL else f"tool_calls/{inner}/function"
    tail = {
        CONTENT: "content",
        PART: f"content/{inner}/text",
        PART_REFUSAL: f"content/{inner}/refusal",
        REFUSAL: "refusal",
        REASONING: REASONING_KEYS[inner % len(REASONING_KEYS)],
        CALL_NAME: f"{call}/name",
        ARGUMENTS: f"{call}/arguments",
        NAME: "name",
        VALUE: "value",
    }[kind]
    return f"{prefix}/{outer}/{tail}"


REASONING_KEYS = ("reasoning_content", "reasoning", "thinking")


class ColumnBuilder:
    """Lists that grow while the rows of a shard are walked.

    ``counts`` gets the number of texts so far after each row, so its length is the number of the row being walked.
    ``plain`` are ranges of rows that are alike but for the texts in them (see
    :func:`ftprep.formats.message_columns.append_plain_rows`).
    """

    __slots__ = ("codes", "counts", "media", "plain", "slots", "turns", "values")

    def __init__(self) -> None:
        self.values: list[str] = []
        self.codes: list[int] = []
        self.slots: list[int] = []
        self.turns: list[str] = []
        self.counts: list[int] = []
        self.media: set[int] = set()
        self.plain: list[range] = []

    def mark_media(self) -> None:
        """Note that the row being walked holds images or other parts that are no text."""
        self.media.add(len(self.counts))

    def add(self, value: Any, code: int, packed: int) -> None:
        """Add one text; anything but a string is left out (the schema reports it)."""
        if type(value) is str:
            self.values.append(value)
            self.codes.append(code)
            self.slots.append(packed)
