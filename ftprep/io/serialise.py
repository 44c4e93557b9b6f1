"""Python values as raw JSON text, so that rows of every source go the same way.

Nothing is judged here and nothing is hidden: NaN and Infinity are written as these words, half surrogates as
escapes, so that the rules see them as they see them in a file.
"""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import hashlib
import json
import math
import pathlib
import uuid
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import orjson

_END: Any = object()
_MISSING_TYPES = ("NAType", "NaTType")  # of pandas, which is not imported for this


class Missing(NamedTuple):
    """Which values stand for an absent key: None of Arrow structs, NaN of a DataFrame."""

    null: bool = False
    nan: bool = False


NOTHING_MISSING = Missing()


def to_json(value: Any, missing: Missing = NOTHING_MISSING) -> bytes:
    """Write ``value`` as compact JSON in one line.

    Keys whose value is missing are left out, at any depth; in a list a missing value is null. Tuples are lists,
    dates ISO 8601, bytes the text they hold or ``<bytes …>``, dataclasses and mappings objects, any other object
    the string ``<type name>``.
    """
    try:
        raw = orjson.dumps(value, default=_plain)
    except (TypeError, RecursionError):
        return _write(value, missing)
    # orjson writes null for NaN, Infinity and None alike.
    if b"null" in raw and (missing.null or missing.nan or not _is_native(value)):
        return _write(value, missing)
    return raw


def _is_native(value: Any) -> bool:
    """Whether a tree holds nothing but JSON's own types and finite numbers."""
    todo = [value]
    while todo:
        one = todo.pop()
        kind = type(one)
        if kind is dict:
            todo.extend(one.values())
        elif kind is list or kind is tuple:
            todo.extend(one)
        elif kind is float:
            if not math.isfinite(one):
                return False
        elif not (one is None or kind is str or kind is bool or kind is int):
            return False
    return True


def _write(value: Any, missing: Missing) -> bytes:
    """:func:`to_json` for whatever orjson refuses; without recursion, since data may be nested at any depth."""
    out: list[bytes] = []
    stack: list[tuple[Iterator[Any], bool, int]] = []
    on_path: set[int] = set()

    def put(value: Any) -> None:
        plain = _plain(value)
        is_object = isinstance(plain, dict)
        if not is_object and not isinstance(plain, list | tuple):
            out.append(_scalar(plain, missing))
        elif id(value) in on_path:
            out.append(b'"<circular reference>"')
        else:
            out.append(b"{" if is_object else b"[")
            stack.append((iter(plain.items()) if is_object else iter(plain), is_object, id(value)))
            on_path.add(id(value))

    put(value)
    while stack:
        items, is_object, identity = stack[-1]
        item = next(items, _END)
        if item is _END:
            out.append(b"}" if is_object else b"]")
            stack.pop()
            on_path.discard(identity)
            continue
        if is_object:
            key, item = item
            if _is_missing(item, missing):
                continue
        if out[-1] not in (b"{", b"["):
            out.append(b",")
        if is_object:
            out.append(_string(_key(key)) + b":")
        put(item)
    return b"".join(out)


def _plain(value: Any) -> Any:
    """Turn a value into dict, list, tuple, str, bool, int, float or None, one level deep."""
    if value is None or isinstance(value, bool | dict | list | tuple):
        return value
    if isinstance(value, enum.Enum):
        return _plain(value.value)
    if isinstance(value, str | int | float):
        return value
    name = type(value).__name__
    if name in _MISSING_TYPES:
        return None
    if isinstance(value, bytes | bytearray | memoryview):
        return _bytes(bytes(value))
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, decimal.Decimal):
        whole = value.is_finite() and value.adjusted() < 18 and value == int(value)
        return int(value) if whole else float(value)
    if isinstance(value, uuid.UUID | pathlib.PurePath | datetime.timedelta):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {one.name: getattr(value, one.name) for one in dataclasses.fields(value)}
    dtype = getattr(value, "dtype", None)
    if dtype is not None and type(value).__module__.split(".")[0] == "numpy":
        if getattr(dtype, "kind", "") in "mM" and not getattr(value, "ndim", 0):
            return None if str(value) == "NaT" else str(value)
        return value.tolist()
    return f"<{name}>"


def _bytes(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return f"<bytes {len(value)} sha256:{hashlib.sha256(value).hexdigest()[:16]}>"


def _is_missing(value: Any, missing: Missing) -> bool:
    if not missing.null and not missing.nan:
        return False
    if value is None or type(value).__name__ in _MISSING_TYPES:
        return True
    if isinstance(value, bool | int | str | dict | list):
        return False
    plain = _plain(value)
    return plain is None or (missing.nan and isinstance(plain, float) and math.isnan(plain))


def _scalar(value: Any, missing: Missing) -> bytes:
    if value is None or value is True or value is False:
        return {None: b"null", True: b"true", False: b"false"}[value]
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, int):
        try:
            return int.__repr__(value).encode()
        except ValueError:  # more digits than Python is willing to print
            return f'"<int of {value.bit_length()} bits>"'.encode()
    number = float(value)
    if math.isnan(number):
        return b"null" if missing.nan else b"NaN"
    if math.isinf(number):
        return b"Infinity" if number > 0 else b"-Infinity"
    return orjson.dumps(number)


def _string(value: str) -> bytes:
    try:
        return orjson.dumps(value)
    except TypeError:  # half a surrogate pair
        return json.dumps(str(value)).encode()


def _key(key: Any) -> str:
    if isinstance(key, str):
        return key
    if key is None or isinstance(key, bool | int | float):
        return json.dumps(key)
    plain = _plain(key)
    return plain if isinstance(plain, str) else f"<{type(key).__name__}>"
