"""Masking: what stands in the place of personal data, secrets and identifiers wherever text of the data is shown.

It never depends on which rules run. Of a secret nothing is left but what it is and how long; of other values the first
and the last two characters. Text without an anchor of any value costs a few searches, and imports nothing.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import NamedTuple

from ftprep.privacy import short_texts
from ftprep.privacy.escaped import find_escaped
from ftprep.privacy.secret_proofs import character_classes, entropy, says_placeholder, switches
from ftprep.privacy.secrets import anchors_in
from ftprep.privacy.secrets import find_in as secrets_in
from ftprep.privacy.value import Grade, Value

_SECRET_KINDS = {
    "API_KEY": "API key",
    "PRIVATE_KEY": "private key",
    "PASSWORD": "password",
    "JSON_WEB_TOKEN": "JSON Web Token",
    "SECRET": "secret",
    "PIECE": "random text",
}
_SHOWN = 2  # characters that are left at each end
_CACHED = 4_096  # texts
_LONGEST_CACHED = 4_096  # characters


class Mask(NamedTuple):
    """Characters ``start`` to ``end`` of a text, and what is shown instead."""

    start: int
    end: int
    shown: str


def masked(value: str) -> str:
    """A value that is no secret: its first and last two characters, and less of a short one."""
    shown = min(_SHOWN, len(value) // 4)
    return f"{value[:shown]}…{value[len(value) - shown :]}"


def apply(text: str, found: tuple[Mask, ...]) -> str:
    """``text`` with some parts replaced; they are in order and do not overlap."""
    if not found:
        return text
    pieces: list[str] = []
    last = 0
    for one in found:
        pieces += (text[last : one.start], one.shown)
        last = one.end
    return "".join((*pieces, text[last:]))


def masks(text: str, cut: tuple[bool, bool] = (False, False)) -> tuple[Mask, ...]:
    """What of ``text`` is masked, in order.

    ``cut`` says whether its beginning and its end may stand in the middle of a value, of which the rest is not known:
    then what could be a part of one is masked there.
    """
    if not any(cut) and _MAY_HOLD_A_VALUE.search(text) is None:
        return ()
    return _masks(text, cut) if len(text) > _LONGEST_CACHED else _remembered(text, cut)


# Every value has a digit or an @ in it, but for random letters in a row and for escapes, which have digits.
_MAY_HOLD_A_VALUE = re.compile(r"[\d@]|[A-Za-z+/_-]{24}")


def _masks(text: str, cut: tuple[bool, bool]) -> tuple[Mask, ...]:
    found = find_escaped(text, _find, _others)
    if any(cut):
        found += _cut_off(text, *cut)
    return tuple(_merged(text, [one for one in found if one.end > one.start])) if found else ()


_remembered = functools.lru_cache(_CACHED)(_masks)


def _merged(text: str, found: list[Value]) -> Iterator[Mask]:
    """One mask for values that overlap, which says what the longest of them is."""
    found.sort(key=lambda one: (one.start, -one.end))
    at = 0
    while at < len(found):
        start, end, longest = found[at].start, found[at].end, found[at]
        at += 1
        while at < len(found) and found[at].start < end:
            end = max(end, found[at].end)
            longest = max(longest, found[at], key=lambda one: one.end - one.start)
            at += 1
        yield Mask(start, end, _instead(text[start:end], longest.kind))


def _instead(value: str, kind: str) -> str:
    word = _SECRET_KINDS.get(kind)
    return masked(value) if word is None else f"<{word}, {len(value):,} characters>"


# --- what is found ------------------------------------------------------------------------------------------------


def _find(text: str) -> list[Value]:
    return [*secrets_in(text), *_pieces(text)]


def _others(text: str) -> list[Value]:
    found = short_texts.personal_data_in(text)
    if _IDENTIFIER.search(text) is not None:
        from ftprep.privacy.identifiers import find_in as identifiers_in

        found += identifiers_in(text)
        # Whether a UUID is somebody's, what stands around it says, and that is cut here or is JSON.
        found += (Value(*match.span(), "UUID", "IDS002", "") for match in _UUID.finditer(text))
    return [one for one in found if one.grade is Grade.REAL]


_UUID = re.compile(r"(?i)(?<![0-9a-z])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![0-9a-z])")
_IDENTIFIER = re.compile(r"\d\d|\d[^\W\d]|[^\W\d]\d|[A-Za-z0-9]{20}|[A-Z]-\d")


# --- parts of what was cut ----------------------------------------------------------------------------------------

# A private key or a token may be longer than what is looked at where text is shown: what is left of it has no beginning
# or no end, and is known by being random.
_LEAST_PIECE, _PIECE_BITS = 60, 4.5
_PIECE = re.compile(r"[A-Za-z0-9+/_-]{60,}={0,2}(?:\.[A-Za-z0-9_-]{8,})?")
_TOKEN_PIECE = re.compile(r"eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]*)?")
_KEY_BEGINS = re.compile(r"PRIVATE KEY(?: BLOCK)?-----")
_KEY_ENDS = re.compile(r"-----END [A-Z0-9 ]{0,40}PRIVATE KEY")
_BODY = re.compile(r"[A-Za-z0-9+/=\s\"'\\]*")


def _pieces(text: str) -> Iterator[Value]:
    for match in _PIECE.finditer(text):
        piece = match[0]
        if character_classes(piece.replace("=", "")) >= 3 and entropy(piece) >= _PIECE_BITS:
            yield Value(*match.span(), "PIECE", "SEC001", "")
    if ".eyJ" in text:
        for match in _TOKEN_PIECE.finditer(text):
            yield Value(*match.span(), "PIECE", "SEC004", "")
    yield from _beginnings(text)
    if "PRIVATE KEY" in text:
        for match in _KEY_BEGINS.finditer(text):
            body = _BODY.match(text, match.end())
            if body is not None:
                yield Value(*body.span(), "PRIVATE_KEY", "SEC002", "")
        for match in _KEY_ENDS.finditer(text):
            body = _BODY.match(text[: match.start()][::-1])
            if body is not None:
                yield Value(match.start() - body.end(), match.start(), "PRIVATE_KEY", "SEC002", "")


# What a value may look like of which the end, or the beginning, is missing: digits with what stands between them, a
# name with dots or an @ in it, letters and digits mixed, in groups or not. Half an escape may stand behind it.
_NUMBER = r'(?<!\d)(?:[(]?\d(?:[^A-Za-z\d"]{0,4}\d){5,}|[+]\d(?:[^A-Za-z\d"]{0,4}\d){2,})[^A-Za-z\d"]{0,4}'
_DATE = r"(?<!\d)\d{1,2}[.]? [^\W\d_]{3,9}[.,]? (?:19|20)?\d{0,2}"
_DOTTED = r"(?<![\w.@+%-])[\w+%-]*(?:[.@][\w+%-]*)+"
_MIXED = r"(?<![\w+/=:-])(?=[A-Za-z+/_=-]*\d)[A-Za-z0-9+/_=:-]{7,}"
_GROUPS = r"(?<!\w)[A-Z]{2}\d\d(?:[ -]?[A-Z0-9]{1,4})*[ -]?"
_PARTS = (_NUMBER, _DOTTED, _MIXED, _GROUPS, r"[A-Z0-9]{0,4} ?(?:\d{4} )*\d{1,4}", r"(?:[0-9a-f]{0,2}:)+[0-9a-f]{2}")
_FIRST = tuple(re.compile(rf"[ ()./+-]{{0,4}}(?:{part})") for part in _PARTS)
_LAST = tuple(re.compile(rf"(?:{part})(?=(?:\\+(?:u[0-9a-f]{{0,3}})?)?\Z)") for part in (*_PARTS[:4], _DATE))
_LONGEST_CUT, _LEAST_CUT = 128, 6


def _cut_off(text: str, beginning: bool, end: bool) -> Iterator[Value]:
    if beginning:
        spans = [match.span() for pattern in _FIRST if (match := pattern.match(text)) is not None]
        yield from (Value(*span, "PART", "PII", "") for span in spans if span[1] >= _LEAST_CUT)
    if end:
        low = max(len(text) - _LONGEST_CUT, 0)
        spans = [match.span() for pattern in _LAST if (match := pattern.search(text, low)) is not None]
        yield from (Value(*span, "PART", "PII", "") for span in spans if span[1] - span[0] >= _LEAST_CUT)


_WORDS = frozenset(("key-", "secret_"))


@functools.cache
def _prefixes() -> re.Pattern[str]:
    """What keys begin with that are known by their beginning, and as much of a key as may be left of it."""
    from ftprep.privacy.secret_shapes import ANCHORS

    prefixes = {one for one in ANCHORS if one[-1] in "_-." and one not in _WORDS} | {"AKIA", "ASIA", "AIza", "LTAI"}
    either = "|".join(map(re.escape, sorted(prefixes, key=len, reverse=True)))
    return re.compile(rf"(?<![A-Za-z0-9_])(?:{either})([A-Za-z0-9_+/=.-]{{8,}})")


def _beginnings(text: str) -> Iterator[Value]:
    """Keys of which the end is missing: a prefix, and behind it letters and digits as in no word."""
    if not anchors_in(text):
        return
    for match in _prefixes().finditer(text):
        rest = match[1]
        if switches(rest) >= max(3, len(rest) // 6) and not says_placeholder(rest):
            yield Value(*match.span(), "PIECE", "SEC001", "")
