"""Where and how a text leaves the grammar of JSON (RFC 8259), in people's words.

A reader for texts that a parser has refused. It keeps no values, uses no recursion, and goes on behind defects that
leave the structure sound (NaN, half surrogates, numbers out of range, deep nesting), so that it can tell a text with
one of them from a text that is broken.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, field
from typing import NamedTuple

from ftprep.text.snippet import quote

DEEPEST = 1024
"""Levels of nesting that orjson accepts."""

_BODY = (
    r'(?:[^"\\\x00-\x1f]++|\\["\\/bfnrt]|\\u(?![dD][89a-fA-F])[0-9a-fA-F]{4}'
    r"|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})*+"
)
_TOKEN = re.compile(
    r"[ \t\r\n]*+(?:"
    r"([{}\[\],:])"
    rf'|("{_BODY}")'
    r"|(-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?)(?![\w.+-])"
    r"|(true|false|null)(?!\w)"
    r"|(-?Infinity|NaN)(?!\w)"
    r"|(\Z))"
)
_W = r"[ \t\r\n]*+"
_TEXT = rf'"{_BODY}"'
_SCALAR = rf"(?>{_TEXT}|-?(?:0|[1-9][0-9]{{0,17}}+)(?:\.[0-9]{{1,40}}+)?(?![\w.+-])|(?:true|false|null)(?!\w))"
_PAIR = rf"{_TEXT}{_W}:{_W}{_SCALAR}{_W}"
_FLAT = rf"(?>{_SCALAR}|\[{_W}(?:{_SCALAR}{_W}(?:,{_W}{_SCALAR}{_W})*+)?\]|\{{{_W}(?:{_PAIR}(?:,{_W}{_PAIR})*+)?\}})"
_PUNCTUATION, _STRING, _NUMBER, _WORD, _NOT_FINITE, _END = range(1, 7)
_BODY_PART = re.compile(_BODY)
_HALF = re.compile(r"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")
_SPACE = re.compile(r"[ \t\r\n]*+")
_NAME = re.compile(r"\w++")
_NUMBER_START = re.compile(r"[-+]?\.?[0-9]")
_PYTHON_WORDS = ("True", "False", "None")
_CURLY = "\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u00ab\u00bb"

# What may come next.
_VALUE, _FIRST_VALUE, _FIRST_KEY, _KEY, _COLON, _AFTER, _DONE = range(7)
_WHOLE = {"{": "object", "[": "array"}
_CLOSER = {"{": "}", "[": "]"}


@functools.cache
def _runs() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Runs of sound items and of sound pairs, whole arrays and objects of scalars among them, each with its comma.

    Most of a text is passed over by these two, and only the rest is looked at token by token. They take some
    milliseconds to compile, which most processes never need.
    """
    return re.compile(rf"(?:{_W}{_FLAT}{_W},)*+"), re.compile(rf"(?:{_W}{_TEXT}{_W}:{_W}{_FLAT}{_W},)*+")


class Defect(NamedTuple):
    """A defect and the characters [start, end) that show it. ``python`` says that Python would read on here."""

    start: int
    end: int
    message: str
    python: bool = False


@dataclass(slots=True)
class Reading:
    """What :func:`read` found. ``kind`` is what the text is: object, array, string, number, boolean or null.

    ``broken`` is the first defect of structure; nothing behind it was read. The others are the first of their kind.
    """

    kind: str = ""
    broken: Defect | None = None
    not_finite: Defect | None = None
    half_surrogate: Defect | None = None
    out_of_range: Defect | None = None
    too_deep: Defect | None = None
    _stack: list[str] = field(default_factory=list, repr=False)


def read(text: str) -> Reading:
    """Read ``text`` up to its end or its first defect of structure. Takes time linear in its length."""
    result = Reading()
    stack = result._stack
    expected, place, comma = _VALUE, 0, 0
    match = _TOKEN.match
    items, pairs = _runs()
    while True:
        if stack and len(stack) < DEEPEST and expected <= _KEY:
            run = None
            if expected >= _FIRST_KEY:
                run, follows = pairs.match(text, place), _KEY
            elif stack[-1] == "[":
                run, follows = items.match(text, place), _VALUE
            if run is not None and run.end() > place:
                place, expected = run.end(), follows
                comma = place - 1
        token = match(text, place)
        kind = token.lastindex if token is not None else 0
        if token is None or kind is None:
            start = _SPACE.match(text, place).end()  # type: ignore[union-attr]
            end = _string_end(text, start, result) if text[start] == '"' else -1
            if end < 0:
                if result.broken is None:
                    result.broken = _stray(text, start, expected, stack)
                return result
            kind = _STRING
        else:
            start, end = token.span(kind)
        char = text[start : start + 1]
        place = end
        if kind == _PUNCTUATION:
            if char in "{[":
                if expected > _FIRST_VALUE:
                    break
                if not stack:
                    result.kind = _WHOLE[char]
                stack.append(char)
                if len(stack) > DEEPEST and result.too_deep is None:
                    result.too_deep = Defect(start, end, f"nested deeper than {DEEPEST:,} levels")
                expected = _FIRST_KEY if char == "{" else _FIRST_VALUE
            elif char in "}]":
                if expected != _AFTER and expected != (_FIRST_KEY if char == "}" else _FIRST_VALUE):
                    break
                if not stack or _CLOSER[stack[-1]] != char:
                    break
                stack.pop()
                expected = _AFTER if stack else _DONE
            elif char == ",":
                if expected != _AFTER:
                    break
                comma = start
                expected = _KEY if stack[-1] == "{" else _VALUE
            elif expected == _COLON:
                expected = _VALUE
            else:
                break
        elif kind == _STRING and expected in (_FIRST_KEY, _KEY):
            expected = _COLON
        elif kind == _END:
            if expected == _DONE:
                return result
            break
        elif expected > _FIRST_VALUE:
            break
        else:
            expected = _AFTER if stack else _DONE
            if not stack:
                result.kind = _scalar_kind(char)
            if kind == _NUMBER:
                _check_range(text, start, end, result)
            elif kind == _NOT_FINITE and result.not_finite is None:
                result.not_finite = Defect(start, end, f"{text[start:end]} is no JSON value")
    result.broken = _unexpected(text, start, end, expected, stack, comma)
    return result


def _scalar_kind(char: str) -> str:
    return {'"': "string", "t": "boolean", "f": "boolean", "n": "null"}.get(char, "number")


def _check_range(text: str, start: int, end: int, result: Reading) -> None:
    """Note a number whose double is infinite: it has an exponent, or 309 digits."""
    if end - start < 300 and text.find("e", start, end) < 0 and text.find("E", start, end) < 0:
        return
    if result.out_of_range is None and float(text[start:end]) in (float("inf"), float("-inf")):
        result.out_of_range = Defect(start, end, "number too large for a double")


def _string_end(text: str, start: int, result: Reading) -> int:
    """The end of a string with a half surrogate, which is noted; -1, and the defect, for a broken string."""
    place = start + 1
    while True:
        place = _BODY_PART.match(text, place).end()  # type: ignore[union-attr]
        char = text[place : place + 1]
        if char == '"':
            return place + 1
        if char == "\\" and (half := _HALF.match(text, place)):
            if result.half_surrogate is None:
                message = f"half a surrogate pair, {half[0].lower()}"
                result.half_surrogate = Defect(place, half.end(), message)
            place = half.end()
        elif not char or text[place:] == "\\":
            result.broken = Defect(start, start + 1, "unterminated string")
            return -1
        elif char == "\\":
            result.broken = Defect(place, place + 2, f"invalid escape {quote(text[place : place + 2])} in a string")
            return -1
        else:
            result.broken = Defect(place, place + 1, f"{_control(char)} in a string")
            return -1


def _control(char: str) -> str:
    name = {"\n": "raw line break", "\r": "raw carriage return", "\t": "raw tab", "\0": "NUL byte"}
    return name.get(char, f"raw control character U+{ord(char):04X}")


def _unexpected(text: str, start: int, end: int, expected: int, stack: list[str], comma: int) -> Defect:
    """The defect of a token that is well formed and stands in the wrong place."""
    char = text[start : start + 1]
    inside = _WHOLE[stack[-1]] if stack else ""
    if not char:
        return Defect(start, start, f"the row ends inside an {inside}" if inside else "the row ends before its value")
    if expected == _DONE:
        if char == "{":
            return Defect(start, end, "a second object follows on the same line")
        words = {",": "comma behind the end", "}": "surplus `}` behind the end", "]": "surplus `]` behind the end"}
        return Defect(start, end, words.get(char, "text behind the end"))
    if char in "}]":
        if stack and _CLOSER[stack[-1]] != char:
            return Defect(start, end, f"`{char}` where `{_CLOSER[stack[-1]]}` must close the {inside}")
        if expected == _KEY or (expected == _VALUE and inside == "array"):
            return Defect(comma, comma + 1, f"trailing comma before `{char}`")
        if not stack:
            return Defect(start, end, f"`{char}` without an opening bracket")
        return Defect(start, end, "value missing" if expected == _VALUE else "colon and value missing")
    if char == ",":
        return Defect(start, end, "colon and value missing" if expected == _COLON else "comma with nothing before it")
    if expected == _AFTER:
        return Defect(start, end, _comma_or_closer(text, start, stack))
    if expected == _COLON:
        return Defect(start, end, "expected a colon behind the key")
    if expected in (_FIRST_KEY, _KEY):
        return Defect(start, end, "key missing" if char == ":" else "key without double quotes", char in "-0123456789")
    return Defect(start, end, "colon with no key before it")


def _comma_or_closer(text: str, start: int, stack: list[str]) -> str:
    message = f"expected a comma or `{_CLOSER[stack[-1]]}`"
    if text[start] == ":":
        return f"{message}, found a colon"
    if text[start - 1] == '"' and text[start] != '"':
        return f"{message} (an unescaped quotation mark?)"
    return message


def _stray(text: str, start: int, expected: int, stack: list[str]) -> Defect:
    """The defect of characters that begin no token of JSON."""
    char = text[start]
    name = _NAME.match(text, start)
    word = name[0] if name else char
    end = start + len(word)
    if char == "\ufeff":
        return Defect(start, end, "byte order mark inside the file")
    if char < " " or char == "\x7f":
        return Defect(start, start + 1, f"{_control(char)} outside a string")
    if char.isspace():
        return Defect(start, start + 1, f"U+{ord(char):04X} is not white space in JSON")
    if expected == _DONE:
        return Defect(start, end, "text behind the end")
    if expected == _AFTER:
        return Defect(start, end, _comma_or_closer(text, start, stack))
    if expected == _COLON:
        return Defect(start, end, "expected a colon behind the key")
    if char == "'":
        return Defect(start, end, "single quotes instead of double quotes", python=True)
    if char in _CURLY:
        return Defect(start, end, "curly quotes instead of straight ones")
    if text.startswith(("//", "/*", "#"), start):
        return Defect(start, end, "comment")
    if expected in (_FIRST_KEY, _KEY):
        return Defect(start, end, "key without double quotes", python=True)
    if word in _PYTHON_WORDS:
        return Defect(start, end, f"Python's {word} instead of JSON's {word.lower().replace('none', 'null')}", True)
    if _NUMBER_START.match(text, start):
        return Defect(start, end, "number not written as in JSON")
    if name:
        return Defect(start, end, "word without quotes where a value must be", python=True)
    return Defect(start, end, f"unexpected {quote(char)}", python=True)
