"""Characters that nobody sees, and whether their neighbours need them.

Joiners make emoji families and shape Arabic and Indic words, selectors choose the look of a character, tags spell the
flags of countries inside countries: all that is ordinary text. The same characters elsewhere are residue.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import NamedTuple

from ftprep.text.code_points import HIDDEN

_JOINERS = "\u200c\u200d"
_SPACE = "\u200b"
_OVERRIDES = "\u202d\u202e"
_DIRECTIONS = "\u200e\u200f\u061c\u202a\u202b\u202c\u2066\u2067\u2068\u2069"
_FILLERS = "\u115f\u1160\u3164\uffa0"
_BLANK_BRAILLE, _GRAPHEME_JOINER, _FLAG = "\u2800", "\u034f", "\U0001f3f4"
_SEPARATORS = "\u2028\u2029"
_KEYCAPS = "#*0123456789"

_NAMES = {
    "\u00ad": "soft hyphen",
    "\u034f": "combining grapheme joiner",
    "\u061c": "Arabic letter mark",
    "\u180e": "Mongolian vowel separator",
    "\u200b": "zero-width space",
    "\u200c": "zero-width non-joiner",
    "\u200d": "zero-width joiner",
    "\u200e": "left-to-right mark",
    "\u200f": "right-to-left mark",
    "\u2028": "line separator",
    "\u2029": "paragraph separator",
    "\u2060": "word joiner",
    "\u2800": "blank braille pattern",
    "\ufeff": "byte order mark",
}

# Scripts whose letters change shape, or break lines, by invisible characters: first and last code point.
_SHAPED = (
    (0x0600, 0x061B), (0x061D, 0x08FF), (0xFB50, 0xFDFF), (0xFE70, 0xFEFC),  # Arabic, Syriac, Thaana, N'Ko
    (0x0900, 0x0DFF), (0x0F00, 0x109F), (0x1780, 0x180A), (0x1810, 0x18AF),  # Indic, Tibetan, Myanmar, Khmer, Mongolian
    (0x1A20, 0x1AAF), (0x1B00, 0x1C4F), (0xA840, 0xA9FF), (0xAA60, 0xAAFF), (0xABC0, 0xABFF),
    (0x10A00, 0x10A5F), (0x10AC0, 0x10AFF), (0x11000, 0x11FFF), (0x1E900, 0x1E95F),
)  # fmt: skip
_WITHOUT_SPACES = ((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x1950, 0x19FF), (0x1A20, 0x1AAF))
_RIGHT_TO_LEFT = "[\u0590-\u061b\u061d-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
_EMOJI = (
    (0x00A9, 0x00A9), (0x00AE, 0x00AE), (0x203C, 0x203C), (0x2049, 0x2049), (0x20E3, 0x20E3), (0x2122, 0x2139),
    (0x2190, 0x21FF), (0x2300, 0x23FF), (0x24C2, 0x24C2), (0x25A0, 0x27BF), (0x2900, 0x297F), (0x2B00, 0x2BFF),
    (0x3030, 0x303D), (0x3297, 0x3299), (0x1F000, 0x1FAFF),
)  # fmt: skip
_JOINED = re.compile("[\u200c\u200d\ufe00-\ufe0f]{0,8}(.?)", re.DOTALL)
_FLAG_TAGS = re.compile("[\U000e0030-\U000e0039\U000e0061-\U000e007a]{1,6}\U000e007f")


class Hidden(NamedTuple):
    """A run of one kind of hidden characters. ``kind`` is what :func:`describe` words."""

    start: int
    end: int
    kind: str


def hidden_characters(text: str) -> list[Hidden]:
    """The hidden characters of ``text`` that their neighbours do not need, in order, neighbours of a kind as one.

    A character is judged beside those before it that stay, so that nothing is left over when the others are gone.
    """
    found: list[Hidden] = []
    context = _Context(text)
    kept = ""  # the last character that stays, joiners and selectors left out
    last = ""  # the last character that stays
    position = 0
    for match in _hidden().finditer(text):
        at = match.start()
        if at > position:
            kept = last = text[at - 1]
        character = match[0]
        kind = context.judge(character, at, kept, last)
        if kind:
            if found and found[-1].end == at and found[-1].kind == kind:
                found[-1] = Hidden(found[-1].start, at + 1, kind)
            else:
                found.append(Hidden(at, at + 1, kind))
            if character in _SEPARATORS:
                kept = last = "\n"
        else:
            last = character
            if character not in _JOINERS and not 0xFE00 <= ord(character) <= 0xFE0F:
                kept = character
        position = at + 1
    return found


class _Context:
    """What the whole of a text says about its hidden characters."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tagging = -1  # the place up to which tags spell a flag

    @functools.cached_property
    def _right_to_left(self) -> bool:
        return re.search(_RIGHT_TO_LEFT, self._text) is not None

    @functools.cached_property
    def _braille(self) -> bool:
        return re.search("[\u2801-\u28ff]", self._text) is not None

    @functools.cached_property
    def _korean(self) -> bool:
        return re.search("[\u1100-\u115e\u1161-\u11ff\u3131-\u3163\u3165-\u318e\uffa1-\uffdc]", self._text) is not None

    def judge(self, one: str, at: int, kept: str, last: str) -> str:
        """The kind of defect that the character at place ``at`` is, or "" where it belongs there."""
        number = ord(one)
        if 0xE000 <= number <= 0xF8FF or number >= 0xF0000:
            return "private use"
        if one in _OVERRIDES:
            return "override"
        if 0xE0001 <= number <= 0xE007F:
            return "" if self._spells_flag(at, last) else "tags"
        return "" if self._is_needed(one, number, at, kept, last) else f"character {one}"

    def _is_needed(self, one: str, number: int, at: int, kept: str, last: str) -> bool:
        if one in _JOINERS:
            following = self._following(at)
            if _in(kept, _SHAPED) or _in(following, _SHAPED):
                return True
            return one == "\u200d" and _in(kept, _EMOJI) and _in(following, _EMOJI)
        if 0xFE00 <= number <= 0xFE0F:
            return _takes_selector(last)
        if 0xE0100 <= number <= 0xE01EF:
            return _is_han(last)
        if one in _DIRECTIONS:
            return self._right_to_left
        if one == _SPACE:
            return _in(kept, _WITHOUT_SPACES) or _in(self._following(at), _WITHOUT_SPACES)
        if 0x180B <= number <= 0x180F:
            return _in(kept, ((0x1800, 0x180A), (0x1810, 0x18AF)))
        if one == _BLANK_BRAILLE:
            return self._braille
        if one in _FILLERS:
            return self._korean
        if one == _GRAPHEME_JOINER:
            following = self._text[at + 1 : at + 2]
            combines = bool(following) and unicodedata.category(following) == "Mn" and not _hidden().match(following)
            return self._right_to_left or combines
        return False

    def _following(self, at: int) -> str:
        """The next character that is seen."""
        match = _JOINED.match(self._text, at)
        return match[1] if match else ""

    def _spells_flag(self, at: int, last: str) -> bool:
        if at < self._tagging:
            return True
        if last != _FLAG:
            return False
        run = _FLAG_TAGS.match(self._text, at)
        if run is None:
            return False
        self._tagging = run.end()
        return True


def describe(text: str, found: list[Hidden]) -> str:
    """In words, what the hidden characters of one kind are; without the text around them."""
    kind = found[0].kind
    count = sum(one.end - one.start for one in found)
    if kind == "tags":
        return f"{count:,} tag characters hide a text of {count:,} letters" if count > 1 else "a tag character"
    first = ord(text[found[0].start])
    if kind == "private use":
        word = "character" if count == 1 else "characters"
        return f"{count:,} private-use {word}, the first U+{first:04X}" if count > 1 else f"private-use U+{first:04X}"
    name = "direction override" if kind == "override" else name_of(chr(first))
    label = f"{name} U+{first:04X}"
    return label if count == 1 else f"{label} in {count:,} places"


def name_of(one: str) -> str:
    """The usual name of a hidden character, in lower case."""
    number = ord(one)
    if one in _NAMES:
        return _NAMES[one]
    if 0xFE00 <= number <= 0xFE0F or 0xE0100 <= number <= 0xE01EF:
        return "stray variation selector"
    if one in _DIRECTIONS:
        return "direction control"
    return "filler" if one in _FILLERS else "invisible character"


def instead(text: str, one: Hidden) -> str:
    """What comes in the place of hidden characters when they are repaired."""
    return "".join("\n" for character in text[one.start : one.end] if character in _SEPARATORS)


def _takes_selector(last: str) -> bool:
    if not last or last.isspace():
        return False
    if last in _KEYCAPS or last.isalnum() or _in(last, _EMOJI):
        return True
    category = unicodedata.category(last)
    return category[0] in "SM" or (category[0] == "P" and not last.isascii())


def _is_han(last: str) -> bool:
    number = ord(last) if last else 0
    return (
        0x2E80 <= number <= 0x2FDF
        or 0x3005 <= number <= 0x3007
        or 0x3400 <= number <= 0x9FFF
        or (0xF900 <= number <= 0xFAFF or 0x20000 <= number <= 0x3FFFF)
    )


def _in(one: str, ranges: tuple[tuple[int, int], ...]) -> bool:
    number = ord(one) if one else -1
    return any(first <= number <= last for first, last in ranges)


@functools.cache
def _hidden() -> re.Pattern[str]:
    return re.compile("[" + "".join(f"{chr(first)}-{chr(last)}" for first, last in HIDDEN) + "]")
