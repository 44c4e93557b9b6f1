"""Values where no rule reads: in fields beside the texts, in keys, and in rows that have errors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from ftprep.pointer import escape_token
from ftprep.privacy.masking import masks
from ftprep.record import State
from ftprep.text.snippet import broken

if TYPE_CHECKING:
    from ftprep.shard import Shard

_UUID = re.compile(r"(?i)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_LEAST_NUMBER = 10**6
_LEAST_INTERNATIONAL = 10**10  # ten digits may as well be made up: 555-01xx with its area
_OF_PHONES = re.compile(r"(?i)phone|mobile|tel(?:e|_|\b)|fax|cell")
KEYS = "keys of objects"
ROWS = "rows with errors"


class Unread(NamedTuple):
    """A place, the number of rows with a value there, and the line of the first (see ``Engine.map_shards``)."""

    place: str
    rows: int
    line: int


def unread_values(shard: Shard) -> list[Unread]:
    """Where in a shard something looks like a value that no rule has read.

    Places are :data:`KEYS`, :data:`ROWS` and pointers, in which ``*`` stands for any number.
    """
    found: dict[str, tuple[int, int]] = {}
    keys: dict[str, bool] = {}
    bounds = shard.bounds
    for index, row in enumerate(shard.rows):
        state = shard.state[index]
        if state == State.BLANK:
            continue
        if state > State.SOUND:
            raw = shard.raws[index]
            places = {ROWS} if masks(raw.decode("utf-8", "replace"), broken(raw)) else set()
        else:
            read = set(shard.values[bounds[index] : bounds[index + 1]])
            places = {place for place, texts in _leaves(row) if any(one not in read and masks(one) for one in texts)}
            if _has_value_in_key(row, keys):
                places.add(KEYS)
        for place in places:
            rows, line = found.get(place, (0, int(shard.chunk.lines[index])))
            found[place] = rows + 1, line
    return [Unread(place, rows, line) for place, (rows, line) in found.items()]


def _leaves(row: Any) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every text and whole number of a row with its pointer, in which numbers are ``*``.

    What a number is, its key says, as in a text: ``phone: 4152738852``.
    """
    stack = [("", row)]
    while stack:
        at, one = stack.pop()
        if isinstance(one, str):
            if _UUID.fullmatch(one) is None:  # alone it names a row, a file, a call
                yield at, (one,)
        elif type(one) is int:
            if abs(one) >= _LEAST_NUMBER:
                key = at.rpartition("/")[2]
                is_long = abs(one) >= _LEAST_INTERNATIONAL and _OF_PHONES.search(key)
                international = (f"{key}: +{one}",) if is_long else ()
                yield at, (f"{key}: {one}", *international)
        elif isinstance(one, dict):
            stack += [(f"{at}/{escape_token(key)}", child) for key, child in one.items()]
        elif isinstance(one, list):
            stack += [(f"{at}/*", child) for child in one]


def _has_value_in_key(row: Any, known: dict[str, bool]) -> bool:
    """Whether a key of a row looks like a value; ``known`` remembers what was said of keys."""
    stack = [row]
    while stack:
        one = stack.pop()
        if isinstance(one, dict):
            for key, child in one.items():
                if key not in known:
                    known[key] = bool(masks(key))
                if known[key]:
                    return True
                if isinstance(child, dict | list):
                    stack.append(child)
        elif isinstance(one, list):
            stack += [child for child in one if isinstance(child, dict | list)]
    return False
