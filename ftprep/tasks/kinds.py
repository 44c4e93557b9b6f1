"""The kind of one answer, and its canonical form: what two answers have in common that say the same."""

from __future__ import annotations

import re
import unicodedata
from enum import IntEnum
from typing import Any, NamedTuple

import orjson


class Kind(IntEnum):
    """What an answer is, by its form alone. The first kind that fits is the answer's."""

    TOOL = 1  # a turn that calls tools
    EMPTY = 2
    JSON_OBJECT = 3
    JSON_ARRAY = 4
    FENCED_JSON = 5
    BROKEN_JSON = 6
    FENCE = 7  # nothing but one fenced block
    YES_NO = 8
    LETTER = 9
    NUMBER = 10
    TAGGED = 11
    EXPRESSION = 12
    SHORT = 13  # one line of at most eight words
    MIXED = 14  # prose with fenced blocks
    LIST = 15
    LINE = 16
    PROSE = 17


CLOSED = frozenset({Kind.YES_NO, Kind.LETTER, Kind.NUMBER, Kind.SHORT})
"""Kinds of which a task may have few, so that its answers are labels."""


class Reading(NamedTuple):
    """An answer as it was understood. ``canonical`` is equal for answers that say the same."""

    kind: Kind
    canonical: str


_STOPS = re.compile(
    r"(?:\s*(?:<\|(?:endoftext|im_end|eot_id|end|return)\|>|</s>|<end_of_turn>|<｜end▁of▁sentence｜>|###|\bEND))+\s*\Z"
)
_LAST_OF_STOPS = (">", "#", "END")
_THINKING = re.compile(r"\A\s*<(think|thinking|reasoning|reflection|scratchpad)>.*?</\1>", re.DOTALL)
_WHOLE_FENCE = re.compile(r"\A(`{3,}|~{3,})([^\n`]*)\n(.*?)\n?\1\s*\Z", re.DOTALL)
_QUOTED_KEY = re.compile(r"[\"'][^\"'\n]{1,80}[\"']\s*:")
_LETTER = re.compile(r"\(?([A-Za-z])[).:]?\Z")
_NUMBER = re.compile(
    r"(?P<sign>[-+−]?)\s*(?P<currency>[$€£¥₹]?)\s*(?P<inner>[-+−]?)"
    r"(?P<value>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d*\.\d+|\d+)(?:/(?P<over>\d+))?"
    r"(?P<rest>(?:\s*[%°$€£¥₹]|(?:\s*[^\W\d_]+\.?){1,2})?)\s*\.?\Z"
)
_TAGGED = re.compile(r"\A<([A-Za-z][\w-]{0,30})>.*</\1>\Z", re.DOTALL)
_OPERATOR = re.compile(r"(?:^|\s)[-+*/=^<>×÷](?:\s|$)")
_BULLET = re.compile(r"\s*(?:[-*+•]|\d{1,3}[.)]|[a-zA-Z][.)])\s+\S")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_EDGES = " \t\n.,;:!?\"'`“”‘’«»()[]{}<>*_。，！？；：、"

_YES = frozenset(
    {"yes", "y", "true", "correct", "是", "对", "正确", "sí", "si", "oui", "ja", "да", "sim", "vero", "vrai"}
)
_NO = frozenset(
    {"no", "n", "false", "incorrect", "否", "错", "错误", "不是", "non", "nein", "нет", "não", "falso", "faux"}
)


def fold(text: str) -> str:
    """Text as labels are compared: NFKC, case, the amount of white space."""
    if not text.isascii():
        # The dotted capital of Turkish folds to an i with a second dot.
        text = unicodedata.normalize("NFKC", text).replace("İ", "i")
    return " ".join(text.casefold().split())


def word_count(text: str) -> int:
    """Words by white space, and half of the Chinese characters and kana, which are not written apart."""
    return len(text.split()) + (0 if text.isascii() else len(_CJK.findall(text)) // 2)


def stripped(answer: str) -> str:
    """An answer without what is not its own: white space, stop tokens at its end, a closed thought at its start."""
    start, end = stripped_span(answer)
    return answer[start:end]


def stripped_span(answer: str) -> tuple[int, int]:
    """Where in an answer stands what :func:`stripped` leaves of it."""
    thought = _THINKING.match(answer) if "<" in answer[:40] else None
    start = thought.end() if thought else 0
    text = answer[start:].rstrip()
    start += len(text) - len(text.lstrip())
    text = text.lstrip()
    if text.endswith(_LAST_OF_STOPS):
        text = _STOPS.sub("", text).rstrip()
    return start, start + len(text)


def read_answer(answer: str) -> Reading:
    """The kind and the canonical form of an answer in words."""
    return read_stripped(stripped(answer))


def read_stripped(text: str) -> Reading:
    """The same of what :func:`stripped` leaves of an answer."""
    if not text:
        return Reading(Kind.EMPTY, "")
    data = _json(text)
    if data is not None:
        kind = Kind.JSON_OBJECT if isinstance(data, dict) else Kind.JSON_ARRAY
        return Reading(kind, canonical_json(data))
    fence = _WHOLE_FENCE.match(text)
    if fence and "\n" + fence[1] not in fence[3]:
        data = _json(fence[3].strip())
        if data is not None:
            return Reading(Kind.FENCED_JSON, canonical_json(data))
        return Reading(Kind.FENCE, fence[3].strip())
    if text[0] == "{" and text[-1] == "}" and _QUOTED_KEY.search(text):
        return Reading(Kind.BROKEN_JSON, text)
    return _closed(text) or _open(text)


def _json(text: str) -> Any:
    """The object or array that ``text`` is; None for anything else."""
    if (text[:1], text[-1:]) not in (("{", "}"), ("[", "]")):
        return None
    try:
        return orjson.loads(text)
    except ValueError:
        return None


def canonical_json(data: Any) -> str:
    """JSON with sorted keys; 1 and 1.0 are one number."""
    try:
        return orjson.dumps(_plain_numbers(data), option=orjson.OPT_SORT_KEYS).decode()
    except (TypeError, RecursionError):  # nested deeper than orjson writes
        return repr(data)


def _plain_numbers(data: Any) -> Any:
    if isinstance(data, float) and data.is_integer() and abs(data) < 2**53:
        return int(data)
    if isinstance(data, dict):
        return {key: _plain_numbers(value) for key, value in data.items()}
    return [_plain_numbers(value) for value in data] if isinstance(data, list) else data


def _closed(text: str) -> Reading | None:
    """Yes or no, a letter, a number, an expression, a few words: kinds of one line."""
    if "\n" in text:
        return Reading(Kind.TAGGED, text) if _TAGGED.match(text) else None
    if len(text) <= 24:
        bare = fold(text).strip(_EDGES)
        if bare in _YES or bare in _NO:
            return Reading(Kind.YES_NO, "yes" if bare in _YES else "no")
        letter = _LETTER.match(text)
        if letter:
            return Reading(Kind.LETTER, letter[1].upper())
    if len(text) <= 60:
        number = read_number(text)
        if number is not None:
            return Reading(Kind.NUMBER, number)
    if _TAGGED.match(text):
        return Reading(Kind.TAGGED, text)
    if len(text) <= 200 and any(map(str.isdigit, text)) and _OPERATOR.search(text):
        return Reading(Kind.EXPRESSION, text)
    if len(text) <= 80 and word_count(text) <= 8:
        return Reading(Kind.SHORT, label_text(text))
    return None


def label_text(text: str) -> str:
    """The canonical form of a label in words: folded, without punctuation and quotes at its edges."""
    folded = fold(text)
    return folded.strip(_EDGES) or folded


def read_number(text: str) -> str | None:
    """The value of an answer that is one number, perhaps with a currency or a unit, as text; None for anything else."""
    match = _NUMBER.match(text)
    if match is None or (match["sign"] and match["inner"]):
        return None
    value = float(match["value"].replace(",", ""))
    if match["over"]:
        if not int(match["over"]):
            return None
        value /= int(match["over"])
    if (match["sign"] or match["inner"]) in ("-", "−"):
        value = -value
    return f"{value:.12g}"


def _open(text: str) -> Reading:
    """The kinds of answers that have many forms; what they say is compared word for word."""
    folded = fold(text)
    if "```" in text or "~~~" in text:
        return Reading(Kind.MIXED, folded)
    lines = [line for line in text.split("\n") if line.strip()]
    if len(lines) < 2:
        return Reading(Kind.LINE, folded)
    bullets = sum(1 for line in lines if _BULLET.match(line))
    return Reading(Kind.LIST if bullets >= 0.6 * len(lines) else Kind.PROSE, folded)


_FINAL = re.compile(
    r"####\s*(?P<hash>[^\n]{1,60})\s*\Z|(?:the\s+)?(?:final\s+)?answer\s+is:?\s+(?P<said>[^\n]{1,60}?)\.?\s*\Z",
    re.IGNORECASE,
)


def final_answer(text: str) -> str | None:
    """The answer that prose ends in: the last ``\\boxed{...}``, or what follows ``####`` or "the answer is"."""
    boxed = _last_boxed(text)
    if boxed is not None:
        return boxed
    match = _FINAL.search(text[-200:])
    if match is None:
        return None
    return (match["hash"] or match["said"]).strip().strip("$*").strip()


def _last_boxed(text: str) -> str | None:
    start = text.rfind("\\boxed{")
    if start < 0:
        return None
    depth = 0
    for at in range(start + 6, min(len(text), start + 400)):
        depth += (text[at] == "{") - (text[at] == "}")
        if not depth:
            return text[start + 7 : at].strip()
    return None
