"""Tells whether a text is a dict as Python prints it, without evaluating it."""

from __future__ import annotations

import re

_DEEPEST = 150  # Python's own tokenizer gives up at 200 open brackets
_ESCAPE = r"\\(?:[^xuUN\0]|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U00(?:0[0-9a-fA-F]|10)[0-9a-fA-F]{4})"
TOKEN = re.compile(
    r"[ \t\r\n]*+(?:"
    r"([{}\[\](),:])"
    rf"|[uU]?'(?:[^'\\\n\r\0]++|{_ESCAPE})*+'"
    rf'|[uU]?"(?:[^"\\\n\r\0]++|{_ESCAPE})*+"'
    r"|[+-]?(?:(?:[0-9]++\.[0-9]*+|\.[0-9]++)(?:[eE][+-]?[0-9]++)?|[0-9]++[eE][+-]?[0-9]++|0++|[1-9][0-9]{0,4000}+)"
    r"(?![\w.])"
    r"|(?:True|False|None)\b"
    r"|(\Z))",
    re.DOTALL,
)
_CLOSER = {"{": "}", "[": "]", "(": ")"}
_VALUE, _FIRST_VALUE, _FIRST_KEY, _KEY, _COLON, _AFTER, _DONE = range(7)


def is_python_dict(text: str) -> bool:
    """Whether ``text`` is one dict of plain keys, nested dicts, lists, tuples, strings, numbers, True, False, None.

    What it accepts, ``ast.literal_eval`` evaluates. Takes linear time and no recursion.
    """
    stack: list[str] = []
    expected, place = _VALUE, 0
    match = TOKEN.match
    while True:
        token = match(text, place)
        if token is None:
            return False
        place = token.end()
        char = token[1] or ""
        if not stack and expected == _VALUE and char != "{":
            return False
        if not char:
            if token.lastindex == 2:
                return expected == _DONE
            if expected in (_FIRST_KEY, _KEY):
                expected = _COLON
            elif expected <= _FIRST_VALUE:
                expected = _AFTER
            else:
                return False
        elif char in "{[(":
            if expected > _FIRST_VALUE or len(stack) == _DEEPEST:
                return False
            stack.append(char)
            expected = _FIRST_KEY if char == "{" else _FIRST_VALUE
        elif char in "}])":
            # A comma may stand before the end of anything.
            if not stack or _CLOSER[stack[-1]] != char or expected == _COLON:
                return False
            if expected == _VALUE and stack[-1] == "{":
                return False
            stack.pop()
            expected = _AFTER if stack else _DONE
        elif char == ",":
            if expected != _AFTER:
                return False
            expected = _KEY if stack[-1] == "{" else _VALUE
        elif expected == _COLON:
            expected = _VALUE
        else:
            return False
