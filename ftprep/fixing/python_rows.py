"""A dict as Python prints it, written as JSON: token by token, so that order, blanks and digits stay."""

from __future__ import annotations

import ast
import json
import re

from ftprep.fixing.splices import CannotEdit
from ftprep.io.python_literal import TOKEN, is_python_dict

_JSON_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_WORDS = {"True": "true", "False": "false", "None": "null"}
_BRACKETS = {"(": "[", ")": "]"}


def json_from_python(raw: bytes) -> bytes:
    """``raw`` as JSON. Tuples become lists, keys that are no text become text.

    Raises :class:`CannotEdit` for anything but a dict of such values, and where two keys of a dict are one in JSON.
    """
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        raise CannotEdit("the row is not UTF-8") from None
    if not is_python_dict(text):
        raise CannotEdit("the row is no dict of plain values")
    keys: list[set[str] | None] = []  # of each open dict; None for lists
    parts: list[str] = []
    place, comma, key_due = 0, "", False
    while token := TOKEN.match(text, place):
        written = text[place : token.end()]
        shown = written.lstrip(" \t\r\n")
        blanks = written[: len(written) - len(shown)]
        place = token.end()
        if shown == ",":
            comma, key_due = blanks + ",", bool(keys) and keys[-1] is not None
            continue
        closes = shown in ("}", "]", ")") and bool(shown)
        parts += [blanks if closes else comma + blanks]
        comma = ""
        if not shown:
            break
        if closes:
            keys.pop()
            key_due = False
            parts.append(_BRACKETS.get(shown, shown))
        elif shown in ("{", "[", "("):
            keys.append(set() if shown == "{" else None)
            key_due = shown == "{"
            parts.append(_BRACKETS.get(shown, shown))
        elif shown == ":":
            parts.append(shown)
        else:
            value = _scalar(shown)
            if key_due:
                value = value if value.startswith('"') else f'"{value}"'
                _note_key(keys, value)
                key_due = False
            parts.append(value)
    return "".join(parts).encode()


def _note_key(keys: list[set[str] | None], key: str) -> None:
    known = keys[-1]
    assert known is not None
    if key in known:
        raise CannotEdit("two keys of the dict are one in JSON")
    known.add(key)


def _scalar(written: str) -> str:
    if written in _WORDS:
        return _WORDS[written]
    if written[0] in "'\"uU":
        value = json.dumps(ast.literal_eval(written), ensure_ascii=False)
        if re.search("[\ud800-\udfff]", value):
            raise CannotEdit("a text holds half a surrogate pair")
        return value
    if _JSON_NUMBER.fullmatch(written):
        return written
    value = json.dumps(ast.literal_eval(written))
    if not _JSON_NUMBER.fullmatch(value):
        raise CannotEdit("a number is too large")
    return value
