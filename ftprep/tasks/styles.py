"""Styles in which one kind of value is written: thousands, money, dates, times of day."""

from __future__ import annotations

import functools
import re
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ftprep.tasks.kinds import Kind, final_answer, stripped

if TYPE_CHECKING:
    from ftprep.shard import Shard


class Style(IntEnum):
    """A style. The tens say of what, so that styles of one family compare."""

    COMMA = 11
    PLAIN = 12
    SYMBOL = 21
    CODE = 22
    ISO = 31
    SLASH = 32
    DOTTED = 33
    DAY_MONTH = 34
    MONTH_DAY = 35
    CLOCK_24 = 41
    CLOCK_12 = 42


EXAMPLES = {
    Style.COMMA: "1,000",
    Style.PLAIN: "1000",
    Style.SYMBOL: "$5",
    Style.CODE: "5 USD",
    Style.ISO: "2024-05-01",
    Style.SLASH: "1/5/2024",
    Style.DOTTED: "1.5.2024",
    Style.DAY_MONTH: "1 May 2024",
    Style.MONTH_DAY: "May 1, 2024",
    Style.CLOCK_24: "14:30",
    Style.CLOCK_12: "2:30 pm",
}
FAMILIES = {1: "numbers", 2: "amounts of money", 3: "dates", 4: "times"}

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)\.?"
)
_CODE = r"(?:USD|EUR|GBP|JPY|INR|CHF|CNY)"
_AMOUNT = r"\d[\d,]*(?:\.\d+)?"
_PATTERNS = (
    (Style.COMMA, r"[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?"),
    (Style.PLAIN, r"[-+]?[1-9]\d{3,14}(?:\.\d+)?"),
    (Style.SYMBOL, rf"[-+]?(?:[$€£¥₹]\s?{_AMOUNT}|{_AMOUNT}\s?[$€£¥₹])"),
    (Style.CODE, rf"{_CODE}\s?{_AMOUNT}|{_AMOUNT}\s?{_CODE}"),
    (Style.ISO, r"[12]\d{3}-[01]\d-[0-3]\d"),
    (Style.SLASH, r"[0-3]?\d/[0-3]?\d/(?:[12]\d)?\d{2}"),
    (Style.DOTTED, r"[0-3]?\d\.[01]?\d\.[12]\d{3}"),
    (Style.DAY_MONTH, rf"[0-3]?\d(?:st|nd|rd|th)?(?: of)? {_MONTH},? [12]\d{{3}}"),
    (Style.MONTH_DAY, rf"{_MONTH} [0-3]?\d(?:st|nd|rd|th)?,? [12]\d{{3}}"),
    (Style.CLOCK_24, r"(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?"),
    (Style.CLOCK_12, r"1?\d(?::[0-5]\d)? ?[ap]\.?m\.?"),
)
_LONGEST = 40
_EDGES = " .!*"
_DIGIT = re.compile(rb"\d")
_YEAR = re.compile(r"1[5-9]\d\d|20\d\d|2100")
_FINAL_KINDS = frozenset({int(Kind.PROSE), int(Kind.LINE), int(Kind.LIST), int(Kind.MIXED)})
_VALUE_KINDS = frozenset({int(Kind.NUMBER), int(Kind.SHORT)})


def style_of(value: str) -> int:
    """The style of a value; 0 for one that is in none. Years are no thousands."""
    if not 3 <= len(value) <= _LONGEST or not any(map(str.isdigit, value)):
        return 0
    value = value.strip(_EDGES)
    match = _pattern().fullmatch(value)
    if match is None or match.lastgroup is None:
        return 0
    style = Style[match.lastgroup]
    return 0 if style == Style.PLAIN and _YEAR.fullmatch(value) else int(style)


def styles(shard: Shard, answers: NDArray[np.int64], kinds: list[int]) -> NDArray[np.uint8]:
    """For each answer the style of the value that it is, or that it ends in."""
    found = np.zeros(len(answers), dtype=np.uint8)
    for number, (text, kind) in enumerate(zip(answers.tolist(), kinds, strict=True)):
        if kind in _VALUE_KINDS:
            if len(shard.encoded[text]) <= 2 * _LONGEST and _DIGIT.search(shard.encoded[text]):
                found[number] = style_of(stripped(shard.values[text]))
        elif kind in _FINAL_KINDS and _may_end_in_answer(shard.encoded[text]):
            final = final_answer(stripped(shard.values[text]))
            found[number] = style_of(final) if final else 0
    return found


def _may_end_in_answer(raw: bytes) -> bool:
    end = raw[-2 * _LONGEST :]
    return b"####" in end or b"nswer is" in end or b"boxed{" in raw


@functools.cache
def _pattern() -> re.Pattern[str]:
    return re.compile("|".join(f"(?P<{style.name}>{one})" for style, one in _PATTERNS), re.IGNORECASE)
