r"""Reference answers: what in a text is the answer, and when two of them are the same.

Worked answers end in one of two marks: ``#### 12`` (GSM8K) or ``\boxed{12}`` (MATH).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

import orjson

MARK = "####"
BOXED = "\\boxed"
PLACEHOLDERS = frozenset({"n/a", "#n/a", "nan", "tbd", "todo", "unknown"})
"""Words that stand for an answer that nobody knows, in small letters."""

LONGEST = 200  # characters of a marked answer, of JSON, and of items of a list that are compared
LONGEST_WORDS, LONGEST_TEXT = 4, 60  # words and characters of other text; what is longer may be put in many ways

_OPENING = re.compile(r"\\f?boxed\s*\{")
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_NUMBER = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?(?:[eE][-+]?\d{1,3})?")
_LETTER = re.compile(r"\(?([A-Za-z])[).]?")
_UNITS_BEFORE = ("\\$", "$", "€", "£")


def final_answer(text: str) -> str:
    r"""What stands behind the last ``####``, else inside the last ``\boxed{}``, else all of ``text``."""
    _, mark, behind = text.rpartition(MARK)
    if mark:
        return behind.strip()
    inside = boxed(text)
    return text.strip() if inside is None else inside.strip()


def boxed(text: str) -> str | None:
    r"""What is inside the last ``\boxed{…}`` that is closed; None where there is none."""
    found = [(start, end) for start, end in boxes(text) if end >= 0]
    return text[slice(*found[-1])] if found else None


def boxes(text: str) -> Iterator[tuple[int, int]]:
    """Where the inside of each box begins and ends, outermost boxes only; the end is -1 for one that never does."""
    if "boxed" not in text:
        return
    opening = _OPENING.search(text)
    while opening is not None:
        end = closing_brace(text, opening.end())
        yield opening.end(), end
        if end < 0:
            return  # what follows is inside
        opening = _OPENING.search(text, end)


def closing_brace(text: str, start: int) -> int:
    """Where the brace is closed that was opened just before ``start``; -1 where it is not. Escaped ones are none."""
    depth = 1
    for brace in _BRACE.finditer(text, start):
        if brace[0] == "{":
            depth += 1
        elif brace[0] == "}":
            depth -= 1
            if not depth:
                return brace.start()
    return -1


def braces_balance(text: str) -> bool:
    """Whether every brace that is not escaped has its partner."""
    depth = 0
    for brace in _BRACE.finditer(text):
        if brace[0] == "{":
            depth += 1
        elif brace[0] == "}":
            depth -= 1
            if depth < 0:
                return False
    return not depth


def number(text: str) -> Decimal | None:
    """The number that ``text`` is, without currency signs and thousands commas; None when it is none."""
    text = text.strip()
    if len(text) > 64:
        return None
    sign = ""
    if text[:1] in "+-" and text[1:2] in ("$", "€", "£", "\\"):
        sign, text = text[0], text[1:]
    for unit in _UNITS_BEFORE:
        if text.startswith(unit):
            text = text[len(unit) :].lstrip()
            break
    text = sign + text.removesuffix(".")
    if not text or not _NUMBER.fullmatch(text) or not any(map(str.isdigit, text)):
        return None
    try:
        return Decimal(text.replace(",", ""))
    except InvalidOperation:
        return None


def letter(text: str) -> str | None:
    """The capital of a choice such as ``B``, ``(b)`` or ``B.``; None when ``text`` is none."""
    found = _LETTER.fullmatch(text.strip())
    return found[1].upper() if found else None


def canonical(value: Any) -> str | None:
    """One text for all ways to write a reference: numbers by their value, choices by letter, words without case.

    None for what cannot be compared: nothing at all, prose, and what cannot be written as JSON.
    """
    if isinstance(value, str):
        return _canonical_text(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return _canonical_number(Decimal(str(value)))
    if isinstance(value, list):  # answers of which each is right, in any order
        parts = [_canonical_json(one) if isinstance(one, list | dict) else canonical(one) for one in value[:LONGEST]]
        known = [part for part in parts if part is not None]
        return "\x1f".join(sorted(known)) if known and len(known) == len(value) else None
    return _canonical_json(value)


def _canonical_text(text: str) -> str | None:
    answer = final_answer(text)
    if not answer or len(answer) > LONGEST:
        return None
    found = number(answer.strip("$ ")) if answer.startswith("$") and answer.endswith("$") else number(answer)
    if found is not None:
        return _canonical_number(found)
    choice = letter(answer)
    if choice is not None:
        return choice.lower()
    if answer[0] in "{[":
        try:
            return canonical(orjson.loads(answer))
        except ValueError:
            pass
    words = answer.casefold().split()
    if len(answer) == len(text.strip()) and (len(words) > LONGEST_WORDS or len(answer) > LONGEST_TEXT):
        return None
    return " ".join(words).rstrip(".")


def _canonical_number(found: Decimal) -> str:
    return str(found.normalize()) if found else "0"


def _canonical_json(value: Any) -> str | None:
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode() if value else None
    except (TypeError, ValueError):  # nested deeper than orjson writes
        return None
