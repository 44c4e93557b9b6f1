"""How a row is written: without the key that speaks to ftprep, and otherwise as it is."""

from __future__ import annotations

import orjson

from ftprep.suppression import MARK, take_keys


def bare_line(raw: bytes) -> bytes:
    """A row on one line without the key ``_ftprep``; its bytes where it has none."""
    if MARK not in raw:
        return raw
    row = orjson.loads(raw)
    if not take_keys((raw,), (row,)):
        return raw
    return orjson.dumps(row)
