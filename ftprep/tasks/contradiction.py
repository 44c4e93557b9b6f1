"""Whether several free answers to one prompt cannot all hold. Without a proof they are taken to agree.

The tests and their hard cases were read on real data: answers of 75 models to one prompt, ten rewrites of one text,
shell commands that differ in spelling alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import orjson

from ftprep.tasks.kinds import Kind, final_answer, fold, read_answer, stripped, word_count
from ftprep.text.quantities import counted_values
from ftprep.text.snippet import quote, quote_folded

# A prompt that asks for something of the model's own: answers may differ in every way.
_OPEN_REQUEST = re.compile(
    r"\b(?:random|generate|suggest|creat\w+|write|compose|draft|invent|imagine|come up with|brainstorm|list|an example|"
    r"examples? of|story|poem|joke|translate|rewrite|rephrase|paraphrase|simplify|summari[sz]e|shorten|"
    r"your (?:own|favou?rite|opinion)|(?:give|name|pick|choose|tell) (?:me )?(?:an?|any|one|some|two|three|\d+)\b|"
    r"think of|guess|estimate|approximate\w*)\b|"
    r"随机|生成|写|创作|列出|举例|例子|建议|故事|翻译|改写|简化|总结|想象|设计|猜|"
    r"\b(?:écri\w+|gén[eé]r\w+|tradui\w+|escrib\w+|traduc\w+|schreib\w+|übersetz\w+|erfinde)\b",
    re.IGNORECASE,
)
# A prompt that leaves the answer to chance: whatever its kind, answers differ.
_CHANCE = re.compile(
    r"\b(?:random(?:ly)?|arbitrary|at will|(?:flip|toss)\w* (?:\w+ )?coins?|(?:roll|throw)\w* (?:\w+ )?(?:die|dice)|"
    r"invent(?:ed)?|fictional|fictitious|fake|made[- ]up|mock|dummy|synthetic)\b|随机|虚构|编造|骰子|抛硬币|"
    r"\b(?:zufällig\w*|würf\w*|erfinde|aléatoire\w*|au hasard|al azar|aleatori\w+)\b",
    re.IGNORECASE,
)
_POLAR = re.compile(
    r"(?:^|[.!?,:;\n]\s*)(?:is|are|was|were|am|do|does|did|can|could|will|would|should|shall|has|have|had|may|must|might)"
    r"(?:n't)?\s+(?!not\b)\S[^.!?\n]*\?|\byes or no\b|\byes/no\b|\btrue or false\b",
    re.IGNORECASE,
)
_OPENING = re.compile(r"\s*[\"'*_]{0,2}(yes|no)\b[\"'*_]{0,2}\s*(?:[,.:;!—–-]|$|\n)", re.IGNORECASE)
_CODE = re.compile(r"[{}<>|$\\`=]|\w\(|(?:^|\s)--?[a-zA-Z]")
_NUMBERS = re.compile(r"(?<![\w.])[-+]?\d[\d,]*(?:\.\d+)?(?![\w])")
_NEGATIONS = frozenset(
    {"not", "no", "never", "none", "cannot", "neither", "nor", "without", "nothing", "nobody", "nowhere"}
)
_SHORTENED = re.compile(r"\b(ca|wo|sha|\w+?)n['’]t\b")
_EDGES = ".,;:!?\"'()[]“”"
_SCALAR_WORDS = 4
_BLOCKS = 60  # words of prose in which a number or a negation may stand alone


def contradiction(request: str, answers: Sequence[str]) -> str | None:
    """Say in a few words what the ``answers`` (as they are written) to one request disagree in; None if nothing."""
    readings = [read_answer(answer) for answer in answers]
    kinds = {reading.kind for reading in readings}
    distinct = list(dict.fromkeys(reading.canonical for reading in readings))
    if len(distinct) < 2 or Kind.EMPTY in kinds or Kind.TOOL in kinds:
        return None
    if _asks_in(_CHANCE, request):
        return None
    if kinds == {Kind.YES_NO} or kinds == {Kind.LETTER}:
        return _counted(reading.canonical for reading in readings)
    if kinds == {Kind.NUMBER}:
        return None if is_open_request(request) else _counted_values(map(stripped, answers))
    if kinds <= {Kind.JSON_OBJECT, Kind.FENCED_JSON}:
        return _json_values([reading.canonical for reading in readings])
    for test in (_final_answers, _openings, _differing_numbers, _differing_negation):
        found = test(request, answers)
        if found:
            return found
    return None


def is_open_request(request: str) -> bool:
    """Whether a prompt asks for something free in its first or its last 300 characters."""
    return _asks_in(_OPEN_REQUEST, request)


def _asks_in(words: re.Pattern[str], request: str) -> bool:
    return bool(words.search(request[:300]) or words.search(request[-300:]))


def _counted_values(values: Iterable[str]) -> str | None:
    """The values with their counts; None where all may be the same."""
    counts = counted_values(values)
    return _counted(counts.elements()) if len(counts) > 1 else None


def _counted(values: Iterable[str]) -> str:
    counts = Counter(values).most_common()
    parts = [f"{quote_folded(str(value), 24)} ×{count}" for value, count in counts[:3]]
    return ", ".join(parts) + (f" and {len(counts) - 3} more" if len(counts) > 3 else "")


def _final_answers(request: str, answers: Sequence[str]) -> str | None:
    """Prose that ends in a final answer, with different values."""
    finals = [final_answer(stripped(answer)) for answer in answers]
    if any(one is None for one in finals) or is_open_request(request):
        return None
    return _counted_values(one.rstrip(".") for one in finals if one is not None)


def _openings(request: str, answers: Sequence[str]) -> str | None:
    """Prose that opens with Yes or No, where that was the question."""
    if not _POLAR.search(request) or re.search(r"\bor\b(?! (?:no|false|not)\b)", request, re.IGNORECASE):
        return None
    opened = [match[1].lower() for answer in answers if (match := _OPENING.match(answer))]
    if len(opened) < len(answers) or len(set(opened)) < 2:
        return None
    return _counted(opened)


def _short_prose(answers: Sequence[str], least: int, most: int) -> list[str] | None:
    """The answers, folded; None unless all are prose of so many words that looks like no code."""
    folded = []
    for answer in answers:
        text = stripped(answer)
        if _CODE.search(text) or not least <= word_count(text) <= most or read_answer(text).kind == Kind.EXPRESSION:
            return None
        folded.append(_SHORTENED.sub(r"\1 not", fold(text)))
    return folded


def _differing_numbers(request: str, answers: Sequence[str]) -> str | None:
    """Prose that is the same but for numbers, with different values."""
    folded = _short_prose(answers, 1, _BLOCKS)
    if folded is None or is_open_request(request):
        return None
    if len({_NUMBERS.sub("0", text) for text in folded}) != 1:
        return None
    values = [tuple(_NUMBERS.findall(text)) for text in folded]
    if len(set(values)) < 2:
        return None
    for place in range(len(values[0])):
        found = _counted_values(one[place] for one in values)
        if found is not None:
            return found
    return None


def _differing_negation(request: str, answers: Sequence[str]) -> str | None:
    """Prose that is the same but for a negation that only some have."""
    folded = _short_prose(answers, 2, 25)
    if folded is None or is_open_request(request):
        return None
    words = [[word.strip(_EDGES) for word in text.split()] for text in folded]
    counts = [sum(word in _NEGATIONS for word in one) for one in words]
    kept = [
        tuple(word for word in one if word not in _NEGATIONS and word not in ("do", "does", "did")) for one in words
    ]
    if len(set(kept)) != 1 or len({count % 2 for count in counts}) < 2:
        return None
    negated = sum(count % 2 for count in counts)
    return f"{negated} of {len(counts)} say not"


# --- JSON -----------------------------------------------------------------------------------------------------------


def _json_values(canonical: Sequence[str]) -> str | None:
    """Objects in which a key that all have holds different short values."""
    objects = [orjson.loads(text) for text in canonical]
    if not all(isinstance(one, dict) for one in objects):
        return None
    leaves = [_leaves(one) for one in objects]
    for pointer in leaves[0]:
        values = [one.get(pointer, _MISSING) for one in leaves]
        if _MISSING in values or len(set(values)) < 2 or any(word_count(value) > _SCALAR_WORDS for value in values):
            continue
        found = _counted_values(values)
        if found is not None:
            return f"{quote(pointer, 30)} is {found}"
    return None


_MISSING = "\0"


def _leaves(data: Any) -> dict[str, str]:
    """Scalars of an object by pointer, as text; lists are left out, where the order may mean nothing."""
    found: dict[str, str] = {}
    waiting: list[tuple[str, Any]] = [("", data)]
    while waiting:
        pointer, value = waiting.pop()
        if isinstance(value, dict):
            waiting.extend((f"{pointer}/{key}", one) for key, one in value.items())
        elif not isinstance(value, list) and value is not None:
            found[pointer] = _scalar(value)
    return dict(sorted(found.items()))


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return f"{value:.12g}"
    return fold(value).strip(_EDGES)
