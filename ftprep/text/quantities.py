r"""When two answers that are not written alike may be the same value: 5 km and 5000 m, 50 % and 0.5, \frac12 and 0.5.

Doubt counts as the same: where a comma may part thousands or decimals, or a unit is not known, nothing is held against
two answers.
"""

from __future__ import annotations

import functools
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

_NUMBER = re.compile(
    r"(?P<sign>[-+−]?)\s*(?P<before>\\?[$€£¥₹]?)\s*(?P<inner>[-+−]?)"
    r"(?P<digits>\d[\d,.'’\u00a0\u202f]*\d|\.?\d)(?:\s*/\s*(?P<over>\d+))?\s*(?P<rest>[^\d/]{0,40})\Z"
)
_FRACTION = re.compile(r"([-+−]?)\\frac(?:\{(-?\d+(?:\.\d+)?)\}|(\d))(?:\{(-?\d+(?:\.\d+)?)\}|(\d))")
_TYPESETTING = re.compile(r"\\(?:text|mathrm|mathbf|left|right|displaystyle|[,!;:])|\^\\circ|[\s{}$]")
_SET_UNIT = re.compile(r"\\(?:text|mathrm)\{\s*([^{}]*)\}")
_GROUPED = re.compile(
    r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d{1,3}(?:['’\u00a0\u202f]\d{3})+(?:[.,]\d+)?"
)
_UNIT_WORD = re.compile(r"[^\W\d_]+\.?|[%$€£¥₹°¢]+[cCfF]?|[\"'′″]")
_LONGEST = 80
_ROUNDED = 0.01  # of a value that was turned into another unit

_SCALES = {
    "thousand": 1e3,
    "k": 1e3,
    "million": 1e6,
    "mn": 1e6,
    "billion": 1e9,
    "bn": 1e9,
    "trillion": 1e12,
    "dozen": 12.0,
}
# For each dimension its units, with how many of the first one each is.
_UNITS: Mapping[str, str] = {
    "length": "m metre metres meter meters=1 km kilometre kilometres kilometer kilometers=1000 "
    "cm centimetre centimetres centimeter centimeters=.01 mm millimetre millimetres millimeter millimeters=.001 "
    "in inch inches=.0254 ft foot feet=.3048 yd yard yards=.9144 mi mile miles=1609.344",
    "mass": "g gram grams gramme grammes=1 kg kilo kilos kilogram kilograms=1000 mg milligram milligrams=.001 "
    "t ton tons tonne tonnes=1000000 oz ounce ounces=28.3495 lb lbs pound pounds=453.592",
    "time": "s sec secs second seconds=1 ms millisecond milliseconds=.001 min mins minute minutes=60 "
    "h hr hrs hour hours=3600 d day days=86400 week weeks=604800",
    "volume": "l litre litres liter liters=1 ml millilitre millilitres milliliter milliliters=.001 "
    "cl centilitre centilitres=.01 gal gallon gallons=3.78541",
    "data": "b byte bytes=1 kb kilobyte kilobytes kib=1024 mb megabyte megabytes mib=1048576 "
    "gb gigabyte gigabytes gib=1073741824 tb terabyte terabytes tib=1099511627776",
    "dollars": "$ usd dollar dollars=1 ¢ cent cents=.01",
    "euros": "€ eur euro euros=1",
    "sterling": "£ gbp=1",
    "yen": "¥ jpy cny yen yuan=1",
    "rupees": "₹ inr rupee rupees=1",
    "share": "% percent pct per=.01",
    "warmth": "°c c celsius=1 °f f fahrenheit=1",
}  # fmt: skip


class _Quantity(NamedTuple):
    """What a text may mean: its values, and their unit with its dimension ("" for none that is known)."""

    values: tuple[float, ...]
    dimension: str
    factor: float
    unit: str


def may_be_same(one: str, other: str) -> bool:
    """Whether two short answers are values that may be the same."""
    mine, theirs = _read(one), _read(other)
    if mine is None or theirs is None:
        bare = _plain(one)
        return bool(bare) and bare == _plain(other)
    return any(_agree(mine, theirs, left, right) for left in mine.values for right in theirs.values)


def counted_values(answers: Iterable[str]) -> Counter[str]:
    """Count answers, those that may be the same value as one, under the first of them."""
    counts: Counter[str] = Counter()
    known: dict[str, str] = {}
    for answer in answers:
        if answer not in known:
            known[answer] = next((one for one in counts if may_be_same(one, answer)), answer)
        counts[known[answer]] += 1
    return counts


def _agree(mine: _Quantity, theirs: _Quantity, left: float, right: float) -> bool:
    if _close(left, right, 1e-11) and (mine.dimension, mine.factor) == (theirs.dimension, theirs.factor):
        return mine.unit == theirs.unit or mine.dimension != "warmth"
    if mine.dimension and theirs.dimension:
        if mine.dimension != theirs.dimension:
            return True  # how far, and how long it takes: both may hold
        if mine.dimension == "warmth" and mine.unit[-1:] != theirs.unit[-1:]:
            return _close(_celsius(left, mine.unit), _celsius(right, theirs.unit), _ROUNDED)
        loose = 0.1 if mine.dimension == "data" else _ROUNDED
        return mine.factor != theirs.factor and _close(left * mine.factor, right * theirs.factor, loose)
    known, value, bare = (mine, left, right) if mine.dimension else (theirs, right, left)
    if _close(left, right, 1e-11):
        return True
    # A number without a unit is in any unit of the other's kind.
    factors = set(_factors(known.dimension)) - {known.factor} if known.dimension != "warmth" else set()
    return any(_close(value * known.factor, bare * factor, 1e-9) for factor in factors)


def _close(one: float, other: float, share: float) -> bool:
    return math.isclose(one, other, rel_tol=share, abs_tol=1e-12)


def _celsius(value: float, unit: str) -> float:
    return (value - 32) / 1.8 if unit in ("f", "°f", "fahrenheit") else value


def _read(text: str) -> _Quantity | None:
    text = text.strip().strip('*`"“”').rstrip(".!").strip()
    if not text or len(text) > _LONGEST:
        return None
    if "\\" in text or "$" in text[1:]:
        text = _SET_UNIT.sub(r" \1", text.replace("\\%", "%").replace("dfrac", "frac").replace("tfrac", "frac"))
        text = text.removeprefix("\\(").removesuffix("\\)").strip()
        if len(text) > 2 and text[0] == text[-1] == "$":
            text = text[1:-1].strip()
        fraction = _FRACTION.fullmatch(text)
        if fraction is not None:
            above, below = float(fraction[2] or fraction[3]), float(fraction[4] or fraction[5])
            value = above / below if below else math.nan
            return _Quantity((-value if fraction[1] in ("-", "−") else value,), "", 1.0, "")
    match = _NUMBER.match(text)
    if match is None or (match["sign"] and match["inner"]):
        return None
    values = _values(match["digits"])
    if match["over"]:
        values = tuple(value / float(match["over"]) for value in values) if float(match["over"]) else ()
    if (match["sign"] or match["inner"]) in ("-", "−"):
        values = tuple(-value for value in values)
    words = [one.rstrip(".").casefold() for one in _UNIT_WORD.findall(match["rest"])]
    while words and words[0] in _SCALES:
        values = tuple(value * _SCALES[words[0]] for value in values)
        del words[0]
    unit = match["before"].lstrip("\\") or (words[0] if words else "")
    dimension, factor = _known().get(unit, ("", 1.0))
    return _Quantity(values, dimension, factor, unit) if values else None


def _values(digits: str) -> tuple[float, ...]:
    """The values that digits with points and commas may have."""
    found = []
    try:
        if _GROUPED.fullmatch(digits):
            separators = [one for one in digits if not one.isdigit()]
            last = separators[-1]
            decimal = last if len(separators) > 1 and separators.count(last) == 1 and last in ".," else ""
            found.append(_float(digits, decimal))
            if len(separators) == 1 and last in ".,":
                found.append(_float(digits, last))  # 12.500 and 12,500 are one number to some, two to others
        else:
            marks = [one for one in digits if one in ".,"]
            if len(marks) < 2:
                found.append(_float(digits, marks[0] if marks else ""))
    except ValueError:
        return ()
    return tuple(found)


def _float(digits: str, decimal: str) -> float:
    whole, _, rest = digits.rpartition(decimal) if decimal else (digits, "", "")
    plain = "".join(filter(str.isdigit, whole))
    return float(f"{plain or 0}.{rest}") if decimal else float(plain)


def _plain(text: str) -> str:
    """A formula without what only sets it."""
    text = _SET_UNIT.sub(r"\1", text.replace("dfrac", "frac").replace("tfrac", "frac"))
    return _TYPESETTING.sub("", text).casefold().rstrip(".")


@functools.cache
def _known() -> dict[str, tuple[str, float]]:
    found: dict[str, tuple[str, float]] = {}
    for dimension, units in _UNITS.items():
        names: list[str] = []
        for word in units.split(" "):
            name, equals, factor = word.partition("=")
            names.append(name)
            if equals:
                found.update(dict.fromkeys(names, (dimension, float(factor))))
                names = []
    return found


def _factors(dimension: str) -> tuple[float, ...]:
    # A share is a part of one, or of a hundred.
    return tuple(
        {factor for kind, factor in _known().values() if kind == dimension} | ({1.0} if dimension == "share" else set())
    )
