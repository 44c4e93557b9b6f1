"""What kind of answer a reference is, and whether it can be read as that kind.

Only what is certain is called broken: text is a kind of its own, and may be anything.
"""

from __future__ import annotations

import re
import warnings
from enum import IntEnum
from typing import Any

import orjson

from ftprep.text.references import MARK, PLACEHOLDERS, boxes, braces_balance, final_answer, letter, number


class Kind(IntEnum):
    """What a reference is. The broken ones come last."""

    TEXT = 0
    NUMBER = 1
    MARKED_NUMBER = 2  # a worked answer with a number behind its mark
    MARKED_TEXT = 3  # ... with something else behind it
    CHOICE = 4
    JSON = 5
    QUANTITY = 6  # a number with words behind it
    NOTHING_MARKED = 7
    BROKEN_JSON = 8
    OPEN_BOX = 9
    BROKEN_LATEX = 10
    BROKEN_PYTHON = 11
    NO_OPTION = 12  # a choice that the prompt does not offer
    NOTHING = 13  # blank, or a word that stands for nothing: another rule's business


_COMMAND = re.compile(r"\\(?:d?frac|sqrt|text|mathrm|mathbf|left|right|boxed)\b")
_PYTHON = re.compile(r"\A```(?:python|py)[ \t]*\n(.*?)\n?```\Z", re.DOTALL | re.IGNORECASE)
_JSON_START = re.compile(r'\s*(?:\{\s*"|\[\s*[\[{]\s*")')
_SPARE_COMMA = re.compile(r",\s*([}\]])")
_QUANTITY = re.compile(r"[-+]?\d[\d.,]*\s*[A-Za-z]{2,}(?:\s+\w+)*\.?")
_OPTION = re.compile(r"^[ \t]*(?:[-*] )?(?:\(([A-Za-z])\)|([A-Z])[).:])[ \t]*\S", re.MULTILINE)
_MOST_CODE = 50_000  # characters of code that are parsed


def kind_of(value: Any, prompt: str) -> Kind:
    """The kind of a reference ``value`` to ``prompt``."""
    if isinstance(value, bool) or value is None:
        return Kind.TEXT
    if isinstance(value, int | float):
        return Kind.NUMBER
    if not isinstance(value, str):
        return Kind.JSON
    text = value.strip()
    if not text:
        return Kind.NOTHING
    if len(text) < 12 and text.lower() in PLACEHOLDERS:
        return Kind.NOTHING
    if MARK in text:
        return _marked(text)
    if number(text) is not None:
        return Kind.NUMBER
    if letter(text) is not None:
        return Kind.NO_OPTION if is_no_option(text, prompt) else Kind.CHOICE
    if _JSON_START.match(text):
        return _json(text)
    if "\\" in text and (broken := _latex(text)) is not None:
        return broken
    if text.startswith("```"):
        return _code(text)
    return Kind.QUANTITY if len(text) <= 64 and _QUANTITY.fullmatch(text) else Kind.TEXT


def _marked(text: str) -> Kind:
    answer = final_answer(text)
    if not answer:
        return Kind.NOTHING_MARKED
    return Kind.MARKED_TEXT if number(answer) is None else Kind.MARKED_NUMBER


def _json(text: str) -> Kind:
    try:
        orjson.loads(text)
    except ValueError:
        import json

        try:  # also what only Python writes: NaN
            json.loads(text)
        except (ValueError, RecursionError):
            return Kind.TEXT if _is_python_value(text) else Kind.BROKEN_JSON
    return Kind.JSON


def _is_python_value(text: str) -> bool:
    """Whether a text like JSON is Python, ``{"a": None}`` or ``{"b": f(1)}``, and no JSON with a comma too many."""
    import ast

    if len(text) > _MOST_CODE:
        return False
    try:
        orjson.loads(_SPARE_COMMA.sub(r"\1", text))
    except ValueError:
        pass
    else:
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text, mode="eval")
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return False
    return True


def _latex(text: str) -> Kind | None:
    """Of worked solutions only the box is looked at: what else they hold need not be LaTeX."""
    if any(end < 0 for _, end in boxes(text)):
        return Kind.OPEN_BOX
    answer = final_answer(text)
    if len(answer) <= 300 and "```" not in answer and _COMMAND.search(answer) and not braces_balance(answer):
        return Kind.BROKEN_LATEX
    return None


def _code(text: str) -> Kind:
    import ast

    found = _PYTHON.match(text)
    if found is None or "```" in found[1] or len(text) > _MOST_CODE:
        return Kind.TEXT
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(found[1])
    except SyntaxError:
        return Kind.BROKEN_PYTHON
    except (ValueError, RecursionError, MemoryError):
        return Kind.TEXT
    return Kind.TEXT


def is_no_option(text: str, prompt: str) -> bool:
    """Whether ``prompt`` lists options from A on, line by line, and the choice in ``text`` is none of them."""
    found = [(one[1] or one[2]).upper() for one in _OPTION.finditer(prompt)]
    letters = sorted(set(found))
    if len(letters) < 2 or letters != [chr(ord("A") + place) for place in range(len(letters))]:
        return False
    return len(found) == len(letters) and letter(text) not in letters
