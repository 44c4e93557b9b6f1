"""JSON text that any parser reads and any terminal may show."""

from __future__ import annotations

import json
import math
import re
from typing import Any

import orjson

from ftprep.text.snippet import escape

_NOT_ASCII = re.compile(r"[^\x00-\x7e]")


def encode(value: Any) -> str:
    """Return ``value`` on one line.

    Lone surrogates, which UTF-8 cannot hold, and control, bidirectional and invisible characters are written as
    ``\\uXXXX`` escapes: the same value for a parser, and harmless for a terminal. Numbers that JSON does not know
    (NaN, infinities) become null.
    """
    try:
        text = orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS | orjson.OPT_SERIALIZE_NUMPY).decode()
    except TypeError:  # orjson takes neither lone surrogates nor integers beyond 64 bits
        return json.dumps(_finite(value), default=str, separators=(",", ":"))
    return text if text.isascii() and "\x7f" not in text else _NOT_ASCII.sub(_shown, text)


def _shown(match: re.Match[str]) -> str:
    one = match.group()
    return one if escape(one) == one else json.dumps(one)[1:-1] if one != "\x7f" else "\\u007f"


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key if isinstance(key, str) else str(key): _finite(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(one) for one in value]
    return value
